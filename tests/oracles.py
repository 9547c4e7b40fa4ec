"""Oracles that several tests share: standard forms, exact counts, all graphs of a size."""

import math
from dataclasses import dataclass
from functools import cache
from itertools import permutations, product

import numpy as np
import pyomo.environ as pyo
import pytest
from numpy.typing import NDArray
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler
from scipy.sparse import csr_array

from nasgoat.graphs import GraphBatch, LabeledGraph


@dataclass(frozen=True)
class StandardForm:
    """What a solver is given: ``matrix @ x`` compared with ``rhs``; fixed variables are gone."""

    matrix: csr_array  # (rows, columns)
    rhs: NDArray[np.float64]
    senses: NDArray[np.int64]  # per row: 1 at most, -1 at least, 0 equal
    names: list[str]  # of the rows
    columns: list[pyo.Var]

    def broken(self, points: NDArray[np.float64], tolerance: float = 1e-9) -> list[str]:
        """Names of the rows that some point breaks; ``points`` is ``(N, columns)``."""
        excess = (self.matrix @ points.T).T - self.rhs
        wrong = np.where(self.senses == 0, np.abs(excess), self.senses * excess) > tolerance
        return [self.names[i] for i in np.flatnonzero(wrong.any(axis=0))]


def standard_form(block: pyo.Block) -> StandardForm:
    """Compile the active rows of a linear model; empty rows that hold are left out."""
    form = LinearStandardFormCompiler().write(block, mixed_form=True)
    matrix, rhs = csr_array(form.A), np.asarray(form.rhs, dtype=float)
    senses = np.array([row.bound_type for row in form.rows], dtype=np.int64)
    holds = np.where(senses == 0, rhs == 0, senses * rhs >= 0)
    kept = np.flatnonzero((np.diff(matrix.indptr) > 0) | ~holds)
    names = [form.rows[i].constraint.name for i in kept]
    return StandardForm(matrix[kept], rhs[kept], senses[kept], names, list(form.columns))


def count_points(block: pyo.Block) -> int:
    """Number of points of a model with integer variables only, by SCIP's exact counting."""
    scip = pytest.importorskip("pyscipopt")
    form = standard_form(block)
    model = scip.Model()
    model.hideOutput()
    x = [model.addVar(vtype="I", lb=var.lb, ub=var.ub) for var in form.columns]
    for i, (sense, rhs) in enumerate(zip(form.senses, form.rhs.tolist(), strict=True)):
        entries = slice(form.matrix.indptr[i], form.matrix.indptr[i + 1])
        terms = zip(form.matrix.data[entries].tolist(), form.matrix.indices[entries], strict=True)
        body = scip.quicksum(c * x[j] for c, j in terms)
        model.addCons(body == rhs if sense == 0 else body <= rhs if sense == 1 else body >= rhs)
    model.setParamsCountsols()
    model.count()
    in_rows = {id(var) for var in form.columns}
    loose = [
        var
        for var in block.component_data_objects(pyo.Var)
        if not var.fixed and id(var) not in in_rows
    ]
    assert all(var.is_integer() for var in [*form.columns, *loose])
    return model.getNCountedSols() * math.prod(round(var.ub - var.lb) + 1 for var in loose)


@cache
def all_digraphs(n: int, n0: int | None = None) -> GraphBatch:
    """Every unlabelled directed graph of ``n0`` (default ``n``) to ``n`` nodes, by plain loops."""
    graphs = []
    for size in range(n if n0 is None else n0, n + 1):
        pairs = list(permutations(range(size), 2))
        for chosen in product((False, True), repeat=len(pairs)):
            edges = tuple(pair for pair, there in zip(pairs, chosen, strict=True) if there)
            graphs.append(LabeledGraph(size, edges))
    return GraphBatch.of(graphs, n)
