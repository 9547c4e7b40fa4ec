"""Tables as evaluators."""

import pickle

import numpy as np
import pytest

from nasgoat.errors import BadDataError, NotInTableError, OutsideSpaceError
from nasgoat.graphs import LabeledGraph
from nasgoat.spaces import MaxEdges, nasbench101, nasbench201
from nasgoat.tabular import Table, TableEvaluator

SPACE = nasbench101(range(2, 5))  # 91 cells
CELLS = SPACE.listing()
VALUES = np.linspace(50.0, 5.0, len(CELLS))


def evaluator(rows: int = len(CELLS)) -> TableEvaluator:
    columns = {"value": VALUES[:rows], "test_value": VALUES[:rows] + 1, "flops": VALUES[:rows] * 2}
    table = Table.of(SPACE, CELLS.take(slice(0, rows)), columns, len(CELLS))
    return TableEvaluator("toy:table", SPACE, "error, %", table)


def test_rows_are_looked_up_by_architecture() -> None:
    toy = evaluator()
    for i in range(0, len(CELLS), 7):
        graph = CELLS[i]
        inner = [0, *range(graph.n - 2, 0, -1), graph.n - 1] if graph.n > 1 else [0]
        for copy in (graph, graph.relabeled(inner)):
            if not SPACE.contains(copy):  # no longer in topological order
                continue
            seen = toy(copy)
            assert seen.graph == copy
            assert (seen.value, seen.test_value) == (VALUES[i], VALUES[i] + 1)
            assert seen.metrics == {"flops": VALUES[i] * 2}
            assert seen.seconds == 0.0


def test_a_graph_outside_the_space_is_refused() -> None:
    with pytest.raises(OutsideSpaceError, match="graph is outside nasbench101"):
        evaluator()(LabeledGraph(3, ((0, 1),), (0, 1, 4)))


def test_a_missing_row_is_named() -> None:
    toy = evaluator(90)
    with pytest.raises(NotInTableError, match="the table toy:table has no row for it") as caught:
        toy(CELLS[90])
    assert str(caught.value).startswith("LabeledGraph(")
    assert toy.optimum is None
    assert toy.best().value == VALUES[:90].min()


def test_the_optimum_is_that_of_the_space() -> None:
    toy = evaluator()
    assert toy.optimum == 5.0
    narrow = toy.within(SPACE.with_rules(MaxEdges(3)))
    few = [i for i in range(len(CELLS)) if len(CELLS[i].edges) <= 3]
    assert narrow.optimum == VALUES[few].min() > toy.optimum
    best = narrow.best()
    assert best.value == narrow.optimum
    assert narrow.space.contains(best.graph)
    with pytest.raises(OutsideSpaceError, match="the space allows 3"):
        narrow(CELLS[next(i for i in range(len(CELLS)) if i not in few)])


def test_a_wider_or_empty_space_has_no_known_optimum() -> None:
    assert evaluator().within(nasbench101(range(2, 6))).optimum is None
    narrow = SPACE.with_rules(MaxEdges(3))
    cells = narrow.listing()
    table = Table.of(narrow, cells, {"value": np.arange(len(cells)) + 1.0}, len(cells))
    toy = TableEvaluator("toy:narrow", narrow, "error, %", table)
    assert toy.optimum == 1.0
    assert toy.within(SPACE).optimum is None
    nothing = evaluator().within(SPACE.with_rules(MaxEdges(0)))
    assert nothing.optimum is None
    with pytest.raises(NotInTableError, match="has no row in the space"):
        nothing.best()


def test_a_space_with_other_labels_is_refused() -> None:
    with pytest.raises(ValueError, match="narrow the benchmark's own space"):
        evaluator().within(nasbench201())


def test_repeated_architectures_are_refused() -> None:
    batch = CELLS.take(np.array([3, 4, 3, 3]))
    with pytest.raises(BadDataError, match=r"2 rows repeat an .*; row 2 is that of row 0: "):
        Table.of(SPACE, batch, {"value": np.arange(4.0)}, 91)


@pytest.mark.parametrize("column", ["value", "test_value"])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_objectives_are_finite(column: str, bad: float) -> None:
    columns = {"value": VALUES.copy(), "test_value": VALUES.copy()}
    columns[column][[4, 9]] = bad
    with pytest.raises(BadDataError, match=f"'{column}' is NaN or infinite in 2 rows, first in 4"):
        Table.of(SPACE, CELLS, columns, 91)


def test_a_table_without_a_recipe_is_pickled_whole() -> None:
    copy = pickle.loads(pickle.dumps(evaluator()))  # noqa: S301
    assert copy(CELLS[5]) == evaluator()(CELLS[5])
    assert copy.optimum == 5.0
