"""The parts of the neural methods against slower ways to the same numbers."""

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest

pytest.importorskip("torch", reason="the models need PyTorch")

import torch
from scipy.stats import multivariate_normal

from nasgoat.acquisition import PosteriorMean
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import stacked_features
from nasgoat.optimize import ExhaustiveOptimizer, Task
from nasgoat.search import Surroundings
from nasgoat.search.genes import Genome
from nasgoat.search.guided import Known
from nasgoat.search.op_graphs import OpGraphs
from nasgoat.spaces import CellSpace, nasbench101, nasbench201
from nasgoat.surrogate import RankGaussian
from nasgoat_models.neural.bananas import Bananas
from nasgoat_models.neural.bananas_model import predictions
from nasgoat_models.neural.bayes_linear import BayesianLinear
from nasgoat_models.neural.bohamiann import Bohamiann
from nasgoat_models.neural.bohamiann_model import Network, sampled
from nasgoat_models.neural.bonas_model import weights_of
from nasgoat_models.neural.certified import CertifiedNetworks, ConvexNetworks
from nasgoat_models.neural.certified_model import make, surrogate_of
from nasgoat_models.neural.encodings import AdjacencyEncoding, PathEncoding
from nasgoat_models.neural.feature_nets import FeatureNets, NetShape
from nasgoat_models.neural.gcn import Gcn
from nasgoat_models.neural.mlps import Mlps, shuffled
from nasgoat_models.neural.nao import Nao
from nasgoat_models.neural.nao_model import Sequences
from nasgoat_models.neural.nao_model import choose as choose_nao
from nasgoat_models.neural.nao_model import fitted as fitted_nao
from nasgoat_models.neural.nao_network import Nao as NaoNetwork
from nasgoat_models.neural.op_tensors import OpTensors
from nasgoat_models.neural.search import seed_of
from nasgoat_models.neural.sghmc import Walk, sghmc
from tests.search.toy import SPACE, Toy

WIDTHS = [
    (nasbench101(), 3, 40),  # 40 of the paper's 364
    (nasbench101(), 5, 364),
    (nasbench201(), 3, 40),
]


@pytest.mark.parametrize(("space", "longest", "width"), WIDTHS, ids=["101", "101-all", "201"])
def test_paths_are_those_of_networkx(space: CellSpace, longest: int, width: int) -> None:
    graphs = list(space.samples(30, np.random.default_rng(0)))
    encoding = PathEncoding(space, longest)
    found = encoding(graphs)
    assert encoding.width == width == found.shape[1]
    networks = OpGraphs(space).of(GraphBatch.of(graphs))
    interior = [networks[i].node_labels[1:-1] for i in range(len(graphs))]
    letters = sorted({label for labels in interior for label in labels})
    assert len(letters) == 3
    for i in range(len(graphs)):
        one = networks[i]
        paths = nx.all_simple_paths(nx.DiGraph(one.edges), 0, one.n - 1) if one.edges else ()
        columns = set()
        for path in paths:
            column = 0  # shorter words first, then in the order of the labels
            for v in path[1:-1]:
                column = 3 * column + letters.index(one.node_labels[v]) + 1
            if len(path) <= longest + 2:
                columns.add(column)
        assert set(np.flatnonzero(found[i]).tolist()) == columns


def test_adjacency_encoding_is_the_same_for_copies() -> None:
    encode = AdjacencyEncoding(SPACE)
    one = LabeledGraph(5, ((0, 1), (0, 2), (1, 4), (2, 3), (3, 4)), (0, 1, 2, 3, 4))
    two = LabeledGraph(5, ((0, 3), (0, 1), (3, 4), (1, 2), (2, 4)), (0, 2, 3, 1, 4))
    assert SPACE.key(one) == SPACE.key(two)
    first, second = encode([one, two])
    assert (first == second).all()
    assert first.sum() == 5 + 5


