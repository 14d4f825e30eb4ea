"""Trained networks that continue a melody: NumPy to sample, Keras to train."""
