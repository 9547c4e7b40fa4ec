"""NAS-Bench-201 from every wrapping of its dicts, against the rules of its own library."""

import bz2
import pickle
import tarfile
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nasgoat.errors import BadDataError
from nasgoat.tabular import nasbench201 as cells
from nasgoat.tabular.format import TableData
from nasgoat.tabular.importers import IMPORTERS
from tests.tabular.importers import files201
from tests.tabular.importers.files201 import CODES, SEEDS, TEXTS, nats_members, write_tar
from tests.tabular.importers.villain import Villain

torch = pytest.importorskip("torch", reason="its real files are written by torch.save")
IMPORTER = IMPORTERS["nasbench201"]


def read(path: Path) -> TableData:
    return IMPORTER.read(path, lambda done, total: None)


def write_zip(path: Path, whole: Any) -> None:
    torch.save(whole, path)


def write_legacy(path: Path, whole: Any) -> None:
    torch.save(whole, path, _use_new_zipfile_serialization=False)


def write_bzip2(path: Path, whole: Any) -> None:
    path.write_bytes(bz2.compress(pickle.dumps(whole, protocol=4)))


def write_nats(path: Path, whole: Any) -> None:
    write_tar(path, nats_members(whole))


WRAPPINGS = {
    "zip.pth": (write_zip, files201.nasbench201),
    "legacy.pth": (write_legacy, files201.nasbench201),
    "whole.pickle.pbz2": (write_bzip2, files201.nats),
    "simple.tar": (write_nats, files201.nats),
}
Writer = Callable[[Path, Any], None]
wrapped = pytest.mark.parametrize("wrapping", WRAPPINGS)


@dataclass(frozen=True)
class Good:
    """A file with nothing wrong in it, what was put in and what came out."""

    whole: dict[str, Any]
    path: Path
    data: TableData


@pytest.fixture(scope="module", params=WRAPPINGS)
def good(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Good:
    write, make = WRAPPINGS[request.param]
    whole, path = make(), tmp_path_factory.mktemp("good") / request.param
    write(path, whole)
    return Good(whole, path, read(path))


def mean(state: dict[str, Any], dataset: str, name: str, epochs: int) -> float:
    """NAS-Bench-201's ``get_metrics`` over all trainings."""
    found = [
        training["eval_acc1es"][f"{name}@{epochs - 1}"]
        for (trained_on, _), training in state["all_results"].items()
        if trained_on == dataset
    ]
    return float(np.mean(found))


ACCURACIES = {  # column: trained on, measured on; the remapping of NAS-Bench-201's library
    "cifar10_valid": ("cifar10-valid", "x-valid"),
    "cifar10_test": ("cifar10", "ori-test"),
    "cifar10_valid_test": ("cifar10-valid", "ori-test"),
    "cifar100_valid": ("cifar100", "x-valid"),
    "cifar100_test": ("cifar100", "x-test"),
    "cifar100_valid_and_test": ("cifar100", "ori-test"),
    "imagenet16_valid": ("ImageNet16-120", "x-valid"),
    "imagenet16_test": ("ImageNet16-120", "x-test"),
    "imagenet16_valid_and_test": ("ImageNet16-120", "ori-test"),
}


def test_means_over_seeds_are_those_of_the_library(good: Good) -> None:
    for index, infos in good.whole["arch2infos"].items():
        for epochs, state in zip((12, 200), infos.values(), strict=True):
            ending = "" if epochs == 200 else "_e12"
            for column, (dataset, name) in ACCURACIES.items():
                found = np.nanmean(good.data.columns[column + ending][index])
                assert found == pytest.approx(mean(state, dataset, name, epochs), abs=1e-9)


def test_repeats_are_the_seeds_in_ascending_order(good: Good) -> None:
    whole, data = good.whole, good.data
    for index, seeds in enumerate(SEEDS[200]):
        state = list(whole["arch2infos"][index].values())[1]
        expected = [
            state["all_results"]["cifar100", seed]["eval_acc1es"]["x-test@199"]
            if seed in seeds
            else np.nan
            for seed in (777, 888, 999)
        ]
        np.testing.assert_array_equal(data.columns["cifar100_test"][index], expected)
    assert data.columns["cifar10_valid_e12"].shape == (len(TEXTS), 2)
    assert "777, 888, 999 (200 epochs) and 111, 777 (12 epochs)" in str(data.header.note)


def test_costs_are_means_over_trainings(good: Good) -> None:
    whole, data = good.whole, good.data
    for index, infos in whole["arch2infos"].items():
        results = list(infos.values())[1]["all_results"]
        for prefix, dataset in (("cifar10", "cifar10"), ("imagenet16", "ImageNet16-120")):
            mine = [value for key, value in results.items() if key[0] == dataset]
            flops = float(np.mean([r["flop"] for r in mine]))
            latency = float(np.mean([r["latency"][0] for r in mine]))
            assert data.columns[f"{prefix}_flops"][index] == pytest.approx(flops)
            assert data.columns[f"{prefix}_latency"][index] == pytest.approx(latency)
            params = float(np.mean([r["params"] for r in mine]))
            assert data.columns[f"{prefix}_parameters"][index] == pytest.approx(params)
        trained = [value for key, value in results.items() if key[0] == "cifar10-valid"]
        seconds = float(np.mean([sum(r["train_times"].values()) for r in trained]))
        assert data.columns["cifar10_seconds"][index] == pytest.approx(seconds)


def test_cells_are_those_of_the_strings(good: Good) -> None:
    data = good.data
    assert list(data.graphs()) == list(cells.graphs_of(np.array(CODES)))
    assert set(data.header.datasets) == {
        *("cifar10", "cifar100", "imagenet16-120"),
        *("cifar10-e12", "cifar100-e12", "imagenet16-120-e12"),
    }


@pytest.mark.parametrize("write", [write_zip, write_legacy])
def test_trained_weights_are_passed_over(write: Writer, tmp_path: Path) -> None:
    layer = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.BatchNorm2d(8))
    plain, heavy = tmp_path / "plain", tmp_path / "heavy"
    write(plain, files201.nasbench201())
    write(heavy, files201.nasbench201(layer.state_dict()))
    assert heavy.stat().st_size > plain.stat().st_size
    expected, found = read(plain).columns, read(heavy).columns
    assert list(found) == list(expected)
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values)


