"""Input convex networks are convex, whatever their weights."""

from typing import get_args

import numpy as np
import pytest

pytest.importorskip("torch", reason="the networks need PyTorch")

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from nasgoat_models.crlso.icnn import ICNN, Activation, PlainMLP
from nasgoat_models.devices import seeded

activations = pytest.mark.parametrize("activation", get_args(Activation))
DIM = 3
POINTS = st.lists(st.floats(-10, 10, width=32), min_size=DIM, max_size=DIM)


def wild(kind: type[nn.Module], activation: Activation, seed: int, scale: float = 1.0) -> nn.Module:
    """A network with weights of both signs, in double precision."""
    with seeded(seed):
        network = kind(DIM, 8, 3, activation).double()
        for parameter in network.parameters():
            nn.init.normal_(parameter, std=scale)
    return network


@activations
@given(seed=st.integers(0, 1000), x=POINTS, y=POINTS)
def test_the_midpoint_is_never_above_the_chord(
    activation: Activation, seed: int, x: list[float], y: list[float]
) -> None:
    network = wild(ICNN, activation, seed)
    ends = torch.tensor([x, y], dtype=torch.float64)
    values = network(torch.cat([ends, ends.mean(dim=0, keepdim=True)])).tolist()
    slack = 1e-9 * (1 + max(map(abs, values)))
    assert values[2] <= (values[0] + values[1]) / 2 + slack


@pytest.mark.parametrize("seed", range(5))
def test_its_hessian_has_no_negative_eigenvalue(seed: int) -> None:
    network = wild(ICNN, "softplus", seed, 0.5)
    points = torch.randn(5, DIM, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
    least, largest = np.inf, -np.inf
    for point in points:
        hessian = torch.autograd.functional.hessian(lambda x: network(x[None])[0], point)
        eigenvalues = torch.linalg.eigvalsh(hessian)
        least, largest = min(least, eigenvalues.min()), max(largest, eigenvalues.max())
    assert least >= -1e-9 * (1 + largest)
    assert largest > 1e-3  # and it is no plane


@activations
def test_a_plain_network_is_not_convex(activation: Activation) -> None:
    x, y = torch.randn(2, 200, DIM, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    for kind, convex in ((ICNN, True), (PlainMLP, False)):
        network = wild(kind, activation, 1)
        excess = network((x + y) / 2) - (network(x) + network(y)) / 2
        assert bool((excess < 1e-6).all()) == convex


def test_training_leaves_the_weights_non_negative_and_learns_a_convex_function() -> None:
    generator = torch.Generator().manual_seed(3)
    x = torch.randn(256, DIM, generator=generator)
    bowl, hill = x.square().sum(dim=1), -x.square().sum(dim=1)
    errors = []
    for target in (bowl, hill):
        with seeded(0):
            network = ICNN(DIM, 32)
        adam = torch.optim.Adam(network.parameters(), 1e-2)
        for _ in range(150):
            loss = (network(x) - target).square().mean()
            adam.zero_grad()
            loss.backward()
            adam.step()
        assert all((layer.weight >= 0).all() for layer in network.convex)
        errors.append(float(loss.detach() / target.var()))
    assert errors[0] < 0.05  # learnt
    assert errors[1] > 0.5  # cannot be
