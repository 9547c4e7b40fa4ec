"""What a trained NGAE says of its space."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="the models need PyTorch")

import torch

from nasgoat_models.graphs import GraphTensors
from nasgoat_models.ngae.findings import GRID, REACH, best, climbed, plane
from nasgoat_models.ngae.fitting import Pretrained
from nasgoat_models.ngae.model import Ngae
from nasgoat_models.ngae.settings import NgaeSettings
from tests.search.toy import SPACE, Toy


@pytest.fixture(scope="module")
def model() -> Ngae:
    settings = NgaeSettings(graphs=60, epochs=3, hidden=12, latent=6)
    told = [Toy()(graph) for graph in SPACE.samples(60, np.random.default_rng(1))]
    return Pretrained.of(SPACE, settings, 0).fitted(told, 20, 0).eval()


def codes_of(model: Ngae, count: int) -> torch.Tensor:
    graphs = SPACE.samples(count, np.random.default_rng(2))
    return model.vae.encode(GraphTensors.of(SPACE, graphs)).detach()


def test_a_plane_goes_through_the_mean_along_the_directions_of_most_variance(model: Ngae) -> None:
    codes = codes_of(model, 40)
    found = plane(model, codes)
    variances, directions = np.linalg.eigh(np.cov(codes.numpy().T))
    assert found.explained == pytest.approx(variances[-2:].sum() / variances.sum(), abs=1e-4)
    assert found.axis[[0, -1]].tolist() == [-REACH, REACH]
    first, second = directions[:, -1], directions[:, -2]

    def at(i: int, j: int) -> set[float]:
        """Predictions at a place for both signs of both directions, rounded."""
        ends = [
            codes.numpy().mean(axis=0)
            + sign * found.axis[j] * variances[-1] ** 0.5 * first
            + other * found.axis[i] * variances[-2] ** 0.5 * second
            for sign in (-1, 1)
            for other in (-1, 1)
        ]
        told = model.performance(torch.tensor(np.array(ends), dtype=torch.float32))
        return {round(value, 3) for value in told.tolist()}

    assert found.values.shape == (GRID, GRID)
    for i, j in ((0, GRID // 2), (GRID // 2, 0), (5, 30), (GRID // 2, GRID // 2)):
        assert any(abs(found.values[i, j] - value) < 2e-3 for value in at(i, j))


def test_ascents_rise_and_their_best_graphs_are_members_in_order(model: Ngae) -> None:
    starts = codes_of(model, 20)
    for weight in (0.0, 1.0):
        path = climbed(model, starts, weight, rate=1.0, steps=30)
        worth = model.worth(path, weight).mean(dim=1)
        assert worth[-1] > worth[0]
        found = best(model, SPACE, path.flatten(0, 1), weight, 3)
        assert 1 <= len(found.graphs) <= 3
        assert all(SPACE.contains(graph) for graph in found.graphs)
        assert len(set(map(SPACE.key, found.graphs))) == len(found.graphs)
        values = found.performance - weight * found.complexity
        assert values.tolist() == sorted(values, reverse=True)
        z = model.vae.encode(GraphTensors.of(SPACE, found.graphs))
        assert model.performance(z).tolist() == pytest.approx(found.performance.tolist(), abs=1e-5)


def test_no_graph_is_found_where_none_is_decoded(model: Ngae) -> None:
    assert best(model, SPACE, torch.zeros(0, 6), 1.0, 3).graphs == ()