def test_the_first_version_has_short_trainings_on_cifar10_only(tmp_path: Path) -> None:
    whole = files201.nasbench201()
    for infos in whole["arch2infos"].values():
        results = infos["less"]["all_results"]
        for key in [key for key in results if key[0] != "cifar10-valid"]:
            del results[key]
    path = tmp_path / "first.pth"
    write_legacy(path, whole)
    assert set(read(path).header.datasets) == {"cifar10", "cifar100", "imagenet16-120"}


@wrapped
def test_a_pickle_that_would_run_a_program_is_refused(wrapping: str, tmp_path: Path) -> None:
    write, make = WRAPPINGS[wrapping]
    whole, path, trace = make(), tmp_path / wrapping, tmp_path / "trace"
    infos = whole["arch2infos"][2]
    next(iter(infos.values()))["all_results"]["cifar10", 777]["arch_config"] = Villain(trace)
    write(path, whole)
    with pytest.raises(BadDataError, match=r"asks for (posix|nt)\.system; refused"):
        read(path)
    assert not trace.exists()


def test_files_cut_short_are_refused(good: Good, tmp_path: Path) -> None:
    whole, cut = good.path.read_bytes(), tmp_path / "cut"
    # a tar file may lack the zeros at its end
    used = len(whole.rstrip(b"\0")) if good.path.suffix == ".tar" else len(whole)
    for length in (0, 1, 100, *np.linspace(1000, used - 1, 8).astype(int).tolist()):
        cut.write_bytes(whole[:length])
        with pytest.raises(BadDataError, match=str(cut)):
            read(cut)


def test_a_changed_byte_in_a_zip_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "zip.pth"
    write_zip(path, files201.nasbench201())
    content = bytearray(path.read_bytes())
    at = content.index(b"x-valid@100") + len(b"x-valid@100") + 8  # in the number behind it
    content[at] ^= 1
    path.write_bytes(content)
    with pytest.raises(BadDataError, match="Bad CRC-32"):
        read(path)


def _without(infos: Any, dataset: str) -> None:
    for state in infos.values():
        for key in [key for key in state["all_results"] if key[0] == dataset]:
            del state["all_results"][key]


