"""GraB-NAS: what the dataset encoder sees, the deep kernel, meta-training, and the search."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="the networks need PyTorch")
pytest.importorskip("gpytorch", reason="the deep kernel needs GPyTorch")

import torch

from nasgoat.errors import MissingDataError, UnknownNameError
from nasgoat.graphs import LabeledGraph
from nasgoat.search import Surroundings
from nasgoat.search.guided import Known
from nasgoat.spaces import SearchSpace, TableSpace, digraphs, nasbench201, nasbench_graph
from nasgoat.study import Study
from nasgoat.tabular import benchmark_names
from nasgoat_models.devices import seeded
from nasgoat_models.grabnas import meta
from nasgoat_models.grabnas.ascent import ascend
from nasgoat_models.grabnas.datasets import FAMILIES, Target
from nasgoat_models.grabnas.deep_kernel import DeepKernel, mean_and_std
from nasgoat_models.grabnas.meta import meta_train, tasks_of
from nasgoat_models.grabnas.method import GrabNas
from nasgoat_models.grabnas.set_transformer import SetTransformer
from nasgoat_models.grabnas.settings import KIND, GrabNasSettings
from tests.search.toy import SPACE, TINY, Toy, size

SMALL: dict[str, Any] = {
    "initial": 5,
    "warm_up": 2,
    "pool": 30,
    "pairs": 20,
    "graphs": 40,
    "epochs": 2,
    "tuning": 2,
    "steps": 4,
    "latent": 3,
    "width": 8,
}


def method(space: SearchSpace = SPACE, **options: Any) -> Any:
    return KIND.build(GrabNasSettings(**{**SMALL, **options}), Surroundings(space))


def test_a_set_has_no_order_but_its_elements_count() -> None:
    with seeded(0):
        network = SetTransformer(5, 3, 8, 2)
        sets = torch.randn(4, 6, 5)
    order = torch.tensor([3, 1, 5, 0, 2, 4])
    assert torch.allclose(network(sets), network(sets[:, order]), atol=1e-5)
    assert network(sets).shape == (4, 3)
    changed = sets.clone()
    changed[:, 2] += 1
    assert (network(sets) - network(changed)).abs().max(dim=1).values.min() > 1e-4


def test_descriptions_are_sets_of_named_figures() -> None:
    for family in FAMILIES.values():
        told = np.array([family.elements(dataset) for dataset in family.datasets])
        count = len(family.facts)
        assert told.shape == (len(family.datasets), count, count + 1)
        assert (told[:, :, :count] == np.eye(count)).all()
        values = told[:, :, count]
        assert values.mean(axis=0) == pytest.approx(np.zeros(count), abs=1e-9)
        assert len(np.unique(values, axis=0)) == len(values)


def test_a_dataset_is_not_among_those_that_teach_about_it() -> None:
    known = set(benchmark_names())
    for name in (name for name in known if name.partition(":")[0] in FAMILIES):
        target = Target.of(name)
        own = name.partition(":")[2].removesuffix("-e12")
        assert set(target.others) <= known
        assert own not in {other.partition(":")[2].removesuffix("-e12") for other in target.others}
        assert len(target.others) == len(FAMILIES[name.partition(":")[0]].datasets) - 1
    assert set(Target.of("nasbench201:cifar10-e12").others) == {
        "nasbench201:cifar100",
        "nasbench201:imagenet16-120",
    }
    with pytest.raises(UnknownNameError, match="cora"):
        Target.of("nasbench-graph:karate")
    with pytest.raises(UnknownNameError, match="nasbench201"):
        Target.of("enas:cifar10")


def test_tasks_are_other_datasets_of_the_same_graphs() -> None:
    pytest.importorskip("nas_bench_graph", reason="the tables come with a package")
    space = nasbench_graph()
    settings = GrabNasSettings(**SMALL)
    tasks = tasks_of(Target.of("nasbench-graph:cora"), space, settings, np.random.default_rng(0))
    assert [task.name.partition(":")[2] for task in tasks] == [
        "citeseer", "pubmed", "cs", "physics", "photo", "computers", "arxiv",
    ]  # proteins has other operations  # fmt: skip
    for task in tasks:
        assert len(task.graphs) == len(task.targets) == 20
        assert abs(float(task.targets.mean())) < 1e-5
    assert tasks_of(None, space, settings, np.random.default_rng(0)) == []


def test_a_target_without_teachers_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NASGOAT_DATA", str(tmp_path))
    search = method(nasbench201(), target="nasbench201:cifar10")
    study = Study(nasbench201(), search, seed=0)
    study.run(size, 5)  # the design needs no teachers
    with pytest.raises(MissingDataError, match="leave the target out"):
        study.ask()


def test_a_search_says_what_takes_long() -> None:
    heard: list[str] = []
    search = KIND.build(GrabNasSettings(**SMALL), Surroundings(TINY, on_stage=heard.append))
    Study(TINY, search, seed=0).run(Toy(TINY), 6)
    assert [line.split(",")[:2] for line in heard] == [
        ["meta-training", f" epoch {i}/2"] for i in (1, 2)
    ]


def test_the_deep_kernel_is_a_gaussian_process_on_its_features() -> None:
    with seeded(1):
        deep = DeepKernel(3, 4, 8).double()
        elements, points, targets = torch.randn(5, 3), torch.randn(9, 4), torch.randn(9)
    elements, points, targets = elements.double(), points.double(), targets.double()
    x = deep.features(elements, points).detach()
    process = deep.posterior(elements, points[:7], targets[:7])
    mean, std = mean_and_std(process, x[7:])
    scale = float(deep.kernel.outputscale.detach())
    length = float(deep.kernel.base_kernel.lengthscale.detach())
    noise, constant = float(deep.noise.noise.detach()), float(deep.mean.constant.detach())
    d = np.sqrt(5) * torch.cdist(x, x).numpy() / length
    gram = scale * (1 + d + d**2 / 3) * np.exp(-d)
    inner = gram[:7, :7] + noise * np.eye(7)
    y = targets.numpy() - constant
    assert mean.detach().numpy() == pytest.approx(
        constant + gram[7:, :7] @ np.linalg.solve(inner, y[:7]), abs=1e-5
    )
    variance = gram[7:, 7:] - gram[7:, :7] @ np.linalg.solve(inner, gram[:7, 7:])
    assert std.detach().numpy() == pytest.approx(np.sqrt(np.diag(variance)), abs=1e-4)
    whole = gram + noise * np.eye(9)
    evidence = y @ np.linalg.solve(whole, y) + np.linalg.slogdet(2 * np.pi * whole)[1]
    assert deep.loss(elements, points, targets).item() == pytest.approx(evidence / 18, rel=1e-4)


def test_the_ascent_goes_down_the_cost() -> None:
    goal = torch.tensor([1.0, -2.0])
    way = ascend(lambda z: (z - goal).square().sum(dim=1), torch.zeros(1, 2), 0.1, 80)
    falls = (way - goal).square().sum(dim=1)
    assert way.shape == (80, 2)
    assert falls[-1] < 0.05 < falls[0]


def test_meta_training_uses_the_other_datasets(monkeypatch: pytest.MonkeyPatch) -> None:
    """A task of the same objective makes the untouched target predictable."""
    asked: list[str] = []

    class Table:
        space = TINY

        def rows(self, graphs: Any) -> Any:
            return graphs

        def query(self, rows: Any) -> Any:
            return [Toy(TINY)(graph).value for graph in rows]

    def table(name: str, space: SearchSpace) -> Any:
        asked.append(name)
        return Table()

    monkeypatch.setattr(meta, "_table", table)
    options = {**SMALL, "pairs": 60, "epochs": 60, "graphs": 91, "latent": 6, "width": 24}
    settings = GrabNasSettings(**options)
    target = Target.of("nasbench201:cifar10")
    learnt = meta_train(TINY, target, settings, np.random.default_rng(0))
    assert asked == list(learnt.sources) == ["nasbench201:cifar100", "nasbench201:imagenet16-120"]
    graphs = TINY.listing()
    points = learnt.encode(graphs)
    values = np.array([Toy(TINY)(graph).value for graph in graphs])
    some = torch.arange(0, 91, 9)
    scaled = torch.as_tensor((values - values.mean()) / values.std(), dtype=torch.float32)
    process = learnt.deep.posterior(learnt.elements, points[some], scaled[some])
    mean, _ = mean_and_std(process, learnt.deep.features(learnt.elements, points))
    assert np.corrcoef(mean.detach().numpy(), values)[0, 1] > 0.8


def test_a_resumed_search_goes_on_as_if_nothing_had_happened(tmp_path: Path) -> None:
    def run(journal: Path | None, budget: int) -> list[LabeledGraph]:
        with Study(SPACE, method(), seed=3, journal=journal) as study:
            study.run(Toy(), budget)
        return [one.graph for one in study.observations]

    straight = run(None, 12)
    for budget in (4, 6, 9, 12):
        resumed = run(tmp_path / "journal.jsonl", budget)
    assert resumed == straight
    assert len({SPACE.key(graph) for graph in straight}) == 12


@pytest.mark.parametrize(
    ("mode", "origins"),
    [
        ("bo", ["expected improvement"] * 5),
        ("hybrid", ["expected improvement"] * 2 + ["latent", "expected improvement", "latent"]),
        ("gradient", ["expected improvement"] * 2 + ["latent"] * 3),
    ],
)
def test_modes_take_their_steps_in_turn(mode: str, origins: list[str]) -> None:
    study = Study(nasbench201(), method(nasbench201(), mode=mode, step=1.0), seed=0)
    while len(study.observations) < 10:
        for proposal in study.ask():
            study.tell(size(proposal.graph))
    assert [proposal.origin for proposal in study.proposals[5:]] == origins


def test_a_batch_holds_different_graphs_and_a_space_can_be_exhausted() -> None:
    study = Study(TINY, method(TINY, initial=80), seed=0)
    study.run(Toy(TINY), 91, 4)
    assert len({TINY.key(one.graph) for one in study.observations}) == 91


def test_the_bayesian_steps_of_a_batch_share_one_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    pool = Known.pool

    def counted(known: Known, *rest: Any) -> list[LabeledGraph]:
        drawn.append(len(known.observations))
        return pool(known, *rest)

    monkeypatch.setattr(Known, "pool", counted)
    study = Study(SPACE, method(mode="bo"), seed=0)
    study.run(Toy(), 13, 4)
    assert drawn == [5, 9]
    assert len({SPACE.key(one.graph) for one in study.observations}) == 13


def test_bayesian_steps_keep_to_the_candidates_and_gradient_steps_need_not() -> None:
    few = TableSpace.of("few", SPACE, SPACE.samples(30, np.random.default_rng(1)))
    search = GrabNas(GrabNasSettings(**SMALL, mode="hybrid", step=1.0), few)
    study = Study(SPACE, search, seed=1)
    while len(study.observations) < 20:
        for proposal in study.ask():
            study.tell(Toy()(proposal.graph))
    for proposal in study.proposals:
        assert proposal.origin.startswith("latent") or few.contains(proposal.graph)
    assert not all(few.contains(proposal.graph) for proposal in study.proposals)


@pytest.mark.parametrize(
    ("wrong", "error", "about"),
    [
        ({"mode": "both"}, UnknownNameError, "hybrid"),
        ({"transform": "cube"}, UnknownNameError, "transform"),
        ({"steps": 0}, ValueError, "steps"),
        ({"step": 0.0}, ValueError, "step size"),
        ({"warm_up": -1}, ValueError, "warm_up"),
        ({"target": "enas:cifar10"}, UnknownNameError, "family"),
        ({"device": "tpu"}, ValueError, "device"),
    ],
)
def test_impossible_settings_are_refused(
    wrong: dict[str, Any], error: type[Exception], about: str
) -> None:
    with pytest.raises(error, match=about):
        method(**wrong)


def test_graphs_with_cycles_are_refused() -> None:
    with pytest.raises(ValueError, match="TopologicalOrder"):
        method(digraphs(4))
