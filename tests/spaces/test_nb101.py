"""NAS-Bench-101's names of a cell against slow definitions, published numbers and a reference."""

import os
from hashlib import md5
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nasgoat.errors import OutsideSpaceError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.spaces import NASBENCH101_OPS, nasbench101
from nasgoat.spaces.nb101 import (
    from_spec,
    module_hashes,
    official_forms,
    parameters,
    to_spec,
    vertex_channels,
)
from nasgoat.tabular.compact.nasbench101 import cells_of

CONV3, CONV1, POOL = NASBENCH101_OPS
REFERENCE = Path(os.environ.get("NASGOAT_DATA", "")) / "nasbench101_space.npz"
needs_reference = pytest.mark.skipif(
    not REFERENCE.is_file(), reason="needs nasbench101_space.npz in the folder of NASGOAT_DATA"
)

# The Inception-like cell of NAS-Bench-101's own example.
INCEPTION = [[0] * 7 for _ in range(7)]
for tail, head in [(0, 1), (0, 2), (0, 3), (0, 5), (1, 6), (2, 6), (3, 4), (4, 6), (5, 6)]:
    INCEPTION[tail][head] = 1
INCEPTION_OPS = ["input", CONV1, CONV3, CONV3, CONV3, POOL, "output"]


def some_cells(nodes: int, count: int) -> GraphBatch:
    space = nasbench101([nodes])
    rng = np.random.default_rng(nodes)
    return GraphBatch.of([space.sample(rng) for _ in range(count)], 7)


