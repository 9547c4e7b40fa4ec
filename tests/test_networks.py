"""Networks as arrays: values against a loop, and what their weights say of their shape."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nasgoat.acquisition import NetworkSample, PosteriorMean
from nasgoat.errors import BadDataError, NoEncodingError
from nasgoat.graphs import GraphBatch
from nasgoat.kernels import LinearKernel, NodeLabels, ShortestPaths, stacked_features
from nasgoat.networks import FeatureNetwork, Layer
from nasgoat.posterior import FeaturePosterior, NetworkPosterior
from nasgoat.spaces import nasbench101

SPACE = nasbench101([4])
MAPS = (ShortestPaths(4, 5), NodeLabels(5))
FEATURES = sum(one.n_features for one in MAPS)


def network(
    rng: np.random.Generator, inputs: int, widths: list[int], *, convex: bool
) -> FeatureNetwork:
    """Random weights; a convex network passes the input on to every layer."""
    layers, before = [], 0
    for i, width in enumerate([*widths, 1]):
        hidden = rng.standard_normal((width, before))
        passed = rng.standard_normal((width, inputs)) * (convex or i == 0)
        layers.append(
            Layer(np.abs(hidden) if convex else hidden, passed, rng.standard_normal(width))
        )
        before = width
    return FeatureNetwork(tuple(layers[:-1]), layers[-1])


@pytest.mark.parametrize("convex", [False, True])
def test_values_are_those_of_a_loop_over_units(convex: bool) -> None:
    rng = np.random.default_rng(0)
    net = network(rng, 3, [4, 2], convex=convex)
    x = rng.standard_normal((5, 3))
    for row, value in zip(x, net.values(x), strict=True):
        z: list[float] = []
        for layer in net.layers:
            z = [
                max(0.0, layer.hidden[i] @ np.array(z) + layer.passed[i] @ row + layer.bias[i])
                for i in range(len(layer.bias))
            ]
        last = net.output
        expected = last.hidden[0] @ np.array(z) + last.passed[0] @ row + last.bias[0]
        assert value == pytest.approx(expected)


def test_a_network_without_layers_is_affine() -> None:
    net = FeatureNetwork((), Layer(np.zeros((1, 0)), np.array([[2.0, -1.0]]), np.array([0.5])))
    assert net.values(np.array([[1.0, 3.0]])).tolist() == [-0.5]
    assert net.convex
    assert net.rising == []


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), depth=st.integers(1, 3))
def test_networks_whose_weights_are_called_convex_are(seed: int, depth: int) -> None:
    rng = np.random.default_rng(seed)
    net = network(rng, 3, [4] * depth, convex=True)
    assert net.convex
    x, y = rng.standard_normal((2, 50, 3)) * 5
    middle = net.values((x + y) / 2)
    assert (middle <= (net.values(x) + net.values(y)) / 2 + 1e-9).all()


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_output_does_not_fall_with_a_rising_unit(seed: int) -> None:
    rng = np.random.default_rng(seed)
    net = network(rng, 2, [5, 4], convex=False)
    x = rng.standard_normal((20, 2))
    first, second = net.layers
    z = np.maximum(first.of(np.zeros((20, 0)), x), 0.0)

    def output(z: np.ndarray) -> np.ndarray:
        return net.output.of(np.maximum(second.of(z, x), 0.0), x)[:, 0]

    for i in np.flatnonzero(net.rising[0]):
        raised = z.copy()
        raised[:, i] += 1.0
        assert (output(raised) >= output(z) - 1e-9).all()
    # and by hand: a unit that feeds a falling one is not rising, whatever its weight
    falling = net.output.hidden[0] < 0.0
    expected = ((second.hidden >= 0) & ~falling[:, None]) | (second.hidden == 0)
    assert (net.rising[0] == expected.all(axis=0)).all()
    assert (net.rising[1] == ~falling).all()


@pytest.mark.parametrize(
    ("layers", "output", "words"),
    [
        ((), Layer(np.zeros((1, 2)), np.zeros((1, 3)), np.zeros(1)), "arrays of the shapes"),
        ((), Layer(np.zeros((2, 0)), np.zeros((2, 3)), np.zeros(2)), "one output, got 2"),
        ((), Layer(np.zeros((1, 0)), np.full((1, 3), np.nan), np.zeros(1)), "NaN"),
    ],
)
def test_impossible_weights_are_refused(
    layers: tuple[Layer, ...], output: Layer, words: str
) -> None:
    with pytest.raises(BadDataError, match=words):
        FeatureNetwork(layers, output)


def test_a_posterior_of_networks() -> None:
    rng = np.random.default_rng(0)
    nets = tuple(network(rng, FEATURES, [3], convex=False) for _ in range(4))
    graphs = SPACE.samples(6, rng)
    posterior = NetworkPosterior(MAPS, nets, graphs, np.zeros(6))
    expected = np.array([net.values(stacked_features(MAPS, graphs)) for net in nets])
    mean, std = posterior.mean_and_std(graphs)
    assert np.allclose(posterior.predictions(graphs), expected)
    assert np.allclose(mean, expected.mean(axis=0))
    assert np.allclose(std, expected.std(axis=0))
    assert np.allclose(PosteriorMean().values(posterior, graphs), mean)
    for i in range(4):
        assert np.allclose(NetworkSample(i).values(posterior, graphs), expected[i])
    assert {NetworkSample.draw(posterior, rng).member for _ in range(60)} == {0, 1, 2, 3}
    assert posterior.condition_on(graphs[0], 1.0) is posterior
    assert posterior.mean_and_std(GraphBatch.of([]))[0].shape == (0,)


def test_a_posterior_refuses_networks_on_other_features() -> None:
    graphs = SPACE.samples(2, np.random.default_rng(0))
    net = network(np.random.default_rng(0), 3, [2], convex=False)
    with pytest.raises(BadDataError, match=f"{FEATURES} features, a network has 3"):
        NetworkPosterior(MAPS, (net,), graphs, np.zeros(2))
    with pytest.raises(BadDataError, match="at least 1"):
        NetworkPosterior(MAPS, (), graphs, np.zeros(2))
    kernel = LinearKernel(MAPS, (1.0, 1.0))
    gaussian = FeaturePosterior.of(kernel, graphs, np.zeros(2), 0.1)
    with pytest.raises(NoEncodingError, match="drawn from a NetworkPosterior"):
        NetworkSample(0).values(gaussian, graphs)
