"""The search methods of nasgoat, by name."""

from __future__ import annotations

from nasgoat.search.evolution import Evolution
from nasgoat.search.goat_settings import GoatSettings
from nasgoat.search.kinds import MethodKind
from nasgoat.search.local_search import LocalSearch
from nasgoat.search.random_search import RandomSearch
from nasgoat.surrogate import PAPER_NOISE

KINDS: dict[str, MethodKind] = {
    "goat": MethodKind(
        "graph Gaussian process whose acquisition function is minimised with proof",
        "nasgoat's own",
        GoatSettings,
        GoatSettings.build,
    ),
    "random": MethodKind("uniform samples without repeats", "-", RandomSearch),
    "evolution": MethodKind(
        "regularised evolution: mutates the winner of a tournament", "Real et al. 2019", Evolution
    ),
    "local-search": MethodKind(
        "all neighbors of the best graph, restarts when stuck", "White et al. 2021", LocalSearch
    ),
    "nasgoat-2025": MethodKind(
        "the setting of nasgoat's paper: 10 initial, batches of the 5 best, fixed noise",
        "nasgoat's own",
        GoatSettings,
        GoatSettings.build,
        {
            "initial": 10,
            "transform": "standardise",
            "noise": PAPER_NOISE,
            "acquisition": "lcb",
            "batch_rule": "top-k",
        },
        "goat",
        batch=5,
        budget=160,
    ),
}

WANTED = {"bananas": "nasgoat-models"}  # methods whose package may be missing