def _lacks_dataset(whole: dict[str, Any]) -> None:
    _without(whole["arch2infos"][1], "ImageNet16-120")


def _lacks_dataset_everywhere(whole: dict[str, Any]) -> None:
    for infos in whole["arch2infos"].values():
        _without(infos, "cifar100")


def _lacks_cell(whole: dict[str, Any]) -> None:
    del whole["arch2infos"][3]


def _lacks_recipe(whole: dict[str, Any]) -> None:
    whole["arch2infos"][0].popitem()


def _names_one_twice(whole: dict[str, Any]) -> None:
    whole["meta_archs"][1] = whole["meta_archs"][0]


def _swaps_cells(whole: dict[str, Any]) -> None:
    infos = whole["arch2infos"]
    infos[0], infos[1] = infos[1], infos[0]


def _has_another_recipe(whole: dict[str, Any]) -> None:
    whole["arch2infos"][0]["90"] = next(iter(whole["arch2infos"][0].values()))


def _has_no_curve(whole: dict[str, Any]) -> None:
    training = next(iter(next(iter(whole["arch2infos"][0].values()))["all_results"].values()))
    training["eval_acc1es"] = {"x-valid@0": "much"}
    training["epochs"] = 1


@wrapped
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_lacks_dataset, "1 architectures, first 1, have no accuracy on x-valid of ImageNet16-120"),
        (_lacks_dataset_everywhere, "4 architectures, first 0, have no accuracy on x-valid of cif"),
        (_lacks_cell, "1 of the architectures that it says|1 of 4 architectures have no results"),
        (_lacks_recipe, "1 of 4 architectures have no results with 200 epochs, first 0"),
        (_names_one_twice, "names one twice"),
        (_swaps_cells, "the architecture [01] is .*, not what its list says"),
        (_has_another_recipe, "a training recipe '90'"),
        (_has_no_curve, "str where a number is due"),
    ],
)
def test_what_makes_no_sense_is_refused(
    wrapping: str, spoil: Callable[[dict[str, Any]], None], message: str, tmp_path: Path
) -> None:
    write, make = WRAPPINGS[wrapping]
    whole, path = make(), tmp_path / wrapping
    spoil(whole)
    write(path, whole)
    with pytest.raises(BadDataError, match=message):
        read(path)


def test_the_folder_of_a_tar_file_holds_the_same(tmp_path: Path) -> None:
    path, folder = tmp_path / "simple.tar", tmp_path / "NATS-tss-v1_0-3ffb9-simple"
    write_nats(path, files201.nats())
    with tarfile.open(path) as archive:
        archive.extractall(tmp_path, filter="data")
    expected, found = read(path), read(folder)
    assert np.array_equal(found.codes, expected.codes)
    for name, values in expected.columns.items():
        np.testing.assert_array_equal(found.columns[name], values)
    (folder / "000002.pickle.pbz2").unlink()
    with pytest.raises(BadDataError, match="1 of 4 architectures have no results"):
        read(folder)


def test_an_architecture_that_comes_twice_is_refused(tmp_path: Path) -> None:
    path, members = tmp_path / "twice.tar", nats_members(files201.nats())
    write_tar(path, [members[0], *members])
    with pytest.raises(BadDataError, match="the architecture 0 is in it twice"):
        read(path)


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other"
    write_tar(path, [("000000", OrderedDict())])
    with pytest.raises(BadDataError, match=r"no member meta\.pickle\.pbz2"):
        read(path)
    write_zip(path, {"weights": 1})
    with pytest.raises(BadDataError, match=r"it lacks .*arch2infos"):
        read(path)
    for content in (b"", b"hello", pickle.dumps({"meta_archs": 1})):
        path.write_bytes(content)
        with pytest.raises(BadDataError, match=r"not a file of torch\.save"):
            read(path)
    with pytest.raises(BadDataError, match=r"no member meta\.pickle\.pbz2"):
        read(tmp_path)


def test_progress_goes_to_the_end(good: Good) -> None:
    steps: list[tuple[int, int | None]] = []
    IMPORTER.read(good.path, lambda done, total: steps.append((done, total)))
    assert steps
    done = [position for position, _ in steps]
    assert done == sorted(done)
    assert all(total is not None and position <= total for position, total in steps)
