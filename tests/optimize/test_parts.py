"""Pairs of cells: every graph is a point of the MIP, whose optima are those of enumeration."""

import numpy as np
import pytest

from nasgoat.acquisition import LowerConfidenceBound
from nasgoat.graphs import GraphBatch
from nasgoat.kernels import LinearKernel
from nasgoat.mip import Encoding
from nasgoat.optimize import ExhaustiveOptimizer, MipOptimizer, Task
from nasgoat.posterior import FeaturePosterior
from nasgoat.records import Limits
from nasgoat.spaces import CellSpace, LabelBudget, MaxLabelCount, darts
from nasgoat.surrogate import feature_maps_of
from tests.mip.oracles_mip import at_point, cell_of
from tests.oracles import standard_form

SMALL = darts(2, ("a", "b"))  # 2,304 pairs of cells
LIMITED = SMALL.with_rules(MaxLabelCount(1, 3, "edges"))
BUDGET = SMALL.with_rules(LabelBudget((0.3, 1.0), 4.0, "edges"))


@pytest.mark.parametrize("encoding", ["layered", "paper"])
def test_points_are_the_pairs_of_cells(encoding: Encoding) -> None:
    written = cell_of(SMALL, encoding)
    graphs = SMALL.listing()
    form = standard_form(written.model)
    assert form.broken(at_point(form.columns, graphs)) == []
    if encoding == "layered":
        assert written.count() == len(graphs) == SMALL.size()


def test_no_variable_stands_for_what_cannot_be() -> None:
    paths = cell_of(darts(), "layered").model.cell.paths
    assert len(paths.A) == 28
    assert {(u // 6, v // 6) for u, v in paths.A} == {(0, 0), (1, 1)}
    assert {(u // 6, v // 6) for u, v, _ in paths.R} == {(0, 0), (1, 1)}
    assert all(s <= v % 6 - max(u % 6, 1) for u, v, s in paths.R)  # inputs have no way in
    first = [paths.A[0, 2], paths.A[1, 2], paths.A[6, 8], paths.A[7, 8]]
    assert all(edge.fixed and edge.value == 1 for edge in first)


@pytest.mark.parametrize("space", [SMALL, LIMITED, BUDGET], ids=["all", "count", "budget"])
@pytest.mark.parametrize("features", ["op-counts+el", "ssp+el", "op-counts+ssp"])
@pytest.mark.parametrize("beta", [0.0, 4.0])
def test_the_mip_finds_what_enumeration_finds(space: CellSpace, features: str, beta: float) -> None:
    maps = feature_maps_of(space, features)
    rng = np.random.default_rng(len(features))
    graphs = [space.sample(rng) for _ in range(15)]
    targets = rng.standard_normal(15)
    kernel = LinearKernel(maps, (1.0, 4.0))
    posterior = FeaturePosterior.of(kernel, GraphBatch.of(graphs), targets, 0.05)
    task = Task(LowerConfidenceBound(beta), posterior, space, exclude=graphs[:3])
    truths = ExhaustiveOptimizer().minimize(task, 2)
    found = MipOptimizer(descents=0).minimize(task, 2, Limits(seconds=120))
    for optimum, truth in zip(found, truths, strict=True):
        assert space.contains(optimum.graph)
        assert optimum.certificate.gap is not None
        assert optimum.certificate.gap <= 1e-4
        assert optimum.certificate.value == pytest.approx(truth.certificate.value, abs=2e-4)
        assert optimum.certificate.lower_bound <= truth.certificate.value + 1e-6


def test_the_whole_space_is_proven() -> None:
    space = darts()
    rng = np.random.default_rng(3)
    graphs = [space.sample(rng) for _ in range(10)]
    maps = feature_maps_of(space)
    posterior = FeaturePosterior.of(
        LinearKernel(maps, (1.0, 1.0)), GraphBatch.of(graphs), rng.standard_normal(10), 0.05
    )
    task = Task(LowerConfidenceBound(1.0), posterior, space, exclude=graphs)
    [optimum] = MipOptimizer().minimize(task, 1, Limits(seconds=300))
    assert space.contains(optimum.graph)
    assert optimum.certificate.status == "optimal"
