"""DARTS cells: the space, genotypes, configurations, vectors."""

import csv
import gzip
import json
import os
from collections import namedtuple
from itertools import combinations, product
from math import comb, log
from pathlib import Path

import numpy as np
import pytest

from nasgoat.errors import NotListableError, OutsideSpaceError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.spaces import DARTS_OPS, InDegrees, Parts, darts
from nasgoat.spaces.nb301 import (
    HYPERPARAMETERS,
    Genotype,
    cells_of,
    config_vectors,
    from_config,
    from_genotype,
    graphs_of,
    to_config,
    to_genotype,
)

SAMPLE = Path(os.environ.get("NASGOAT_DATA", "")) / "nasbench301_naslib_sample.csv.gz"
PREFIX = "NetworkSelectorDatasetInfo:darts:"

# The architecture that DARTS's second-order search found, as published.
DARTS_V2 = Genotype(
    normal=[
        ("sep_conv_3x3", 0),
        ("sep_conv_3x3", 1),
        ("sep_conv_3x3", 0),
        ("sep_conv_3x3", 1),
        ("sep_conv_3x3", 1),
        ("skip_connect", 0),
        ("skip_connect", 0),
        ("dil_conv_3x3", 2),
    ],
    normal_concat=[2, 3, 4, 5],
    reduce=[
        ("max_pool_3x3", 0),
        ("max_pool_3x3", 1),
        ("skip_connect", 2),
        ("max_pool_3x3", 1),
        ("max_pool_3x3", 0),
        ("skip_connect", 2),
        ("skip_connect", 2),
        ("max_pool_3x3", 1),
    ],
    reduce_concat=[2, 3, 4, 5],
)


def some(count: int, seed: int = 0) -> list[LabeledGraph]:
    rng = np.random.default_rng(seed)
    return [darts().sample(rng) for _ in range(count)]


# the space


def test_the_number_of_architectures() -> None:
    space = darts()
    cell = 1
    for j in range(2, 6):
        cell *= comb(j, 2) * 7**2
    assert space.size() == cell**2 == (180 * 7**8) ** 2 == 1_076_746_950_455_072_400
    assert not space.is_listable()
    with pytest.raises(NotListableError, match="1,076,746,950,455,072,400 indexed graphs"):
        space.listing()


def test_small_pairs_of_cells_are_those_of_plain_loops() -> None:
    """Two nodes a cell besides the inputs, two operations: 2,304 pairs."""
    ways = [
        tuple(((u, v), op) for (u, v), op in zip(edges, ops, strict=True))
        for i, j in combinations(range(3), 2)
        for edges in [((0, 2), (1, 2), (i, 3), (j, 3))]
        for ops in product(range(2), repeat=4)
    ]
    expected = set()
    for normal, reduce in product(ways, repeat=2):
        steps = [*normal, *(((u + 4, v + 4), op) for (u, v), op in reduce)]
        edges, ops = zip(*steps, strict=True)
        expected.add(LabeledGraph(8, edges, None, ops))
    space = darts(2, ("a", "b"))
    assert set(space.listing()) == expected
    assert space.size() == len(expected) == (3 * 2**4) ** 2


def test_neighbors_change_one_operation_or_one_input() -> None:
    for graph in some(3):
        before = graph.edge_label_of
        neighbors = darts().neighbors(graph)
        assert len(neighbors) == 16 * 6 + 2 * 2 * (1 + 2 + 3)
        for neighbor in neighbors:
            after = neighbor.edge_label_of
            gone, come = set(before) - set(after), set(after) - set(before)
            changed = [edge for edge in before if edge in after and before[edge] != after[edge]]
            if gone:
                [(old, head)], [(new, same)] = gone, come
                assert (head, before[old, head], changed) == (same, after[new, same], [])
            else:
                assert (come, len(changed)) == (set(), 1)


def test_rules_of_other_sizes_exclude_a_graph_in_words() -> None:
    graph = LabeledGraph(3, ((0, 1),))
    assert "its parts have (2, 2)" in str(Parts((2, 2)).violation(graph, ()))
    assert "given for 2" in str(InDegrees((0, 1)).violation(graph, ()))


@pytest.mark.parametrize("sizes", [(), (0, 2)])
def test_parts_have_nodes(sizes: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="makes no sense"):
        Parts(sizes)