def test_networks_side_by_side_do_not_meet() -> None:
    chance = torch.Generator().manual_seed(0)
    many = Mlps(3, [4, 6, 5, 1], chance)
    x = torch.randn(7, 4, generator=chance)
    for m in range(3):
        h = x
        for i, (W, b) in enumerate(zip(many.weights, many.biases, strict=True)):
            h = h @ W[m] + b[m]
            h = torch.relu(h) if i < 2 else h
        torch.testing.assert_close(many(x)[m], h)
    rows = torch.cat(list(shuffled(3, 7, 2, chance)), dim=1)
    assert rows.sort(dim=1).values.tolist() == [list(range(7))] * 3
    assert rows.tolist()[0] != rows.tolist()[1]


QUICK = Bananas(layers=2, epochs=40)


def test_bananas_learns_and_weighs_the_best_most() -> None:
    rng = np.random.default_rng(0)
    graphs = list(SPACE.samples(80, rng))
    values = np.array([Toy()(graph).value for graph in graphs])
    x = PathEncoding(SPACE, 3)(graphs)
    found = predictions(QUICK, (x[:60], values[:60]), x, 0)
    assert found.shape == (5, 80)
    assert np.corrcoef(found.mean(axis=0)[60:], values[60:])[0, 1] > 0.6
    assert found.std(axis=0).min() > 0
    again = predictions(QUICK, (x[:60], values[:60]), x, 0)
    assert (found == again).all()
    assert Bananas().bound_below(np.array([4.0, 5.0, 9.0])) == 3.5
    assert Bananas().bound_below(np.array([4.0, 4.0, 9.0])) == 3.0


def test_bayesian_linear_regression_is_the_gaussian_process_of_its_kernel() -> None:
    rng = np.random.default_rng(0)
    phi = np.column_stack([rng.standard_normal((12, 4)), np.ones(12)])
    y = phi @ rng.standard_normal(5) + 0.1 * rng.standard_normal(12)
    model = BayesianLinear.fit(phi, y)
    new = np.column_stack([rng.standard_normal((6, 4)), np.ones(6)])
    K = model.prior * phi @ phi.T + model.noise * np.eye(12)
    cross = model.prior * new @ phi.T
    variance = model.prior * (new**2).sum(axis=1) - np.einsum(
        "ij,ji->i", cross, np.linalg.solve(K, cross.T)
    )
    mean, std = model.predict(new)
    assert np.allclose(mean, cross @ np.linalg.solve(K, y))
    assert np.allclose(std, np.sqrt(variance))

    def evidence(prior: float, noise: float) -> float:
        covariance = prior * phi @ phi.T + noise * np.eye(12)
        return float(multivariate_normal.logpdf(y, np.zeros(12), covariance))

    best = evidence(model.prior, model.noise)
    for factor in (0.8, 1.25):
        assert evidence(model.prior * factor, model.noise) < best + 1e-6
        assert evidence(model.prior, model.noise * factor) < best + 1e-6


def test_bayesian_linear_regression_with_more_features_than_data() -> None:
    rng = np.random.default_rng(0)
    phi = rng.standard_normal((5, 9))
    model = BayesianLinear.fit(phi, rng.standard_normal(5))
    K = model.prior * phi @ phi.T + model.noise * np.eye(5)
    new = rng.standard_normal((3, 9))
    cross = model.prior * new @ phi.T
    rest = np.einsum("ij,ji->i", cross, np.linalg.solve(K, cross.T))
    assert np.allclose(model.predict(new)[1] ** 2, model.prior * (new**2).sum(axis=1) - rest)


def test_the_sampler_has_the_moments_of_a_normal_density() -> None:
    mean, std = torch.tensor([1.0, -2.0]), torch.tensor([0.5, 1.5])
    walk = Walk(burn_in=500, samples=3000, every=3, step=0.1, friction=0.1)
    chance = torch.Generator().manual_seed(0)
    samples = torch.stack(list(sghmc(lambda x: (x - mean) / std**2, torch.zeros(2), walk, chance)))
    assert torch.allclose(samples.mean(dim=0), mean, atol=0.2)
    assert torch.allclose(samples.std(dim=0) / std, torch.ones(2), atol=0.2)


