"""GPSurrogate: training helps, stays in bounds, is repeatable, and survives awkward data."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from nasgoat.errors import BadDataError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import (
    ExponentialKernel,
    GraphKernel,
    LinearKernel,
    features,
    stacked_features,
)
from nasgoat.posterior import FeaturePosterior, KernelPosterior
from nasgoat.surrogate import (
    NOISE,
    PAPER_NOISE,
    VARIANCE,
    WEIGHT,
    AnalyticTrainer,
    GPflowTrainer,
    GPSurrogate,
    Hyperparameters,
    Range,
    RankGaussian,
    Standardise,
    Trainer,
)
from nasgoat.surrogate.evidence import Evidence
from nasgoat.surrogate.hyperparameters import Structure
from nasgoat.surrogate.quiet import load_gpflow, stderr_held_back
from tests.kernels.samples import EDGE_MAPS, NODE_MAPS, edge_labeled, node_labeled

Floats = NDArray[np.float64]

LINEAR = GPSurrogate(NODE_MAPS, transform=Standardise())
EXPONENTIAL = replace(LINEAR, exponential=True)
both_trainers = pytest.mark.parametrize(
    "trainer", [AnalyticTrainer(), GPflowTrainer()], ids=["analytic", "gpflow"]
)
both_kernels = pytest.mark.parametrize("surrogate", [LINEAR, EXPONENTIAL], ids=["lin", "exp"])


def sample(count: int, seed: int = 0) -> tuple[list[LabeledGraph], list[float]]:
    """Graphs with targets that the kernels can learn: edges, one label, a little noise."""
    rng = np.random.default_rng(seed)
    graphs = node_labeled(count, rng)
    noise = 0.2 * rng.standard_normal(count)
    values = [len(graph.edges) - 2.0 * (graph.node_labels or ()).count(0) for graph in graphs]
    return graphs, (np.array(values) + noise).tolist()


def log_likelihood(kernel: GraphKernel, batch: GraphBatch, targets: Floats, noise: float) -> float:
    """``-1/2 (y' C^-1 y + log det C + T log 2 pi)`` with ``C = K + noise I``."""
    C = kernel.gram(batch, batch) + noise * np.eye(len(batch))
    logdet = np.linalg.slogdet(C)[1]
    fit = targets @ np.linalg.solve(C, targets)
    return float(-0.5 * (fit + logdet + len(batch) * np.log(2 * np.pi)))


def kernel_of(surrogate: GPSurrogate, fitted: Hyperparameters) -> GraphKernel:
    linear = LinearKernel(surrogate.maps, fitted.weights)
    return ExponentialKernel(linear, fitted.variance) if surrogate.exponential else linear


@both_trainers
@both_kernels
def test_training_reaches_a_maximum_of_the_marginal_likelihood(
    surrogate: GPSurrogate, trainer: Trainer
) -> None:
    surrogate = replace(surrogate, trainer=trainer)
    graphs, targets = sample(25)
    batch, outputs = GraphBatch.of(graphs), Standardise().transform(targets)

    def value(at: Hyperparameters) -> float:
        return log_likelihood(kernel_of(surrogate, at), batch, outputs, at.noise)

    fitted = surrogate.train(batch, outputs)
    reached = value(fitted)
    assert fitted.log_likelihood == pytest.approx(reached, abs=1e-6)
    assert reached > value(Hyperparameters((1.0, 1.0), 1.0, NOISE.initial)) + 1
    a, b = fitted.weights
    for factor in (0.9, 1.1):
        aside = [
            replace(fitted, weights=(WEIGHT.clip(a * factor), b)),
            replace(fitted, weights=(a, WEIGHT.clip(b * factor))),
            replace(fitted, noise=NOISE.clip(fitted.noise * factor)),
        ]
        if surrogate.exponential:
            aside += [replace(fitted, variance=VARIANCE.clip(fitted.variance * factor))]
        # GPflow's parameters stop 0.1 % of their range before a bound, where the slope is steep
        slack = 1e-3 if trainer == AnalyticTrainer() else 3e-2
        assert max(map(value, aside)) <= reached + slack


@both_kernels
def test_the_posterior_is_built_from_the_trained_numbers(surrogate: GPSurrogate) -> None:
    graphs, targets = sample(15)
    outputs = Standardise().transform(targets)
    fitted = surrogate.train(GraphBatch.of(graphs), outputs)
    posterior = surrogate.fit(graphs, targets)
    assert isinstance(posterior, KernelPosterior if surrogate.exponential else FeaturePosterior)
    assert posterior.kernel == kernel_of(surrogate, fitted)
    assert posterior.noise == fitted.noise
    assert posterior.targets.tolist() == outputs.tolist()
    assert list(posterior.observed) == graphs


@both_kernels
def test_gpflow_predicts_the_same(surrogate: GPSurrogate) -> None:
    load_gpflow()
    import gpflow  # noqa: PLC0415

    from nasgoat.surrogate import gpflow_kernels  # noqa: PLC0415

    # its own numbers: it cannot be given weights on a bound
    posterior = replace(surrogate, trainer=GPflowTrainer()).fit(*sample(15))
    widths = [feature_map.n_features for feature_map in NODE_MAPS]
    if isinstance(posterior.kernel, ExponentialKernel):
        kernel = gpflow_kernels.ExponentialFeatureKernel(widths)
        kernel.variance.assign(posterior.kernel.variance)
    else:
        kernel = gpflow_kernels.LinearFeatureKernel(widths)
    kernel.weights.assign(posterior.kernel.weights)
    X = stacked_features(NODE_MAPS, posterior.observed)
    model = gpflow.models.GPR((X, posterior.targets[:, None]), kernel)
    model.likelihood.variance = gpflow.Parameter(posterior.noise)
    others = GraphBatch.of(sample(10, seed=1)[0])
    mean, variance = model.predict_f(stacked_features(NODE_MAPS, others))
    found_mean, found_std = posterior.mean_and_std(others)
    assert found_mean == pytest.approx(mean.numpy()[:, 0], abs=1e-6)
    assert found_std**2 == pytest.approx(variance.numpy()[:, 0], abs=1e-6)


@both_kernels
def test_the_surrogate_learns(surrogate: GPSurrogate) -> None:
    graphs, targets = sample(100)
    posterior = surrogate.fit(graphs[:60], targets[:60])
    mean, _ = posterior.mean_and_std(GraphBatch.of(graphs[60:]))
    assert np.corrcoef(mean, targets[60:])[0, 1] > 0.8


def test_edge_labels_train_as_well() -> None:
    graphs = edge_labeled(80, np.random.default_rng(0))
    targets = [float((graph.edge_labels or ()).count(0)) for graph in graphs]
    posterior = GPSurrogate(EDGE_MAPS).fit(graphs[:50], targets[:50])
    mean, _ = posterior.mean_and_std(GraphBatch.of(graphs[50:]))
    assert np.corrcoef(mean, targets[50:])[0, 1] > 0.9


@both_kernels
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda targets: np.random.default_rng(0).permutation(targets), id="noise"),
        pytest.param(lambda targets: np.arange(len(targets)) % 2, id="two values"),
        pytest.param(lambda targets: [*targets[1:], 1e9], id="outlier"),
    ],
)
def test_hyperparameters_stay_in_bounds(
    surrogate: GPSurrogate, change: Callable[[list[float]], Any]
) -> None:
    narrow = Range(0.5, 2.0, 1.0)
    graphs, targets = sample(20)
    for some in (surrogate, replace(surrogate, weights=narrow, variance=narrow, noise=narrow)):
        outputs = some.transform.transform(change(targets))
        fitted = some.train(GraphBatch.of(graphs), outputs)
        assert all(some.weights.low <= w <= some.weights.high for w in fitted.weights)
        assert isinstance(some.noise, Range)
        assert some.noise.low <= fitted.noise <= some.noise.high
        if some.exponential:
            assert some.variance.low <= fitted.variance <= some.variance.high
        else:
            assert fitted.variance == 1