@pytest.mark.parametrize("degrees", [(), (0, 2), (-1, 0)])
def test_in_degrees_are_possible(degrees: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="makes no sense"):
        InDegrees(degrees)


# genotypes


def test_a_published_genotype() -> None:
    graph = from_genotype(DARTS_V2)
    assert darts().contains(graph)
    names = {edge: DARTS_OPS[label] for edge, label in graph.edge_label_of.items()}
    assert names[0, 2] == "sep_conv_3x3"
    assert names[2, 5] == "dil_conv_3x3"
    assert names[6 + 2, 6 + 3] == "skip_connect"
    assert names[6 + 0, 6 + 4] == "max_pool_3x3"
    back = to_genotype(graph)
    assert list(back.normal_concat) == list(back.reduce_concat) == [2, 3, 4, 5]
    for cell, given in ((back.normal, DARTS_V2.normal), (back.reduce, DARTS_V2.reduce)):
        for k in range(4):
            pair = slice(2 * k, 2 * k + 2)
            assert sorted(cell[pair], key=lambda step: step[1]) == list(cell[pair])
            assert sorted(cell[pair]) == sorted(given[pair])


def test_genotypes_come_back_from_any_class() -> None:
    other = namedtuple("other", "normal normal_concat reduce reduce_concat")
    for graph in some(20):
        assert from_genotype(other(*to_genotype(graph))) == graph


def without(field: str, value: object) -> Genotype:
    return DARTS_V2._replace(**{field: value})


@pytest.mark.parametrize(
    "genotype",
    [
        without("normal", DARTS_V2.normal[:-1]),
        without("reduce", [("none", 0), *DARTS_V2.reduce[1:]]),
        without("reduce_concat", [2, 3, 4]),
        without("normal", [*DARTS_V2.normal[:-1], ("sep_conv_3x3", 0)]),  # an input twice
        without("normal", [("sep_conv_3x3", 2), *DARTS_V2.normal[1:]]),  # its own input
        without("normal", [("sep_conv_3x3", -1), *DARTS_V2.normal[1:]]),
    ],
)
def test_other_genotypes_are_refused(genotype: Genotype) -> None:
    with pytest.raises(OutsideSpaceError):
        from_genotype(genotype)


def test_other_graphs_have_no_genotype() -> None:
    graph = some(1)[0]
    for other in (
        LabeledGraph(12, graph.edges),
        LabeledGraph(12, graph.edges, None, (7,) * 16),
        LabeledGraph(12, graph.edges[1:], None, (0,) * 15),
        LabeledGraph(2, ((0, 1),), None, (0,)),
    ):
        with pytest.raises(OutsideSpaceError):
            to_genotype(other)
        with pytest.raises(OutsideSpaceError):
            to_config(other)


def test_arrays_come_back() -> None:
    batch = GraphBatch.of(some(30))
    inputs, ops = cells_of(batch)
    assert inputs.shape == ops.shape == (30, 2, 4, 2)
    assert (inputs[..., 0] < inputs[..., 1]).all()
    swapped = graphs_of(inputs[..., ::-1], ops[..., ::-1])
    assert list(swapped) == list(batch)


# configurations


def test_a_configuration_in_full() -> None:
    config = to_config(from_genotype(DARTS_V2))
    expected = {
        "edge_normal_0": "sep_conv_3x3",
        "edge_normal_1": "sep_conv_3x3",
        "inputs_node_normal_3": "0_1",
        "edge_normal_2": "sep_conv_3x3",
        "edge_normal_3": "sep_conv_3x3",
        "inputs_node_normal_4": "0_1",
        "edge_normal_5": "skip_connect",
        "edge_normal_6": "sep_conv_3x3",
        "inputs_node_normal_5": "0_2",
        "edge_normal_9": "skip_connect",
        "edge_normal_11": "dil_conv_3x3",
        "edge_reduce_0": "max_pool_3x3",
        "edge_reduce_1": "max_pool_3x3",
        "inputs_node_reduce_3": "1_2",
        "edge_reduce_3": "max_pool_3x3",
        "edge_reduce_4": "skip_connect",
        "inputs_node_reduce_4": "0_2",
        "edge_reduce_5": "max_pool_3x3",
        "edge_reduce_7": "skip_connect",
        "inputs_node_reduce_5": "1_2",
        "edge_reduce_10": "max_pool_3x3",
        "edge_reduce_11": "skip_connect",
    }
    assert config == {PREFIX + name: value for name, value in expected.items()}


