"""MNIST and the classifier that judges: shipped test part, verified downloads."""
