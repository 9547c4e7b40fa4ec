"""Search methods: what to evaluate next."""

from nasgoat.search.base import SearchMethod
from nasgoat.search.batches import BatchRule, Fantasies, TopKPool
from nasgoat.search.defaults import default_acquisition, default_features, default_kernel
from nasgoat.search.design import Design
from nasgoat.search.evolution import Evolution
from nasgoat.search.goat import GoatSearch
from nasgoat.search.goat_settings import GoatSettings
from nasgoat.search.gp_bayesopt import GPBayesOpt
from nasgoat.search.kinds import MethodKind, Surroundings
from nasgoat.search.local_search import LocalSearch
from nasgoat.search.nasbot import Nasbot
from nasgoat.search.nasbowl import Nasbowl
from nasgoat.search.optuna_export import Exported, export_trials
from nasgoat.search.optuna_search import OptunaSearch
from nasgoat.search.random_search import RandomSearch
from nasgoat.search.registry import MethodSpec, build, method_kind, method_kinds, method_names
from nasgoat.search.rules import (
    AcquisitionRule,
    Alternate,
    TakeTurns,
    UseEI,
    UseLCB,
    UseMean,
    UseThompson,
    acquisition_rule,
)

__all__ = [
    "AcquisitionRule",
    "Alternate",
    "BatchRule",
    "Design",
    "Evolution",
    "Exported",
    "Fantasies",
    "GPBayesOpt",
    "GoatSearch",
    "GoatSettings",
    "LocalSearch",
    "MethodKind",
    "MethodSpec",
    "Nasbot",
    "Nasbowl",
    "OptunaSearch",
    "RandomSearch",
    "SearchMethod",
    "Surroundings",
    "TakeTurns",
    "TopKPool",
    "UseEI",
    "UseLCB",
    "UseMean",
    "UseThompson",
    "acquisition_rule",
    "build",
    "default_acquisition",
    "default_features",
    "default_kernel",
    "export_trials",
    "method_kind",
    "method_kinds",
    "method_names",
]
