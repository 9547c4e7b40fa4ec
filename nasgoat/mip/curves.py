"""Rows that are not linear: one variable against a function of another, relaxed by tangents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyomo.environ as pyo

# Tangents of the root are taken at this deviation at least, in units of V6's t: below, they are
# too steep. A graph with a smaller deviation is valued too well by at most half of it.
LEAST_DEVIATION = 1e-5


@dataclass(frozen=True, slots=True)
class Cut:
    """A linear row ``lower <= sum coefficient * variable`` that every graph meets."""

    terms: tuple[tuple[pyo.Var, float], ...]
    lower: float


class Curve(Protocol):
    """A convex row between two variables, as Pyomo has it and as tangents."""

    @property
    def argument(self) -> pyo.Var:
        """The variable that the function is taken of."""

    @property
    def value(self) -> pyo.Var:
        """The variable that the function bounds."""

    @property
    def row(self) -> pyo.Constraint:
        """The row itself, which linear models leave out."""

    def where(self, value_of: Callable[[pyo.Var], float]) -> float:
        """Which tangent cuts off a point best: the argument there, for most curves."""

    def tangent(self, at: float) -> Cut:
        """The row's linear relaxation that is exact where the argument is ``at``."""


@dataclass(frozen=True, slots=True, eq=False)
class Square:
    """``value >= argument^2``."""

    argument: pyo.Var
    value: pyo.Var
    row: pyo.Constraint

    def where(self, value_of: Callable[[pyo.Var], float]) -> float:
        """The argument."""
        return value_of(self.argument)

    def tangent(self, at: float) -> Cut:
        """``value >= 2 a argument - a^2``."""
        return Cut(((self.value, 1.0), (self.argument, -2.0 * at)), -at * at)


@dataclass(frozen=True, slots=True, eq=False)
class Root:
    """``value^2 <= argument``, that is ``value <= sqrt(argument)``."""

    argument: pyo.Var
    value: pyo.Var
    row: pyo.Constraint

    def where(self, value_of: Callable[[pyo.Var], float]) -> float:
        """The argument."""
        return value_of(self.argument)

    def tangent(self, at: float) -> Cut:
        """``value <= s / 2 + argument / (2 s)`` with ``s = sqrt(a)``."""
        s = max(float(np.sqrt(max(at, 0.0))), LEAST_DEVIATION)
        return Cut(((self.value, -1.0), (self.argument, 0.5 / s)), -0.5 * s)


@dataclass(frozen=True, slots=True, eq=False)
class Exponential:
    """``scale value = exp(d) - 1 - d`` with ``d = width argument``.

    The tangent is the lower side only. The upper side of linear models are the chords, rows of the
    model that are always there (docs/math.md, 6.9); a solver that knows ``exp`` takes ``row``.
    """

    argument: pyo.Var
    value: pyo.Var
    row: pyo.Constraint
    width: float
    scale: float

    def where(self, value_of: Callable[[pyo.Var], float]) -> float:
        """The argument."""
        return value_of(self.argument)

    def tangent(self, at: float) -> Cut:
        """``scale value >= f(a) + (exp(a) - 1) (d - a)`` with ``f(a) = exp(a) - 1 - a``."""
        a = self.width * at
        slope = float(np.expm1(a))
        height = slope - a
        terms = ((self.value, 1.0), (self.argument, -slope * self.width / self.scale))
        return Cut(terms, (height - slope * a) / self.scale)
