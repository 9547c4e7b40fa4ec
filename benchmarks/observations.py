"""What has been observed before an acquisition function is minimised: a design of experiments."""

from __future__ import annotations

import numpy as np

from nasgoat.optimize import ExhaustiveOptimizer
from nasgoat.records import Observation
from nasgoat.search import AcquisitionRule, Fantasies, GoatSearch
from nasgoat.search.design import Design
from nasgoat.surrogate import GPSurrogate
from nasgoat.tabular import TableEvaluator

DESIGNS = ("random", "search")
INITIAL = 10  # random graphs that a search begins with
BATCH = 5  # graphs that it picks from one fit


def random_design(
    evaluator: TableEvaluator, count: int, rng: np.random.Generator
) -> list[Observation]:
    """Random distinct graphs with their values."""
    return [evaluator(graph) for graph in Design.draw(evaluator.space, count, rng).graphs]


def search_history(
    evaluator: TableEvaluator,
    surrogate: GPSurrogate,
    rule: AcquisitionRule,
    count: int,
    rng: np.random.Generator,
) -> list[Observation]:
    """The first ``count`` evaluations of a search.

    Its acquisition functions are minimised exhaustively, so that a history does not depend on what
    is to be measured. Graphs are picked in batches with fantasies.

    Raises:
        NotListableError: the space is too large.
    """
    search = GoatSearch(surrogate, ExhaustiveOptimizer(), rule, batch=Fantasies(), initial=INITIAL)
    state = search.start(evaluator.space, rng)
    found: list[Observation] = []
    while len(found) < count:
        wanted = min(BATCH, count - len(found))
        state, proposals = search.propose(state, found, (), wanted, rng)
        found += [evaluator(proposal.graph) for proposal in proposals]
    return found
