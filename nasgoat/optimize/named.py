"""Acquisition optimisers by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nasgoat.errors import UnknownNameError
from nasgoat.mip import ModelOptions, encodable
from nasgoat.optimize.auto import AutoOptimizer
from nasgoat.optimize.base import AcquisitionOptimizer
from nasgoat.optimize.checked import CheckedOptimizer
from nasgoat.optimize.exhaustive import ExhaustiveOptimizer
from nasgoat.optimize.mip import MipOptimizer
from nasgoat.optimize.pool import DescentOptimizer, PoolOptimizer
from nasgoat.records import Limits
from nasgoat.solve import SOLVERS, require_installed, solver
from nasgoat.spaces import SearchSpace

OPTIMIZERS = ("auto", "mip", "exhaustive", "local-search", "pool")


@dataclass(frozen=True, slots=True)
class Optimization:
    """How to minimise an acquisition function, in words.

    Args:
        optimizer: one of ``OPTIMIZERS``; None for auto, or the MIP where a solver is named.
        solver: of the MIP; None for HiGHS.
        threads: of the solver.
        seconds: limit of each optimum.
        gap: at which a proof is complete.
        pool: number of graphs that the optimiser ``pool`` values.
    """

    optimizer: str | None
    solver: str | None
    threads: int
    seconds: float
    gap: float
    pool: int = 200

    @property
    def limits(self) -> Limits:
        """Of each proposal."""
        return Limits(seconds=self.seconds, gap=self.gap)

    @property
    def name(self) -> str:
        """The optimiser's name; naming a solver means the MIP."""
        return self.optimizer or ("auto" if self.solver is None else "mip")

    def require_names(self) -> None:
        """Refuse what does not exist, before anything is built.

        Raises:
            UnknownNameError: there is no such optimiser or solver.
            ValueError: a limit or the size of the pool is out of range.
        """
        UnknownNameError.unless_among("optimizer", self.name, OPTIMIZERS)
        if self.solver is not None:
            UnknownNameError.unless_among("solver", self.solver, SOLVERS)
        PoolOptimizer(self.pool)
        Limits(seconds=self.seconds, gap=self.gap)

    def require(self, space: SearchSpace) -> None:
        """Refuse a space that the optimiser cannot handle, before anything is evaluated.

        Raises:
            NoEncodingError: the space has no MIP form, and the MIP is asked for.
        """
        if self.name == "mip":
            encodable(space)

    def build(
        self, *, check: bool = False, on_check: Callable[[float, float], None] | None = None
    ) -> AcquisitionOptimizer:
        """The optimiser.

        Args:
            check: compare every optimum with exhaustive search.
            on_check: hears of every comparison.

        Raises:
            UnknownNameError: there is no such optimiser or solver.
            SolverUnavailableError: the solver is not installed.
        """
        # joint choices do not fit the licence that comes with gurobipy
        options = ModelOptions(joint=self.solver != "gurobi")
        chosen = solver(self.solver or "highs", self.threads)
        if self.name == "mip":
            require_installed(chosen)
        mip = MipOptimizer(chosen, options)
        optimizers: dict[str, AcquisitionOptimizer] = {
            "auto": AutoOptimizer(mip),
            "mip": mip,
            "exhaustive": ExhaustiveOptimizer(),
            "local-search": DescentOptimizer(),
            "pool": PoolOptimizer(self.pool),
        }
        optimizer = optimizers[UnknownNameError.unless_among("optimizer", self.name, OPTIMIZERS)]
        return CheckedOptimizer(optimizer, on_check=on_check) if check else optimizer
