"""
What reads comments: numpy and, for training and finding topics, scikit-learn.

Loaded in the worker's jobs only; no door and no query imports this package (a test holds that).
"""
