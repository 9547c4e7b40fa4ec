"""GPflow kernels over feature maps: the trainable twins of ``nasgoat.kernels``.

Importing this module loads TensorFlow (several seconds). Inputs ``X`` are the scaled features of
all maps side by side, ``(N, F)``, as ``nasgoat.kernels.stacked_features`` returns them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nasgoat.surrogate.quiet import load_gpflow
from nasgoat.surrogate.ranges import VARIANCE, WEIGHT, Range

load_gpflow()  # in the order that does no harm

import gpflow  # noqa: E402
import tensorflow as tf  # noqa: E402
import tensorflow_probability as tfp  # type: ignore[import-untyped]  # noqa: E402


def bounded(interval: Range, shape: tuple[int, ...] = ()) -> gpflow.Parameter:
    """A trainable parameter that stays in its range: a sigmoid on the logarithmic scale."""
    log_low, log_high = np.log([interval.low, interval.high])
    bijectors = tfp.bijectors
    transform = bijectors.Chain([bijectors.Exp(), bijectors.Sigmoid(log_low, log_high)])
    return gpflow.Parameter(np.full(shape, interval.initial), transform=transform)


class LinearFeatureKernel(gpflow.kernels.Kernel):
    """``k(x, y) = sum_g weights[g] * <phi_g(x), phi_g(y)>``, as ``nasgoat.kernels.LinearKernel``.

    Args:
        widths: ``(G,)``, number of columns of each feature map in ``X``; may be a ``tf.Variable``
            that changes together with ``X``.
        weights: range of the trainable weights alpha, beta, gamma, one per map.
    """

    def __init__(self, widths: Sequence[int] | tf.Variable, weights: Range = WEIGHT) -> None:
        super().__init__(name="linear")
        self.widths = widths if isinstance(widths, tf.Variable) else tf.constant(widths, tf.int32)
        self.weights = bounded(weights, (int(self.widths.shape[0]),))

    def K(self, X: tf.Tensor, X2: tf.Tensor | None = None) -> tf.Tensor:
        """All pairs; ``(N, N2)``."""
        return tf.matmul(X * self._column_weights(), X if X2 is None else X2, transpose_b=True)

    def K_diag(self, X: tf.Tensor) -> tf.Tensor:
        """``k(x, x)``; ``(N,)``."""
        return tf.reduce_sum(tf.square(X) * self._column_weights(), axis=-1)

    def _column_weights(self) -> Any:
        return tf.repeat(tf.convert_to_tensor(self.weights), self.widths)  # (F,)


class ExponentialFeatureKernel(gpflow.kernels.Kernel):
    """``k(x, y) = variance * exp(linear(x, y))``, as ``nasgoat.kernels.ExponentialKernel``.

    Args:
        widths: see ``LinearFeatureKernel``.
        weights: range of the trainable weights in the exponent.
        variance: range of the trainable sigma_k^2.
    """

    def __init__(
        self,
        widths: Sequence[int] | tf.Variable,
        weights: Range = WEIGHT,
        variance: Range = VARIANCE,
    ) -> None:
        super().__init__(name="exponential")
        self.linear = LinearFeatureKernel(widths, weights)
        self.variance = bounded(variance)

    @property
    def weights(self) -> gpflow.Parameter:
        """The exponent's weights; ``(G,)``."""
        return self.linear.weights

    def K(self, X: tf.Tensor, X2: tf.Tensor | None = None) -> tf.Tensor:
        """All pairs; ``(N, N2)``."""
        return self.variance * tf.exp(self.linear.K(X, X2))

    def K_diag(self, X: tf.Tensor) -> tf.Tensor:
        """``k(x, x)``; ``(N,)``."""
        return self.variance * tf.exp(self.linear.K_diag(X))
