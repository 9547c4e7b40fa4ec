"""A live objective: cells of NAS-Bench-201 and NAS-Bench-101, trained on handwritten digits.

``BENCHMARKS`` is what the entry point ``digits`` of the group ``nasgoat.benchmarks`` names. PyTorch
is loaded with the first benchmark.
"""

from nasgoat_models.digits.family import BENCHMARKS
from nasgoat_models.digits.settings import Training

__all__ = ["BENCHMARKS", "Training"]
