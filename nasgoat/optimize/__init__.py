"""Acquisition optimisers: exhaustive, by MIP, the choice between them, and two without proof."""

from nasgoat.optimize.auto import AutoOptimizer, listed
from nasgoat.optimize.base import AcquisitionOptimizer, Optimum, Task
from nasgoat.optimize.checked import CheckedOptimizer
from nasgoat.optimize.drawing import drawn_pool, mutants
from nasgoat.optimize.exhaustive import ExhaustiveOptimizer
from nasgoat.optimize.local_search import descend
from nasgoat.optimize.mip import MipOptimizer
from nasgoat.optimize.named import OPTIMIZERS, Optimization
from nasgoat.optimize.pool import DescentOptimizer, PoolOptimizer, check_pool

__all__ = [
    "OPTIMIZERS",
    "AcquisitionOptimizer",
    "AutoOptimizer",
    "CheckedOptimizer",
    "DescentOptimizer",
    "ExhaustiveOptimizer",
    "MipOptimizer",
    "Optimization",
    "Optimum",
    "PoolOptimizer",
    "Task",
    "check_pool",
    "descend",
    "drawn_pool",
    "listed",
    "mutants",
]
