"""How NAO is trained, and what it decodes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nasgoat.errors import EmptySpaceError, NothingLeftError, OutsideSpaceError
from nasgoat.graphs import LabeledGraph
from nasgoat.search import Surroundings
from nasgoat.search.design import fresh_proposals
from nasgoat.search.genes import Genome
from nasgoat.search.guided import Known
from nasgoat.surrogate import TRANSFORMS
from nasgoat_models.devices import repeatable, seeded
from nasgoat_models.neural.nao import Nao
from nasgoat_models.neural.nao_network import Nao as Network
from nasgoat_models.neural.search import NeuralSearch, seed_of
from nasgoat_models.training import Trainer, Training

Floats = NDArray[np.float64]

MINIBATCH = 64


def make(settings: Nao, surroundings: Surroundings) -> NeuralSearch:
    """The method of settings."""
    del surroundings
    return NeuralSearch("nao", settings, choose)


def choose(settings: Nao, known: Known, k: int, rng: np.random.Generator) -> list[LabeledGraph]:
    """What is decoded, then random graphs."""
    sequences = Sequences(Genome(known.space))
    targets = TRANSFORMS[settings.transform].transform(known.values)
    rows, tokens = sequences.of(known.graphs)
    found: dict[str, LabeledGraph] = {}
    if len(tokens) and sequences.counts:
        _, others = sequences.of(_drawn(known, settings.unlabelled, rng))
        network = fitted(settings, sequences, (tokens, targets[rows]), others, seed_of(rng))
        best = tokens[np.argsort(targets[rows], kind="stable")[: settings.seeds]]
        found = _decoded(settings, network, sequences, (known, best), k)
    if len(found) < k:
        taken = {*known.taken, *found}
        try:
            more = fresh_proposals(known.space, taken, k - len(found), rng, "random")
        except NothingLeftError:
            if not found:
                raise
            more = []
        found |= {known.space.key(one.graph): one.graph for one in more}
    return list(found.values())[:k]


@dataclass(frozen=True, slots=True)
class Sequences:
    """Graphs as sequences of choices."""

    genome: Genome

    @property
    def counts(self) -> list[int]:
        """Number of alternatives at each position."""
        return list(self.genome.choices.values())

    def of(self, graphs: Sequence[LabeledGraph]) -> tuple[list[int], NDArray[np.int64]]:
        """Places of the graphs that choices can write, and their ``(N, T)`` sequences."""
        rows, written = [], []
        for i, graph in enumerate(graphs):
            try:
                written.append(list(self.genome.encode(graph).values()))
            except OutsideSpaceError:
                continue
            rows.append(i)
        shape = (len(rows), len(self.counts))
        return rows, np.array(written, dtype=np.int64).reshape(shape)

    def read(self, tokens: Tensor) -> Iterator[LabeledGraph]:
        """The graphs of ``(B, T)`` sequences, without those that are not in the space."""
        names = list(self.genome.choices)
        for row in tokens.tolist():
            graph = self.genome.decode(dict(zip(names, row, strict=True)))
            if graph is not None:
                yield graph


def fitted(
    settings: Nao,
    sequences: Sequences,
    told: tuple[NDArray[np.int64], Floats],
    others: NDArray[np.int64],
    seed: int,
) -> Network:
    """Train the network.

    Args:
        settings: of it.
        sequences: says how many alternatives there are.
        told: ``(N, T)`` sequences and ``(N,)`` targets.
        others: ``(M, T)`` sequences for the decoder alone.
        seed: of weights and order.
    """
    labelled = len(told[0])
    x = torch.from_numpy(np.concatenate([told[0], others]))
    y = torch.tensor(told[1], dtype=torch.float32)
    with seeded(seed):
        network = Network(sequences.counts, settings.width)
    weight = settings.trade_off

    def losses(rows: Tensor, chance: torch.Generator) -> dict[str, Tensor]:
        del chance
        embedding = network.encode(x[rows])
        with_target = rows < labelled
        error = network.predict(embedding[with_target]) - y[rows[with_target]]
        fit = error.square().sum() / max(len(error), 1)
        return {
            "fit": weight * fit,
            "decoder": (1.0 - weight) * network.reconstruction(embedding, x[rows]),
        }

    training = Training(settings.epochs, MINIBATCH, settings.rate, clip=5.0, seed=seed % 2**32)
    Trainer(network, losses, len(x), training).run()
    return network


def _decoded(
    settings: Nao,
    network: Network,
    sequences: Sequences,
    seeds: tuple[Known, NDArray[np.int64]],
    k: int,
) -> dict[str, LabeledGraph]:
    """New graphs by key, those of shorter steps and of better seeds first."""
    known, tokens = seeds
    space = known.space
    found: dict[str, LabeledGraph] = {}
    with repeatable(1):
        embedding = network.encode(torch.from_numpy(tokens)).detach().requires_grad_()  # (S, T, w)
        (slope,) = torch.autograd.grad(network.predict(embedding).sum(), embedding)
        length = slope.flatten(1).norm(dim=1).clamp(min=1e-12)[:, None, None]
        for doubling in range(settings.doublings + 1):
            moved = embedding - settings.step * 2**doubling * slope / length
            with torch.no_grad():
                graphs = list(sequences.read(network.decode(moved)))
            for graph in graphs:
                key = space.key(graph)
                if key not in known.taken:
                    found.setdefault(key, graph)
            if len(found) >= k:
                break
    return found


def _drawn(known: Known, count: int, rng: np.random.Generator) -> list[LabeledGraph]:
    """Random graphs, none where members are so rare that drawing finds none."""
    try:
        return list(known.space.samples(count, rng)) if count else []
    except EmptySpaceError:
        return []
