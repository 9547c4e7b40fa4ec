"""Suites: lists of measurements that answer one question, and the table that says the answer."""

from benchmarks.suites.base import Plan, Run, Suite
from benchmarks.suites.options import OptionsSuite
from benchmarks.suites.paper import PaperSuite
from benchmarks.suites.scaling import ScalingSuite
from benchmarks.suites.solvers import SolversSuite
from benchmarks.suites.targets import TargetsSuite

SUITES: dict[str, Suite] = {
    suite.name: suite
    for suite in (PaperSuite(), SolversSuite(), ScalingSuite(), TargetsSuite(), OptionsSuite())
}

__all__ = ["SUITES", "Plan", "Run", "Suite"]
