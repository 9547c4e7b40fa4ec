"""The least diagonal matrix above the posterior covariance of the counts (docs/math.md, 6.3).

The variance ``c' S c`` is convex in the counts, so it cannot bound itself from above. With a
diagonal ``D >= S`` it is split into ``sum_j D_j c_j^2``, linear in one-hot variables, minus the
convex ``|G c|^2`` with ``G' G = D - S``. Every such ``D`` is exact on graphs; a smaller one is
tighter between them. The least, ``min v . D`` over ``D >= S``, is the dual of a small semidefinite
program, ``max <S, Z>`` with ``Z`` semidefinite of diagonal ``v``, which is solved over
``Z = U' U``, one column of ``U`` after the other (the mixing method).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Diagonal = Literal["least", "prior"]

MAX_COUNTS = 96  # the factor has a row per count, each of which costs the MIP two variables
WORTH = 0.7  # the least diagonal is used where it is at most this share of the prior one
SWEEPS = 200  # of the mixing method; what it leaves undone is repaired, and only costs tightness
SETTLED = 1e-6  # relative change of the bound at which it stops


@dataclass(frozen=True, slots=True)
class Split:
    """``S = diag(D) - G' G``."""

    D: Floats  # (C,)
    G: Floats  # (r, C)


def split(prior: Floats, informed: Floats, typical: Floats, choice: Diagonal = "least") -> Split:
    """Split ``S = prior - informed' informed``.

    The prior itself is a valid ``D`` if it is diagonal, and the one used where there are many
    counts or a smaller ``D`` is not worth its price.

    Args:
        prior: ``(C, C)``, prior covariance of the counts' coefficients.
        informed: ``(r, C)``, the directions that the data inform.
        typical: ``(C,)``, typical squares of the counts, positive: the weights ``v``.
        choice: ``"prior"`` keeps the prior wherever it is diagonal.
    """
    diagonal = prior.diagonal()
    is_diagonal = np.count_nonzero(prior) == np.count_nonzero(diagonal)
    if len(prior) == 0 or (is_diagonal and (choice == "prior" or len(prior) > MAX_COUNTS)):
        return Split(diagonal, informed)
    S = prior - informed.T @ informed
    D = _repaired(_least_diagonal(_scaled(S, typical)) / typical, S, typical)
    if is_diagonal and D @ typical > WORTH * (diagonal @ typical):
        return Split(diagonal, informed)
    values, vectors = np.linalg.eigh(np.diag(D) - S)
    kept = values > 0.0
    return Split(D, np.sqrt(values[kept])[:, None] * vectors[:, kept].T)


def _scaled(S: Floats, typical: Floats) -> Floats:
    root = np.sqrt(typical)
    return S * np.outer(root, root)


def _repaired(D: Floats, S: Floats, typical: Floats) -> Floats:
    """``D`` raised until ``D - S`` is semidefinite: a hair short of that, bounds are false."""
    least = np.linalg.eigvalsh(_scaled(np.diag(D) - S, typical))[0]
    spare = 1e-10 * max(float(S.diagonal() @ typical), 0.0) / len(S)
    raised: Floats = D + (max(0.0, -least) + spare) / typical
    return raised


def _least_diagonal(S: Floats) -> Floats:
    """Nearly the ``D`` of least trace with ``diag(D) >= S``."""
    count = len(S)
    rank = int(np.ceil(np.sqrt(2 * count))) + 1  # enough for the optimum of such a program
    U = np.random.default_rng(0).standard_normal((count, rank))  # any start does; rows are vectors
    U /= np.linalg.norm(U, axis=1, keepdims=True)
    off = S - np.diag(S.diagonal())
    before = -np.inf
    for _ in range(SWEEPS):
        pulls = np.zeros(count)
        for i in range(count):
            pull = off[i] @ U
            pulls[i] = np.linalg.norm(pull)
            if pulls[i] > 0.0:
                U[i] = pull / pulls[i]
        total = float(pulls.sum())
        if total - before <= SETTLED * abs(total):
            break
        before = total
    return S.diagonal() + np.linalg.norm(off @ U, axis=1)
