"""Algorithm 2 of CR-LSO: from known graphs along the gradient to new ones."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.spaces import SearchSpace
from nasgoat_models.crlso.genes import Logs
from nasgoat_models.crlso.vae import GraphVAE

Floats = NDArray[np.float64]

ATTEMPTS = 60  # steps of Algorithm 2 before a seed is given up; the paper has no end


@dataclass(frozen=True, slots=True)
class Steps:
    """How far Algorithm 2 moves.

    Args:
        eta: step size at first.
        eta_more: what is added where the decoded graph is known.
        eta_most: above it, the noise grows and the step size starts anew.
        noise: deviation of the noise at first.
        noise_more: what is added then.

    Raises:
        ValueError: a number makes no sense.
    """

    eta: float = 0.5
    eta_more: float = 0.5
    eta_most: float = 5.0
    noise: float = 0.2
    noise_more: float = 0.2

    def __post_init__(self) -> None:
        if not 0 < self.eta <= self.eta_most or self.eta_more <= 0:
            msg = (
                "step sizes grow from eta > 0 by eta_more > 0 to eta_most >= eta, got "
                f"{self.eta}, {self.eta_more}, {self.eta_most}"
            )
            raise ValueError(msg)
        if self.noise < 0 or self.noise_more <= 0:
            msg = (
                "the noise is at least 0 and grows by more than 0, or a search could get stuck; "
                f"got {self.noise}, {self.noise_more}"
            )
            raise ValueError(msg)


@dataclass(slots=True)
class Finds:
    """New graphs by their keys, and what became of all points that were decoded.

    Args:
        taken: keys of the graphs that are known.
        graphs: those found, and whether they had to be repaired.
        valid: points whose likeliest assignment is a member.
        repaired: points that another assignment made a member.
        refused: points without a member.
        known: members that were known already.
        dead: likeliest assignments that were refused; they are not tried again.
    """

    taken: Collection[str]
    graphs: dict[str, tuple[LabeledGraph, bool]] = field(default_factory=dict)
    valid: int = 0
    repaired: int = 0
    refused: int = 0
    known: int = 0
    dead: set[tuple[int, ...]] = field(default_factory=set)

    def look(self, space: SearchSpace, vae: GraphVAE, z: Tensor) -> list[bool]:
        """Decode points one after the other; which of them are new."""
        return [self._take(space, vae, logs) for logs in vae.decoder.logs(z)]

    def _take(self, space: SearchSpace, vae: GraphVAE, logs: Logs) -> bool:
        likeliest = tuple(int(log.argmax()) for log in logs)
        if likeliest in self.dead:
            self.refused += 1
            return False
        checked = vae.genes.decode([logs])
        self.valid += checked.valid
        self.repaired += checked.repaired
        self.refused += checked.refused
        graph = checked.graphs[0]
        if graph is None:
            self.dead.add(likeliest)
            return False
        key = space.keys(GraphBatch.of([graph]))[0]
        if key in self.taken or key in self.graphs:
            self.known += 1
            return False
        self.graphs[key] = (graph, checked.repaired > 0)
        return True


def infer(
    vae: GraphVAE,
    cost: nn.Module,
    seeds: Tensor,
    finds: Finds,
    steps: Steps,
    rng: np.random.Generator,
) -> None:
    """Move every seed until it decodes to a new graph.

    ``z' = z + noise eps - eta grad cost(z + noise eps)``: the cost falls, that is, the predicted
    accuracy rises (equation 8). ``z`` stays the seed; step size and noise grow from one attempt to
    the next. After ``ATTEMPTS`` a seed is given up.

    Args:
        vae: decodes.
        cost: ``(B, latent)`` to ``(B,)``, to be minimised.
        seeds: ``(K, latent)``.
        finds: where new graphs are put.
        steps: sizes.
        rng: source of chance.
    """
    space = vae.genes.space
    eta = np.full(len(seeds), steps.eta)
    noise = np.full(len(seeds), steps.noise)
    left = np.arange(len(seeds))
    for _ in range(ATTEMPTS):
        shaken = seeds[left] + _tensor(noise[left, None] * _normal(rng, seeds[left]), seeds)
        moved = shaken - _tensor(eta[left, None], seeds) * gradient(cost, shaken)
        new = finds.look(space, vae, moved)
        left = left[~np.array(new)]
        if len(left) == 0:
            return
        eta[left] += steps.eta_more
        over = left[eta[left] > steps.eta_most]
        eta[over] = steps.eta
        noise[over] += steps.noise_more


def gradient(cost: nn.Module, z: Tensor) -> Tensor:
    """Of ``(B,)`` costs at ``(B, latent)`` points; the same shape as the points."""
    z = z.detach().clone()
    z.requires_grad = True
    (slope,) = torch.autograd.grad(cost(z).sum(), z)
    return slope


def _normal(rng: np.random.Generator, like: Tensor) -> Floats:
    return rng.standard_normal(tuple(like.shape))


def _tensor(values: Floats, like: Tensor) -> Tensor:
    return torch.as_tensor(values, dtype=like.dtype, device=like.device)
