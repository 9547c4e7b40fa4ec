"""From names on the command line to objects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nasgoat.errors import NoEncodingError, UnknownNameError
from nasgoat.mip import ModelOptions, encodable
from nasgoat.optimize import (
    AcquisitionOptimizer,
    AutoOptimizer,
    CheckedOptimizer,
    ExhaustiveOptimizer,
    MipOptimizer,
)
from nasgoat.records import Limits, ProgressCallback
from nasgoat.search import (
    AcquisitionRule,
    BatchRule,
    Evolution,
    Fantasies,
    GoatSearch,
    LocalSearch,
    RandomSearch,
    SearchMethod,
    TopKPool,
    acquisition_rule,
    default_acquisition,
    default_features,
)
from nasgoat.solve import solver
from nasgoat.spaces import SearchSpace
from nasgoat.surrogate import TRANSFORMS, GPSurrogate

METHODS = ("goat", "random", "evolution", "local-search")
KERNELS = ("linear", "exponential")
OPTIMIZERS = ("auto", "mip", "exhaustive")
BATCH_RULES: dict[str, BatchRule] = {"fantasies": Fantasies(), "top-k": TopKPool()}

chosen = UnknownNameError.unless_among


@dataclass(frozen=True, slots=True)
class Optimization:
    """How to minimise the acquisition function, as named on the command line."""

    optimizer: str | None
    solver: str | None
    threads: int
    seconds: float
    gap: float

    @property
    def limits(self) -> Limits:
        """Of each proposal."""
        return Limits(seconds=self.seconds, gap=self.gap)

    @property
    def name(self) -> str:
        """The optimiser's name; naming a solver means the MIP."""
        return self.optimizer or ("auto" if self.solver is None else "mip")

    def build(
        self, *, check: bool = False, on_check: Callable[[float, float], None] | None = None
    ) -> AcquisitionOptimizer:
        """The optimiser.

        Args:
            check: compare every optimum with exhaustive search.
            on_check: hears of every comparison.

        Raises:
            UnknownNameError: there is no such optimiser or solver.
        """
        # joint choices do not fit the licence that comes with gurobipy
        options = ModelOptions(joint=self.solver != "gurobi")
        mip = MipOptimizer(solver(self.solver or "highs", self.threads), options)
        optimizers: dict[str, AcquisitionOptimizer] = {
            "auto": AutoOptimizer(mip),
            "mip": mip,
            "exhaustive": ExhaustiveOptimizer(),
        }
        optimizer = optimizers[chosen("optimizer", self.name, OPTIMIZERS)]
        return CheckedOptimizer(optimizer, on_check=on_check) if check else optimizer

    def require(self, space: SearchSpace, kernel: str, acquisition: str) -> None:
        """Refuse what cannot be optimised before anything is evaluated.

        Raises:
            NoEncodingError: the acquisition function does not fit the kernel, or the space has no
                MIP form and the MIP is asked for.
        """
        if self.name == "mip":
            encodable(space)
        if acquisition == "thompson" and kernel != "linear":
            msg = "a Thompson sample needs a linear kernel: use --kernel linear"
            raise NoEncodingError(msg)


@dataclass(frozen=True, slots=True)
class Search:
    """A search method, as named on the command line.

    Raises:
        UnknownNameError: one of the names does not exist.
        ValueError: ``beta`` is negative or not finite.
    """

    method: str
    initial: int
    kernel: str
    acquisition: str
    beta: float | None
    transform: str
    batch_rule: str
    features: str | None = None

    def __post_init__(self) -> None:
        chosen("method", self.method, METHODS)
        chosen("kernel", self.kernel, KERNELS)
        chosen("transform", self.transform, TRANSFORMS)
        chosen("batch rule", self.batch_rule, BATCH_RULES)
        acquisition_rule(self.acquisition, 1.0 if self.beta is None else self.beta)

    def rule(self, space: SearchSpace) -> AcquisitionRule:
        """The acquisition rule: without ``beta`` the one that suits the space."""
        if self.beta is None and self.acquisition == "lcb":
            return default_acquisition(space)
        return acquisition_rule(self.acquisition, 1.0 if self.beta is None else self.beta)

    def build(
        self,
        space: SearchSpace,
        optimization: Optimization,
        optimizer: AcquisitionOptimizer,
        on_progress: ProgressCallback | None,
    ) -> SearchMethod[Any]:
        """The search method.

        Raises:
            NoEncodingError: the acquisition function does not fit the kernel.
            UnknownNameError: there are no such features.
            ValueError: the features do not fit the space.
        """
        if self.method == "random":
            return RandomSearch(self.initial)
        if self.method == "evolution":
            return Evolution()
        if self.method == "local-search":
            return LocalSearch(self.initial)
        optimization.require(space, self.kernel, self.acquisition)
        surrogate = GPSurrogate.of_space(
            space,
            self.features or default_features(space),
            exponential=self.kernel == "exponential",
            transform=TRANSFORMS[self.transform],
        )
        return GoatSearch(
            surrogate,
            optimizer,
            self.rule(space),
            optimization.limits,
            BATCH_RULES[self.batch_rule],
            self.initial,
            on_progress,
        )