def hexadecimal(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def slow_hash(graph: LabeledGraph) -> bytes:
    """The algorithm node by node."""
    labels = [{0: -1, 4: -2}.get(label, label - 1) for label in graph.node_labels or ()]
    into = {v: [u for u, w in graph.edges if w == v] for v in range(graph.n)}
    out_of = {v: [w for u, w in graph.edges if u == v] for v in range(graph.n)}
    hashes = [
        hexadecimal(f"({len(out_of[v])}, {len(into[v])}, {labels[v]})") for v in range(graph.n)
    ]
    for _ in range(graph.n):
        texts = []
        for v in range(graph.n):
            before = "".join(sorted(hashes[u] for u in into[v]))
            after = "".join(sorted(hashes[w] for w in out_of[v]))
            texts.append(f"{before}|{after}|{hashes[v]}")
        hashes = [hexadecimal(text) for text in texts]
    return bytes.fromhex(hexadecimal(str(sorted(hashes))))


def slow_parameters(graph: LabeledGraph) -> int:
    """Layer by layer, of the numbering given."""
    sink, edges = graph.n - 1, set(graph.edges)
    labels = graph.node_labels or ()
    total = 27 * 128 + 2 * 128 + 512 * 10 + 10
    into = 128
    for out in (128, 128, 128, 256, 256, 256, 512, 512, 512):
        feeding = [v for v in range(1, sink) if (v, sink) in edges]
        channels = {sink: out}
        for i, v in enumerate(feeding):
            share, rest = divmod(out, len(feeding))
            channels[v] = share + (1 if i < rest else 0)
        for v in reversed(range(1, sink)):
            if v not in channels:
                channels[v] = max(channels[w] for u, w in edges if u == v)
            c = channels[v]
            total += {1: 9 * c * c + 2 * c, 2: c * c + 2 * c, 3: 0}[labels[v]]
        total += sum(into * channels[v] + 2 * channels[v] for u, v in edges if u == 0)
        into = out
    return total


@pytest.mark.parametrize("cells", [*map(nasbench101, [[2], [3], [4]]), 5, 6, 7], ids=str)
def test_hashes_and_parameters_by_plain_loops(cells: object) -> None:
    batch = some_cells(cells, 150) if isinstance(cells, int) else cells.listing()  # type: ignore[attr-defined]
    expected = [slow_hash(graph) for graph in batch]
    assert [row.tobytes() for row in module_hashes(batch)] == expected
    forms = official_forms(batch)
    assert parameters(batch).tolist() == [slow_parameters(graph) for graph in forms]


def test_hashes_in_a_batch_of_mixed_sizes() -> None:
    batch = GraphBatch.concatenate([some_cells(n, 5) for n in (7, 3, 5)])
    expected = [slow_hash(graph) for graph in batch]
    assert [row.tobytes() for row in module_hashes(batch)] == expected
    assert module_hashes(GraphBatch.of([])).shape == (0, 16)
    assert parameters(GraphBatch.of([])).shape == (0,)


def test_the_example_of_nasbench101_has_its_published_parameters() -> None:
    graph = from_spec(INCEPTION, INCEPTION_OPS)
    assert parameters(GraphBatch.of([graph])).tolist() == [2_694_282]


def test_forms_have_the_least_edge_bits_then_the_least_operations() -> None:
    batch = GraphBatch.concatenate([some_cells(n, 40) for n in (4, 5, 6)])
    for graph, form in zip(batch, official_forms(batch), strict=True):
        copies = nasbench101([graph.n]).identity.copies(graph, ordered=True)
        least = min(
            (sum(1 << (u + v * (v - 1) // 2) for u, v in copy.edges), copy.node_labels, copy)
            for copy in copies
        )
        assert form == least[2]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), data=st.data())
def test_no_numbering_changes_hash_form_or_parameters(seed: int, data: st.DataObject) -> None:
    graph = nasbench101().sample(np.random.default_rng(seed))
    copies = list(nasbench101([graph.n]).identity.copies(graph, ordered=True))
    batch = GraphBatch.of([graph, data.draw(st.sampled_from(copies))])
    assert len({row.tobytes() for row in module_hashes(batch)}) == 1
    assert len(set(official_forms(batch))) == 1
    assert len(set(parameters(batch).tolist())) == 1


def test_hashes_tell_cells_apart() -> None:
    batch = nasbench101(range(2, 6)).listing()
    assert len({row.tobytes() for row in module_hashes(batch)}) == len(batch) == 2_532


def test_channels_that_do_not_divide_go_to_low_indices() -> None:
    edges = ((0, 1), (0, 2), (0, 3), (0, 4), (1, 5), (2, 5), (3, 5), (4, 3))
    edges = tuple((u, v) if u < v else (v, u) for u, v in edges)
    graph = LabeledGraph(6, (*edges, (4, 5)), (0, 1, 1, 1, 1, 4))
    batch = GraphBatch.of([graph])
    assert vertex_channels(batch, 128).tolist() == [[0, 32, 32, 32, 32, 0]]
    three = LabeledGraph(5, ((0, 1), (0, 2), (0, 3), (1, 4), (2, 4), (3, 4)), (0, 1, 1, 1, 4))
    assert vertex_channels(GraphBatch.of([three]), 128).tolist() == [[0, 43, 43, 42, 0]]


@pytest.mark.parametrize(
    "graph",
    [
        LabeledGraph(1, (), (0,)),
        LabeledGraph(2, ((1, 0),), (0, 4)),
        LabeledGraph(2, ((0, 1),), (4, 0)),
        LabeledGraph(3, ((0, 1), (1, 2)), (0, 4, 4)),
        LabeledGraph(3, ((0, 1), (1, 2))),
        LabeledGraph(8, tuple((v, v + 1) for v in range(7)), (0, *[1] * 6, 4)),
    ],
)
def test_what_is_no_cell_is_refused(graph: LabeledGraph) -> None:
    for function in (module_hashes, parameters, official_forms):
        with pytest.raises(OutsideSpaceError, match="is no cell of NAS-Bench-101"):
            function(GraphBatch.of([graph]))


# specs


def test_nodes_off_all_paths_are_pruned() -> None:
    matrix = np.zeros((7, 7), int)
    for u, v in [(0, 1), (1, 6), (0, 3), (3, 4), (2, 6), (0, 5), (5, 6)]:
        matrix[u, v] = 1  # 2 has no predecessor, 3 and 4 lead nowhere
    graph = from_spec(matrix, ["input", CONV3, CONV1, POOL, POOL, CONV1, "output"])
    assert graph == LabeledGraph(4, ((0, 1), (0, 2), (1, 3), (2, 3)), (0, 1, 2, 4))
    assert nasbench101([4]).contains(graph)


def test_specs_come_back() -> None:
    for graph in [*nasbench101(range(2, 5)).listing(), *some_cells(7, 30)]:
        matrix, ops = to_spec(graph)
        assert (ops[0], ops[-1], len(ops)) == ("input", "output", graph.n)
        assert from_spec(matrix, ops) == graph
    assert to_spec(from_spec(INCEPTION, INCEPTION_OPS))[0].tolist() == INCEPTION


@pytest.mark.parametrize(
    ("matrix", "ops", "message"),
    [
        ([[0, 1, 0]], ["input", CONV3, "output"], "square"),
        ([[0]], ["input"], "at least 2 rows"),
        ([[0, 2], [0, 0]], ["input", "output"], "0 and 1"),
        ([[0, 1], [1, 0]], ["input", "output"], "upper triangular, got an edge 1 -> 0"),
        ([[0, 1], [0, 0]], ["input", CONV3, "output"], "3 operation names for 2 nodes"),
        ([[0, 1], [0, 0]], ["output", "input"], "operation names are input, then"),
        ([[0, 1, 0], [0, 0, 1], [0, 0, 0]], ["input", "conv5x5", "output"], "conv5x5"),
        ([[0, 1, 0], [0, 0, 0], [0, 0, 0]], ["input", CONV3, "output"], "no path"),
    ],
)
def test_wrong_specs_say_what_is_wrong(
    matrix: list[list[int]], ops: list[str], message: str
) -> None:
    with pytest.raises(OutsideSpaceError, match=message):
        from_spec(matrix, ops)


@pytest.mark.parametrize(
    "graph",
    [
        LabeledGraph(2, ((0, 1),)),
        LabeledGraph(2, ((0, 1),), (0, 5)),
        LabeledGraph(2, ((0, 1),), (4, 0)),
        LabeledGraph(3, ((0, 2), (2, 1)), (0, 1, 4)),
    ],
)
def test_graphs_without_a_spec_are_refused(graph: LabeledGraph) -> None:
    with pytest.raises(OutsideSpaceError):
        to_spec(graph)


# the whole space


def check_reference(rows: np.ndarray) -> None:
    with np.load(REFERENCE) as file:
        held = {name: file[name][rows] for name in file.files}
    cells = cells_of(held["num_vertices"], held["edges"], held["ops"])
    rng = np.random.default_rng(0)
    old = np.tile(np.arange(7), (len(cells), 1))
    for n in np.unique(cells.sizes):  # some other numbering of the inner nodes, upwards or not
        orders = np.array(list(permutations(range(1, n - 1))), dtype=np.int64)
        chosen = np.flatnonzero(cells.sizes == n)
        old[chosen, 1 : n - 1] = orders[rng.integers(len(orders), size=len(chosen))]
    shuffled = cells.permuted(old)
    upwards = ~np.tril(shuffled.adjacency).any(axis=(1, 2))
    given = GraphBatch.concatenate([shuffled.take(upwards), cells.take(~upwards)])
    order = np.concatenate([np.flatnonzero(upwards), np.flatnonzero(~upwards)])
    assert upwards.sum() > 0.03 * len(cells)  # the official one by chance is far rarer
    assert (module_hashes(given) == held["module_hash"][order]).all()
    assert (parameters(given) == held["params"][order]).all()
    forms = official_forms(given)
    assert (forms.adjacency == cells.adjacency[order]).all()
    assert (forms.node_labels == cells.node_labels[order]).all()


@needs_reference
def test_official_hashes_parameters_and_numberings_of_a_sample() -> None:
    check_reference(np.arange(0, 423_624, 50))


@pytest.mark.slow
@needs_reference
def test_official_hashes_parameters_and_numberings_of_all_cells() -> None:
    check_reference(np.arange(423_624))
