"""Which solvers are installed, in which version, and what their licences allow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nasgoat.errors import SolverUnavailableError
from nasgoat.solve.gurobi import GurobiSolver
from nasgoat.solve.gurobi_model import SIZE_LIMIT, gurobipy
from nasgoat.solve.highs import HighsSolver
from nasgoat.solve.scip import ScipSolver

FREE_VARIABLES = 2000  # that the licence in gurobipy's wheel allows; one more tells it apart


@dataclass(frozen=True, slots=True)
class SolverState:
    """A solver on this machine.

    Args:
        name: as on the command line.
        version: None where it is not installed.
        licence: what there is of one, in words.
        usable: whether it can solve anything here.
        advice: what to do for more; empty where nothing is left to do.
    """

    name: str
    version: str | None
    licence: str
    usable: bool
    advice: str = ""


def solver_states() -> list[SolverState]:
    """All solvers that nasgoat knows; no model of any size is solved."""
    return [look() for look in (_highs, _gurobi, _scip)]


def _highs() -> SolverState:
    return _open("highs", "MIT, free for all uses", lambda: HighsSolver().name, "highspy")


def _scip() -> SolverState:
    return _open(
        "scip", "Apache 2.0, free for all uses", lambda: ScipSolver().name, "nasgoat[scip]"
    )


def _gurobi() -> SolverState:
    state = _open("gurobi", "", lambda: GurobiSolver().name, "nasgoat[gurobi]")
    if state.version is None:
        return state
    licence, usable, advice = _gurobi_licence()
    return SolverState("gurobi", state.version, licence, usable, advice)


def _open(name: str, licence: str, named: Callable[[], str], package: str) -> SolverState:
    """A solver that needs no licence file."""
    try:
        version = named().partition(" ")[2]
    except SolverUnavailableError:
        return SolverState(name, None, "-", usable=False, advice=f"pip install '{package}'")
    return SolverState(name, version, licence, usable=True)


def _gurobi_licence() -> tuple[str, bool, str]:
    """The licence in words, whether it works, and what to do for more.

    Gurobi has no call that tells; a model just above the limit of the free licence does.
    """
    package = gurobipy()
    until = ""
    try:
        with package.Env(params={"OutputFlag": 0}) as env, package.Model(env=env) as model:
            until = _day(int(model.LicenseExpiration))
            model.setObjective(model.addMVar(FREE_VARIABLES + 1).sum())
            model.optimize()
    except package.GurobiError as error:
        if error.errno != SIZE_LIMIT:
            return f"refused: {error}", False, "renew the licence, see https://gurobi.com/licenses"
        limited = f"size-limited, {FREE_VARIABLES:,} variables and rows{until}"
        return limited, True, "a full licence, free for academics, carries larger spaces"
    return f"full licence{until}", True, ""


def _day(number: int) -> str:
    """The end of a licence as Gurobi writes it; 99999999 is never."""
    text = str(number)
    return "" if text.startswith("9999") else f", until {text[:4]}-{text[4:6]}-{text[6:]}"
