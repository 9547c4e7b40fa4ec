"""How CR-LSO's tables and figures are run, by the experiments of ``benchmarks.latent``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.latent.pictures import pictures
from benchmarks.latent.predictors import MEASURED, ablation
from benchmarks.latent.rows import Options
from benchmarks.latent.searches import optimisers, searched
from benchmarks.papers.crlso_published import OURS
from benchmarks.papers.items import Row, Setting
from nasgoat.search import RandomSearch, SearchMethod
from nasgoat.tabular import TableEvaluator, benchmark
from nasgoat_models.crlso.method import CrLso
from nasgoat_models.crlso.settings import CrLsoSettings, EncoderName, Regulariser

CIFAR10, CIFAR100, SURROGATE = (
    "nasbench201:cifar10",
    "nasbench201:cifar100",
    "nasbench101-surrogate",
)
DATA = {CIFAR10: "CIFAR10", CIFAR100: "CIFAR100"}
BUDGETS = {False: (60,), True: (500, 1000, 2000)}  # the paper has 5000 as well
SMALL = {"pool": 1024, "epochs": 15, "width": 48, "predictor_epochs": 60}
LABELS = {False: (100,), True: (100, 400, 1600)}

Arm = Mapping[str, Any]


def options(name: str, setting: Setting, quick: int, full: int) -> Options:
    """What the experiments are told."""
    seeds = len(setting.repeats(quick, full))
    return Options(name, seeds, setting.full, setting.data, setting.pictures)


def loaded(name: str, setting: Setting) -> TableEvaluator:
    """A table."""
    table = benchmark(name, setting.data)
    assert isinstance(table, TableEvaluator)
    return table


def cr_lso(budget: int, setting: Setting, **chosen: Any) -> CrLso:
    """The method; small networks in quick size, and the paper's 60 % of the budget as design."""
    usual = {"initial": budget * 3 // 5, **({} if setting.full else SMALL)}
    return CrLso(CrLsoSettings(**{**usual, **chosen}))


def found(
    table: TableEvaluator, method: SearchMethod[Any], budget: int, seed: int
) -> dict[str, Any]:
    """Accuracies in % of the best cell by validation, and its rank in the table."""
    row = searched(table, method, budget, seed)
    test = row["test"]
    return {
        **row,
        "queries": budget,
        "valid": 100.0 - row["error"],
        "test": None if test is None else 100.0 - test,
        "ranking": rank(table, row["error"]),
    }


def rank(table: TableEvaluator, error: float) -> int:
    """How many rows of the table are better, plus one."""
    values: NDArray[np.float64] = table.table.value.mean
    return 1 + int((values < error - 1e-9).sum())


def searches(
    name: str, arms: Sequence[Arm], setting: Setting, shown: Mapping[str, str] | None = None
) -> Iterator[Row]:
    """CR-LSO with each arm's options; ``share`` is of the budget, for the design.

    Args:
        name: of the benchmark.
        arms: options of the method.
        setting: the size.
        shown: what rows call an option, where it is another word.
    """
    table = loaded(name, setting)
    for budget in BUDGETS[setting.full]:
        for seed in setting.repeats(1, 5):
            for arm in arms:
                chosen = dict(arm)
                if "share" in chosen:
                    chosen["initial"] = round(chosen.pop("share") * budget)
                method = cr_lso(budget, setting, **chosen)
                told = {(shown or {}).get(key, key): value for key, value in arm.items()}
                yield {**told, **found(table, method, budget, seed), "seed": seed}


def table1(setting: Setting) -> Iterator[Row]:
    """CR-LSO on the surrogate of NAS-Bench-101."""
    for row in searches(SURROGATE, ({},), setting):
        yield {"method": OURS, **row}


def table2(setting: Setting) -> Iterator[Row]:
    """CR-LSO and random search on NAS-Bench-201."""
    budget = BUDGETS[setting.full][0]
    for name, data in DATA.items():
        table = loaded(name, setting)
        for seed in setting.repeats(1, 32):
            for label, method in ((OURS, cr_lso(budget, setting)), ("RS", RandomSearch())):
                row = found(table, method, budget, seed)
                yield {"data": data, "method": label, **row, "seed": seed}


def table3(setting: Setting) -> Iterator[Row]:
    """Optimisers in one latent space."""
    names = {"gradient": OURS, "random": "RS", "tpe": "TPE", "cmaes": "CMA-ES"}
    for row in optimisers(options(CIFAR10, setting, 1, 5)):
        valid = 100.0 - row["error"]
        yield {"method": names[row["optimiser"]], "space": "CR-LS", **row, "valid": valid}


def correlations(
    encoders: tuple[EncoderName, ...], regularisers: tuple[Regulariser, ...], setting: Setting
) -> Iterator[Row]:
    """Rank correlations of Algorithm 1's predictions with measured cells."""
    told = options(MEASURED, setting, 1, 5)
    for row in ablation(told, encoders, regularisers, LABELS[setting.full]):
        yield {
            **row,
            "encoder": str(row["encoder"]).upper(),
            "regulariser": str(row["regulariser"]).upper(),
        }


def latent_pictures(name: str, item: str, setting: Setting) -> Iterator[Row]:
    """Pictures of the latent space with and without the regulariser, in a folder of the item."""
    told = options(name, setting, 1, 1)
    folder = setting.pictures / item
    yield from pictures(Options(name, 1, told.full, told.data, folder))
