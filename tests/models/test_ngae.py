"""NGAE: its losses, its ascent, and its search."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="the models need PyTorch")

import torch

from nasgoat.graphs import GraphBatch
from nasgoat.records import Observation
from nasgoat.search import MethodSpec, SearchMethod, Surroundings
from nasgoat.spaces import (
    CellSpace,
    SearchSpace,
    TableSpace,
    digraphs,
    enas,
    nasbench101,
    nasbench201,
    nasbench_macro,
)
from nasgoat.study import Budget, Study
from nasgoat_models.autoencoders.build import VaeConfig
from nasgoat_models.complexity import complexity, costs
from nasgoat_models.graphs import GraphShape, GraphTensors
from nasgoat_models.ngae.ascent import ascend
from nasgoat_models.ngae.model import Ngae
from nasgoat_models.ngae.settings import KIND, NgaeSettings
from tests.search.toy import TINY, Toy

QUICK = NgaeSettings(
    initial=4, graphs=40, epochs=2, hidden=12, latent=6, refit=3, fit_steps=4, starts=3, steps=5
)


def method(space: SearchSpace = TINY) -> SearchMethod[Any]:
    return KIND.build(QUICK, Surroundings(space))


def test_a_method_says_what_it_trains() -> None:
    heard: list[str] = []
    search = KIND.build(QUICK, Surroundings(TINY, on_stage=heard.append))
    with Study(TINY, search, seed=0) as study:
        study.run(Toy(TINY), Budget(QUICK.initial + 2))
    assert [line.split(",")[1] for line in heard] == [" epoch 1/2", " epoch 2/2"]


def test_equation_6_adds_up_and_unknown_performance_counts_nothing() -> None:
    space = nasbench201()
    graphs = GraphTensors.of(space, space.samples(6, np.random.default_rng(0)))
    model = Ngae(VaeConfig(hidden=8, latent=4).build(GraphShape.of(space), 0), 0, 8)
    good = torch.tensor([0.1, 0.9, torch.nan, 0.4, torch.nan, 0.5])
    dear = torch.linspace(0, 1, 6)
    terms = model.losses(graphs, good, dear, torch.Generator().manual_seed(0))
    alone, mean = model.vae.losses(graphs, torch.Generator().manual_seed(0))
    for name, value in alone.items():
        torch.testing.assert_close(terms[name], value)
    known = [0, 1, 3, 5]
    expected = (model.performance(mean)[known] - good[known]).square().mean()
    torch.testing.assert_close(terms["performance"], expected)
    torch.testing.assert_close(terms["complexity"], (model.complexity(mean) - dear).square().mean())
    assert set(terms) == {"nodes", "edges", "kl", "performance", "complexity"}
    nothing = model.losses(graphs, torch.full((6,), torch.nan), dear, torch.Generator())
    assert nothing["performance"] == 0
    sum(nothing.values()).backward()
    assert all(torch.isfinite(p.grad).all() for p in model.parameters() if p.grad is not None)


def test_ascent_is_gradient_ascent_of_every_point_by_itself() -> None:
    peak = torch.tensor([1.0, -2.0])

    def worth(z: torch.Tensor) -> torch.Tensor:
        return -(z - peak).square().sum(dim=1)

    starts = torch.tensor([[0.0, 0.0], [5.0, 5.0]])
    path = ascend(worth, starts, 0.25, 8)
    assert path.shape == (9, 2, 2)
    # s - peak halves with every step, since the gradient is -2 (s - peak)
    for step in range(9):
        torch.testing.assert_close(path[step], peak + (starts - peak) * 0.5**step)


def test_operations_cost_what_is_said() -> None:
    assert costs(enas()).tolist() == [0, 9, 1 + 9 / 64, 25, 1 + 25 / 64, 9 / 64, 9 / 64, 0]
    assert costs(nasbench201()).tolist() == [0, 1, 9, 9 / 64]
    assert costs(nasbench_macro()).tolist() == [0, 0, 6 + 27 / 64, 12 + 150 / 64, 0]
    space = nasbench201()
    for graph in space.samples(20, np.random.default_rng(0)):
        expected = sum(costs(space)[label] for label in graph.edge_labels or ())
        assert complexity(space, GraphBatch.of([graph]))[0] == pytest.approx(expected)
    cells = nasbench101()
    for graph in cells.samples(20, np.random.default_rng(0)):
        expected = sum(costs(cells)[label] for label in graph.node_labels or ())
        assert complexity(cells, GraphBatch.of([graph], 9))[0] == pytest.approx(expected)


@pytest.mark.parametrize("space", [TINY, nasbench201(), enas(3)], ids=lambda space: space.name)
def test_proposals_are_new_members(space: CellSpace) -> None:
    search = method(space)
    rng = np.random.default_rng(0)
    state, told, asked = search.start(space, rng), [], 0
    while len(told) < 12:
        state, proposals = search.propose(state, told, [], 2, np.random.default_rng([1, asked]))
        asked += 1
        assert 1 <= len(proposals) <= 2
        for one in proposals:
            assert space.contains(one.graph)
            told.append(Observation(one.graph, float(len(one.graph.edges))))
    assert len({space.key(one.graph) for one in told}) == len(told)


def test_rows_of_a_table_are_found_though_none_is_decoded() -> None:
    cells = enas(4)
    rows = TableSpace.of("rows", cells, cells.samples(60, np.random.default_rng(0)))
    with Study(rows, method(rows), seed=0) as study:
        study.run(Toy(cells), Budget(10))
        assert all(rows.contains(one.graph) for one in study.observations)
        origins = [proposal.origin for proposal in study.proposals]
    assert "ascent, nearest" in origins


def test_it_finds_all_of_a_small_space() -> None:
    space = nasbench101([3])
    with Study(space, method(space), seed=0) as study:
        study.run(Toy(space), Budget(space.size()))
        assert len(study.observations) == space.size()


def test_a_resumed_search_goes_on_as_an_uninterrupted_one(tmp_path: Path) -> None:
    toy = Toy(TINY)
    with Study(TINY, method(), seed=3, journal=tmp_path / "whole.jsonl") as study:
        study.run(toy, Budget(14))
        whole = list(study.observations)
    with Study(TINY, method(), seed=3, journal=tmp_path / "part.jsonl") as study:
        study.run(toy, Budget(9))
    with Study(TINY, method(), seed=3, journal=tmp_path / "part.jsonl") as study:
        study.run(toy, Budget(14))
        assert [one.graph for one in study.observations] == [one.graph for one in whole]


def test_its_options_are_checked() -> None:
    for wrong in ({"graphs": 0}, {"rate": 0.0}, {"complexity": -1.0}, {"epochs": -1}):
        with pytest.raises(ValueError, match="ngae"):
            NgaeSettings(**wrong)  # type: ignore[arg-type]


def test_a_space_with_cycles_is_refused_before_the_search() -> None:
    with pytest.raises(ValueError, match="TopologicalOrder"):
        method(digraphs(4))


def test_it_is_found_by_its_entry_point() -> None:
    spec = MethodSpec.parse("ngae:graphs=40,epochs=1")
    assert spec.build(TINY).name == "ngae"