def test_networks_of_bohamiann() -> None:
    network = Network(3, 4)
    chance = torch.Generator().manual_seed(0)
    thetas = torch.stack([network.start(chance) for _ in range(2)])
    x = torch.randn(5, 3, generator=chance)
    both = network.mean(thetas, x)
    for i in range(2):
        torch.testing.assert_close(both[i], network.mean(thetas[i], x))
    y = torch.randn(5, generator=chance)
    whole = network.energy(thetas[0], x, y, 5)
    halves = [network.energy(thetas[0], x[i : i + 1], y[i : i + 1], 5) for i in range(5)]
    torch.testing.assert_close(torch.stack(halves).mean(), whole)  # minibatches are unbiased


def test_bohamiann_is_surer_where_it_has_data() -> None:
    settings = Bohamiann(width=20, burn_in=600, samples=10, every=20)
    x = torch.linspace(-1, 1, 25)[:, None]
    y = torch.sin(3 * x[:, 0]).numpy().astype(float)
    network = Network(1, 20)
    thetas = sampled(settings, network, x, y, 0)
    inside = network.mean(thetas, x)
    assert (inside.mean(dim=0) - torch.tensor(y)).abs().mean() < 0.2
    outside = network.mean(thetas, torch.tensor([[4.0], [-4.0]]))
    assert outside.std(dim=0).mean() > 2 * inside.std(dim=0).mean()


def test_the_gcn_does_not_look_at_numbers_of_nodes_or_at_padding() -> None:
    space = nasbench101()
    gcn = Gcn(7, 8, 3)
    small = LabeledGraph(5, ((0, 1), (0, 2), (1, 4), (2, 3), (3, 4)), (0, 1, 2, 3, 4))
    other = LabeledGraph(5, ((0, 3), (0, 1), (3, 4), (1, 2), (2, 4)), (0, 2, 3, 1, 4))
    large = next(graph for graph in space.samples(50, np.random.default_rng(0)) if graph.n == 7)
    alone = gcn(OpTensors.of(space, [small]))[0]
    together = gcn(OpTensors.of(space, [small, other, large]))
    torch.testing.assert_close(together[0], alone)
    torch.testing.assert_close(together[1], alone)
    assert (together[2] - alone).abs() > 1e-5
    backwards = OpTensors.of(space, [small])
    backwards = OpTensors(backwards.adjacency.mT, backwards.labels, backwards.mask)
    assert (gcn(backwards)[0] - alone).abs() > 1e-6


def test_bonas_weighs_good_graphs_most() -> None:
    weights = weights_of(np.array([0.0, 1.0, 2.0]))
    assert weights == pytest.approx([1.0, np.expm1(0.5) / np.expm1(1.0), 0.0])
    assert weights_of(np.array([2.0, 2.0])).tolist() == [1.0, 1.0]


def test_nao_decodes_admissible_choices_only() -> None:
    counts = [2, 5, 3]
    network = NaoNetwork(counts, 8)
    embedding = network.encode(torch.randint(2, (50, 3)))
    tokens = network.decode(embedding)
    assert (tokens < torch.tensor(counts)).all()
    scores = network.logits(embedding, tokens)
    assert scores.isinf().sum(dim=2).tolist() == [[3, 0, 2]] * 50
    # what is decoded step by step is what teacher forcing scores highest
    assert (scores.argmax(dim=2) == tokens).all()


def test_nao_learns_to_write_what_it_reads() -> None:
    space = nasbench201()
    rng = np.random.default_rng(0)
    sequences = Sequences(Genome(space))
    graphs = list(space.samples(60, rng))
    rows, tokens = sequences.of(graphs)
    assert rows == list(range(60))
    read = sequences.read(torch.from_numpy(tokens))
    assert [graph and space.key(graph) for graph in read] == [space.key(g) for g in graphs]
    targets = (tokens == 1).sum(axis=1) - 1.0
    settings = Nao(width=32, epochs=150)
    network = fitted_nao(settings, sequences, (tokens[:40], targets[:40]), tokens[40:], 0)
    embedding = network.encode(torch.from_numpy(tokens))
    assert (network.decode(embedding).numpy() == tokens).mean() > 0.9
    predicted = network.predict(embedding).detach().numpy()
    assert np.corrcoef(predicted[:40], targets[:40])[0, 1] > 0.9


