"""Comparing search methods: paired trials, statistics, tables and plots."""

from nasgoat.compare.folder import Folder, Lock
from nasgoat.compare.machine import surroundings
from nasgoat.compare.overall import Overall, overall
from nasgoat.compare.paired import SharedDesign
from nasgoat.compare.plan import Arena, Contender, Plan, Protocol, Trial, usual_checkpoints
from nasgoat.compare.report import Report, plot_path
from nasgoat.compare.results import BenchmarkResult, Pair
from nasgoat.compare.runner import Facts, missing, outcomes, run_trials, survey
from nasgoat.compare.tables import Row, overall_rows, probability, rows
from nasgoat.compare.trial import Failure, Outcome, Record

__all__ = [
    "Arena",
    "BenchmarkResult",
    "Contender",
    "Facts",
    "Failure",
    "Folder",
    "Lock",
    "Outcome",
    "Overall",
    "Pair",
    "Plan",
    "Protocol",
    "Record",
    "Report",
    "Row",
    "SharedDesign",
    "Trial",
    "missing",
    "outcomes",
    "overall",
    "overall_rows",
    "plot_path",
    "probability",
    "rows",
    "run_trials",
    "surroundings",
    "survey",
    "usual_checkpoints",
]
