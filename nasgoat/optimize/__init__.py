"""Acquisition optimisers: exhaustive, by MIP, and the automatic choice between them."""

from nasgoat.optimize.auto import AutoOptimizer
from nasgoat.optimize.base import AcquisitionOptimizer, Optimum, Task
from nasgoat.optimize.checked import CheckedOptimizer
from nasgoat.optimize.exhaustive import ExhaustiveOptimizer
from nasgoat.optimize.local_search import descend
from nasgoat.optimize.mip import MipOptimizer

__all__ = [
    "AcquisitionOptimizer",
    "AutoOptimizer",
    "CheckedOptimizer",
    "ExhaustiveOptimizer",
    "MipOptimizer",
    "Optimum",
    "Task",
    "descend",
]