@both_kernels
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("noise", [NOISE, 0.01], ids=["trained", "fixed"])
def test_gpflow_reaches_the_same_likelihood(
    surrogate: GPSurrogate, noise: Range | float, seed: int
) -> None:
    """Also with fewer features than observations, where the analytic trainer turns the basis."""
    graphs, targets = sample([10, 40, 130][seed], seed)
    batch, outputs = GraphBatch.of(graphs), RankGaussian().transform(targets)
    ours = replace(surrogate, noise=noise).train(batch, outputs)
    theirs = replace(surrogate, noise=noise, trainer=GPflowTrainer()).train(batch, outputs)
    assert ours.log_likelihood is not None
    assert theirs.log_likelihood is not None
    for found in (ours, theirs):  # both mean the same by a likelihood
        value = log_likelihood(kernel_of(surrogate, found), batch, outputs, found.noise)
        assert found.log_likelihood == pytest.approx(value, abs=1e-6)
    assert theirs.log_likelihood <= ours.log_likelihood + 1e-3
    inside = max(ours.noise, theirs.noise) < 0.9 * NOISE.high and min(ours.weights) > 0.02
    if inside:  # no bound, which GPflow's parameters cannot reach
        assert ours.log_likelihood <= theirs.log_likelihood + 1e-3
    else:
        assert ours.log_likelihood <= theirs.log_likelihood + 0.02 * len(graphs)


