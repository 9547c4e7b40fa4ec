"""From names on the command line to objects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from nasgoat.errors import UnknownNameError
from nasgoat.optimize import (
    AcquisitionOptimizer,
    AutoOptimizer,
    CheckedOptimizer,
    ExhaustiveOptimizer,
    MipOptimizer,
)
from nasgoat.records import Limits, ProgressCallback
from nasgoat.search import (
    BatchRule,
    Evolution,
    Fantasies,
    GoatSearch,
    LocalSearch,
    RandomSearch,
    SearchMethod,
    TopKPool,
    acquisition_rule,
)
from nasgoat.solve import HighsSolver, Solver
from nasgoat.spaces import CellSpace
from nasgoat.surrogate import TRANSFORMS, GPSurrogate

METHODS = ("goat", "random", "evolution", "local-search")
KERNELS = ("linear", "exponential")
OPTIMIZERS = ("auto", "mip", "exhaustive")
BATCH_RULES: dict[str, BatchRule] = {"fantasies": Fantasies(), "top-k": TopKPool()}
SOLVERS: dict[str, Callable[[int], Solver]] = {"highs": HighsSolver}


def chosen(what: str, name: str, names: Any) -> str:
    """The name itself if it is one of ``names``.

    Raises:
        UnknownNameError: it is not; lists those that are, the nearest first.
    """
    known = list(names)
    if name in known:
        return name
    close = get_close_matches(name, known, n=3, cutoff=0.3)
    listed = ", ".join([*close, *(other for other in known if other not in close)])
    msg = f"there is no {what} {name!r}; there are: {listed}"
    raise UnknownNameError(msg)


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

    def build(
        self, *, check: bool = False, on_check: Callable[[float, float], None] | None = None
    ) -> AcquisitionOptimizer:
        """The optimiser; naming a solver means the MIP.

        Args:
            check: compare every optimum with exhaustive search.
            on_check: hears of every comparison.

        Raises:
            UnknownNameError: there is no such optimiser or solver.
        """
        solver = chosen("solver", self.solver or "highs", SOLVERS)
        mip = MipOptimizer(SOLVERS[solver](self.threads))
        name = self.optimizer or ("auto" if self.solver is None else "mip")
        optimizers: dict[str, AcquisitionOptimizer] = {
            "auto": AutoOptimizer(mip),
            "mip": mip,
            "exhaustive": ExhaustiveOptimizer(),
        }
        optimizer = optimizers[chosen("optimizer", name, OPTIMIZERS)]
        return CheckedOptimizer(optimizer, on_check=on_check) if check else optimizer


@dataclass(frozen=True, slots=True)
class Search:
    """A search method, as named on the command line."""

    method: str
    initial: int
    kernel: str
    acquisition: str
    beta: float
    transform: str
    batch_rule: str

    def build(
        self,
        space: CellSpace,
        optimization: Optimization,
        optimizer: AcquisitionOptimizer,
        on_progress: ProgressCallback | None,
    ) -> SearchMethod[Any]:
        """The search method.

        Raises:
            UnknownNameError: one of the names does not exist.
        """
        chosen("method", self.method, METHODS)
        if self.method == "random":
            return RandomSearch(self.initial)
        if self.method == "evolution":
            return Evolution()
        if self.method == "local-search":
            return LocalSearch(self.initial)
        return GoatSearch(
            surrogate(space, self.kernel, self.transform),
            optimizer,
            acquisition_rule(self.acquisition, self.beta),
            optimization.limits,
            BATCH_RULES[chosen("batch rule", self.batch_rule, BATCH_RULES)],
            self.initial,
            on_progress,
        )


def surrogate(space: CellSpace, kernel: str, transform: str) -> GPSurrogate:
    """A Gaussian process over the usual features of a space.

    Raises:
        UnknownNameError: there is no such kernel or transform.
    """
    exponential = chosen("kernel", kernel, KERNELS) == "exponential"
    chosen("transform", transform, TRANSFORMS)
    return GPSurrogate.of_space(space, exponential=exponential, transform=TRANSFORMS[transform])
