"""GraB-NAS: the ablation of its steps, and the pruned space, by ``benchmarks.latent``."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.latent.rows import Options
from benchmarks.latent.searches import BUDGETS, grab_settings, loaded, pruned, searched
from benchmarks.papers.items import Item, Row, Setting, published
from nasgoat_models.grabnas.method import GrabNas
from nasgoat_models.grabnas.settings import Mode

TARGET = "nasbench201:cifar10"
MODES: tuple[Mode, ...] = ("bo", "gradient", "hybrid")


def _options(setting: Setting) -> Options:
    seeds = len(setting.repeats(1, 20))
    return Options(TARGET, seeds, setting.full, setting.data, setting.pictures)


def ablation(setting: Setting) -> Iterator[Row]:
    """Bayesian steps, gradient steps, both; the other dataset teaches."""
    options = _options(setting)
    table = loaded(options)
    for seed in range(options.seeds):
        for mode in MODES:
            method = GrabNas(grab_settings(options, mode=mode, target=TARGET))
            row = searched(table, method, BUDGETS["modes"][setting.full], seed)
            yield {"mode": mode, **_accuracies(row), "seed": seed}


def pruned_space(setting: Setting) -> Iterator[Row]:
    """The best 5 % are not in the pool."""
    for row in pruned(_options(setting)):
        yield {**_accuracies(row), "left": 100.0 - row["left"]}


def _accuracies(row: Row) -> dict[str, object]:
    test = row["test"]
    accuracy = None if test is None else 100.0 - test
    return {**row, "valid": 100.0 - row["error"], "test": accuracy}


WHY = (
    (
        "Only a summary of the paper was at hand: it gives the final accuracies, no numbers of "
        "its ablations."
    ),
    (
        "The paper meta-trains on subsets of ImageNet-1K and reads images of a dataset. Here "
        "CIFAR-100's accuracies in NAS-Bench-201 teach, and published figures describe a dataset "
        "(docs/latent.md)."
    ),
    (
        "Of the six datasets of the paper, NAS-Bench-201 has CIFAR-10 and CIFAR-100; cells for "
        "MNIST, SVHN, Aircraft and Pets would have to be trained."
    ),
)
ITEMS = (
    Item(
        "grabnas-ablation",
        "GraB-NAS",
        "main table and ablation",
        "Bayesian steps, gradient steps, both, on CIFAR-10",
        ("mode", "budget"),
        ("valid", "test"),
        WHY,
        published(("mode", "test"), ("hybrid", 94.37)),
        ("40 evaluations, small networks, 1 seed", "150 evaluations, 20 seeds"),
        ablation,
    ),
    Item(
        "grabnas-pruned",
        "GraB-NAS",
        "Table 1",
        "the best 5 % of the cells are out of the pool; what decoding finds",
        ("mode", "budget"),
        ("left", "valid", "outside"),
        (
            *WHY,
            "left: the best validation accuracy in the pool; outside: decoded cells beyond it.",
        ),
        (),
        ("50 evaluations, small networks, 1 seed", "150 evaluations, 20 seeds"),
        pruned_space,
    ),
)
