"""Benchmark tables as evaluators."""

from nasgoat.tabular.base import Evaluator
from nasgoat.tabular.registry import benchmark, benchmark_names
from nasgoat.tabular.table import Table, TableEvaluator

__all__ = ["Evaluator", "Table", "TableEvaluator", "benchmark", "benchmark_names"]
