"""Gaussian process with a Weisfeiler-Lehman kernel: it sees whole subtrees of an architecture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from nasgoat.blas import one_thread
from nasgoat.graphs import LabeledGraph
from nasgoat.kernels import WLKernel, subtree_counts
from nasgoat.posterior import KernelPosterior
from nasgoat.spaces import SearchSpace
from nasgoat.surrogate.analytic import ANALYTIC
from nasgoat.surrogate.fitting import check_settings, compressed, data_of, trained
from nasgoat.surrogate.hyperparameters import Structure, Trainer
from nasgoat.surrogate.ranges import NOISE, VARIANCE, WEIGHT, Range
from nasgoat.surrogate.transforms import RankGaussian, TargetTransform


@dataclass(frozen=True, slots=True)
class WLSurrogate:
    """Exact zero-mean Gaussian process with a ``WLKernel``, one trained weight per depth.

    A fit depends on its arguments alone, as that of a ``GPSurrogate``. There is no MIP form: the
    acquisition function is minimised over lists, pools or by descent.

    Args:
        depth: greatest depth of subtrees.
        transform: of the targets.
        noise: range of the noise variance, or its fixed value, in the transformed unit.
        weights: range of the weight of each depth.
        restarts: number of random starts of the training after the one from the initial values.
        seed: of the random starts.
        trainer: finds the hyperparameters.

    Raises:
        ValueError: a fixed noise that is not positive, or a negative depth or number of restarts.
    """

    depth: int = 3
    transform: TargetTransform = RankGaussian()
    noise: Range | float = NOISE
    weights: Range = WEIGHT
    restarts: int = 2
    seed: int = 0
    trainer: Trainer = ANALYTIC

    @classmethod
    def of_space(cls, space: SearchSpace, **settings: Any) -> Self:
        """A surrogate for a space.

        Args:
            space: where the graphs come from.
            **settings: arguments of the class.

        Raises:
            ValueError: its nodes have no labels.
        """
        if not space.node_alphabet:
            msg = f"the kernel wl does not fit space {space.name!r}: it needs node labels"
            raise ValueError(msg)
        return cls(**settings)

    def __post_init__(self) -> None:
        check_settings(self.noise, self.restarts)
        if self.depth < 0:
            msg = f"the depth of subtrees is at least 0, got {self.depth}"
            raise ValueError(msg)

    @one_thread()
    def fit(self, graphs: Sequence[LabeledGraph], targets: Sequence[float]) -> KernelPosterior:
        """Train the hyperparameters and condition on the data; see ``GPSurrogate.fit``.

        Raises:
            BadDataError: no data, unequal lengths, or targets that are NaN, infinite or outside the
                transform's domain.
        """
        observed, outputs = data_of(graphs, targets, self.transform)
        structure = Structure(self.depth + 1, False, self.weights, VARIANCE, self.noise)
        blocks = [compressed(counts) for counts in subtree_counts(observed, self.depth)]
        fitted = trained(self.trainer, structure, blocks, outputs, self.restarts, self.seed)
        return KernelPosterior.of(WLKernel(fitted.weights), observed, outputs, fitted.noise)
