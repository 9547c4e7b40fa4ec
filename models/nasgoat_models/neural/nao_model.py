"""How NAO is trained, and what it decodes."""

from __future__ import annotations

from collections.abc import Sequence
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

    def read(self, tokens: Tensor) -> list[LabeledGraph | None]:
        """The graphs of ``(B, T)`` sequences, None where a sequence makes no graph of the space."""
        names = list(self.genome.choices)
        return [self.genome.decode(dict(zip(names, row, strict=True))) for row in tokens.tolist()]


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
    """New graphs by key, those first whose own embeddings promise most.

    All seeds take the first step, and a longer one while fewer than ``k`` new graphs were decoded.
    """
    known, tokens = seeds
    found: dict[str, tuple[float, LabeledGraph]] = {}
    with repeatable(1):
        embedding = network.encode(torch.from_numpy(tokens)).detach().requires_grad_()  # (S, T, w)
        (slope,) = torch.autograd.grad(network.predict(embedding).sum(), embedding)
        length = slope.flatten(1).norm(dim=1).clamp(min=1e-12)[:, None, None]
        for doubling in range(settings.doublings + 1):
            with torch.no_grad():
                moved = embedding - settings.step * 2**doubling * slope / length
                written = network.decode(moved)  # (S, T)
                predicted = network.predict(network.encode(written)).tolist()
            for value, graph in zip(predicted, sequences.read(written), strict=True):
                if graph is not None and (key := known.space.key(graph)) not in known.taken:
                    found.setdefault(key, (value, graph))
            if len(found) >= k:
                break
    ranked = sorted(found.items(), key=lambda pair: pair[1][0])
    return {key: graph for key, (_, graph) in ranked}


def _drawn(known: Known, count: int, rng: np.random.Generator) -> list[LabeledGraph]:
    """Random graphs, none where members are so rare that drawing finds none."""
    try:
        return list(known.space.samples(count, rng)) if count else []
    except EmptySpaceError:
        return []
