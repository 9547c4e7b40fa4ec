"""Small neural networks on feature vectors as plain arrays: values, and what is monotone in them.

::

    z_1 = relu(S_1 x + b_1),  z_{i+1} = relu(W_i z_i + S_{i+1} x + b_{i+1}),  f = w . z + s . x + b

Without passes of ``x`` beyond the first layer this is a ReLU network. With ``W, w >= 0`` it is an
input-convex network (Amos et al. 2017): every layer is convex in ``x``, and so is ``f``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import BadDataError

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """``W z + S x + b`` of the units before it and the input.

    Args:
        hidden: ``W``, ``(m, p)``; ``p`` is 0 in the first layer.
        passed: ``S``, ``(m, F)``.
        bias: ``b``, ``(m,)``.
    """

    hidden: Floats
    passed: Floats
    bias: Floats

    def of(self, z: Floats, x: Floats) -> Floats:
        """``(N, p)`` and ``(N, F)`` to ``(N, m)``, before the ReLU."""
        value: Floats = z @ self.hidden.T + x @ self.passed.T + self.bias
        return value


@dataclass(frozen=True, slots=True, eq=False)
class FeatureNetwork:
    """A network with one output.

    Args:
        layers: each followed by a ReLU; there may be none.
        output: of one unit, without ReLU.

    Raises:
        BadDataError: shapes do not fit together, or a weight is NaN or infinite.
    """

    layers: tuple[Layer, ...]
    output: Layer

    def __post_init__(self) -> None:
        before, inputs = 0, self.n_inputs
        for layer in self.every:
            units = len(layer.bias)
            shapes = (layer.hidden.shape, layer.passed.shape, layer.bias.shape)
            if shapes != ((units, before), (units, inputs), (units,)):
                msg = (
                    f"a layer of {units} units after {before} on {inputs} features has arrays of "
                    f"the shapes {shapes}"
                )
                raise BadDataError(msg)
            if not all(np.isfinite(a).all() for a in (layer.hidden, layer.passed, layer.bias)):
                msg = "a weight of the network is NaN or infinite: its training has failed"
                raise BadDataError(msg)
            before = units
        if before != 1:
            msg = f"a network has one output, got {before}"
            raise BadDataError(msg)

    @property
    def every(self) -> Sequence[Layer]:
        """The layers and the output."""
        return (*self.layers, self.output)

    @property
    def n_inputs(self) -> int:
        """Length ``F`` of the feature vectors."""
        return int(self.output.passed.shape[1])

    def values(self, x: Floats) -> Floats:
        """``(N, F)`` to ``(N,)``."""
        z = np.zeros((len(x), 0))
        for layer in self.layers:
            z = np.maximum(layer.of(z, x), 0.0)
        value: Floats = self.output.of(z, x)[:, 0]
        return value

    @property
    def rising(self) -> list[Flags]:
        """For each layer, ``(m,)``, the units that the output cannot fall with.

        Every weight on their way to the output is at least 0. They need not be held down where the
        output is minimised.
        """
        found: list[Flags] = []
        after = np.ones(1, dtype=np.bool_)
        for layer in reversed(self.every[1:]):
            falls = (layer.hidden < 0.0) | ((layer.hidden > 0.0) & ~after[:, None])
            after = ~falls.any(axis=0)
            found.append(after)
        return found[::-1]

    @property
    def convex(self) -> bool:
        """Whether the weights show that the value is convex in ``x``."""
        return all(flags.all() for flags in self.rising)
