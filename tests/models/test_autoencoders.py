"""Autoencoders of graphs: what must hold of any, on tiny ones."""

import math
from itertools import pairwise

import numpy as np
import pytest

pytest.importorskip("torch", reason="the models need PyTorch")

import torch

from nasgoat.graphs import GraphBatch
from nasgoat.spaces import CellSpace, enas, nasbench101, nasbench201
from nasgoat_models.autoencoders.build import KINDS, Kind, VaeConfig
from nasgoat_models.autoencoders.drawing import draw
from nasgoat_models.autoencoders.vae import Vae, divergence
from nasgoat_models.graphs import GraphShape, GraphTensors
from nasgoat_models.quality import prior_quality, reconstruction
from nasgoat_models.training import Trainer, Training

SPACES = [nasbench101(range(3, 7)), nasbench201(), enas(3)]
spaces = pytest.mark.parametrize("space", SPACES, ids=lambda space: space.name)
kinds = pytest.mark.parametrize("kind", KINDS)


def tiny(space: CellSpace, kind: Kind, seed: int = 0) -> Vae:
    return VaeConfig(kind, hidden=24, latent=12).build(GraphShape.of(space), seed)


def drawn(space: CellSpace, count: int = 12) -> GraphTensors:
    return GraphTensors.of(space, space.samples(count, np.random.default_rng(0)))


@spaces
@kinds
def test_a_graph_alone_is_encoded_as_in_a_batch(space: CellSpace, kind: Kind) -> None:
    vae, graphs = tiny(space, kind), drawn(space)
    together, _ = vae.encoder(graphs)
    for i in range(3):
        alone, _ = vae.encoder(graphs.take(torch.tensor([i])))
        torch.testing.assert_close(alone[0], together[i])


@kinds
def test_places_of_absent_nodes_change_nothing(kind: Kind) -> None:
    space = nasbench101(range(3, 7))
    graphs = drawn(space, 200)
    small = graphs.take(torch.nonzero(graphs.sizes < 6).squeeze(1))
    assert len(small) > 3
    vae = tiny(space, kind)
    mean, log_variance = vae.encoder(small)
    before = vae.decoder.losses(mean, small)
    for name, weight in vae.named_parameters():
        if name == "encoder.backwards.places.weight":
            weight.data[0] = 9.0  # reversed, absent nodes come first
        elif "places" in name:
            weight.data[-1] = 9.0
    torch.testing.assert_close(vae.encoder(small), (mean, log_variance))
    torch.testing.assert_close(vae.decoder.losses(mean, small), before)


@spaces
@kinds
def test_gradients_reach_every_weight(space: CellSpace, kind: Kind) -> None:
    vae = tiny(space, kind)
    terms, _ = vae.losses(drawn(space), torch.Generator().manual_seed(0))
    torch.stack(list(terms.values())).sum().backward()
    for name, weight in vae.named_parameters():
        assert weight.grad is not None, name
        assert torch.isfinite(weight.grad).all(), name
        # nodes of one kind and a fixed number leave nothing to decide
        idle = ("add_node", "decoder.kinds") if space.edge_alphabet else ("along",)
        if not any(part in name for part in idle):
            assert weight.grad.abs().sum() > 0, name


@spaces
@kinds
def test_whatever_is_decoded_is_an_acyclic_graph_of_a_size(space: CellSpace, kind: Kind) -> None:
    vae, generator = tiny(space, kind), torch.Generator().manual_seed(0)
    z = 3 * torch.randn(60, vae.latent, generator=generator)
    for chance in (None, generator):
        graphs = vae.generate(z, chance)
        assert torch.equal(graphs.edges, graphs.edges.triu(1))
        assert set(graphs.sizes.tolist()) <= set(space.sizes)
        assert (graphs.mask.sum(1) == graphs.sizes).all()
        for graph in graphs.batch(space):  # a LabeledGraph checks its labels itself
            assert all(u < v for u, v in graph.edges)


@kinds
def test_decoding_draws_what_the_loss_says(kind: Kind) -> None:
    """Frequencies of decoded graphs against exp(-loss), on all wirings of up to 4 nodes."""
    shape = GraphShape((3, 4), 2, 2)
    vae = VaeConfig(kind, hidden=8, latent=4).build(shape, 3)
    z = torch.randn(1, vae.latent, generator=torch.Generator().manual_seed(1))
    every = []
    for n in shape.sizes:
        pairs = [(u, v) for v in range(n) for u in range(v)]
        for code in range(2 ** len(pairs)):
            edges = torch.zeros(1, 4, 4, dtype=torch.int64)
            for i, (u, v) in enumerate(pairs):
                edges[0, u, v] = code >> i & 1
            every.append(GraphTensors(torch.tensor([n]), (torch.arange(4) < n)[None].long(), edges))
    terms = [vae.decoder.losses(z, graph) for graph in every]
    chances = torch.stack([torch.exp(-sum(term.values())) for term in terms]).detach()
    assert len(every) == 8 + 64
    assert float(chances.sum()) == pytest.approx(1, abs=1e-5)
    count = 20_000
    decoded = vae.generate(z.expand(count, -1), torch.Generator().manual_seed(2))
    for graph, chance in zip(every, chances.tolist(), strict=True):
        same = (decoded.edges == graph.edges).flatten(1).all(1) & (decoded.sizes == graph.sizes)
        assert float(same.float().mean()) == pytest.approx(chance, abs=0.015)


