"""Choices make graphs, and every graph can be written as choices."""

from typing import Any

import numpy as np
import pytest

from nasgoat.errors import OutsideSpaceError
from nasgoat.graphs import LabeledGraph
from nasgoat.search.genes import Genome
from nasgoat.search.relaxed import Parameters
from nasgoat.spaces import (
    CellSpace,
    EdgeSets,
    Undirected,
    darts,
    digraphs,
    enas,
    nasbench101,
    nasbench201,
    nasbench_graph,
    nasbench_macro,
)

SPACES = [
    nasbench101(range(2, 6)),
    nasbench101(),
    nasbench201(),
    nasbench_graph(),
    darts(),
    enas(),
    nasbench_macro(),
    digraphs(4, 2),
    digraphs(4, rules=[Undirected()]),
    digraphs(3, node_alphabet=["a", "b"], up_to_isomorphism=True),
]
SHARES = {"nasbench101": 0.05, "nasbench-graph": 0.5, "nasbench201": 0.9}  # of random choices


@pytest.mark.parametrize("space", SPACES, ids=lambda space: f"{space.name}{space.sizes}")
def test_every_graph_is_written_and_read(space: CellSpace) -> None:
    genome = Genome(space)
    for graph in space.samples(60, np.random.default_rng(0)):
        chosen = genome.encode(graph)
        assert chosen.keys() == genome.choices.keys()
        assert all(0 <= chosen[name] < count for name, count in genome.choices.items())
        made = genome.decode(chosen)
        assert made is not None
        assert space.key(made) == space.key(graph)


@pytest.mark.parametrize("space", SPACES, ids=lambda space: f"{space.name}{space.sizes}")
def test_random_choices_make_members_or_nothing(space: CellSpace) -> None:
    genome = Genome(space)
    rng = np.random.default_rng(1)
    made = [
        genome.decode({name: int(rng.integers(count)) for name, count in genome.choices.items()})
        for _ in range(200)
    ]
    members = [graph for graph in made if graph is not None]
    assert all(space.contains(graph) for graph in members)
    assert len(members) >= 200 * SHARES.get(space.name, 1.0)


def test_all_choices_of_a_small_space_make_all_of_its_graphs() -> None:
    space = nasbench101([2, 3, 4])
    genome = Genome(space)
    grids = np.indices(tuple(genome.choices.values())).reshape(len(genome.choices), -1).T
    made = [genome.decode(dict(zip(genome.choices, row, strict=True))) for row in grids.tolist()]
    keys = {space.key(graph) for graph in made if graph is not None}
    assert keys == set(space.keys(space.listing()))


def test_the_number_of_choices() -> None:
    assert list(Genome(nasbench201()).choices.values()) == [5] * 6
    choices = Genome(darts()).choices
    assert sorted(choices.values()) == sorted([3, 6, 10] * 2 + [7] * 16)  # pairs of inputs, labels


def test_a_graph_of_another_space_is_refused() -> None:
    space = digraphs(3, rules=[EdgeSets(3, (((0, 1),),))])
    with pytest.raises(OutsideSpaceError, match="cannot be written as choices"):
        Genome(space).encode(LabeledGraph(3, ((0, 2),)))


class Fixed:
    """A trial whose parameters are given."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    def suggest_categorical(self, name: str, choices: range) -> Any:
        assert self.values[name] in choices
        return self.values[name]

    def suggest_float(self, name: str, low: float, high: float) -> Any:
        assert low < self.values[name] < high
        return self.values[name]


@pytest.mark.parametrize("continuous", [False, True])
@pytest.mark.parametrize("space", SPACES[:5], ids=lambda space: f"{space.name}{space.sizes}")
def test_parameters_stand_for_graphs(space: CellSpace, continuous: bool) -> None:
    parameters = Parameters(Genome(space), continuous)
    for graph in space.samples(20, np.random.default_rng(2)):
        written = parameters.written(graph)
        made = parameters.suggested(Fixed(written))  # type: ignore[arg-type]
        assert made is not None
        assert space.key(made) == space.key(graph)
        assert isinstance(next(iter(written.values())), float) == continuous
