"""stochos: a language for stochastic scores."""
