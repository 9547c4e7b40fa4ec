"""NAS-Bench-Graph: graph neural networks on nine datasets, from the package nas-bench-graph.

A row is named by an integer of five decimal digits: the link pattern, then the operations of the
four nodes. Only the package's data files are read; its modules are never imported.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nasgoat.errors import BadDataError
from nasgoat.graphs import GraphBatch
from nasgoat.spaces import NASBENCH_GRAPH_OPS, CellSpace, nasbench_graph
from nasgoat.tabular.evaluator import TableEvaluator
from nasgoat.tabular.files import package_file
from nasgoat.tabular.table import Table
from nasgoat.tabular.unpickle import NUMPY_FLOATS, load_plain

# The parent of each of the four nodes, by link digit; 0 is the input.
LINKS = np.array(
    [
        (0, 0, 0, 0),
        (0, 0, 0, 1),
        (0, 0, 1, 1),
        (0, 0, 1, 2),
        (0, 0, 1, 3),
        (0, 1, 1, 1),
        (0, 1, 1, 2),
        (0, 1, 2, 2),
        (0, 1, 2, 3),
    ]
)
PROTEINS_OPS = ("gcn", "sage", "arma", "fc", "skip")
SIZE, PROTEINS_SIZE = 26_206, 2_021  # normal forms with nine and with five operations

TITLES = {
    "cora": "Cora",
    "citeseer": "CiteSeer",
    "pubmed": "PubMed",
    "cs": "Coauthor CS",
    "physics": "Coauthor Physics",
    "photo": "Amazon Photo",
    "computers": "Amazon Computers",
    "arxiv": "ogbn-arxiv",
    "proteins": "ogbn-proteins",
}

# Parameters are in millions; the package does not say the unit of the latency (its size speaks for
# seconds).
METRICS = ("latency", "para")


def names() -> list[str]:
    """The benchmarks, one per dataset."""
    return [f"nasbench-graph:{dataset}" for dataset in TITLES]


def load(name: str, data: Path | None = None) -> TableEvaluator:
    """Read one dataset's table.

    Args:
        name: one of ``names()``.
        data: not used; the tables come with a package.

    Raises:
        MissingDataError: the package nas-bench-graph is not installed.
        BadDataError: the file is not what version 1.4.0 of the package holds.
    """
    del data
    dataset = name.partition(":")[2]
    path = package_file("nas_bench_graph", f"light/{dataset}.bench", name, "nas-bench-graph==1.4.0")
    ops = PROTEINS_OPS if dataset == "proteins" else NASBENCH_GRAPH_OPS
    space = nasbench_graph(ops)
    hashes, columns = read(path)
    table = Table.of(
        space,
        graphs_of(hashes, space),
        {
            "value": 100 * (1 - columns["valid_perf"]),
            "test_value": 100 * (1 - columns["perf"]),
            **{name: columns[name] for name in METRICS},
        },
        PROTEINS_SIZE if dataset == "proteins" else SIZE,
        {"para": "million"},
    )
    objective = f"validation error on {TITLES[dataset]}, %"
    if dataset == "proteins":
        objective = f"100 (1 - validation performance) on {TITLES[dataset]}"
    return TableEvaluator(name, space, objective, table)


def graphs_of(hashes: NDArray[np.int64], space: CellSpace) -> GraphBatch:
    """The architectures that hashes name.

    Args:
        hashes: ``(N,)``, five decimal digits each.
        space: a ``nasbench_graph`` space.

    Raises:
        BadDataError: a link pattern does not exist or an operation is not in the space.
    """
    digits = hashes[:, None] // 10 ** np.arange(4, -1, -1)
    link, codes = digits[:, 0], digits[:, 1:] % 10
    labels = np.full(10, -1)
    for label, op in enumerate(space.node_alphabet):
        if op in NASBENCH_GRAPH_OPS:
            labels[NASBENCH_GRAPH_OPS.index(op)] = label
    wrong = (link < 0) | (link >= len(LINKS)) | (labels[codes] < 0).any(axis=1)
    if wrong.any():
        msg = f"{hashes[wrong][0]} names no architecture of {space.name} with {space.node_alphabet}"
        raise BadDataError(msg)
    count, sink = len(hashes), 5
    rows = np.arange(count)
    adjacency = np.zeros((count, 6, 6), dtype=np.bool_)
    for node in range(4):
        adjacency[rows, LINKS[link, node], 1 + node] = True
    adjacency[:, :sink, sink] = ~adjacency.any(axis=2)[:, :sink]  # leaves feed the output
    nodes = np.zeros((count, 6), dtype=np.int8)
    nodes[:, 1:sink] = labels[codes]
    nodes[:, sink] = len(space.node_alphabet) - 1
    sizes = np.full(count, 6, dtype=np.int64)
    return GraphBatch(sizes, adjacency, nodes, np.full((count, 6, 6), -1, dtype=np.int8))


def read(path: Path) -> tuple[NDArray[np.int64], dict[str, NDArray[np.float64]]]:
    """Hashes and columns of a file: ``valid_perf`` and ``perf``, fractions, and ``METRICS``.

    Raises:
        BadDataError: the file is not what version 1.4.0 of the package holds.
    """
    data = load_plain(path, NUMPY_FLOATS)
    wanted = ("valid_perf", "perf", *METRICS)
    try:
        hashes = np.array(list(data), dtype=np.int64)
        columns = {key: np.array([row[key] for row in data.values()], float) for key in wanted}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        msg = (
            f"{path} is not a file of NAS-Bench-Graph ({error!r}); that of the package comes with "
            "pip install nas-bench-graph==1.4.0"
        )
        raise BadDataError(msg) from error
    return hashes, columns
