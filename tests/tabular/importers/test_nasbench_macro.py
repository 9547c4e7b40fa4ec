"""NAS-Bench-Macro: the official JSON file, made again from the compact file."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nasgoat.errors import BadDataError
from nasgoat.tabular.compact import read_macro
from nasgoat.tabular.format import TableData
from nasgoat.tabular.importers import IMPORTERS

ARRAYS = Path(os.environ.get("NASGOAT_DATA", "")) / "nasbenchmacro.npz"
needs_arrays = pytest.mark.skipif(
    not ARRAYS.is_file(), reason="needs nasbenchmacro.npz in the folder that NASGOAT_DATA names"
)


def read(path: Path) -> TableData:
    return IMPORTERS["nasbench-macro"].read(path, lambda done, total: None)


def entry(accuracies: list[float], params: int = 387882, flops: int = 7713280) -> dict[str, Any]:
    return {
        "test_acc": accuracies,
        "mean_acc": float(np.mean(accuracies)),
        "std": float(np.std(accuracies)),
        "params": params,
        "flops": flops,
    }


@needs_arrays
def test_all_entries_of_the_official_file(tmp_path: Path) -> None:
    with np.load(ARRAYS) as arrays:
        names = ["".join(map(str, arch)) for arch in arrays["arch"].tolist()]
        numbers = zip(
            arrays["test_acc"].tolist(),
            arrays["params"].tolist(),
            arrays["flops"].tolist(),
            strict=True,
        )
        entries = {name: entry(*values) for name, values in zip(names, numbers, strict=True)}
    path = tmp_path / "nas-bench-macro_cifar10.json"
    path.write_text(json.dumps(entries))
    data, compact = read(path), read_macro(ARRAYS)
    assert data.header.rows == 6561
    assert data.header.complete
    assert np.array_equal(data.codes, compact.codes)
    for name, values in compact.columns.items():
        np.testing.assert_array_equal(data.columns[name], values)
    assert len(np.unique(data.columns["test_accuracy"], axis=0)) == 3969  # networks trained


def test_digits_become_blocks(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text(json.dumps({"01200112": entry([90.0, 91.0, 92.5])}))
    data = read(path)
    [graph] = data.graphs()
    space = data.space()
    assert [space.node_alphabet[label] for label in graph.node_labels or ()] == [
        *("input", "identity", "mb3_k3", "mb6_k5", "identity", "identity", "mb3_k3", "mb3_k3"),
        *("mb6_k5", "output"),
    ]
    assert space.contains(graph)
    assert data.columns["test_accuracy"].tolist() == [[90.0, 91.0, 92.5]]
    assert data.columns["flops"].tolist() == [7713280]
    assert not data.header.complete


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Expecting value"),
        ("[]", "is not a file of NAS-Bench-Macro"),
        pytest.param("[" * 100_000, "is not a file of NAS-Bench-Macro", id="nested"),
        ("{}", "empty"),
        ('{"01200112": {"test_acc": [1, 2, 3]', "Expecting"),
        ('{"0120011": {}}', "'0120011' names no network"),
        ('{"01200113": {}}', "'01200113' names no network"),
        ('{"01200112": {}}', "test_acc"),
        ('{"01200112": {"test_acc": [1, 2], "mean_acc": 1.5}}', "the accuracies"),
        ('{"01200112": {"test_acc": [1, 2, 300], "mean_acc": 101}}', "the accuracies"),
        ('{"01200112": {"test_acc": [1, 2, 3], "mean_acc": 2.5}}', "the mean 2.5"),
        ('{"01200112": {}, "01200112": {}}', "'01200112' comes twice"),
    ],
)
def test_other_files_are_refused(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_text(text)
    with pytest.raises(BadDataError, match=message) as caught:
        read(path)
    assert str(path) in str(caught.value)
