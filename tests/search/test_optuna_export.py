"""A study in an Optuna storage says what the run said."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nasgoat.errors import JournalError
from nasgoat.records import Certificate, Failure, Observation, Proposal
from nasgoat.search import Exported, export_trials
from nasgoat.spaces import CellSpace, nasbench101, nasbench201

optuna = pytest.importorskip("optuna", reason="the extra optuna")


def header(space: CellSpace) -> dict[str, Any]:
    return {
        "benchmark": "b",
        "seed": 3,
        "nasgoat": "0",
        "method": {"name": "goat"},
        "space": space.describe(),
    }


@pytest.mark.parametrize("space", [nasbench101([4, 5]), nasbench201()], ids=lambda one: one.name)
def test_trials_are_the_evaluations(space: CellSpace, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    graphs = [space.sample(rng) for _ in range(6)]
    proof = Certificate(-1.0, -1.1, "optimal", 2.0, "highs", "mip")
    told = [
        Exported(Observation(graph, float(i), 2.0 * i), Proposal(graph, "acquisition", proof))
        for i, graph in enumerate(graphs[:5])
    ]
    told.append(Exported(Failure(graphs[5], "broke")))
    url = f"sqlite:///{tmp_path}/x.db"
    assert export_trials(url, "run", told, header(space)) == 6
    study = optuna.load_study(study_name="run", storage=url)
    assert [trial.state.name for trial in study.trials] == ["COMPLETE"] * 5 + ["FAIL"]
    assert study.best_value == 0.0
    assert study.user_attrs == {"benchmark": "b", "seed": 3, "nasgoat": "0", "method": "goat"}
    for graph, trial in zip(graphs, study.trials, strict=True):
        assert json.loads(trial.user_attrs["graph"]) == graph.to_json()
        edges = [key for key, value in trial.params.items() if key[:4] == "edge" and value != "-"]
        assert sorted(edges) == sorted(f"edge {u}-{v}" for u, v in graph.edges)
        labels = [space.node_alphabet[label] for label in graph.node_labels or ()]
        assert [trial.params[f"node {v}"] for v in range(len(labels))] == labels
    assert study.trials[0].user_attrs["certificate"]["lower_bound"] == -1.1
    assert study.trials[5].user_attrs["error"] == "broke"
    with pytest.raises(JournalError, match="has a study 'run' already"):
        export_trials(url, "run", told, header(space))


def test_storages_that_cannot_be_opened() -> None:
    space = nasbench101([4])
    with pytest.raises(JournalError, match="cannot open the storage"):
        export_trials("nonsense:///x", "run", [], header(space))
