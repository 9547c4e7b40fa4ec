"""A small space, an objective on it, and a surrogate without training."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import LinearKernel, default_feature_maps
from nasgoat.posterior import FeaturePosterior
from nasgoat.records import Observation
from nasgoat.spaces import CellSpace, nasbench101

SPACE = nasbench101(range(2, 6))  # 2,532 cells
TINY = nasbench101(range(2, 5))  # 91 cells


@dataclass(frozen=True)
class Toy:
    """Likes 3x3 convolutions and a middling number of edges; hates pooling."""

    space: CellSpace = SPACE
    name: str = "toy"
    objective: str = "toy error, %"

    @property
    def optimum(self) -> float:
        return min(self(graph).value for graph in self.space.enumerate())

    def __call__(self, graph: LabeledGraph) -> Observation:
        labels = graph.node_labels or ()
        bulk = 3.0 * labels.count(3) - 2.0 * labels.count(1) + 0.5 * labels.count(2)
        ripple = sum(map(ord, self.space.key(graph))) % 17 / 20
        value = 20 + bulk + 0.4 * (len(graph.edges) - 5) ** 2 + ripple
        return Observation(graph, value, value + 1, {"edges": float(len(graph.edges))}, 0.25)


def size(graph: LabeledGraph) -> Observation:
    """An objective for any space: edges, and labels as numbers."""
    labels = (*(graph.node_labels or ()), *(graph.edge_labels or ()))
    return Observation(graph, 10.0 + len(graph.edges) + sum(labels))


@dataclass(frozen=True)
class FixedSurrogate:
    """A linear kernel with given weights on standardised targets."""

    noise: float = 1e-2

    def fit(self, graphs: Sequence[LabeledGraph], targets: Sequence[float]) -> FeaturePosterior:
        values = np.asarray(targets)
        scaled = (values - values.mean()) / max(float(values.std()), 1e-9)
        maps = default_feature_maps(5, len(SPACE.node_alphabet), 0)
        kernel = LinearKernel(maps, (1.0,) * len(maps))
        return FeaturePosterior.of(kernel, GraphBatch.of(graphs), scaled, self.noise)
