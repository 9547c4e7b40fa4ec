"""The live benchmarks: that they learn, repeat themselves, and are found by name."""

import json
import pickle
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the networks need PyTorch")
pytest.importorskip("sklearn", reason="the images come with scikit-learn")

from sklearn.datasets import load_digits  # noqa: E402
from typer.testing import CliRunner  # noqa: E402

from nasgoat.cli import app  # noqa: E402
from nasgoat.errors import OutsideSpaceError, UnknownNameError  # noqa: E402
from nasgoat.graphs import LabeledGraph  # noqa: E402
from nasgoat.records import Observation  # noqa: E402
from nasgoat.search import RandomSearch  # noqa: E402
from nasgoat.spaces import nasbench201  # noqa: E402
from nasgoat.study import Study  # noqa: E402
from nasgoat.tabular import benchmark, benchmark_names  # noqa: E402
from nasgoat_models.digits import BENCHMARKS, Training, train  # noqa: E402
from nasgoat_models.digits.data import splits  # noqa: E402

BOTH = ("digits:nasbench201", "digits:nasbench101")
SKIP, CONV3 = 0, 2
CHAIN = LabeledGraph(4, ((0, 1), (1, 2), (2, 3)), None, (CONV3,) * 3)
SKIPS = LabeledGraph(4, ((0, 3),), None, (SKIP,))
RESIDUAL = LabeledGraph(6, ((0, 1), (1, 2), (2, 3), (3, 5), (0, 4), (4, 5)), (0, 1, 1, 1, 2, 4))
COPY = LabeledGraph(6, ((0, 2), (2, 3), (3, 4), (4, 5), (0, 1), (1, 5)), (0, 2, 1, 1, 1, 4))


def digits(name: str) -> Any:
    """A benchmark by name."""
    return benchmark(name)


def timeless(observation: Observation) -> Observation:
    """What two equal trainings agree on."""
    return replace(observation, seconds=0.0)


def test_the_split_is_a_stratified_partition() -> None:
    pixels, labels = load_digits(return_X_y=True)
    parts = splits()
    assert {name: len(part) for name, part in parts.items()} == {
        "train": 723,
        "validation": 719,
        "test": 355,
    }
    for digit in range(10):
        counts = [int((part.digits == digit).sum()) for part in parts.values()]
        total = int((labels == digit).sum())
        assert sum(counts) == total
        assert all(
            abs(n - share * total) < 2 for n, share in zip(counts, (0.4, 0.4, 0.2), strict=True)
        )
    train_pixels = parts["train"].pixels
    assert abs(train_pixels.mean().item()) < 1e-5
    assert train_pixels.std().item() == pytest.approx(1, abs=1e-4)
    together = torch.cat([part.pixels.flatten(1) for part in parts.values()])
    scale = torch.from_numpy(pixels).std() / together.double().std()
    again = sorted((together.double() * scale).sum(dim=1).tolist())
    shift = pixels.sum(axis=1).mean() - sum(again) / len(again)
    assert [value + shift for value in again] == pytest.approx(sorted(pixels.sum(axis=1)), abs=1e-2)


def test_three_convolutions_learn_to_read() -> None:
    found = digits("digits:nasbench201")(CHAIN)
    assert found.value < 10
    assert found.test_value is not None
    assert found.test_value < 10
    assert found.metrics["diverged"] == 0
    # stem, cells, projection, norm, classifier
    weights = 72 + 16 + 3 * (576 + 16) + (128 + 32) + 3 * (2304 + 32) + 32 + 170
    assert found.metrics["params_M"] == weights / 1e6
    assert found.seconds > 0


def test_a_cell_of_nasbench101_learns_and_its_copies_are_the_same() -> None:
    evaluator = digits("digits:nasbench101@epochs=6")
    found = evaluator(RESIDUAL)
    assert found.value < 20
    assert evaluator.space.key(COPY) == evaluator.space.key(RESIDUAL)
    assert timeless(evaluator(COPY)) == timeless(replace(found, graph=COPY))


def test_without_a_path_there_is_nothing_to_learn() -> None:
    evaluator = replace(digits("digits:nasbench201@epochs=2"), space=nasbench201("any"))
    for graph in (LabeledGraph(4, ()), LabeledGraph(4, ((0, 1), (0, 2)), None, (CONV3, CONV3))):
        found = evaluator(graph)
        assert 85 < found.value < 95
        assert found.metrics["diverged"] == 0


