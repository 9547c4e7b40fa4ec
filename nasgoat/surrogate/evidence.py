"""The log marginal likelihood of kernels over feature maps, with its gradient, in numpy.

Points are logarithms of hyperparameters: the weights, then ``variance`` of an exponential kernel,
then the noise variance if it is trained.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dpotrf, dpotri

from nasgoat.surrogate.hyperparameters import Structure
from nasgoat.surrogate.ranges import Range

Floats = NDArray[np.float64]

LOG_2PI = float(np.log(2.0 * np.pi))
RANK_TOL = 1e-12  # of the largest singular value: below is rounding, not data


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """``log p(y) = -1/2 (y' C^-1 y + log det C + T log 2 pi)`` with ``C = K + noise I``.

    With fewer features than observations a linear kernel's ``K`` has rank ``r < T``: in an
    orthonormal basis that begins with the columns of the data, ``C`` is ``r x r`` beside a multiple
    of the identity, which saves most of the time of long searches.

    Args:
        structure: which hyperparameters there are.
        grams: ``(G, r, r)``, the kernel of each feature map in the basis.
        targets: ``(r,)``, in the basis.
        rest: number of further directions, of which the kernel knows nothing.
        rest_square: squared length of the targets along them.
    """

    structure: Structure
    grams: Floats
    targets: Floats
    rest: int
    rest_square: float

    @classmethod
    def of(cls, structure: Structure, blocks: Sequence[Floats], targets: Floats) -> Self:
        """The likelihood of some data.

        Args:
            structure: of the kernel.
            blocks: scaled features ``(T, F_g)`` of each map.
            targets: ``(T,)``.
        """
        rest, rest_square = 0, 0.0
        count = sum(block.shape[1] for block in blocks)
        if not structure.exponential and count < len(targets):
            U, singular, _ = np.linalg.svd(np.concatenate(blocks, axis=1), full_matrices=False)
            basis = U[:, singular > singular.max() * RANK_TOL]
            blocks = [basis.T @ block for block in blocks]
            inside = basis.T @ targets
            outside = targets - basis @ inside
            rest, rest_square = len(targets) - len(inside), float(outside @ outside)
            targets = inside
        grams = np.stack([block @ block.T for block in blocks])
        return cls(structure, grams, targets, rest, rest_square)

    def loss(self, point: Floats) -> tuple[float, Floats]:
        """Minus the log marginal likelihood, and its gradient; ``(P,)`` both in and out.

        It is infinite where ``C`` is not positive definite in double precision.
        """
        structure, count = self.structure, len(self.grams)
        values = np.exp(point)
        weights = values[:count]
        K = np.tensordot(weights, self.grams, axes=1)
        if structure.exponential:
            with np.errstate(over="ignore"):
                K = values[count] * np.exp(K)
        noise = values[-1] if isinstance(structure.noise, Range) else structure.noise
        factor, failed = dpotrf(K + noise * np.eye(len(K)), lower=1)
        if failed or not np.isfinite(factor[-1, -1]):
            return np.inf, np.zeros_like(point)
        logdet = 2.0 * float(np.log(factor.diagonal()).sum()) + self.rest * np.log(noise)
        inverse = dpotri(factor, lower=1)[0]
        inverse = np.tril(inverse) + np.tril(inverse, -1).T
        alpha = inverse @ self.targets
        fit = float(self.targets @ alpha) + self.rest_square / noise
        total = len(self.targets) + self.rest
        loss = 0.5 * (fit + logdet + total * LOG_2PI)
        slope = 0.5 * (inverse - np.outer(alpha, alpha))  # of the loss in C
        gradient = np.zeros_like(point)
        along = slope * K if structure.exponential else slope
        gradient[:count] = weights * np.tensordot(self.grams, along, axes=2)
        if structure.exponential:
            gradient[count] = along.sum()
        if isinstance(structure.noise, Range):
            gradient[-1] = noise * np.trace(slope) + 0.5 * (self.rest - self.rest_square / noise)
        return loss, gradient
