"""The search methods of nasgoat and the protocols of papers, by name."""

from __future__ import annotations

from nasgoat.search.evolution import Evolution
from nasgoat.search.goat_settings import PAPER, GoatSettings
from nasgoat.search.gp_bayesopt import GPBayesOpt
from nasgoat.search.kinds import MethodKind, Protocol
from nasgoat.search.local_search import LocalSearch
from nasgoat.search.nasbot import Nasbot
from nasgoat.search.nasbowl import Nasbowl
from nasgoat.search.optuna_search import OptunaSearch, optuna_search
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
    "gp-bayesopt": MethodKind(
        "Gaussian process on Hamming distances, confidence bound over random graphs",
        "White et al. 2021",
        GPBayesOpt,
    ),
    "nasbot": MethodKind(
        "Gaussian process on OTMANN distances, expected improvement of mutants",
        "Kandasamy et al. 2018",
        Nasbot,
    ),
    "nasbot-degrees": MethodKind(
        "the same on distances of sorted degrees and operation counts, naszilla's NASBOT",
        "White et al. 2021",
        Nasbot,
        fixed={"distance": "degrees"},
        base="nasbot",
    ),
    "nasbowl": MethodKind(
        "Gaussian process with a Weisfeiler-Lehman kernel, expected improvement over a pool",
        "Ru et al. 2021",
        Nasbowl,
    ),
    "tpe": MethodKind(
        "Optuna's tree-structured Parzen estimator on the choices that make a graph",
        "Bergstra et al. 2011",
        OptunaSearch,
        optuna_search,
        fixed={"sampler": "tpe"},
    ),
    "cmaes": MethodKind(
        "Optuna's CMA-ES on numbers whose greatest decides each choice",
        "Hansen 2016",
        OptunaSearch,
        optuna_search,
        fixed={"sampler": "cmaes"},
    ),
}

NEURAL = (
    "bananas",
    "bohamiann",
    "bonas",
    "cr-lso",
    "dngo",
    "gcn-predictor",
    "grab-nas",
    "icnn-mip",
    "nao",
    "ngae",
    "relu-mip",
    "wen-2020",
)
# methods of packages that may not be installed
MISSING = dict.fromkeys(NEURAL, "nasgoat-models (models/ in a checkout)")

PROTOCOLS: dict[str, Protocol] = {
    "nasgoat-2025": Protocol(
        "goat",
        "the setting of nasgoat's paper: 10 initial, batches of the 5 best, fixed noise",
        {
            "initial": 10,
            "features": PAPER,
            "transform": "standardise",
            "noise": PAPER_NOISE,
            "acquisition": "lcb",
            "beta": 1.0,
            "batch_rule": "top-k",
        },
        batch=5,
        budget=160,
    ),
    "nasbowl-2021": Protocol(
        "nasbowl",
        "the setting of NAS-BOWL's paper: 10 initial, 30 batches of the 5 best of a pool of 200",
        {"initial": 10, "pool": 200, "transform": "log"},
        batch=5,
        budget=160,
    ),
    "bananas-2021": Protocol(
        "bananas",
        "the setting of BANANAS' paper: 10 initial, batches of 10",
        {"initial": 10},
        batch=10,
        budget=150,
    ),
}
