"""Studies: the loop around a search method, its journal, and what comes out of it."""

from nasgoat.study.budget import Budget
from nasgoat.study.draw import draw
from nasgoat.study.events import Asked, Asking, Event, Failed, OnEvent, Stopped, StopReason, Told
from nasgoat.study.history import best_values, incumbent_test_values, incumbents, regrets
from nasgoat.study.journal import JournalWarning
from nasgoat.study.plots import regret_plot
from nasgoat.study.study import Study
from nasgoat.workers import Evaluate, OnFailure

__all__ = [
    "Asked",
    "Asking",
    "Budget",
    "Evaluate",
    "Event",
    "Failed",
    "JournalWarning",
    "OnEvent",
    "OnFailure",
    "StopReason",
    "Stopped",
    "Study",
    "Told",
    "best_values",
    "draw",
    "incumbent_test_values",
    "incumbents",
    "regret_plot",
    "regrets",
]
