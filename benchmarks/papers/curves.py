"""NAS-GOAT's searches: Figures 3, 5 and 6, by the machinery of ``nasgoat compare``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from benchmarks.papers.items import Item, Row, Setting
from nasgoat.cli.contenders import arenas, contenders
from nasgoat.compare import (
    Failure,
    Folder,
    Outcome,
    Plan,
    Protocol,
    Record,
    Report,
    Trial,
    missing,
    outcomes,
    run_trials,
    survey,
)
from nasgoat.errors import NasgoatError

BENCHMARKS = {  # quick, full
    False: ("nasbench201:cifar10",),
    True: ("nasbench201:cifar10", "nasbench201:cifar100", "nasbench101-surrogate"),
}
BUDGETS = {False: 40, True: 160}
BATCH = 5
GOAT = ("NAS-GOAT-L=nasgoat-2025", "NAS-GOAT-E=nasgoat-2025:kernel=exponential")
FIGURE3 = (
    *GOAT,
    "Random=random",
    "GCN=gcn-predictor",
    "Evolution=evolution:retire=worst",
    "NASBOT=nasbot-degrees",
    "BANANAS=bananas",
    "NAS-BOWL=nasbowl",
)
FIGURE5 = (
    *GOAT,
    "DNGO=dngo",
    "BOHAMIANN=bohamiann",
    "GP-BAYESOPT=gp-bayesopt",
    "BONAS=bonas",
    "Local search=local-search",
)


def searches(methods: Sequence[str], name: str, setting: Setting) -> Iterator[Row]:
    """Paired trials; curves are drawn into a folder, whose finished trials are not run again.

    Raises:
        NasgoatError: a trial failed; the folder has its traceback.
    """
    plan = _plan(methods, setting)
    folder = Folder(setting.pictures / f"{name}-{'full' if setting.full else 'quick'}")
    facts = survey(plan)
    stopped = False
    todo = missing(plan, outcomes(plan, facts, folder))

    def heard(trial: Trial, _: Outcome) -> None:
        setting.note(f"{trial.arena.name}, {trial.contender.label}, seed {trial.seed} done")

    try:
        run_trials(todo, facts, folder, 1, heard)
    except KeyboardInterrupt:
        stopped = True
    found = outcomes(plan, facts, folder)
    records = {trial: one for trial, one in found.items() if isinstance(one, Record)}
    if records:
        Report.of(plan, facts, found).write(folder, {})
    for trial, record in records.items():
        yield from _rows(trial, record, facts[trial.arena.name].optimum, plan.checkpoints)
    if stopped:
        raise KeyboardInterrupt
    if failed := [trial for trial, one in found.items() if isinstance(one, Failure)]:
        msg = f"{len(failed)} trials failed; see {folder.path(failed[0])}"
        raise NasgoatError(msg)


def _plan(methods: Sequence[str], setting: Setting) -> Plan:
    budget = BUDGETS[setting.full]
    return Plan(
        arenas(BENCHMARKS[setting.full], setting.data),
        contenders(methods, 10),
        len(setting.repeats(1, 20)),
        Protocol(budget, 10, BATCH),
        (budget // 2, budget),
    )


def _rows(
    trial: Trial, record: Record, optimum: float | None, checkpoints: Sequence[int]
) -> Iterator[Row]:
    for at in checkpoints:
        best = int(np.argmin(record.values[:at]))
        yield {
            "data": trial.arena.name,
            "method": trial.contender.label,
            "evaluations": at,
            "seed": trial.seed,
            "error": record.values[best],
            "test": record.test_values[best],
            "regret": None if optimum is None else record.values[best] - optimum,
            "search_seconds": record.search_seconds,
        }


KEYS = ("data", "evaluations", "method")
MEASURES = ("error", "regret", "test")
SIZES = (
    "nasbench201:cifar10, 40 evaluations, 1 trial",
    (
        "NAS-Bench-201 on CIFAR-10 and CIFAR-100, NAS-Bench-101's surrogate, 160 evaluations, 20 "
        "trials"
    ),
)
WHY = (
    "The paper shows curves without numbers: the published column is empty.",
    (
        "NAS-Bench-201: mean validation error of the trainings, and the test error of the same "
        "cell. ImageNet16-120 is not in the table at hand."
    ),
    (
        "NAS-Bench-101: no table of the whole space is at hand; boosted trees trained on 30,001 "
        "cells stand in for validation errors, and there are no test errors."
    ),
    (
        "NAS-GOAT is the preset nasgoat-2025: the paper does not give beta (here 1) or the number"
        " of rounds. Spaces that can be listed are listed, which finds the same optima as the "
        "MIP. NASBOT is naszilla's, as in the paper."
    ),
)
ITEMS = (
    *(
        Item(
            name,
            "NAS-GOAT",
            place,
            f"searches, deterministic: {about}; a plot",
            KEYS,
            MEASURES,
            WHY,
            (),
            SIZES,
            partial(searches, methods, name),
        )
        for name, place, about, methods in (
            ("nasgoat-figure3", "Figure 3", "NAS-GOAT and six rivals", FIGURE3),
            ("nasgoat-figure5", "Figure 5", "NAS-GOAT and the other rivals", FIGURE5),
        )
    ),
    Item(
        "nasgoat-figure6",
        "NAS-GOAT",
        "Figure 6",
        "searches, noisy",
        KEYS,
        MEASURES,
        (
            (
                "A noisy search draws one training per cell. The tables at hand have one value "
                "per cell of NAS-Bench-201 and of NAS-Bench-101, no single trainings; with the "
                "official files `nasgoat run --noisy` does it."
            ),
        ),
    ),
)
