"""Fixtures and settings that every test shares."""

import os
from contextlib import suppress
from importlib import import_module

from hypothesis import HealthCheck, settings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's own chatter
# Every worker keeps to one core: small matrices gain nothing from threads that wait for each other.
for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ.setdefault(name, "1")
os.environ.setdefault("MPLBACKEND", "Agg")  # no window from a plot
with suppress(ImportError):  # before TensorFlow, which some tests import themselves
    import_module("triton")

# No verdict depends on the speed of the machine or on the day.
settings.register_profile(
    "nasgoat", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("nasgoat")