@both_kernels
@pytest.mark.parametrize("count", [9, 60])
def test_the_gradient_is_that_of_the_likelihood(surrogate: GPSurrogate, count: int) -> None:
    graphs, targets = sample(count)
    batch = GraphBatch.of(graphs)
    structure = Structure(2, surrogate.exponential, WEIGHT, VARIANCE, NOISE)
    blocks = [features(feature_map, batch)[:, :20] for feature_map in NODE_MAPS]
    evidence = Evidence.of(structure, blocks, Standardise().transform(targets))
    assert (evidence.rest > 0) == (count == 60 and not surrogate.exponential)
    point = np.random.default_rng(count).normal(-1.0, 1.0, 3 + surrogate.exponential)
    _, gradient = evidence.loss(point)
    step = 1e-5
    for i, slope in enumerate(gradient.tolist()):
        aside = step * np.eye(len(point))[i]
        difference = evidence.loss(point + aside)[0] - evidence.loss(point - aside)[0]
        assert slope == pytest.approx(difference / (2 * step), rel=1e-5, abs=1e-5)


@both_trainers
@both_kernels
def test_a_fit_depends_on_its_arguments_alone(surrogate: GPSurrogate, trainer: Trainer) -> None:
    surrogate = replace(surrogate, trainer=trainer)
    graphs, targets = sample(12)
    first = surrogate.fit(graphs, targets)
    surrogate.fit(*sample(30, seed=7))  # other data in between leave no trace
    second = surrogate.fit(graphs, targets)
    assert first.kernel == second.kernel
    assert first.noise == second.noise


@both_kernels
def test_more_restarts_never_fit_worse(surrogate: GPSurrogate) -> None:
    graphs, targets = sample(12, seed=3)
    batch, outputs = GraphBatch.of(graphs), RankGaussian().transform(targets)
    found = [
        replace(surrogate, restarts=restarts).train(batch, outputs).log_likelihood
        for restarts in (0, 1, 4)
    ]
    assert found == sorted(found)


@both_kernels
def test_repeated_graphs_are_averaged(surrogate: GPSurrogate) -> None:
    graphs, targets = sample(8)
    spread = [*(np.array(targets) - 0.5), *(np.array(targets) + 0.5)]
    posterior = surrogate.fit(graphs * 2, spread)
    assert posterior.noise > 1e-4
    mean, std = posterior.mean_and_std(GraphBatch.of(graphs))
    assert np.isfinite(mean).all()
    assert (std > 0).all()


@both_trainers
@both_kernels
def test_the_papers_fixed_noise_survives_contradictions(
    surrogate: GPSurrogate, trainer: Trainer
) -> None:
    """One graph with several values under noise 1e-6: a bad fit, not a crash."""
    graphs, targets = sample(8)
    fixed = replace(surrogate, noise=PAPER_NOISE, trainer=trainer)
    posterior = fixed.fit(graphs * 3, [*targets, *targets[::-1], *targets])
    assert posterior.noise == PAPER_NOISE
    assert np.isfinite(posterior.mean_and_std(GraphBatch.of(graphs))).all()


