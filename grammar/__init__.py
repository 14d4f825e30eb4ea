"""The grammar of the .stoch language, shipped as package data."""
