"""The networks of CR-LSO: what encoders see, what the decoder says, what is learnt."""

import itertools
import math
from typing import get_args

import numpy as np
import pytest

pytest.importorskip("torch", reason="the networks need PyTorch")

import torch

from nasgoat.graphs import GraphBatch
from nasgoat.spaces import (
    CellSpace,
    SearchSpace,
    TableSpace,
    darts,
    nasbench101,
    nasbench201,
    nasbench_graph,
)
from nasgoat_models.crlso.encoders import GNNEncoder, MessageLayer, Reading, encoder
from nasgoat_models.crlso.genes import Genes, likeliest
from nasgoat_models.crlso.inference import Finds, Steps, gradient, infer
from nasgoat_models.crlso.settings import EncoderName
from nasgoat_models.crlso.training import Labelled, Latent, Recipe, learn
from nasgoat_models.crlso.vae import GraphVAE, Sizes, kl_divergence
from nasgoat_models.devices import seeded
from nasgoat_models.graphs import GraphTensors
from tests.search.toy import SPACE, TINY, Toy

SPACES = [nasbench101(range(2, 8)), nasbench201(), darts(), nasbench_graph()]
spaces = pytest.mark.parametrize("space", SPACES, ids=lambda space: space.name)
encoders = pytest.mark.parametrize("name", get_args(EncoderName))
SMALL = Recipe(sizes=Sizes(6, 24, 24), pool=91, predictor_epochs=1, epochs=50, batch=32, rate=1e-2)


def drawn(space: SearchSpace, count: int = 30) -> GraphBatch:
    return space.samples(count, np.random.default_rng(0))


def test_a_message_layer_is_equations_3_and_4() -> None:
    with seeded(0):
        layer = MessageLayer(5, 3)
        h = torch.randn(1, 4, 5)
        pairs = torch.randint(3, (1, 4, 4))
    weights = torch.cat([layer.own.weight, layer.other.weight, torch.eye(5)], dim=1)  # (C, 3 C)
    told = layer(h, pairs)[0]
    for i in range(4):
        message = torch.zeros(5)
        for j in range(4):
            kind = int(pairs[0, i, j])
            if kind:
                whole = torch.cat([h[0, i], h[0, j], layer.edge.weight[kind]])
                message += torch.nn.functional.leaky_relu(weights @ whole, 0.2)
        assert torch.allclose(told[i], layer.keep(h[0, i]) + message, atol=1e-6)


def test_message_passing_does_not_see_the_numbering_of_an_unindexed_space() -> None:
    space = nasbench101(range(2, 8))
    with seeded(0):
        network = GNNEncoder(Reading.of(space), 16)
    graphs = GraphTensors.of(space, drawn(space))
    order = torch.tensor(np.random.default_rng(1).permutation(7))
    moved = GraphTensors(graphs.sizes, graphs.nodes[:, order], graphs.edges[:, order][:, :, order])
    assert torch.allclose(network(graphs), network(moved), atol=1e-4)


@encoders
@spaces
def test_encoders_tell_all_architectures_apart(space: CellSpace, name: EncoderName) -> None:
    with seeded(0):
        network = encoder(name, Reading.of(space), 32)
    graphs = drawn(space, 60)
    h = network(GraphTensors.of(space, graphs))
    near = torch.cdist(h.double(), h.double()) < 1e-5
    keys = np.array(space.keys(graphs))
    assert (near.numpy() == (keys[:, None] == keys)).all()


def test_reversed_edges_are_seen() -> None:
    space = nasbench201("any")
    with seeded(0):
        network = GNNEncoder(Reading.of(space), 16)
    batch = drawn(space)
    graphs = GraphTensors.of(space, batch)
    turned = GraphTensors(graphs.sizes, graphs.nodes, graphs.edges.transpose(1, 2))
    assert (network(graphs) - network(turned)).abs().sum(dim=1).min() > 1e-4


def test_assignments_come_by_their_likelihood() -> None:
    rng = np.random.default_rng(0)
    logs = [np.log(rng.dirichlet(np.ones(count))) for count in (3, 2, 4, 1)]
    told = list(likeliest(logs))
    everything = set(itertools.product(range(3), range(2), range(4), range(1)))
    assert len(told) == len(everything)
    assert set(told) == everything
    worth = [sum(log[i] for log, i in zip(logs, each, strict=True)) for each in told]
    assert worth == pytest.approx(sorted(worth, reverse=True))


@spaces
def test_certain_choices_decode_to_their_graphs_and_chance_to_members(space: CellSpace) -> None:
    genes, graphs = Genes(space), drawn(space)
    certain = [
        [np.where(np.arange(n) == i, 0.0, -50.0) for n, i in zip(genes.counts, row, strict=True)]
        for row in genes.encode(graphs).tolist()
    ]
    checked = genes.decode(certain)
    assert checked.valid == len(graphs)
    assert space.keys(GraphBatch.of(checked.members)) == space.keys(graphs)
    rng = np.random.default_rng(1)
    chance = [[np.log(rng.dirichlet(np.ones(n))) for n in genes.counts] for _ in range(20)]
    checked = genes.decode(chance)
    assert all(space.contains(graph) for graph in checked.members)
    assert checked.valid + checked.repaired + checked.refused == 20


