"""Measurements of the acquisition optimisers: problem x driver, suites of them, and plots."""
