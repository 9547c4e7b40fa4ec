"""Fixtures and settings that every test shares."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's own chatter
os.environ.setdefault("MPLBACKEND", "Agg")  # no window from a plot