def test_a_training_repeats_itself_and_leaves_the_chance_of_others_alone() -> None:
    evaluator = digits("digits:nasbench201@epochs=2")
    threads = torch.get_num_threads()
    torch.manual_seed(1)
    first = evaluator(CHAIN)
    drawn = torch.rand(3)
    torch.manual_seed(1)
    assert torch.equal(torch.rand(3), drawn)
    assert timeless(pickle.loads(pickle.dumps(evaluator))(CHAIN)) == timeless(first)  # noqa: S301
    assert torch.get_num_threads() == threads
    other = digits("digits:nasbench201@epochs=2,seed=1")(CHAIN)
    assert (other.value, other.test_value) != (first.value, first.test_value)


def test_more_epochs_and_channels_are_another_training() -> None:
    small = digits("digits:nasbench201@epochs=1")(CHAIN)
    longer = digits("digits:nasbench201@epochs=4")(CHAIN)
    wider = digits("digits:nasbench201@epochs=1,channels=12")(CHAIN)
    assert longer.value < small.value
    assert longer.metrics == small.metrics
    assert wider.metrics["params_M"] > 2 * small.metrics["params_M"]


def test_a_training_that_diverges_counts_as_guessing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "RATE", 1e30)
    found = digits("digits:nasbench201")(CHAIN)
    assert (found.value, found.test_value, found.metrics["diverged"]) == (90, 90, 1)


def test_cells_of_another_space_are_refused() -> None:
    with pytest.raises(OutsideSpaceError):
        digits("digits:nasbench201")(RESIDUAL)
    with pytest.raises(OutsideSpaceError):
        digits("digits:nasbench201")(LabeledGraph(4, ()))


@pytest.mark.slow  # each process loads PyTorch
def test_two_processes_measure_what_one_does() -> None:
    evaluator = digits("digits:nasbench201@epochs=1")
    study = Study(evaluator.space, RandomSearch(4))
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert study.run(evaluator, 4, 2, executor=pool) == "budget"
    for observation in study.observations:
        assert timeless(evaluator(observation.graph)) == timeless(observation)


@pytest.mark.gpu
def test_a_gpu_measures_nearly_the_same() -> None:
    if not torch.cuda.is_available():
        pytest.skip("PyTorch sees no GPU")
    found = digits("digits:nasbench201@device=cuda")(CHAIN)
    assert found.value == pytest.approx(digits("digits:nasbench201@device=cpu")(CHAIN).value, abs=3)


def test_a_gpu_that_is_not_there_is_refused_at_once() -> None:
    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    with pytest.raises(ValueError, match="sees no GPU; use device=cpu"):
        digits("digits:nasbench201@device=cuda")


def test_names_carry_the_settings_that_matter() -> None:
    assert set(BOTH) <= set(benchmark_names())
    assert tuple(BENCHMARKS.names()) == BOTH
    for name in BOTH:
        assert digits(name).name == name
        assert digits(f"{name}@epochs=12,device=cpu,threads=2").name == name
        named = digits(f"{name}@channels=16,seed=3")
        assert named.name == f"{name}@seed=3,channels=16"
        assert digits(named.name) == named


@pytest.mark.parametrize("training", [Training(), Training(seed=5), Training(3, 2, 4)])
def test_settings_are_read_as_they_are_written(training: Training) -> None:
    assert Training.parse(str(training)) == training


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("epochs", "written name=value"),
        ("epochs=", "written name=value"),
        ("epochs=3,,seed=1", "written name=value"),
        ("epochs=three", "epochs is a whole number"),
        ("epochs=0", "epochs is at least 1"),
        ("seed=-1", "seed is at least 0"),
        ("channels=3", "channels is at least 4"),
        ("threads=0", "threads is at least 1"),
        ("epochs=3,epochs=4", "set twice"),
    ],
)
def test_settings_that_make_no_sense(settings: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        digits(f"digits:nasbench201@{settings}")


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("digits:nasbench", "digits:nasbench201"),
        ("digits:nasbench201@epoch=3", "epochs"),
        ("digits:nasbench201@device=tpu", "cuda"),
    ],
)
def test_unknown_names_list_the_known_ones(name: str, known: str) -> None:
    with pytest.raises(UnknownNameError, match=known):
        digits(name)


def test_the_command_line_trains(tmp_path: Path) -> None:
    def run(*more: str) -> Any:
        name = "digits:nasbench101@epochs=1,seed=2"
        call = ["run", "--benchmark", name, "--initial", "3", "--out", str(tmp_path), "--json"]
        result = CliRunner().invoke(app, [*call, *more])
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout)

    found = run("--budget", "3")
    assert found["benchmark"] == "digits:nasbench101@epochs=1,seed=2"
    assert (found["evaluations"], found["optimum"], found["regret"]) == (3, None, None)
    assert 0 < found["best_value"] < 95
    assert run("--method", "goat", "--budget", "3", "--resume")["history"] == found["history"]
