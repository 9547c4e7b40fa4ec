"""What the dataset encoder is told of a dataset, and which datasets may teach about which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import UnknownNameError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Family:
    """Datasets on which one space was measured.

    Args:
        facts: names of the figures, in order.
        datasets: the figures of each dataset, all positive.
        variants: further benchmarks that were measured on a dataset, by their names.
    """

    facts: tuple[str, ...]
    datasets: Mapping[str, tuple[float, ...]]
    variants: Mapping[str, str] = field(default_factory=dict)

    def dataset_of(self, name: str) -> str:
        """The dataset that the benchmark of a name was measured on."""
        return self.variants.get(name, name)

    def elements(self, dataset: str) -> Floats:
        """``(facts, facts + 1)``: the set that describes a dataset, one element per figure.

        An element is the figure's name as zeros and a one, and its logarithm, of mean 0 and
        deviation 1 over the family.
        """
        logs = np.log(np.array(list(self.datasets.values())))
        scaled = (logs - logs.mean(axis=0)) / logs.std(axis=0)
        own = scaled[list(self.datasets).index(dataset)]
        return np.concatenate([np.eye(len(own)), own[:, None]], axis=1)


FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        # as PyTorch Geometric and OGB count them; edges once
        "nasbench-graph": Family(
            ("nodes", "edges", "features", "classes"),
            {
                "cora": (2_708, 5_278, 1_433, 7),
                "citeseer": (3_327, 4_552, 3_703, 6),
                "pubmed": (19_717, 44_324, 500, 3),
                "cs": (18_333, 81_894, 6_805, 15),
                "physics": (34_493, 247_962, 8_415, 5),
                "photo": (7_650, 119_081, 745, 8),
                "computers": (13_752, 245_861, 767, 10),
                "arxiv": (169_343, 1_166_243, 128, 40),
                "proteins": (132_534, 39_561_252, 8, 112),
            },
        ),
        # as NAS-Bench-201 trains on them
        "nasbench201": Family(
            ("classes", "images", "pixels"),
            {
                "cifar10": (10, 25_000, 32 * 32),
                "cifar100": (100, 50_000, 32 * 32),
                "imagenet16-120": (120, 151_700, 16 * 16),
            },
            {
                "cifar10-e12": "cifar10",
                "cifar100-e12": "cifar100",
                "imagenet16-120-e12": "imagenet16-120",
            },
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Target:
    """An unseen dataset.

    Args:
        name: of the benchmark.
        elements: its description, ``(elements, inside)``.
        others: the description of each other dataset of the family by the name of its benchmark.
    """

    name: str
    elements: Floats
    others: Mapping[str, Floats]

    @classmethod
    def of(cls, name: str) -> Target:
        """The target of a benchmark's name.

        Other benchmarks on the same dataset, such as trainings of another length, are not among
        ``others``: their values would give those of the target away.

        Raises:
            UnknownNameError: its family or dataset is not described here.
        """
        family_name, _, own = name.partition(":")
        UnknownNameError.unless_among("family of datasets", family_name, FAMILIES)
        family = FAMILIES[family_name]
        dataset = family.dataset_of(own)
        UnknownNameError.unless_among("dataset", dataset, family.datasets)
        others = {
            f"{family_name}:{other}": family.elements(other)
            for other in family.datasets
            if other != dataset
        }
        return cls(name, family.elements(dataset), others)
