"""The acquisition problem of one node count: a Pyomo model that any convex MIQCP solver can take.

Solvers for linear models use ``linear()`` (the model without V4 and V6) and ``cuts_at``: tangents
of those two rows, which hold for every graph and are exact at the graph they are taken at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import singledispatch

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray
from pyomo.common.gc_manager import PauseGC

from nasgoat.acquisition import (
    Acquisition,
    LowerConfidenceBound,
    PosteriorMean,
    ThompsonSample,
)
from nasgoat.errors import NoEncodingError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.mip.cell import Cell, Encoding, cell_block
from nasgoat.mip.counts import CountHandles, count_block
from nasgoat.mip.handles import Term
from nasgoat.mip.posterior import VarianceHandles, variance_block
from nasgoat.mip.symmetry import NO_SYMMETRY, Symmetry
from nasgoat.mip.terms import constant
from nasgoat.posterior import FeaturePosterior, Posterior
from nasgoat.spaces import CellSpace, UpToIsomorphism

Floats = NDArray[np.float64]

# Tangents of the root are taken at this deviation at least, in units of V6's t: below, they are
# too steep. A graph with a smaller deviation is valued too well by at most half of it.
LEAST_DEVIATION = 1e-5


@dataclass(frozen=True, slots=True)
class Cut:
    """A linear row ``lower <= sum coefficient * variable`` that every graph meets."""

    terms: tuple[tuple[pyo.Var, float], ...]
    lower: float


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """How to write the model; every choice has the same optimum.

    Args:
        encoding: ``"layered"`` (docs/math.md, 6.1), ``"paper"`` (conditions C1 to C8), or None for
            the layered one wherever the space is topologically indexed.
        symmetry: rows that keep few numberings per architecture, used where they are legal.
        tangents: tangents per square (V4) written before the first solve.
        root_tangents: tangents of the root (V6) written before the first solve.
    """

    encoding: Encoding | None = None
    symmetry: Symmetry = Symmetry()
    tangents: int = 5
    root_tangents: int = 10


@dataclass(frozen=True, slots=True, eq=False)
class AcquisitionProblem:
    """Minimise an acquisition function over a space of one node count."""

    acquisition: Acquisition
    posterior: FeaturePosterior
    model: pyo.ConcreteModel
    cell: Cell
    counts: CountHandles
    variance: VarianceHandles | None  # None where the objective is linear in the counts
    slope: float  # the objective is mean - slope * t
    options: ModelOptions

    def value(self, graph: LabeledGraph) -> float:
        """The acquisition value of a graph, from the number side."""
        return float(self.acquisition.values(self.posterior, GraphBatch.of([graph]))[0])

    def exclude(self, graph: LabeledGraph) -> list[Cut]:
        """Rows that cut off every feasible copy of a graph; none for a graph of another size."""
        if graph.n != self.cell.handles.n:
            return []
        return [cut for copy in self.cell.copies(graph) for cut in self._no_good(copy)]

    def add_cuts(self, cuts: Iterable[Cut]) -> None:
        """Write cuts into the model."""
        for cut in cuts:
            total = sum(a * v for v, a in cut.terms) if cut.terms else self.model.nothing
            self.model.cuts.add(total >= cut.lower)

    def cuts_at(self, graph: LabeledGraph) -> list[Cut]:
        """Tangents of V4 and V6 at a graph, which make the linear model exact there."""
        if self.variance is None:
            return []
        w = self.variance.G @ self.counts.of(GraphBatch.of([graph]))[0]
        std = self.posterior.mean_and_std(GraphBatch.of([graph]))[1]
        return [*self.square_cuts(w), self.root_cut(float(std[0]) / np.sqrt(self.variance.unit))]

    def first_cuts(self, graphs: Sequence[LabeledGraph]) -> list[Cut]:
        """Tangents to begin with: of V4 over the range of graphs, of V6 on a geometric grid."""
        if self.variance is None:
            return []
        batch = GraphBatch.concatenate([self.posterior.observed, GraphBatch.of(graphs)])
        batch = batch.take(batch.sizes == self.cell.handles.n)
        w = self.counts.of(batch) @ self.variance.G.T  # (N, r)
        levels = np.linspace(0.0, 1.0, self.options.tangents)
        rows = np.quantile(w, levels, axis=0) if len(batch) else np.zeros((1, w.shape[1]))
        largest = float(self.variance.t.ub)
        grid = largest * 2.0 ** -np.arange(self.options.root_tangents)
        return [c for row in rows for c in self.square_cuts(row)] + [self.root_cut(s) for s in grid]

    def square_cuts(self, w: Sequence[float]) -> list[Cut]:
        """``q_k >= 2 w0 w_k - w0^2`` for each k."""
        if self.variance is None:
            return []
        q, variables = self.variance.q, self.variance.w
        return [
            Cut(((q[k], 1.0), (variables[k], -2.0 * w0)), -w0 * w0)
            for k, w0 in enumerate(map(float, w))
        ]

    def root_cut(self, deviation: float) -> Cut:
        """``t <= s0 / 2 + Q / (2 s0)``, the tangent of the root at ``Q = s0^2``."""
        if self.variance is None:
            msg = "a linear objective has no deviation to cut"
            raise NoEncodingError(msg)
        s0 = max(float(deviation), LEAST_DEVIATION)
        return Cut(((self.variance.t, -1.0), (self.variance.Q, 0.5 / s0)), -0.5 * s0)

    @contextmanager
    def linear(self) -> Iterator[pyo.ConcreteModel]:
        """The model without its two families of quadratic rows, restored on leaving."""
        rows = []
        if self.variance is not None:
            rows = [self.model.variance.V4_square, self.model.variance.V6_deviation]
        for row in rows:
            row.deactivate()
        try:
            yield self.model
        finally:
            for row in rows:
                row.activate()

    def _no_good(self, graph: LabeledGraph) -> list[Cut]:
        """At least one design binary that differs; no terms if this is the only graph there is."""
        terms: list[tuple[Term, float]] = []
        lower = 1.0
        # labels are one-hot, so a change shows in a chosen one: the other zeros need no term
        n_pairs = len(list(self.cell.handles.pairs))
        design = zip(self.cell.design, self.cell.design_of(graph), strict=True)
        for i, (term, value) in enumerate(design):
            known = constant(term)
            if known is not None and known != value:
                return []  # the model does not hold this graph
            if known is not None or (value == 0 and i >= n_pairs):
                continue
            terms.append((term, -1.0 if value else 1.0))
            lower -= value
        return [Cut(tuple(terms), lower)]


def acquisition_problem(
    acquisition: Acquisition,
    posterior: Posterior,
    space: CellSpace,
    options: ModelOptions = ModelOptions(),
) -> AcquisitionProblem:
    """Write ``min acquisition(graph)`` over a space of one node count.

    Raises:
        NoEncodingError: the acquisition function, the posterior, a rule or a feature map has no MIP
            form, or the space has several node counts.
    """
    if not isinstance(posterior, FeaturePosterior):
        msg = (
            f"the MIP needs a linear kernel, {type(posterior).__name__} has none: use --kernel "
            "linear, or --optimizer exhaustive for a space that can be listed"
        )
        raise NoEncodingError(msg)
    kernel = posterior.kernel
    if isinstance(space.identity, UpToIsomorphism) and not kernel.relabelling_invariant:
        msg = (
            f"the kernel {kernel} tells numberings apart that {space.name} takes for the same "
            "graph; use invariant feature maps, or a space with the identity Indexed()"
        )
        raise NoEncodingError(msg)
    model = pyo.ConcreteModel(name=space.name)
    model.cell, model.counts = pyo.Block(), pyo.Block()
    with PauseGC():
        symmetry = options.symmetry if _symmetric(space, posterior) else NO_SYMMETRY
        encoding = options.encoding or ("layered" if space.is_topological else "paper")
        cell = cell_block(model.cell, space, encoding, symmetry)
        counts = count_block(model.counts, posterior.kernel.maps, cell.handles)
        mean, slope = objective_terms(acquisition, posterior, counts)
        variance = None
        if slope > 0:
            model.variance = pyo.Block()
            variance = variance_block(model.variance, counts, posterior)
            slope *= float(np.sqrt(variance.unit))
            mean = mean - slope * variance.t
        model.acquisition = pyo.Objective(expr=mean)
        model.nothing = pyo.Var(bounds=(0.0, 0.0))  # so that no row and no model is ever empty
        model.anchor = pyo.Constraint(expr=model.nothing <= 0.0)
        model.cuts = pyo.ConstraintList()  # what `add_cuts` writes: exclusions, tangents
    return AcquisitionProblem(acquisition, posterior, model, cell, counts, variance, slope, options)


@singledispatch
def objective_terms(
    acquisition: Acquisition, posterior: FeaturePosterior, counts: CountHandles
) -> tuple[Term, float]:
    """The linear part of the objective, and the factor of the posterior deviation to subtract.

    Raises:
        NoEncodingError: the acquisition function has no MIP form.
    """
    del posterior, counts
    msg = (
        f"{type(acquisition).__name__} has no MIP form; use lcb, mean or thompson, or "
        "--optimizer exhaustive for a space that can be listed"
    )
    raise NoEncodingError(msg)


@objective_terms.register
def _(
    acquisition: LowerConfidenceBound, posterior: FeaturePosterior, counts: CountHandles
) -> tuple[Term, float]:
    return counts.total(posterior.weights @ counts.J), float(np.sqrt(acquisition.beta))


@objective_terms.register
def _(
    acquisition: PosteriorMean, posterior: FeaturePosterior, counts: CountHandles
) -> tuple[Term, float]:
    del acquisition
    return counts.total(posterior.weights @ counts.J), 0.0


@objective_terms.register
def _(
    acquisition: ThompsonSample, posterior: FeaturePosterior, counts: CountHandles
) -> tuple[Term, float]:
    del posterior
    return counts.total(acquisition.coefficients @ counts.J), 0.0


def _symmetric(space: CellSpace, posterior: FeaturePosterior) -> bool:
    """Whether symmetry rows are legal: nothing may tell two numberings of an architecture apart."""
    n = space.sizes[0]
    return (
        space.is_topological
        and isinstance(space.identity, UpToIsomorphism)
        and {index % n for index in space.identity.fixed} <= {0, n - 1}
        and space.relabelling_invariant
        and posterior.kernel.relabelling_invariant
    )
