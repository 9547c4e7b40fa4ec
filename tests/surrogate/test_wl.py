"""WLSurrogate: the textbook's posterior, likelier hyperparameters, clear refusals."""

from dataclasses import replace

import numpy as np
import pytest

from nasgoat.acquisition import ExpectedImprovement
from nasgoat.errors import BadDataError, NoEncodingError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import WLKernel, wl_grams
from nasgoat.optimize import ExhaustiveOptimizer, MipOptimizer, Task
from nasgoat.spaces import digraphs, nasbench_graph
from nasgoat.surrogate import NOISE, WEIGHT, WLSurrogate

SPACE = nasbench_graph(("gcn", "sage", "skip"))


def sample(count: int) -> tuple[list[LabeledGraph], list[float]]:
    """Trees, and how much of them is a gcn that feeds two nodes, or a path of two sages."""
    rng = np.random.default_rng(0)
    graphs = [SPACE.sample(rng) for _ in range(count)]
    grams = wl_grams(GraphBatch.of(graphs), GraphBatch.of(graphs[:3]), 2)[-1]
    return graphs, (grams @ [1.0, -2.0, 0.5] + 0.01 * rng.standard_normal(count)).tolist()


def test_the_posterior_is_that_of_the_textbook() -> None:
    graphs, values = sample(40)
    seen, new = GraphBatch.of(graphs[:25]), GraphBatch.of(graphs[25:])
    posterior = WLSurrogate().fit(graphs[:25], values[:25])
    kernel = posterior.kernel
    assert isinstance(kernel, WLKernel)
    assert len(kernel.weights) == 4
    each = [np.diff(wl_grams(a, b, 3), axis=0, prepend=0.0) for a, b in ((new, seen), (seen, seen))]
    cross, gram = (np.tensordot(kernel.weights, part, 1) for part in each)
    C = gram + posterior.noise * np.eye(25)
    mean, std = posterior.mean_and_std(new)
    np.testing.assert_allclose(mean, cross @ np.linalg.solve(C, posterior.targets), atol=1e-9)
    variance = kernel.diag(new) - np.einsum("ij,ji->i", cross, np.linalg.solve(C, cross.T))
    np.testing.assert_allclose(std**2, variance, atol=1e-9)
    assert np.corrcoef(mean, values[25:])[0, 1] > 0.9


def test_training_makes_the_data_likelier_within_its_ranges() -> None:
    graphs, values = sample(30)
    posterior = WLSurrogate().fit(graphs, values)

    def likelihood(weights: tuple[float, ...], noise: float) -> float:
        batch = posterior.observed
        C = WLKernel(weights).gram(batch, batch) + noise * np.eye(30)
        y = posterior.targets
        return float(-0.5 * (y @ np.linalg.solve(C, y) + np.linalg.slogdet(C)[1]))

    found = likelihood(posterior.kernel.weights, posterior.noise)
    assert found > likelihood((1.0,) * 4, NOISE.initial) + 1.0
    assert all(WEIGHT.low <= weight <= WEIGHT.high for weight in posterior.kernel.weights)
    assert NOISE.low <= posterior.noise <= NOISE.high
    again = WLSurrogate().fit(graphs, values)
    assert again.kernel == posterior.kernel


def test_equal_targets_teach_nothing() -> None:
    graphs, _ = sample(3)
    posterior = WLSurrogate(depth=1).fit(graphs, [1.0, 1.0, 1.0])
    assert posterior.kernel == WLKernel((WEIGHT.initial,) * 2)


def test_what_makes_no_sense_is_refused() -> None:
    graphs, values = sample(3)
    with pytest.raises(BadDataError, match="a fit needs data"):
        WLSurrogate().fit(graphs, values[:2])
    with pytest.raises(ValueError, match="depth of subtrees is at least 0, got -1"):
        WLSurrogate(depth=-1)
    with pytest.raises(ValueError, match="fixed noise variance is a positive number"):
        replace(WLSurrogate(), noise=0.0)
    with pytest.raises(ValueError, match="needs node labels"):
        WLSurrogate.of_space(digraphs(3))


def test_lists_are_searched_and_mips_refused() -> None:
    graphs, values = sample(20)
    posterior = WLSurrogate().fit(graphs, values)
    acquisition = ExpectedImprovement(float(posterior.targets.min()))
    task = Task(acquisition, posterior, SPACE, tuple(graphs))
    (best,) = ExhaustiveOptimizer().minimize(task)
    keys = set(SPACE.keys(GraphBatch.of(graphs)))
    left = [graph for graph in SPACE.enumerate() if SPACE.key(graph) not in keys]
    lowest = acquisition.values(posterior, GraphBatch.of(left)).min()
    assert best.certificate.value == pytest.approx(lowest, abs=1e-12)
    with pytest.raises(NoEncodingError, match="WLKernel has no MIP form"):
        MipOptimizer().minimize(task)
