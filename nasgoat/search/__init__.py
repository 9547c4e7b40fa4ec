"""Search methods: what to evaluate next."""

from nasgoat.search.base import SearchMethod
from nasgoat.search.batches import BatchRule, Fantasies, TopKPool
from nasgoat.search.defaults import default_acquisition, default_features
from nasgoat.search.design import Design
from nasgoat.search.evolution import Evolution
from nasgoat.search.goat import GoatSearch
from nasgoat.search.local_search import LocalSearch
from nasgoat.search.random_search import RandomSearch
from nasgoat.search.rules import (
    AcquisitionRule,
    TakeTurns,
    UseEI,
    UseLCB,
    UseMean,
    UseThompson,
    acquisition_rule,
)

__all__ = [
    "AcquisitionRule",
    "BatchRule",
    "Design",
    "Evolution",
    "Fantasies",
    "GoatSearch",
    "LocalSearch",
    "RandomSearch",
    "SearchMethod",
    "TakeTurns",
    "TopKPool",
    "UseEI",
    "UseLCB",
    "UseMean",
    "UseThompson",
    "acquisition_rule",
    "default_acquisition",
    "default_features",
]
