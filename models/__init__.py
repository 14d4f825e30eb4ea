"""Trained networks, one folder each; this file lets them ship with stochos."""
