"""Maximum marginal likelihood with GPflow; importing this module loads TensorFlow.

One model per kernel structure lives as long as the process. Its data are variables of free shape,
so its loss is traced once and every later fit reuses the graph.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from threading import Lock

import gpflow
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from nasgoat.surrogate.descent import best_descent
from nasgoat.surrogate.gpflow_kernels import (
    ExponentialFeatureKernel,
    LinearFeatureKernel,
    bounded,
)
from nasgoat.surrogate.hyperparameters import Hyperparameters, Structure
from nasgoat.surrogate.ranges import Range

Floats = NDArray[np.float64]

DEVICE = "/CPU:0"  # matrices are too small for a GPU, and a run must not depend on having one
EDGE = 7.0  # a sigmoid at 7 is 0.1 % from its bound and still has a slope to come back on


@lru_cache(maxsize=16)
def model_of(structure: Structure) -> TrainableModel:
    """The process's model of a structure; tracing it takes about half a second."""
    with tf.device(DEVICE):
        return TrainableModel(structure)


class TrainableModel:
    """A GPflow regression model whose data can be exchanged."""

    def __init__(self, structure: Structure) -> None:
        self._structure = structure
        self._lock = Lock()  # the variables are shared by all fits of this structure
        self._widths = tf.Variable(np.ones(structure.n_maps, dtype=np.int32), trainable=False)
        self._X = _data_variable(None, structure.n_maps)
        self._Y = _data_variable(1, 1)
        self._kernel = _kernel(structure, self._widths)
        self._noise = _noise(structure.noise)
        likelihood = gpflow.likelihoods.Gaussian()
        likelihood.variance = self._noise  # the constructor would put GPflow's own bound on a copy
        self._model = gpflow.models.GPR((self._X, self._Y), self._kernel, likelihood=likelihood)
        parameters = [self._kernel.weights]
        parameters += [self._kernel.variance] if structure.exponential else []
        parameters += [self._noise] if self._noise.trainable else []
        self._free = [parameter.unconstrained_variable for parameter in parameters]
        self._initial: Floats = np.concatenate([v.numpy().ravel() for v in self._free])
        self._loss_and_gradient = tf.function(self._traced, autograph=False)

    def train(
        self,
        blocks: Sequence[Floats],
        targets: Floats,
        restarts: int,
        rng: np.random.Generator,
    ) -> Hyperparameters:
        """See ``hyperparameters.Trainer``."""
        starts = [self._initial, *rng.logistic(size=(restarts, len(self._initial)))]
        starts = [np.clip(start, -EDGE, EDGE) for start in starts]
        with self._lock:
            self._widths.assign([block.shape[1] for block in blocks])
            self._X.assign(np.concatenate(blocks, axis=1))
            self._Y.assign(targets[:, None])
            best = best_descent(self._evaluate, starts, [(-EDGE, EDGE)] * len(self._initial))
            self._assign(tf.constant(best.point))
            return self._read(-best.loss)

    def _evaluate(self, point: Floats) -> tuple[float, Floats]:
        try:
            loss, gradient = self._loss_and_gradient(tf.constant(point))
        except tf.errors.InvalidArgumentError:  # the Cholesky factorisation failed
            return np.inf, np.zeros_like(point)
        return float(loss), gradient.numpy()

    def _traced(self, point: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        with tf.device(DEVICE):
            self._assign(point)
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(self._free)
                loss = self._model.training_loss()
            gradients = tape.gradient(loss, self._free)
            return loss, tf.concat([tf.reshape(gradient, [-1]) for gradient in gradients], axis=0)

    def _assign(self, point: tf.Tensor) -> None:
        sizes = [int(np.prod(variable.shape)) for variable in self._free]
        for variable, part in zip(self._free, tf.split(point, sizes), strict=True):
            variable.assign(tf.reshape(part, variable.shape))

    def _read(self, log_likelihood: float) -> Hyperparameters:
        structure = self._structure
        weights = [structure.weights.clip(w) for w in self._kernel.weights.numpy().tolist()]
        variance, noise = 1.0, structure.noise
        if structure.exponential:
            variance = structure.variance.clip(float(self._kernel.variance.numpy()))
        if isinstance(noise, Range):
            noise = noise.clip(float(self._noise.numpy()))
        return Hyperparameters(tuple(weights), variance, noise, log_likelihood)


def _data_variable(columns: int | None, width: int) -> tf.Variable:
    return tf.Variable(
        np.zeros((1, width)), shape=[None, columns], trainable=False, dtype=tf.float64
    )


def _kernel(
    structure: Structure, widths: tf.Variable
) -> LinearFeatureKernel | ExponentialFeatureKernel:
    if structure.exponential:
        return ExponentialFeatureKernel(widths, structure.weights, structure.variance)
    return LinearFeatureKernel(widths, structure.weights)


def _noise(noise: Range | float) -> gpflow.Parameter:
    if isinstance(noise, Range):
        return bounded(noise)
    return gpflow.Parameter(noise, trainable=False)
