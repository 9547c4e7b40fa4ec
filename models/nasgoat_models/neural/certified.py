"""Networks on graph features whose prediction is minimised over the whole space, with proof.

What nasgoat's MIP does for a Gaussian process, for two kinds of networks: ReLU networks, and
input-convex ones, whose minimum needs no binaries beyond those of the graph.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from nasgoat.errors import UnknownNameError
from nasgoat.optimize import Optimization
from nasgoat.search import MethodKind
from nasgoat.search.design import check_initial
from nasgoat.surrogate import TRANSFORMS
from nasgoat_models.methods import built_in
from nasgoat_models.neural.search import check_counts, check_positive


@dataclass(frozen=True, slots=True)
class CertifiedNetworks:
    """Proposes optima of networks' predictions, one after the other.

    Args:
        initial: size of the initial design.
        networks: of the ensemble.
        layers: hidden layers of a network.
        width: of each of them.
        epochs: of the training before each batch, each one step on all observations.
        rate: learning rate of Adam.
        decay: of the weights.
        features: names of feature maps joined by ``+``; None for the usual ones of the space.
        transform: of the targets.
        acquisition: ``thompson``: each pick minimises one network drawn from the ensemble;
            ``mean``: all of them minimise the mean of the networks.
        optimizer: of the prediction; None for ``mip``.
        solver: of the MIP; None for HiGHS.
        threads: of the solver.
        time_limit: seconds of each certified optimum.
        gap: at which a proof is complete.

    Raises:
        UnknownNameError: one of the names does not exist.
        ValueError: a number is out of range.
    """

    initial: int = 10
    networks: int = 5
    layers: int = 1
    width: int = 16
    epochs: int = 300
    rate: float = 0.01
    decay: float = 0.01
    features: str | None = None
    transform: str = "rank-gaussian"
    acquisition: Literal["thompson", "mean"] = "thompson"
    optimizer: str | None = None
    solver: str | None = None
    threads: int = 1
    time_limit: float = 1800.0
    gap: float = 1e-4

    convex: ClassVar[bool] = False

    def __post_init__(self) -> None:
        check_initial(self.initial)
        check_counts(networks=self.networks, layers=self.layers)
        check_counts(width=self.width, epochs=self.epochs)
        check_positive(rate=self.rate)
        UnknownNameError.unless_among("transform", self.transform, TRANSFORMS)
        UnknownNameError.unless_among("acquisition", self.acquisition, ("thompson", "mean"))
        self.optimization.require_names()
        if self.decay < 0:
            msg = f"decay is at least 0, got {self.decay}"
            raise ValueError(msg)

    @property
    def optimization(self) -> Optimization:
        """How the prediction is minimised."""
        name = self.optimizer or "mip"
        return Optimization(name, self.solver, self.threads, self.time_limit, self.gap)


@dataclass(frozen=True, slots=True)
class ConvexNetworks(CertifiedNetworks):
    """The same with networks that are convex in the features."""

    convex: ClassVar[bool] = True


BUILD: Any = built_in("nasgoat_models.neural.certified_model", "make")

RELU_MIP = MethodKind(
    "ReLU networks on graph features, their prediction minimised with proof",
    "nasgoat's own",
    CertifiedNetworks,
    BUILD,
)

ICNN_MIP = MethodKind(
    "input-convex networks on graph features, their prediction minimised with proof",
    "nasgoat's own, networks of Amos et al. 2017",
    ConvexNetworks,
    BUILD,
)