def test_a_repair_is_the_likeliest_member_and_an_unreachable_one_is_refused() -> None:
    genes = Genes(TINY)
    rng = np.random.default_rng(2)
    logs = [np.log(rng.dirichlet(np.ones(n))) for n in genes.counts]
    repaired = genes.decode([logs])
    worth = [
        sum(log[i] for log, i in zip(logs, row, strict=True))
        for row in genes.encode(TINY.listing()).tolist()
    ]
    best = TINY.listing()[int(np.argmax(worth))]
    graph = repaired.members[0]
    own = genes.encode([graph])[0].tolist()
    assert sum(log[i] for log, i in zip(logs, own, strict=True)) >= max(worth) - 1e-9
    assert TINY.key(graph) == TINY.key(best)
    last = SPACE.listing()[SPACE.size() - 1]  # 5 nodes of the last label
    rows = TableSpace.of("one row", SPACE, GraphBatch.of([last]))
    far = [np.zeros(n) for n in Genes(rows).counts]
    assert Genes(rows).decode([far]).refused == 1


def test_the_divergence_is_that_of_normal_distributions() -> None:
    mean, log_variance = torch.tensor([[0.3, -1.0]]), torch.tensor([[0.5, -0.7]])
    own = torch.distributions.Normal(mean, (0.5 * log_variance).exp())
    other = torch.distributions.Normal(torch.zeros(1, 2), torch.ones(1, 2))
    truth = torch.distributions.kl_divergence(own, other).sum()
    assert kl_divergence(mean, log_variance)[0] == pytest.approx(float(truth), rel=1e-5)


def test_the_decoder_loss_is_the_negative_log_likelihood() -> None:
    with seeded(0):
        vae = GraphVAE(TINY, "gnn", Sizes(4, 8, 8))
    z, chosen = torch.zeros(1, 4), vae.genes.encode([TINY.listing()[5]])
    logs = vae.decoder.logs(z)[0]
    truth = -sum(log[i] for log, i in zip(logs, chosen[0].tolist(), strict=True))
    assert vae.decoder.loss(z, chosen).item() == pytest.approx(truth, rel=1e-5)
    everything = sum(
        math.exp(sum(log[i] for log, i in zip(logs, each, strict=True)))
        for each in itertools.product(*map(range, vae.genes.counts))
    )
    assert everything == pytest.approx(1)


@pytest.fixture(scope="module")
def latent() -> Latent:
    """The space of all tiny cells, with the measured values of all of them."""
    graphs = TINY.listing()
    values = np.array([Toy(TINY)(graph).value for graph in graphs])
    labelled = Labelled(graphs, (values - values.mean()) / values.std())
    return learn(TINY, labelled, SMALL, np.random.default_rng(0))


def test_graphs_and_values_are_learnt_together(latent: Latent) -> None:
    graphs = TINY.listing()
    points = latent.encode(TINY, graphs)
    decoded = latent.vae.decode(points)
    assert decoded.refused == 0
    same = [
        graph is not None and TINY.key(graph) == key
        for graph, key in zip(decoded.graphs, TINY.keys(graphs), strict=True)
    ]
    assert np.mean(same) > 0.75
    assert latent.cost is not None
    values = [Toy(TINY)(graph).value for graph in graphs]
    assert np.corrcoef(latent.cost(points).numpy(), values)[0, 1] > 0.8


def test_inference_goes_down_the_cost_to_new_graphs(latent: Latent) -> None:
    assert latent.cost is not None
    z = latent.points[:5]
    slope = gradient(latent.cost, z)
    step = 1e-3
    for d in range(z.shape[1]):  # finite differences
        more, less = z.clone(), z.clone()
        more[:, d] += step
        less[:, d] -= step
        rough = (latent.cost(more) - latent.cost(less)) / (2 * step)
        assert torch.allclose(slope[:, d], rough, atol=0.05)
    keys = set(TINY.keys(TINY.listing())[:30])
    finds = Finds(keys)
    infer(latent.vae, latent.cost, z, finds, Steps(), np.random.default_rng(0))
    assert finds.graphs
    assert not keys & set(finds.graphs)
    assert all(TINY.key(graph) == key for key, (graph, _) in finds.graphs.items())
    assert finds.valid + finds.repaired == finds.known + len(finds.graphs)


def test_the_first_step_lowers_the_predicted_cost(latent: Latent) -> None:
    assert latent.cost is not None
    z = latent.points
    moved = z - 0.01 * gradient(latent.cost, z)
    assert (latent.cost(moved) <= latent.cost(z) + 1e-6).float().mean() > 0.95


@pytest.mark.parametrize(
    ("wrong", "about"),
    [
        ({"eta": 0.0}, "eta"),
        ({"eta": 9.0}, "eta_most"),
        ({"noise": -1.0}, "noise"),
        ({"noise_more": 0.0}, "noise"),
    ],
)
def test_impossible_steps_are_refused(wrong: dict[str, float], about: str) -> None:
    with pytest.raises(ValueError, match=about):
        Steps(**wrong)
