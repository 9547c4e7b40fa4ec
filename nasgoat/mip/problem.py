"""The acquisition problem of one node count: a Pyomo model that any convex MIQCP solver can take.

Solvers for linear models use ``linear()`` (the model without V4 and V6) and ``cuts_at``: tangents
of those two rows, which hold for every graph and are exact at the graph they are taken at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol

import pyomo.environ as pyo
from pyomo.common.gc_manager import PauseGC

from nasgoat.acquisition import Acquisition, PosteriorMean, ThompsonSample
from nasgoat.errors import NoEncodingError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.kernels import FeatureMap, GraphKernel, LinearKernel
from nasgoat.mip.belief import Belief, encode_belief
from nasgoat.mip.cell import Cell, Encoding, cell_block
from nasgoat.mip.clusters import cluster_block
from nasgoat.mip.counts import CountHandles, count_block
from nasgoat.mip.curves import Cut
from nasgoat.mip.degree_order import DegreeOrder, degree_order
from nasgoat.mip.exclusion import exclusions
from nasgoat.mip.handles import Products
from nasgoat.mip.local_terms import terms_of
from nasgoat.mip.majorant import Diagonal
from nasgoat.mip.objective import objective
from nasgoat.mip.symmetry import NO_SYMMETRY, Symmetry
from nasgoat.mip.terms import linear
from nasgoat.posterior import FeaturePosterior, KernelPosterior, NetworkPosterior, Posterior
from nasgoat.spaces import CellSpace, UpToIsomorphism

MOST_LAYERED = 10  # nodes of a general graph; at 15 its first LP took over 20 s, the paper's not
VIOLATION = 1e-9  # of a tangent at a point that is worth a row


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """How to write the model; every choice has the same optimum.

    Args:
        encoding: ``"layered"`` (docs/math.md, 6.1 and 6.8), ``"paper"`` (conditions C1 to C8), or
            None for the layered one, up to the size where its rows become too many.
        symmetry: rows that keep few numberings per architecture of a topologically indexed space,
            used where they are legal.
        degree_order: the same for other spaces.
        products: how products of labels and distances are written: ``"marginals"`` (M1 to M3) or
            ``"paper"`` (K1, K2).
        diagonal: what bounds the variance of a linear kernel: the ``"least"`` diagonal above it
            (docs/math.md, 6.3), or the ``"prior"`` wherever that is diagonal.
        lookups: whether an exponential kernel of edge labels is written as functions of numbers of
            matches, one model for each value of the distance counts (docs/math.md, 6.9).
        tangents: tangents per square (V4) written before the first solve.
        root_tangents: tangents of the root (V6) written before the first solve.
        joint: whether the labels of several edges are made joint choices where the counts of a
            linear kernel allow it and they are few enough (docs/math.md, 6.11).
    """

    encoding: Encoding | None = None
    symmetry: Symmetry = Symmetry()
    degree_order: bool = True
    products: Products = "marginals"
    diagonal: Diagonal = "least"
    lookups: bool = True
    tangents: int = 5
    root_tangents: int = 120
    joint: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class AcquisitionProblem:
    """Minimise an acquisition function over a space of one node count."""

    acquisition: Acquisition
    posterior: Posterior
    model: pyo.ConcreteModel
    cell: Cell
    counts: CountHandles
    belief: Belief
    options: ModelOptions
    tangents: list[Cut] = field(default_factory=list)  # found worth having; solvers add to them
    learnt: dict[LabeledGraph, list[Cut]] = field(default_factory=dict)  # those at graphs

    @property
    def _observed(self) -> GraphBatch:
        observed: GraphBatch = getattr(self.posterior, "observed", GraphBatch.of([]))
        return observed

    @property
    def kernel(self) -> GraphKernel:
        """The prior covariance."""
        return _kernel_of(self.posterior)

    def value(self, graph: LabeledGraph) -> float:
        """The acquisition value of a graph, from the number side."""
        return float(self.acquisition.values(self.posterior, GraphBatch.of([graph]))[0])

    def exclude(self, *graphs: LabeledGraph) -> list[Cut]:
        """Rows that cut off every feasible copy of graphs; none for those of another size."""
        return list(exclusions(self.cell, self.counts.joint, graphs))

    def add_cuts(self, cuts: Iterable[Cut]) -> None:
        """Write cuts into the model."""
        for cut in cuts:
            terms = cut.terms or ((self.model.nothing, 1.0),)
            total = linear([a for _, a in terms], [v for v, _ in terms])
            self.model.cuts.add(total >= cut.lower)

    def cuts_at(self, graph: LabeledGraph) -> list[Cut]:
        """Tangents at a graph, which make the linear model exact there."""
        curves = self.belief.curves
        if not curves:
            return []
        at = self.belief.arguments(GraphBatch.of([graph]))[0].tolist()
        return [curve.tangent(a) for curve, a in zip(curves, at, strict=True)]

    def learn(self, graphs: Iterable[LabeledGraph]) -> list[Cut]:
        """Remember the tangents at graphs for later solves; return those that are new."""
        new = {graph: self.cuts_at(graph) for graph in graphs if graph not in self.learnt}
        cuts = [cut for found in new.values() for cut in found]
        self.learnt.update(new)
        self.tangents.extend(cuts)
        return cuts

    def cuts_at_point(self, value_of: Callable[[pyo.Var], float]) -> list[Cut]:
        """Tangents that cut off a point of the linear relaxation.

        Args:
            value_of: the value of a variable at the point.
        """
        found = []
        for curve in self.belief.curves:
            cut = curve.tangent(curve.where(value_of))
            if sum(a * value_of(v) for v, a in cut.terms) < cut.lower - VIOLATION:
                found.append(cut)
        return found

    def first_cuts(self, graphs: Sequence[LabeledGraph]) -> list[Cut]:
        """Tangents to begin with, spread over the observed and the given graphs."""
        batch = GraphBatch.concatenate([self._observed, GraphBatch.of(graphs)])
        batch = batch.take(batch.sizes == self.cell.handles.n)
        options = self.options
        return self.belief.first_cuts(batch, options.tangents, options.root_tangents)

    def refine(self, graphs: Sequence[LabeledGraph], *, lightly: bool = False) -> bool:
        """Rewrite what tangents alone cannot make exact at graphs; true if the model changed.

        Args:
            graphs: of the model.
            lightly: whether to add but a row or two per graph, and no variables.
        """
        return bool(graphs) and self.belief.refine(GraphBatch.of(graphs), lightly=lightly)

    @contextmanager
    def linear(self) -> Iterator[pyo.ConcreteModel]:
        """The model without the rows that are not linear, restored on leaving."""
        rows = [curve.row for curve in self.belief.curves]
        for row in rows:
            row.deactivate()
        try:
            yield self.model
        finally:
            for row in rows:
                row.activate()


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
    seen = _seen_by(posterior)
    if isinstance(space.identity, UpToIsomorphism) and not seen.relabelling_invariant:
        msg = (
            f"{seen.maps} tells numberings apart that {space.name} takes for the same "
            "graph; use invariant feature maps, or a space with the identity Indexed()"
        )
        raise NoEncodingError(msg)
    model = pyo.ConcreteModel(name=space.name)
    model.cell, model.counts, model.belief = pyo.Block(), pyo.Block(), pyo.Block()
    with PauseGC():
        symmetry = _symmetry(space, seen, options)
        cell = cell_block(model.cell, space, options.encoding or _encoding(space), symmetry)
        handles = replace(cell.handles, products=options.products)
        if options.joint and _looks_at_deviations(acquisition, seen):
            model.joint = pyo.Block()
            terms = terms_of(seen.maps, handles)
            handles = replace(handles, joint=cluster_block(model.joint, terms, handles))
        counts = count_block(model.counts, seen.maps, handles)
        belief = encode_belief(
            posterior, model.belief, counts, options.diagonal, lookups=options.lookups
        )
        model.acquisition = pyo.Objective(expr=objective(acquisition, belief, counts))
        model.nothing = pyo.Var(bounds=(0.0, 0.0))  # so that no row and no model is ever empty
        model.anchor = pyo.Constraint(expr=model.nothing <= 0.0)
        model.cuts = pyo.ConstraintList()  # what `add_cuts` writes: exclusions, tangents
    return AcquisitionProblem(acquisition, posterior, model, cell, counts, belief, options)


class Seen(Protocol):
    """What a posterior sees of graphs: its kernel, or itself."""

    @property
    def maps(self) -> tuple[FeatureMap, ...]:
        """The feature maps."""

    @property
    def relabelling_invariant(self) -> bool:
        """Whether renumbering nodes never changes what is seen."""


def _seen_by(posterior: Posterior) -> Seen:
    return posterior if isinstance(posterior, NetworkPosterior) else _kernel_of(posterior)


def _kernel_of(posterior: Posterior) -> GraphKernel:
    if not isinstance(posterior, FeaturePosterior | KernelPosterior):
        msg = f"the MIP needs a posterior with a graph kernel, got a {type(posterior).__name__}"
        raise NoEncodingError(msg)
    return posterior.kernel


def _looks_at_deviations(acquisition: Acquisition, seen: Seen) -> bool:
    """Whether the variance of a linear kernel is in the model: a mean is quicker without 6.11."""
    linear_in_counts = isinstance(acquisition, PosteriorMean | ThompsonSample)
    return isinstance(seen, LinearKernel) and not linear_in_counts


def _encoding(space: CellSpace) -> Encoding:
    small = space.is_topological or space.sizes[0] <= MOST_LAYERED
    return "layered" if small else "paper"


def _symmetry(space: CellSpace, seen: Seen, options: ModelOptions) -> Symmetry | DegreeOrder:
    """The symmetry rows that are asked for and legal."""
    if _symmetric(space, seen):
        return options.symmetry
    if options.degree_order and seen.relabelling_invariant:
        return degree_order(space) or NO_SYMMETRY
    return NO_SYMMETRY


def _symmetric(space: CellSpace, seen: Seen) -> bool:
    """Whether symmetry rows are legal: nothing may tell two numberings of an architecture apart."""
    n = space.sizes[0]
    return (
        space.is_topological
        and isinstance(space.identity, UpToIsomorphism)
        and {index % n for index in space.identity.fixed} <= {0, n - 1}
        and space.relabelling_invariant
        and seen.relabelling_invariant
    )
