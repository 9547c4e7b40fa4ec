"""What a trained NGAE says of its space: a plane of predictions, ascents, and their best graphs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nasgoat.graphs import LabeledGraph
from nasgoat.spaces import SearchSpace
from nasgoat_models.graphs import GraphTensors
from nasgoat_models.ngae.ascent import ascend
from nasgoat_models.ngae.model import Ngae
from nasgoat_models.validity import are_members

Floats = NDArray[np.float64]

REACH, GRID = 3.0, 41  # of a plane: deviations to either side, and points of each axis


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """Predicted performance on the plane of the first two principal components of codes.

    Args:
        axis: ``(S,)``, places along both components, in deviations of the codes from their mean.
        values: ``(S, S)``, predictions; rows go along the second component.
        explained: share of the codes' variance that both components have.
    """

    axis: Floats
    values: Floats
    explained: float


@dataclass(frozen=True, slots=True, eq=False)
class Best:
    """Graphs that ascents have come to, the best first.

    Args:
        graphs: members of the space, all different.
        performance: what is predicted of their own codes; as many.
        complexity: the same.
    """

    graphs: Sequence[LabeledGraph]
    performance: Floats
    complexity: Floats


@torch.no_grad()
def plane(model: Ngae, codes: Tensor) -> Plane:
    """Figure 3, right, of NGAE; its components are those of the codes ``(N, D)``, N at least 3."""
    mean = codes.mean(dim=0)
    _, lengths, directions = torch.linalg.svd(codes - mean, full_matrices=False)
    steps = torch.linspace(-REACH, REACH, GRID, device=codes.device)
    first, second = (directions[:2] * lengths[:2, None] / (len(codes) - 1) ** 0.5)[:, None]
    points = mean + steps[:, None, None] * second + steps[:, None] * first  # (S, S, D)
    values = model.performance(points)  # (S, S)
    shares = lengths.square() / lengths.square().sum()
    return Plane(_array(steps), _array(values), float(shares[:2].sum()))


def climbed(model: Ngae, starts: Tensor, weight: float, rate: float, steps: int) -> Tensor:
    """Ascents of equation 7, complexity weighed: ``(steps + 1, B, D)``."""
    return ascend(lambda z: model.worth(z, weight), starts, rate, steps)


@torch.no_grad()
def best(model: Ngae, space: SearchSpace, points: Tensor, weight: float, count: int) -> Best:
    """The graphs of greatest worth that points ``(M, D)`` decode to; invalid ones are left out."""
    decoded = model.vae.generate(points).batch(space)
    members = decoded.take(are_members(space, decoded))
    graphs = list(dict(zip(space.keys(members), members, strict=True)).values())
    if not graphs:
        return Best((), np.empty(0), np.empty(0))
    z = model.vae.encode(GraphTensors.of(space, graphs).to(points.device))
    order = model.worth(z, weight).argsort(descending=True, stable=True)[:count]
    told = (_array(predict(z[order])) for predict in (model.performance, model.complexity))
    return Best([graphs[i] for i in order.tolist()], *told)


def _array(values: Tensor) -> Floats:
    return values.detach().double().cpu().numpy()