def test_nao_proposes_first_what_its_predictor_likes_best() -> None:
    space, settings = nasbench201(), Nao(width=16, epochs=30, unlabelled=50)
    graphs = list(space.samples(40, np.random.default_rng(0)))
    told = [Toy(space)(graph) for graph in graphs]
    known = Known(space, told, set(space.keys(GraphBatch.of(graphs))))
    chosen = choose_nao(settings, known, 6, np.random.default_rng(1))

    rng = np.random.default_rng(1)  # the same network once more
    sequences = Sequences(Genome(space))
    others = sequences.of(list(space.samples(50, rng)))[1]
    targets = RankGaussian().transform(known.values)
    network = fitted_nao(
        settings, sequences, (sequences.of(graphs)[1], targets), others, seed_of(rng)
    )
    tokens = torch.from_numpy(sequences.of(chosen)[1])
    predicted = network.predict(network.encode(tokens)).tolist()
    assert len(predicted) == 6
    assert predicted == sorted(predicted)
    assert not known.taken & set(space.keys(GraphBatch.of(chosen)))


@pytest.mark.parametrize("convex", [False, True])
def test_exported_networks_say_what_the_trained_ones_say(convex: bool) -> None:
    rng = np.random.default_rng(0)
    shape = NetShape(3, 2, 6, convex, 1, 0.01, 0.0)
    nets = FeatureNets(4, shape, torch.Generator().manual_seed(0))
    x = rng.standard_normal((9, 4)) * 3 + 1
    mean, std = x.mean(axis=0), x.std(axis=0)
    std[2] = np.inf
    told = nets(torch.tensor((x - mean) / std, dtype=torch.float32)).detach().numpy()
    exported = nets.exported(mean, std)
    assert np.allclose([net.values(x) for net in exported], told, atol=1e-4)
    assert all(net.convex for net in exported) or not convex


@pytest.mark.parametrize("settings", [CertifiedNetworks(), ConvexNetworks()], ids=["relu", "icnn"])
def test_the_surrogate_learns(settings: CertifiedNetworks) -> None:
    rng = np.random.default_rng(0)
    graphs = list(SPACE.samples(120, rng))
    values = [Toy()(graph).value for graph in graphs]
    posterior = surrogate_of(settings, SPACE).fit(graphs[:80], values[:80])
    mean, _ = posterior.mean_and_std(GraphBatch.of(graphs[80:]))
    assert np.corrcoef(mean, values[80:])[0, 1] > 0.8
    assert all(net.convex for net in posterior.networks) == settings.convex
    again = surrogate_of(settings, SPACE).fit(graphs[:80], values[:80])
    assert (again.mean_and_std(GraphBatch.of(graphs))[0][80:] == mean).all()
    if settings.convex:
        x = stacked_features(posterior.maps, GraphBatch.of(graphs))
        for one, other in pairwise(x):
            for net in posterior.networks:
                ends = net.values(np.array([one, other]))
                assert net.values(((one + other) / 2)[None])[0] <= ends.mean() + 1e-9


@pytest.mark.parametrize("name", ["relu", "icnn"])
def test_proposals_are_proven_optima_of_the_trained_networks(name: str) -> None:
    space = nasbench101([3, 4])
    kind = ConvexNetworks if name == "icnn" else CertifiedNetworks
    settings = kind(networks=2, width=6, epochs=60, acquisition="mean")

    search = make(settings, Surroundings(space))
    state = search.start(space, np.random.default_rng(0))
    told = [Toy(space)(graph) for graph in state.graphs]
    _, proposals = search.propose(state, told, [], 2, np.random.default_rng(1))
    posterior = surrogate_of(settings, space).fit(
        [one.graph for one in told], [one.value for one in told]
    )
    task = Task(PosteriorMean(), posterior, space, [one.graph for one in told])
    truth = [best.certificate.value for best in ExhaustiveOptimizer().minimize(task, 2)]
    for proposal, value in zip(proposals, truth, strict=True):
        assert proposal.certificate is not None
        assert proposal.certificate.value == pytest.approx(value, abs=1e-4)
        assert proposal.certificate.gap is not None
        assert proposal.certificate.gap <= 1e-4
