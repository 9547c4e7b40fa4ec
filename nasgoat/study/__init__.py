"""Studies: the loop around a search method, its journal, and what comes out of it."""

from nasgoat.study.budget import Budget
from nasgoat.study.draw import draw
from nasgoat.study.entries import Ask, Entry, Fail, Tell
from nasgoat.study.events import Asked, Asking, Event, Failed, OnEvent, Stopped, StopReason, Told
from nasgoat.study.history import best_values, incumbent_test_values, incumbents, regrets
from nasgoat.study.journal import JournalWarning, read_journal
from nasgoat.study.plots import (
    COLOURS,
    folded,
    make_logarithmic,
    regret_figure,
    regret_plot,
    stroke,
)
from nasgoat.study.study import Study
from nasgoat.workers import Evaluate, OnFailure

__all__ = [
    "COLOURS",
    "Ask",
    "Asked",
    "Asking",
    "Budget",
    "Entry",
    "Evaluate",
    "Event",
    "Fail",
    "Failed",
    "JournalWarning",
    "OnEvent",
    "OnFailure",
    "StopReason",
    "Stopped",
    "Study",
    "Tell",
    "Told",
    "best_values",
    "draw",
    "folded",
    "incumbent_test_values",
    "incumbents",
    "make_logarithmic",
    "read_journal",
    "regret_figure",
    "regret_plot",
    "regrets",
    "stroke",
]
