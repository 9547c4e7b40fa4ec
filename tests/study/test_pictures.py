"""Curves, plots and drawings."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nasgoat.graphs import LabeledGraph
from nasgoat.records import Observation
from nasgoat.spaces import CellSpace, darts, digraphs, nasbench101, nasbench201
from nasgoat.study import best_values, draw, incumbent_test_values, incumbents, regret_plot, regrets

NODE = LabeledGraph(1, ())


def told(values: list[float], tests: list[float] | None = None) -> list[Observation]:
    pairs = zip(values, tests or [None] * len(values), strict=True)
    return [Observation(NODE, value, test) for value, test in pairs]


def test_curves() -> None:
    history = told([3.0, 4.0, 1.0, 1.0, 2.0], [5.0, 1.0, 6.0, 7.0, 8.0])
    assert best_values(history).tolist() == [3, 3, 1, 1, 1]
    assert regrets(history, 0.5).tolist() == [2.5, 2.5, 0.5, 0.5, 0.5]
    assert incumbent_test_values(history).tolist() == [5, 5, 6, 6, 6]
    assert incumbents(history) == [history[i] for i in (0, 0, 2, 2, 2)]
    assert np.isnan(incumbent_test_values(told([1.0]))).all()
    assert best_values([]).tolist() == regrets([], 1.0).tolist() == []


@given(st.lists(st.floats(-1e6, 1e6), min_size=1))
def test_best_values_are_prefix_minima(values: list[float]) -> None:
    expected = [min(values[: i + 1]) for i in range(len(values))]
    assert best_values(told(values)).tolist() == expected
    assert [one.value for one in incumbents(told(values))] == expected


@pytest.mark.parametrize("optimum", [None, 1.0, 0.0])
@pytest.mark.parametrize("runs", [1, 3])
def test_a_plot_is_a_png(optimum: float | None, runs: int, tmp_path: Path) -> None:
    path = tmp_path / "plots" / "regret.png"
    histories = {
        "goat": [told([5.0, 3.0, 3.5, 1.0 + i]) for i in range(runs)],
        "random": [told([5.0, 4.0, 3.0])] * runs,
        "not yet": [],
    }
    regret_plot(path, histories, objective="toy error, %", optimum=optimum, initial=2)
    assert path.read_bytes().startswith(b"\x89PNG")
    assert path.stat().st_size > 5000


def test_a_plot_of_nothing_but_optima_is_drawn(tmp_path: Path) -> None:
    regret_plot(tmp_path / "a.png", {"goat": [told([1.0])]}, objective="error", optimum=1.0)


def test_nothing_cannot_be_plotted(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nothing to plot"):
        regret_plot(tmp_path / "a.png", {"goat": [[]], "other": []}, objective="error")
    assert not (tmp_path / "a.png").exists()


PLAIN = CellSpace("plain", tuple(range(1, 12)))


def edges_of(picture: str) -> set[tuple[int, int]]:
    """Read a drawing back: follow every arrow to its lanes, and those to their nodes."""
    lines = picture.splitlines()
    owner: dict[int, int] = {}  # column: the node whose lane runs there
    edges, node = set(), -1
    for line in lines:
        if "└" in line[:5] and not line.strip()[0].isdigit():
            owner[line.index("┐")] = node
            continue
        node = int(line.split()[0])
        joined = [x for x, char in enumerate(line) if char in "┘┤┴┼"] if "◀" in line else []
        edges |= {(owner[x], node) for x in joined}
        for x in joined:
            if line[x] in "┘┴":
                del owner[x]
        for x, char in enumerate(line):
            assert char != "│" or x in owner
        assert all(x < len(line) and line[x] in "│┤┼" for x in owner)
    assert not owner
    return edges


@settings(max_examples=200, deadline=None)
@given(n=st.integers(1, 11), data=st.data())
def test_a_drawing_can_be_read_back(n: int, data: st.DataObject) -> None:
    pairs = [(u, v) for v in range(n) for u in range(v)]
    chosen = data.draw(st.sets(st.sampled_from(pairs)) if pairs else st.just(set()))
    graph = LabeledGraph(n, tuple(chosen))
    picture = draw(graph, PLAIN)
    assert edges_of(picture) == set(graph.edges)
    assert all(line == line.rstrip() for line in picture.splitlines())


def test_a_node_labelled_cell() -> None:
    graph = LabeledGraph(4, ((0, 1), (0, 3), (1, 2), (2, 3)), (0, 1, 3, 4))
    assert draw(graph, nasbench101((4,))).splitlines() == [
        "0 input",
        "  └─────────────────────┐",
        "1 conv3x3-bn-relu ◀─────┤",
        "  └──────────────────┐  │",
        "2 maxpool3x3 ◀───────┘  │",
        "  └──────────────────┐  │",
        "3 output ◀───────────┴──┘",
    ]


def test_an_edge_labelled_cell() -> None:
    graph = LabeledGraph(4, ((0, 1), (0, 3), (1, 3)), None, (2, 0, 3))
    assert draw(graph, nasbench201()).splitlines() == [
        "0 input",
        "1         ◀─ nor_conv_3x3 ── 0",
        "2",
        "3 output  ◀─ skip_connect ── 0",
        "          ◀─ avg_pool_3x3 ── 1",
    ]


def test_every_input_of_a_pair_of_cells_is_named() -> None:
    space = darts(1, ("a", "b"))
    graph = LabeledGraph(6, ((0, 2), (1, 2), (3, 5), (4, 5)), None, (0, 1, 1, 0))
    assert draw(graph, space).splitlines() == [
        "0 input",
        "1 input",
        "2        ◀─ a ── 0",
        "         ◀─ b ── 1",
        "3 input",
        "4 input",
        "5        ◀─ b ── 3",
        "         ◀─ a ── 4",
    ]


def test_a_graph_with_cycles_is_listed() -> None:
    graph = LabeledGraph(3, ((0, 1), (1, 0), (2, 1)))
    assert draw(graph, digraphs(3)).splitlines() == [
        "0 input   ◀─── 1",
        "1         ◀─── 0",
        "          ◀─── 2",
        "2 output",
    ]
