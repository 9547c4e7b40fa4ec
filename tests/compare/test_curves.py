"""Histories as tables: laws of best values, and the oracle of the study room."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nasgoat.compare.curves import Curves, common_seeds
from nasgoat.compare.trial import Record
from nasgoat.graphs import LabeledGraph
from nasgoat.records import Observation
from nasgoat.study import best_values, incumbent_test_values

HISTORIES = st.lists(
    st.tuples(st.integers(0, 6), st.none() | st.integers(0, 9)), min_size=1, max_size=12
)
GRAPH = LabeledGraph(2, frozenset({(0, 1)}))


def record(pairs: list[tuple[float, float | None]]) -> Record:
    values = tuple(float(value) for value, _ in pairs)
    test = tuple(None if one is None else float(one) for _, one in pairs)
    return Record(values, test, 1.0, 2.0, "budget", {})


@given(HISTORIES, st.integers(1, 15))
def test_curves_are_those_of_the_study(
    pairs: list[tuple[float, float | None]], budget: int
) -> None:
    observations = [Observation(GRAPH, value, test) for value, test in pairs]
    curves = Curves.of({3: record(pairs)}, budget)
    known = min(budget, len(pairs))
    np.testing.assert_array_equal(curves.best[0, :known], best_values(observations)[:budget])
    np.testing.assert_array_equal(
        curves.test[0, :known], incumbent_test_values(observations)[:budget]
    )
    assert (curves.best[0, known:] == curves.best[0, known - 1]).all()
    assert curves.best.shape == curves.test.shape == (1, budget)


@given(st.lists(HISTORIES, min_size=1, max_size=4))
def test_regrets_never_rise_and_are_never_negative(
    histories: list[list[tuple[float, None]]],
) -> None:
    curves = Curves.of({i: record(pairs) for i, pairs in enumerate(histories)}, 12)
    regrets = curves.regrets(float(curves.best.min()))
    assert (np.diff(regrets, axis=1) <= 0).all()
    assert regrets.min() == 0


def test_rounding_makes_no_regret() -> None:
    curves = Curves.of({0: record([(0.1 + 0.2, None)]), 1: record([(0.3, None)])}, 1)
    assert curves.best[0, 0] != curves.best[1, 0]
    assert curves.regrets(0.3).tolist() == [[0.0], [0.0]]
    assert len(set(curves.regrets(0.1)[:, 0])) == 1


def test_common_seeds() -> None:
    one = Curves.of({seed: record([(1.0, None)]) for seed in (4, 2, 9)}, 1)
    other = Curves.of({seed: record([(1.0, None)]) for seed in (9, 3, 2)}, 1)
    assert one.seeds == (2, 4, 9)
    assert common_seeds([one, other]) == [2, 9]
    assert one.rows([9, 2]).tolist() == [2, 0]
    assert common_seeds([]) == []
