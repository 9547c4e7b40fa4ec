"""Under a limit on parameters the MIP finds what enumeration finds, of several node counts."""

import numpy as np
import pytest

from nasgoat.acquisition import LowerConfidenceBound
from nasgoat.graphs import GraphBatch
from nasgoat.kernels import LinearKernel
from nasgoat.optimize import ExhaustiveOptimizer, MipOptimizer, Task
from nasgoat.posterior import FeaturePosterior
from nasgoat.records import Limits
from nasgoat.spaces import ParameterLimit, nasbench101
from nasgoat.spaces.nb101 import parameters
from nasgoat.surrogate import feature_maps_of


@pytest.mark.parametrize(
    ("nodes", "limit"), [((2, 3, 4), 2_500_000), ((5,), 4_000_000), ((5,), 20_000_000)]
)
def test_the_mip_finds_what_enumeration_finds(nodes: tuple[int, ...], limit: int) -> None:
    space = nasbench101(nodes).with_rules(ParameterLimit(limit))
    assert space.size() < nasbench101(nodes).size()
    rng = np.random.default_rng(0)
    graphs = [space.sample(rng) for _ in range(8)]
    kernel = LinearKernel(feature_maps_of(space), (1.0, 1.0))
    observed = GraphBatch.of(graphs, max(nodes))
    posterior = FeaturePosterior.of(kernel, observed, rng.standard_normal(8), 0.05)
    task = Task(LowerConfidenceBound(1.0), posterior, space)
    [truth] = ExhaustiveOptimizer().minimize(task)
    [found] = MipOptimizer(descents=0).minimize(task, 1, Limits(seconds=120))
    assert parameters(GraphBatch.of([found.graph]))[0] <= limit
    assert found.certificate.value == pytest.approx(truth.certificate.value, abs=2e-4)
    assert found.certificate.lower_bound is not None
    assert found.certificate.lower_bound <= truth.certificate.value + 1e-6
