"""NAS-Bench-301: surrogates in place of a table, for a space of 1.1e18 architectures.

``nasbench301:xgb`` is the official ensemble: the members' models in the folder ``nasbench301-xgb``
of the data directory, as JSON or UBJSON (docs/tables.md says how they are converted once).
``nasbench301-sample-surrogate`` needs no model: a Gaussian process on a small sample of what that
ensemble predicts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import BadDataError, MissingDataError
from nasgoat.graphs import GraphBatch
from nasgoat.kernels import EdgeLabels, ExponentialKernel, LinearKernel, OpCounts
from nasgoat.posterior import KernelPosterior
from nasgoat.spaces import DARTS_OPS, darts
from nasgoat.spaces.nb301 import HYPERPARAMETERS, config_vectors
from nasgoat.tabular import compact
from nasgoat.tabular.boosters import Booster
from nasgoat.tabular.files import DATA_VARIABLE, data_directory
from nasgoat.tabular.predicted import PredictedEvaluator
from nasgoat.tabular.stored import Stored

Floats = NDArray[np.float64]

FOLDER = "nasbench301-xgb"
SUFFIXES = (".json", ".ubj")

SAMPLE = Stored(
    "nasbench301-sample", ("cifar10",), ("nasbench301_naslib_sample.csv.gz", compact.read_sample)
)

# The kernel of the surrogate of the sample: among a hundred weights and noises with the best
# cross-validated Kendall tau those of least error (``python -m benchmarks.sample_surrogate``).
KINDS = (0, 1, 2, 2, 2, 2, 3, 4, 5, 5, 5, 5)  # inputs of the two cells, their other nodes
KERNEL = ExponentialKernel(
    LinearKernel(
        (OpCounts(KINDS, len(DARTS_OPS)), EdgeLabels(len(KINDS), len(DARTS_OPS))), (2.0, 0.5)
    )
)
NOISE = 0.1  # variance, in units of the sample's


@dataclass(frozen=True, slots=True, eq=False)
class Ensemble:
    """The mean of boosters that predict accuracies in %, as errors; its spread is their own."""

    members: tuple[Booster, ...]

    def mean_and_std(self, batch: GraphBatch) -> tuple[Floats, Floats]:
        """See ``Predictor``."""
        vectors = config_vectors(batch)
        accuracies = np.stack([member.predict(vectors) for member in self.members])
        return 100 - accuracies.mean(axis=0), accuracies.std(axis=0)


@dataclass(frozen=True, slots=True)
class EnsembleFamily:
    """The benchmark ``nasbench301:xgb``."""

    def names(self) -> Sequence[str]:
        """See ``Family``."""
        return ["nasbench301:xgb"]

    def load(self, name: str, data: Path | None) -> PredictedEvaluator:
        """See ``Family``."""
        folder = data_directory(data) / FOLDER
        files = sorted(folder.glob("*")) if folder.is_dir() else []
        files = [path for path in files if path.suffix in SUFFIXES]
        if not files:
            msg = (
                f"{name} needs the members of NAS-Bench-301's ensemble as {' or '.join(SUFFIXES)} "
                f"files in {folder}; docs/tables.md says how to convert them, --data DIR or "
                f"{DATA_VARIABLE} where to look"
            )
            raise MissingDataError(msg)
        members = tuple(Booster.read(path) for path in files)
        for path, member in zip(files, members, strict=True):
            if member.n_features != len(HYPERPARAMETERS):
                msg = (
                    f"{path} reads {member.n_features} features, NAS-Bench-301's models "
                    f"{len(HYPERPARAMETERS)}; is it one of them?"
                )
                raise BadDataError(msg)
        objective = (
            f"validation error on CIFAR-10 as an ensemble of {len(members)} surrogates "
            "of NAS-Bench-301 predicts it, %"
        )
        return PredictedEvaluator(name, darts(), objective, Ensemble(members))


@dataclass(frozen=True, slots=True, eq=False)
class SampleSurrogate:
    """A Gaussian process on standardised values."""

    posterior: KernelPosterior
    mean: float
    std: float

    @classmethod
    def of(cls, graphs: GraphBatch, values: Floats) -> SampleSurrogate:
        """Condition on values of graphs of ``darts()``."""
        mean, std = float(values.mean()), float(values.std())
        standardised = (values - mean) / std
        return cls(KernelPosterior.of(KERNEL, graphs, standardised, NOISE), mean, std)

    def mean_and_std(self, batch: GraphBatch) -> tuple[Floats, Floats]:
        """See ``Predictor``."""
        mean, std = self.posterior.mean_and_std(batch)
        return self.mean + self.std * mean, self.std * std


@dataclass(frozen=True, slots=True)
class SampleSurrogateFamily:
    """The benchmark ``nasbench301-sample-surrogate``."""

    def names(self) -> Sequence[str]:
        """See ``Family``."""
        return ["nasbench301-sample-surrogate"]

    def load(self, name: str, data: Path | None) -> PredictedEvaluator:
        """See ``Family``."""
        graphs, values = sample(data)
        objective = (
            "validation error on CIFAR-10 as a surrogate predicts it that was fitted to "
            f"{len(values):,} predictions of NAS-Bench-301's, %"
        )
        return PredictedEvaluator(name, darts(), objective, SampleSurrogate.of(graphs, values))


def sample(data: Path | None) -> tuple[GraphBatch, Floats]:
    """The graphs of the sample and their validation errors in %."""
    table = SAMPLE.load(SAMPLE.name, data).table
    return table.index.graphs(slice(0, len(table))), table.value.mean


ENSEMBLE, SURROGATE = EnsembleFamily(), SampleSurrogateFamily()
