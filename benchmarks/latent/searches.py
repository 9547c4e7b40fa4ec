"""Searches on tables: CR-LSO's optimisers, GraB-NAS's modes, and the pruned space."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.latent.rows import Options, Row
from nasgoat.search import SearchMethod
from nasgoat.spaces import CellSpace, TableSpace
from nasgoat.study import Study
from nasgoat.tabular import TableEvaluator, benchmark
from nasgoat_models.crlso.method import CrLso
from nasgoat_models.crlso.settings import CrLsoSettings, Optimiser
from nasgoat_models.grabnas.method import GrabNas
from nasgoat_models.grabnas.settings import GrabNasSettings, Mode

BUDGETS = {  # evaluations: small, full
    "optimisers": (80, 500),
    "modes": (40, 150),
    "pruned": (50, 150),
}
PRUNED = 0.05  # of the cells, the best ones, are taken out of the pool


def loaded(options: Options) -> TableEvaluator:
    """The table that is searched."""
    table = benchmark(options.benchmark, options.data)
    assert isinstance(table, TableEvaluator)
    return table


def optimisers(options: Options) -> Iterator[Row]:
    """CR-LSO by its gradient, and other optimisers in the same latent space."""
    table = loaded(options)
    budget = BUDGETS["optimisers"][options.full]
    initial = budget * 3 // 5  # as in the paper
    names: tuple[Optimiser, ...] = ("gradient", "random", "tpe", "cmaes")
    small = {} if options.full else {"pool": 1024, "epochs": 15, "width": 48}
    for seed in range(options.seeds):
        for name in names:
            settings = CrLsoSettings(initial=initial, optimiser=name, **small)  # type: ignore[arg-type]
            yield {"optimiser": name, **searched(table, CrLso(settings), budget, seed)}


def modes(options: Options) -> Iterator[Row]:
    """GraB-NAS with and without gradient steps, with and without meta-training.

    In full size also other lengths of the warm-up and other step sizes.
    """
    table = loaded(options)
    arms: list[dict[str, Any]] = [
        {"mode": mode, "target": target}
        for mode in ("bo", "gradient", "hybrid")
        for target in (options.benchmark, None)
    ]
    if options.full:
        arms += [{"target": options.benchmark, "warm_up": count} for count in (0, 5, 20, 40)]
        arms += [{"target": options.benchmark, "step": step} for step in (0.02, 0.5)]
    budget = BUDGETS["modes"][options.full]
    for seed in range(options.seeds):
        for arm in arms:
            settings = grab_settings(options, **arm)
            shown = {
                "mode": settings.mode,
                "meta": settings.target is not None,
                "warm_up": settings.warm_up,
                "step": settings.step,
            }
            yield {**shown, **searched(table, GrabNas(settings), budget, seed)}


def pruned(options: Options) -> Iterator[Row]:
    """The best cells are taken out of the pool; only decoding can find any of them.

    Design and Bayesian steps see the other cells alone. ``left`` is the least error among these,
    ``decoded_best`` the least error of decoded cells.
    """
    table = loaded(options)
    assert isinstance(table.space, CellSpace)
    listing = table.space.listing()
    values = table.query(table.rows(listing))
    cut = int(PRUNED * len(listing))
    left = np.sort(np.argsort(values, kind="stable")[cut:])
    rest = TableSpace.of("pruned", table.space, listing.take(left))
    budget = BUDGETS["pruned"][options.full]
    kinds: tuple[Mode, ...] = ("bo", "hybrid")
    for seed in range(options.seeds):
        for mode in kinds:
            settings = grab_settings(options, mode=mode, target=options.benchmark)
            row = searched(table, GrabNas(settings, rest), budget, seed, rest)
            yield {"mode": mode, "left": float(values[left].min()), **row}


def grab_settings(options: Options, **chosen: Any) -> GrabNasSettings:
    """Settings of GraB-NAS; small networks unless in full size."""
    small = {} if options.full else {"graphs": 1024, "epochs": 15, "width": 48, "pool": 500}
    return GrabNasSettings(**{**small, **chosen})


def searched(
    table: TableEvaluator,
    method: SearchMethod[Any],
    budget: int,
    seed: int,
    pool: TableSpace | None = None,
) -> Row:
    """One run: the best by validation, its test error, and how many proposals were decoded."""
    began = time.perf_counter()
    study = Study(table.space, method, seed=seed)
    study.run(table, budget)
    best = study.best
    assert best is not None
    decoded = [one for one in study.proposals if one.origin.startswith("latent")]
    worth = {table.space.key(one.graph): one.value for one in study.observations}
    row: Row = {
        "budget": budget,
        "seed": seed,
        "error": best.value,
        "regret": best.value - (table.optimum or 0.0),
        "test": best.test_value,
        "decoded": len(decoded),
        "repaired": sum(one.origin.endswith("repaired") for one in decoded),
        "random": sum(one.origin == "random" for one in study.proposals),
    }
    if pool is not None:
        outside = [one.graph for one in decoded if not pool.contains(one.graph)]
        values = [worth[table.space.key(graph)] for graph in outside]
        row |= {"outside": len(outside), "decoded_best": min(values, default=float("nan"))}
    return {**row, "seconds": time.perf_counter() - began}
