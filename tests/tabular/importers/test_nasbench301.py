"""NAS-Bench-301's training data, by a result file of its authors."""

import copy
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nasgoat.errors import BadDataError
from nasgoat.spaces.nb301 import from_config, to_config
from nasgoat.tabular.format import TableData
from nasgoat.tabular.importers import IMPORTERS

PREFIX = "NetworkSelectorDatasetInfo:darts:"
ARCHITECTURE = {
    "edge_normal_0": "skip_connect",
    "edge_normal_1": "sep_conv_3x3",
    "edge_reduce_0": "max_pool_3x3",
    "edge_reduce_1": "avg_pool_3x3",
    "inputs_node_normal_3": "0_1",
    "inputs_node_normal_4": "0_2",
    "inputs_node_normal_5": "1_2",
    "inputs_node_reduce_3": "0_1",
    "inputs_node_reduce_4": "1_2",
    "inputs_node_reduce_5": "2_3",
    "edge_normal_10": "sep_conv_3x3",
    "edge_normal_11": "skip_connect",
    "edge_normal_2": "sep_conv_3x3",
    "edge_normal_3": "skip_connect",
    "edge_normal_5": "dil_conv_3x3",
    "edge_normal_7": "dil_conv_5x5",
    "edge_reduce_11": "sep_conv_3x3",
    "edge_reduce_12": "dil_conv_3x3",
    "edge_reduce_2": "skip_connect",
    "edge_reduce_3": "dil_conv_5x5",
    "edge_reduce_6": "sep_conv_3x3",
    "edge_reduce_7": "sep_conv_5x5",
}
RESULT: dict[str, Any] = {  # results_fidelity_0/results_0.json of NAS-Bench-301's tests, shortened
    "final_metric_score": -97.68,
    "optimized_hyperparamater_config": {
        "ImageAugmentation:cutout": "True",
        "CreateImageDataLoader:batch_size": 96,
        f"{PREFIX}init_channels": 50,
        f"{PREFIX}layers": 20,
        "OptimizerSelector:sgd:learning_rate": 0.02920949203420479,
        "SimpleLearningrateSchedulerSelector:cosine_annealing:T_max": 1500,
        **{PREFIX + name: value for name, value in ARCHITECTURE.items()},
    },
    "budget": 1500,
    "info": [
        {
            "train_loss": 0.6592820829957724,
            "val_accuracy": 97.68,
            "epochs": 1488,
            "model_parameters": 6369358,
            "dataset_path": "datasets/CIFAR10.csv",
        }
    ],
    "test_accuracy": 97.54,
    "runtime": 365136,
}


def result(valid: float = 97.68, **architecture: str) -> dict[str, Any]:
    made = copy.deepcopy(RESULT)
    made["info"][0]["val_accuracy"] = valid
    made["optimized_hyperparamater_config"] |= {PREFIX + k: v for k, v in architecture.items()}
    return made


OTHER = {"edge_normal_0": "dil_conv_5x5"}


def write_zip(path: Path, results: dict[str, Any]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("nb_301/readme.json", "no result")
        for name, value in results.items():
            archive.writestr(f"nb_301/{name}", json.dumps(value))


def write_folder(path: Path, results: dict[str, Any]) -> None:
    for name, value in results.items():
        file = path / "nb_301" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(value))


def read(path: Path) -> TableData:
    """Read with progress, which ends where all bytes are read."""
    steps: list[tuple[int, int | None]] = []
    data = IMPORTERS["nasbench301-trainings"].read(path, lambda *step: steps.append(step))
    assert steps == sorted(steps)
    assert steps[-1][0] == steps[-1][1]
    return data


@pytest.mark.parametrize("write", [write_zip, write_folder])
def test_results_become_rows(write: Callable[[Path, dict[str, Any]], None], tmp_path: Path) -> None:
    path = tmp_path / "data"
    write(
        path,
        {
            "rs/results_1.json": result(),
            "rs/results_12_ti.json": result(90.0, **OTHER),
            "re/results_7.json": result(97.0),
        },
    )
    data = read(path)
    assert data.header.rows == 2
    np.testing.assert_array_equal(data.columns["valid"], [[97.0, 97.68], [90.0, np.nan]])
    assert data.columns["test"][0].tolist() == [97.54, 97.54]
    assert data.columns["seconds"][0, 0] == 365136
    assert data.columns["parameters"].tolist() == [6369358, 6369358]
    assert data.header.note == "1500 epochs, 50 channels, 20 layers."
    first = data.graphs()[0]
    assert to_config(first) == {PREFIX + name: value for name, value in ARCHITECTURE.items()}
    assert first == from_config(RESULT["optimized_hyperparamater_config"])
    assert data.space().contains(first)


def test_trainings_of_other_settings_are_left_out_and_counted(tmp_path: Path) -> None:
    path, short = tmp_path / "data.zip", result(50.0)
    short["budget"] = 50
    write_zip(
        path,
        {f"rs/results_{i}.json": r for i, r in enumerate((short, result(), result(96, **OTHER)))},
    )
    data = read(path)
    assert data.columns["valid"].tolist() == [97.68, 96]
    assert str(data.header.note).endswith("1 results of other settings were left out.")


def _without(*path: Any) -> dict[str, Any]:
    made = result()
    inner: Any = made
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    return made


CONFIG = "optimized_hyperparamater_config"


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        [],
        _without(CONFIG),
        _without(CONFIG, f"{PREFIX}layers"),
        _without(CONFIG, f"{PREFIX}inputs_node_normal_4"),
        _without(CONFIG, f"{PREFIX}edge_reduce_12"),
        _without("info", 0),
        _without("test_accuracy"),
        _without("runtime"),
        result(edge_normal_0="conv_7x7"),
        result(inputs_node_normal_3="0_3"),
        result(inputs_node_normal_3="1_1"),
        result(valid=200.0),
    ],
)
def test_other_results_are_refused_by_name(wrong: Any, tmp_path: Path) -> None:
    path = tmp_path / "data.zip"
    write_zip(path, {"rs/results_0.json": result(), "rs/results_1.json": wrong})
    with pytest.raises(BadDataError, match=r"nb_301/rs/results_1\.json is not a result"):
        read(path)


def test_damaged_and_other_archives_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "data.zip"
    write_zip(path, {"rs/results_0.json": result()})
    whole = path.read_bytes()
    for content in (b"", b"hello", whole[:-5], whole[: len(whole) // 2]):
        path.write_bytes(content)
        with pytest.raises(BadDataError, match="is not a zip file, or damaged"):
            read(path)
    flipped = bytearray(whole)
    flipped[whole.index(b"results_0.json") + 60] ^= 0x55  # within the compressed data
    path.write_bytes(flipped)
    with pytest.raises(BadDataError, match=r"damaged|not a result"):
        read(path)
    write_zip(path, {})
    with pytest.raises(BadDataError, match=r"holds no files results_\*\.json"):
        read(path)
