"""Linear and exponential kernels: laws and validation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import (
    EdgeLabels,
    ExponentialKernel,
    GraphKernel,
    LinearKernel,
    NodeLabels,
    ShortestPathLengths,
    stacked_features,
)
from tests.graphs.strategies import labeled_graphs
from tests.kernels.samples import EDGE_KERNEL, NODE_KERNEL, L, N, edge_batch, node_batch

weights = st.tuples(*[st.floats(0.01, 10)] * 2)
node_graphs = st.lists(labeled_graphs(1, N, node_labels=L), min_size=1, max_size=8)
edge_graphs = st.lists(labeled_graphs(N, N, edge_labels=L, acyclic=True), min_size=1, max_size=8)


def check_psd(kernel: GraphKernel, graphs: list[LabeledGraph]) -> None:
    batch = GraphBatch.of(graphs)
    K = kernel.gram(batch, batch)
    assert pytest.approx(K.T) == K
    assert np.linalg.eigvalsh(K).min() >= -1e-12 * len(graphs) * K.max()
    assert kernel.diag(batch) == pytest.approx(np.diag(K))


@given(node_graphs, weights, st.floats(0.01, 100))
def test_node_kernels_are_positive_semidefinite(
    graphs: list[LabeledGraph], ab: tuple[float, float], variance: float
) -> None:
    linear = LinearKernel(NODE_KERNEL.maps, ab)
    check_psd(linear, graphs)
    check_psd(ExponentialKernel(linear, variance), graphs)


@given(edge_graphs, weights, st.floats(0.01, 100))
def test_edge_kernels_are_positive_semidefinite(
    graphs: list[LabeledGraph], ag: tuple[float, float], variance: float
) -> None:
    linear = LinearKernel(EDGE_KERNEL.maps, ag)
    check_psd(linear, graphs)
    check_psd(ExponentialKernel(linear, variance), graphs)


@pytest.mark.parametrize(
    ("kernel", "batch"), [(NODE_KERNEL, node_batch(9)), (EDGE_KERNEL, edge_batch(9))]
)
def test_a_linear_kernel_is_an_inner_product(kernel: LinearKernel, batch: GraphBatch) -> None:
    phi = stacked_features(kernel.maps, batch)
    assert kernel.prior_variances.shape == phi.shape[1:]
    expected = (phi * kernel.prior_variances) @ phi.T
    assert kernel.gram(batch, batch) == pytest.approx(expected)
    some, others = batch.take(slice(4)), batch.take(slice(4, None))
    assert kernel.gram(some, others) == pytest.approx(expected[:4, 4:])


def test_exponential_by_hand() -> None:
    """NodeLabels(1) of one node is 1, so the exponent is the weight."""
    batch = GraphBatch.of([LabeledGraph(1, (), (0,))])
    kernel = ExponentialKernel(LinearKernel((NodeLabels(1),), (2.0,)), 3.0)
    assert kernel.gram(batch, batch)[0, 0] == pytest.approx(3 * np.exp(2))
    assert kernel.maps == (NodeLabels(1),)
    assert kernel.weights == (2.0,)


def test_invariance_is_that_of_all_maps() -> None:
    assert NODE_KERNEL.relabelling_invariant
    assert not EDGE_KERNEL.relabelling_invariant
    assert ExponentialKernel(NODE_KERNEL).relabelling_invariant
    assert not ExponentialKernel(EDGE_KERNEL).relabelling_invariant


@given(labeled_graphs(1, N, node_labels=L), st.data())
def test_invariant_kernels_do_not_see_names(graph: LabeledGraph, data: st.DataObject) -> None:
    moved = GraphBatch.of([graph.relabeled(data.draw(st.permutations(range(graph.n))))])
    others = node_batch(3)
    batch = GraphBatch.of([graph])
    assert NODE_KERNEL.gram(batch, others) == pytest.approx(NODE_KERNEL.gram(moved, others))


@pytest.mark.parametrize(
    ("maps", "ws", "message"),
    [
        ((), (), "one weight per map, got 0 for 0"),
        ((NodeLabels(2),), (1.0, 1.0), "got 2 for 1"),
        ((NodeLabels(2),), (0.0,), "positive"),
        ((NodeLabels(2), EdgeLabels(3, 2)), (1.0, -1.0), "positive"),
        ((ShortestPathLengths(2),), (float("nan"),), "positive"),
        ((ShortestPathLengths(2),), (float("inf"),), "positive"),
    ],
)
def test_invalid_linear_kernels_are_refused(maps: tuple, ws: tuple, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        LinearKernel(maps, ws)


@pytest.mark.parametrize("variance", [0.0, -1.0, float("nan"), float("inf")])
def test_invalid_variances_are_refused(variance: float) -> None:
    with pytest.raises(ValueError, match="variance is a positive number"):
        ExponentialKernel(NODE_KERNEL, variance)