def test_configurations_come_back() -> None:
    for graph in some(30):
        config = to_config(graph)
        assert len(config) == 22
        assert from_config(config) == graph
        noisy = {**config, "OptimizerSelector:sgd:momentum": 0.9}
        assert from_config(noisy) == graph


def test_wrong_configurations_name_the_hyperparameter() -> None:
    config = to_config(some(1)[0])
    for name in config:
        rest = {key: value for key, value in config.items() if key != name}
        with pytest.raises(OutsideSpaceError, match=f"{name} is one of"):
            from_config(rest)
        with pytest.raises(OutsideSpaceError, match=f"{name} is one of .*, got 'none'"):
            from_config({**config, name: "none"})


def test_vectors_list_conditional_hyperparameters_last_and_by_name() -> None:
    """The order of ConfigSpace: ``edge_normal_10`` comes before ``edge_normal_2``."""
    assert len(HYPERPARAMETERS) == 56
    free, conditional = HYPERPARAMETERS[:32], HYPERPARAMETERS[32:]
    assert list(free) == sorted(free)
    assert list(conditional) == sorted(conditional)
    assert [name.removeprefix(PREFIX) for name in conditional[:5]] == [
        f"edge_normal_{i}" for i in (10, 11, 12, 13, 2)
    ]
    assert free[10:14] == tuple(
        f"{PREFIX}edge_{cell}_{i}" for cell in ("normal", "reduce") for i in (0, 1)
    )


def test_vectors_hold_the_numbers_of_choices() -> None:
    graphs = some(50)
    vectors = config_vectors(GraphBatch.of(graphs))
    for graph, vector in zip(graphs, vectors.tolist(), strict=True):
        seen = dict(zip(HYPERPARAMETERS, vector, strict=True))
        config = to_config(graph)
        for name in HYPERPARAMETERS:
            if "inputs_node" in name:
                pairs = ["_".join(map(str, p)) for p in combinations(range(int(name[-1])), 2)]
                assert seen[name] == pairs.index(config[name])
            elif ":edge_" in name:
                value = config.get(name)
                assert seen[name] == (-1 if value is None else DARTS_OPS.index(value))


def test_vectors_hold_the_training_as_configspace_scales_it() -> None:
    vectors = config_vectors(GraphBatch.of(some(2)))
    seen = dict(zip(HYPERPARAMETERS, vectors[0].tolist(), strict=True))
    assert (vectors[0] == vectors[1])[np.array(list(seen.values())) == log(0.025)].all()
    # integers: the range is widened by 0.49999 at both ends
    assert seen["ImageAugmentation:cutout_holes"] == pytest.approx(0.49999 / 2.99998)
    assert seen[f"{PREFIX}layers"] == pytest.approx(7.49999 / 9999.99998)
    low, high = log(64 - 0.49999), log(128 + 0.49999)
    batch_size = seen["CreateImageDataLoader:batch_size"]
    assert batch_size == pytest.approx((log(96) - low) / (high - low))
    assert seen["OptimizerSelector:sgd:weight_decay"] == log(0.0003)
    assert seen["ImageAugmentation:augment"] == 0


@pytest.mark.skipif(
    not SAMPLE.is_file(), reason=f"needs {SAMPLE.name} in the folder of NASGOAT_DATA"
)
def test_every_row_of_a_sample_of_nasbench301_comes_back() -> None:
    with gzip.open(SAMPLE, "rt") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 1_218
    pairs = np.array([[json.loads(row[cell]) for cell in ("normal", "reduce")] for row in rows])
    pairs = pairs.reshape(-1, 2, 4, 2, 2)
    batch = graphs_of(pairs[..., 0], pairs[..., 1])
    inputs, ops = cells_of(batch)
    back = np.stack([inputs, ops], axis=-1)
    order = np.argsort(pairs[..., 0], axis=-1)[..., None]
    assert (np.take_along_axis(pairs, order, axis=-2) == back).all()
    assert len(set(darts().keys(batch))) == len(rows)
    for graph in batch:
        assert darts().contains(graph)
        assert from_genotype(to_genotype(graph)) == graph
        assert from_config(to_config(graph)) == graph