@kinds
def test_a_few_graphs_are_learnt_by_heart(kind: Kind) -> None:
    space = nasbench101(range(3, 6))
    graphs = drawn(space, 8)
    vae = VaeConfig(kind, hidden=48, latent=16, kl_weight=1e-4).build(GraphShape.of(space), 0)
    trainer = Trainer(
        vae,
        lambda rows, chance: vae.losses(graphs.take(rows), chance)[0],
        len(graphs),
        Training(150, batch=8, rate=5e-3),
    )
    trainer.run()
    assert trainer.history[-1]["loss"] < trainer.history[0]["loss"] / 10
    assert reconstruction(space, vae, graphs) == 100.0
    generator = torch.Generator().manual_seed(0)
    z = torch.randn(50, vae.latent, generator=generator)
    quality = prior_quality(space, vae, set(), z, generator, 2)
    assert quality.novel == 100.0 or quality.valid == 0.0
    assert 0 <= quality.unique <= 100


def test_labels_are_learnt_before_the_divergence_drives_them_out() -> None:
    """Six labels of six kinds each: whoever guesses loses 6 ln 6 = 10.75 on them.

    Where their first codes drown in noise, or decisions on them do not see the code, it is above 9.
    """
    space = enas(6)
    graphs = drawn(space, 300)
    vae = VaeConfig(hidden=64, latent=32).build(GraphShape.of(space), 0)
    training = Training(25, batch=32, rate=3e-3, clip=10.0, cosine=True)
    trainer = Trainer(
        vae, lambda rows, chance: vae.losses(graphs.take(rows), chance)[0], 300, training
    )
    trainer.run()
    assert trainer.history[-1]["nodes"] < 0.7 * 6 * math.log(6)


def test_the_divergence_is_that_of_torch() -> None:
    generator = torch.Generator().manual_seed(0)
    mean, log_variance = torch.randn(2, 5, 7, generator=generator)
    posterior = torch.distributions.Normal(mean, (0.5 * log_variance).exp())
    prior = torch.distributions.Normal(torch.zeros(7), torch.ones(7))
    expected = torch.distributions.kl_divergence(posterior, prior).sum(1)
    torch.testing.assert_close(divergence(mean, log_variance), expected)


def test_draws_have_the_probabilities_of_their_scores() -> None:
    scores = torch.tensor([0.0, 1.0, -torch.inf, 2.0]).expand(20_000, 4)
    drawn_kinds = draw(scores, torch.Generator().manual_seed(0))
    seen = torch.bincount(drawn_kinds, minlength=4) / 20_000
    torch.testing.assert_close(seen, scores[0].softmax(0), atol=0.02, rtol=0)
    assert draw(scores[:1], None).item() == 3


def test_one_seed_one_autoencoder() -> None:
    space = enas(2)
    weights = [
        torch.cat([p.flatten() for p in tiny(space, "dag", s).parameters()]) for s in (1, 1, 2)
    ]
    assert [a.equal(b) for a, b in pairwise(weights)] == [True, False]


def test_reconstruction_counts_copies_as_the_same() -> None:
    """An encoder-decoder that renumbers nodes still gives back the architecture."""
    space = nasbench101(range(3, 7))
    graph = next(
        g
        for g in drawn(space, 60).batch(space)
        if len(set(space.identity.copies(g, ordered=True))) > 1
    )
    graphs = GraphTensors.of(space, [graph])
    own = graphs.batch(space)[0]
    copy = next(c for c in space.identity.copies(graph, ordered=True) if c != own)
    vae = tiny(space, "dag")
    raw = GraphBatch.of([copy], 6)
    nodes = torch.from_numpy(np.where(raw.exists, raw.node_labels + 1, 0)).long()
    edges = torch.from_numpy(raw.adjacency).long()
    vae.decoder.generate = lambda z, generator=None: GraphTensors(graphs.sizes, nodes, edges)  # type: ignore[method-assign]
    assert reconstruction(space, vae, graphs) == 100.0


def test_one_direction_will_do() -> None:
    space = nasbench201()
    both, one = (
        VaeConfig(hidden=8, latent=4, bidirectional=way).build(GraphShape.of(space), 0)
        for way in (True, False)
    )
    terms, mean = one.losses(drawn(space), torch.Generator().manual_seed(0))
    assert mean.shape == (12, 4)
    assert all(torch.isfinite(term) for term in terms.values())
    assert "encoder.backwards.bias" in both.state_dict().keys() - one.state_dict().keys()
