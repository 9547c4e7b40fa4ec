"""What SCIP is given: rows between its variables, and an event handler."""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch
from typing import Any

import numpy as np

from nasgoat.errors import SolverUnavailableError
from nasgoat.mip import Curve, Root, Square
from nasgoat.mip.curves import Exponential
from nasgoat.mip.lookups import Lookup
from nasgoat.solve.standard_form import StandardForm


def pyscipopt() -> Any:
    """The package.

    Raises:
        SolverUnavailableError: it is not installed.
    """
    try:
        import pyscipopt as package  # noqa: PLC0415  (`import nasgoat` loads no solver)
    except ImportError as error:
        msg = "the solver scip needs the package pyscipopt; install it: pip install pyscipopt"
        raise SolverUnavailableError(msg) from error
    return package


def linear_rows(scip: Any, form: StandardForm, x: list[Any]) -> list[Any]:
    """The rows of a standard form between SCIP's variables ``x``."""
    A = form.A
    starts, indices, data = A.indptr.tolist(), A.indices.tolist(), A.data.tolist()
    found = []
    sides = zip(form.row_lower.tolist(), form.row_upper.tolist(), strict=True)
    for i, (low, high) in enumerate(sides):
        entries = range(starts[i], starts[i + 1])
        total = scip.quicksum(data[k] * x[indices[k]] for k in entries)
        if low == high:
            found.append(total == low)
        else:
            found.append(total >= low if np.isfinite(low) else total <= high)
    return found


@singledispatch
def native_rows(curve: Curve, argument: Any, value: Any) -> list[Any]:
    """A curve as SCIP has it, between two of its variables (or numbers)."""
    del argument, value
    msg = f"scip has no native form of the curve {type(curve).__name__}; use the solver highs"
    raise SolverUnavailableError(msg)


@native_rows.register
def _(curve: Square, argument: Any, value: Any) -> list[Any]:
    del curve
    return [argument * argument <= value]


@native_rows.register
def _(curve: Root, argument: Any, value: Any) -> list[Any]:
    del curve
    return [value * value <= argument]


@native_rows.register
def _(curve: Exponential, argument: Any, value: Any) -> list[Any]:
    d = curve.width * argument
    return [curve.scale * value + 1.0 + d == pyscipopt().exp(d)]


@native_rows.register
def _(curve: Lookup, argument: Any, value: Any) -> list[Any]:
    """Both sides of a lookup are sides of one equation."""
    if curve.above:
        return []
    d = curve.width * argument
    return [curve.scale * value + 1.0 + d == pyscipopt().exp(d)]


def interrupt(scip: Any, model: Any) -> bool:
    """Ask a solve to end, from whatever thread.

    Returns:
        Whether SCIP was asked: between presolve and branch and bound it takes it for an error.
    """
    if model.getStage() == scip.SCIP_STAGE.INITSOLVE:
        return False
    model.interruptSolve()
    return True


def watch_of(scip: Any, on_event: Callable[..., None]) -> Any:
    """An event handler that hears of incumbents and bounds, and keeps what goes wrong."""
    found, raised = scip.SCIP_EVENTTYPE.BESTSOLFOUND, scip.SCIP_EVENTTYPE.DUALBOUNDIMPROVED

    class Watch(scip.Eventhdlr):  # type: ignore[misc]
        hears: Callable[..., None] | None = None
        failure: BaseException | None = None

        def close(self) -> BaseException | None:
            """Hear no more, not even while SCIP frees its model."""
            self.hears = None  # SCIP keeps the handler, which would keep the model
            return self.failure

        def eventinit(self) -> None:
            self.model.catchEvent(found, self)
            self.model.catchEvent(raised, self)

        def eventexit(self) -> None:
            self.model.dropEvent(found, self)
            self.model.dropEvent(raised, self)

        def eventexec(self, event: Any) -> None:
            if self.failure is not None:
                interrupt(scip, self.model)
            if self.hears is None:
                return
            try:
                self.hears(found=event.getType() == found)
            except BaseException as error:  # SCIP would swallow it
                self.hears, self.failure = None, error
                interrupt(scip, self.model)

    watch = Watch()
    watch.hears = on_event
    return watch
