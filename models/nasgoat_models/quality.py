"""How good an autoencoder is: reconstruction, validity, uniqueness and novelty, as D-VAE has it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import torch
from torch import Tensor

from nasgoat.graphs import GraphBatch
from nasgoat.spaces import SearchSpace
from nasgoat_models.autoencoders.vae import Vae
from nasgoat_models.graphs import GraphTensors
from nasgoat_models.validity import are_members, checked

REPAIRS = 100  # decoded graphs that a repair is tried on; one may take a tenth of a second
CHUNK = 4096  # points decoded at once: some ten megabytes


@dataclass(frozen=True, slots=True)
class Prior:
    """What latent points decode to.

    Args:
        points: how many were decoded, each as often as ``times``.
        times: decodings of a point.
        valid: decoded graphs that are members of the space as they are, %.
        repairable: those that are none and that a repair makes members, % of these; found on the
            first decoding of 100 points; 100 where all are valid.
        unique: distinct architectures among the valid ones, %.
        novel: valid ones that are not in the training set, %.
    """

    points: int
    times: int
    valid: float
    repairable: float
    unique: float
    novel: float


def reconstruction(
    space: SearchSpace,
    vae: Vae,
    graphs: GraphTensors,
    times: int = 10,
    generator: torch.Generator | None = None,
) -> float:
    """Decodings that are the encoded architecture, %.

    Args:
        space: says what is the same architecture.
        vae: decodes the mean of ``q(z | graph)``, as D-VAE does.
        graphs: at least one, on the model's device.
        times: decodings of each graph by chance.
        generator: of the decodings; None for the likeliest decisions, where once is enough.
    """
    vae.eval()
    right = 0
    z = encoded(vae, graphs)
    times = 1 if generator is None else times
    for _ in range(times):
        decoded = _decoded(vae, z, generator)
        same = (decoded.nodes == graphs.nodes).all(1) & (decoded.edges == graphs.edges).all(2).all(
            1
        )
        other = torch.nonzero(~same).squeeze(1)
        pairs = zip(
            space.keys(decoded.take(other).batch(space)),
            space.keys(graphs.take(other).batch(space)),
            strict=True,
        )
        right += int(same.sum()) + sum(one == two for one, two in pairs)
    return 100.0 * right / (times * len(graphs))


def encoded(vae: Vae, graphs: GraphTensors) -> Tensor:
    """``(B, D)``: means of latent points, some thousand graphs at a time."""
    with torch.no_grad():
        return torch.cat([vae.encode(graphs.take(rows)) for rows in _rows(len(graphs))])


def prior_quality(
    space: SearchSpace,
    vae: Vae,
    known: Collection[str],
    z: Tensor,
    generator: torch.Generator,
    times: int = 10,
) -> Prior:
    """Decode latent points by chance.

    Args:
        space: says what is valid and what is the same architecture; with a table that holds a part
            of a space only, that is the space: decoded graphs are hardly ever among the rows.
        vae: the autoencoder.
        known: keys of the training set.
        z: ``(M, D)``, the points.
        generator: of decodings.
        times: decodings of each.
    """
    vae.eval()
    parts = [_decoded(vae, z, generator).batch(space) for _ in range(times)]
    first = checked(space, parts[0].take(slice(0, REPAIRS)))
    decoded = GraphBatch.concatenate(parts)
    valid = decoded.take(are_members(space, decoded))
    keys = space.keys(valid)
    return Prior(
        len(z),
        times,
        valid=_percent(len(valid), len(decoded)),
        repairable=_percent(first.repaired, len(first.graphs) - first.valid, if_none=100.0),
        unique=_percent(len(set(keys)), len(keys)),
        novel=_percent(sum(key not in known for key in keys), len(keys)),
    )


def _percent(part: int, whole: int, if_none: float = 0.0) -> float:
    return 100.0 * part / whole if whole else if_none


def _decoded(vae: Vae, z: Tensor, generator: torch.Generator | None) -> GraphTensors:
    return GraphTensors.cat(vae.generate(z[rows], generator) for rows in _rows(len(z)))


def _rows(count: int) -> tuple[Tensor, ...]:
    return torch.arange(count).split(CHUNK)