@both_kernels
@pytest.mark.parametrize("count", [1, 3])
def test_equal_targets_keep_the_initial_hyperparameters(surrogate: GPSurrogate, count: int) -> None:
    graphs, _ = sample(count)
    posterior = surrogate.fit(graphs, [4.0] * count)
    assert posterior.kernel.weights == (1.0, 1.0)
    assert posterior.noise == NOISE.initial
    mean, std = posterior.mean_and_std(GraphBatch.of(graphs))
    assert mean.tolist() == [0] * count
    assert (std > 0).all()


@pytest.mark.parametrize(
    ("graphs", "targets", "message"),
    [
        ([], [], "needs data: got 0 graphs and 0 targets"),
        (sample(3)[0], [1.0, 2.0], "got 3 graphs and 2 targets"),
        (sample(3)[0], [1.0, float("nan"), 2.0], r"targets \[1\] are NaN"),
    ],
)
def test_bad_data_are_refused(graphs: Any, targets: Any, message: str) -> None:
    with pytest.raises(BadDataError, match=message):
        LINEAR.fit(graphs, targets)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"maps": ()}, "at least one feature map"),
        ({"noise": 0.0}, "fixed noise variance is a positive number"),
        ({"noise": float("inf")}, "fixed noise variance is a positive number"),
        ({"restarts": -1}, "at least 0, got -1"),
    ],
)
def test_invalid_surrogates_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(LINEAR, **change)


@pytest.mark.parametrize(
    "numbers", [(0, 1, 0.5), (2, 1, 1.5), (1, float("inf"), 2), (1, 2, 1), (1, 2, 3)]
)
def test_invalid_ranges_are_refused(numbers: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match=r"range needs 0 < low|is not between"):
        Range(*numbers)


@dataclass(frozen=True)
class Sizes:
    """One feature, the node count, times a factor; not normalised."""

    factor: float
    relabelling_invariant: ClassVar[bool] = True
    n_features: ClassVar[int] = 1

    def counts(self, batch: GraphBatch) -> NDArray[np.int16]:
        return batch.sizes[:, None].astype(np.int16)

    def scale(self, n: int) -> float:
        return self.factor

    def describe(self, column: int) -> str:
        return "n"


def test_points_where_the_likelihood_overflows_are_passed_over() -> None:
    """exp(weight * 25) is finite at the initial weight 1 and infinite at 100."""
    graphs, targets = sample(12)
    surrogate = replace(EXPONENTIAL, maps=(Sizes(1.0),), restarts=5)
    posterior = surrogate.fit(graphs, targets)
    assert np.isfinite(posterior.mean_and_std(GraphBatch.of(graphs))).all()


@both_trainers
@pytest.mark.parametrize(("factor", "exponential"), [(1e200, False), (1e3, True)])
def test_features_too_large_for_any_weight_are_refused(
    factor: float, exponential: bool, trainer: Trainer
) -> None:
    surrogate = GPSurrogate((Sizes(factor),), exponential, trainer=trainer)
    with np.errstate(over="ignore"), pytest.raises(BadDataError, match="scale the maps"):
        surrogate.fit(*sample(6))


PROGRAM = """
import sys
from dataclasses import replace
from nasgoat.surrogate import GPflowTrainer
from tests.surrogate.test_gp import LINEAR, sample
print(repr(LINEAR.fit(*sample(12)).kernel.weights))
print(any(name in sys.modules for name in ("gpflow", "tensorflow")))
print(repr(replace(LINEAR, trainer=GPflowTrainer()).fit(*sample(12)).kernel.weights))
"""


def test_the_default_is_light_gpflow_starts_quietly_and_processes_agree() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    ours, tensorflow_is_loaded, theirs = done.stdout.splitlines()
    assert tensorflow_is_loaded == "False"
    assert ours == repr(LINEAR.fit(*sample(12)).kernel.weights)
    reference = replace(LINEAR, trainer=GPflowTrainer())
    assert theirs == repr(reference.fit(*sample(12)).kernel.weights)
    assert done.stderr == ""


def fail_to_import() -> None:
    os.write(2, b"why")
    raise ImportError


def test_what_was_held_back_is_shown_on_errors(capfd: pytest.CaptureFixture[str]) -> None:
    with stderr_held_back():
        os.write(2, b"chatter")
    assert "chatter" not in capfd.readouterr().err
    with pytest.raises(ImportError), stderr_held_back():
        fail_to_import()
    assert "why" in capfd.readouterr().err
