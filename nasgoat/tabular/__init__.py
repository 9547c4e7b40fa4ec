"""Benchmark tables as evaluators."""

from nasgoat.tabular.base import Evaluator, Family, NoisyEvaluator
from nasgoat.tabular.evaluator import TableEvaluator
from nasgoat.tabular.registry import benchmark, benchmark_names
from nasgoat.tabular.table import Table

__all__ = [
    "Evaluator",
    "Family",
    "NoisyEvaluator",
    "Table",
    "TableEvaluator",
    "benchmark",
    "benchmark_names",
]
