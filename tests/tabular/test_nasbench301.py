"""NAS-Bench-301: models that XGBoost saved, and the surrogate of the sample."""

import json
import os
import pickle
import shutil
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import sample_surrogate
from nasgoat.errors import BadDataError, MissingDataError, OutsideSpaceError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.spaces import darts
from nasgoat.spaces.nb301 import config_vectors
from nasgoat.tabular import benchmark
from nasgoat.tabular.boosters import Booster
from nasgoat.tabular.nasbench301 import ENSEMBLE, FOLDER, SampleSurrogate, sample
from nasgoat.tabular.ubjson import parse_ubjson

FIXTURES = Path(__file__).parent / "fixtures"
MODELS = FIXTURES / FOLDER
EXPECTED = json.loads((FIXTURES / "nasbench301-xgb-predictions.json").read_text())
DATA = os.environ.get("NASGOAT_DATA", "")
needs_sample = pytest.mark.skipif(
    not (Path(DATA) / "nasbench301_naslib_sample.csv.gz").is_file(),
    reason="needs nasbench301_naslib_sample.csv.gz in the folder of NASGOAT_DATA",
)
SINGLE = 2e-5  # XGBoost adds six leaves to 93 in single precision


def queried() -> GraphBatch:
    """The first graphs that the fixtures' models were fitted to."""
    rng = np.random.default_rng(EXPECTED["seed"])
    return GraphBatch.of([darts().sample(rng) for _ in range(40)])


# boosters


@pytest.mark.parametrize("k", range(3))
def test_predictions_are_those_of_xgboost(k: int) -> None:
    """Saved by XGBoost 3.2.0: bases 93.3 (JSON), 90 (UBJSON) and 92 (JSON)."""
    [path] = MODELS.glob(f"member_{k}.*")
    predicted = Booster.read(path).predict(config_vectors(queried()))
    np.testing.assert_allclose(predicted, EXPECTED["predictions"][k], rtol=0, atol=SINGLE)
    assert len(set(predicted.tolist())) > 5


def test_json_and_ubjson_of_a_model_are_the_same() -> None:
    content = json.loads((MODELS / "member_0.json").read_text())
    assert_alike(parse_ubjson(ubjson(content)), content)
    [tree, *_] = parse_ubjson((MODELS / "member_1.ubj").read_bytes())["learner"][
        "gradient_booster"
    ]["model"]["trees"]
    assert isinstance(tree["left_children"], np.ndarray)


def assert_alike(read: Any, given: Any) -> None:
    if isinstance(given, dict):
        assert list(read) == list(given)
        for key in given:
            assert_alike(read[key], given[key])
    elif isinstance(given, list):
        assert len(read) == len(given)
        for one, other in zip(read, given, strict=True):
            assert_alike(one, other)
    else:
        assert read == given


def ubjson(value: Any) -> bytes:
    """A writer without announced types."""
    if isinstance(value, bool) or value is None:
        return {None: b"Z", True: b"T", False: b"F"}[value]
    if isinstance(value, int):
        return b"L" + struct.pack(">q", value)
    if isinstance(value, float):
        return b"D" + struct.pack(">d", value)
    if isinstance(value, str):
        return b"S" + text(value)
    if isinstance(value, list):
        return b"[" + b"N".join(map(ubjson, value)) + b"]"
    return b"{" + b"".join(text(key) + ubjson(part) for key, part in value.items()) + b"}"


def text(value: str) -> bytes:
    data = value.encode()
    return b"I" + struct.pack(">h", len(data)) + data


def test_announced_types_and_numbers() -> None:
    assert parse_ubjson(b"[$i#i\x03\x01\xff\x02").tolist() == [1, -1, 2]
    assert parse_ubjson(b"[$d#U\x01" + struct.pack(">f", 0.5)).tolist() == [0.5]
    assert parse_ubjson(b"[#i\x02TSi\x01a") == [True, "a"]
    assert parse_ubjson(b"{$U#i\x01i\x01a\x07") == {"a": 7}
    assert parse_ubjson(b"{#i\x01i\x01aCx") == {"a": "x"}
    assert parse_ubjson(b"NZ") is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[",
        b"q",
        b"ZZ",
        b"[$iZ",
        b"[$L#l\x7f\xff\xff\xff",
        b"[#l\x7f\xff\xff\xff",
        b"[#i\xff",
        b"Si\xff",
        b"Si\x02\xff\xff",
        b"SSi\x01a",
        b"{i\x01aZ",
        b"[" * 100,
        b"\xff",
    ],
)
def test_damaged_ubjson_is_refused(data: bytes) -> None:
    with pytest.raises(BadDataError, match="not UBJSON"):
        parse_ubjson(data)


def test_every_shortened_model_is_refused(tmp_path: Path) -> None:
    whole = (MODELS / "member_1.ubj").read_bytes()
    path = tmp_path / "short.ubj"
    for length in range(0, len(whole), 97):
        path.write_bytes(whole[:length])
        with pytest.raises(BadDataError, match=r"short\.ubj is not a model of regression trees"):
            Booster.read(path)


def changed(**changes: Any) -> dict[str, Any]:
    """The content of a model with parts of its first tree, or of what is around it, replaced."""
    content: dict[str, Any] = json.loads((MODELS / "member_0.json").read_text())
    learner = content["learner"]
    places = {
        "objective": learner["objective"],
        "name": learner["gradient_booster"],
        "num_feature": learner["learner_model_param"],
        "base_score": learner["learner_model_param"],
    }
    for key, value in changes.items():
        place = places.get(key, learner["gradient_booster"]["model"]["trees"][0])
        place["name" if key == "objective" else key] = value
    return content


@pytest.mark.parametrize(
    "changes",
    [
        {"objective": "binary:logistic"},
        {"name": "dart"},
        {"num_feature": "3"},
        {"base_score": "nan"},
        {"split_type": [1]},
        {"left_children": [0]},
        {"left_children": [99999]},
        {"split_conditions": []},
        {"split_indices": [-1] * 99},
    ],
    ids=str,
)
def test_other_models_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises((BadDataError, ValueError, IndexError)):
        Booster.of(changed(**changes))


def test_models_of_other_features_are_refused() -> None:
    booster = Booster.read(MODELS / "member_0.json")
    with pytest.raises(ValueError, match="reads 56 features"):
        booster.predict(np.zeros((2, 3)))


# the ensemble


def test_the_ensemble_is_the_mean_of_its_members(tmp_path: Path) -> None:
    evaluator = benchmark("nasbench301:xgb", FIXTURES)
    assert ENSEMBLE.names() == [evaluator.name]
    assert evaluator.objective == (
        "validation error on CIFAR-10 as an ensemble of 3 surrogates of NAS-Bench-301 predicts "
        "it, %"
    )
    assert evaluator.optimum is None
    expected = np.array(EXPECTED["predictions"])
    for k, graph in enumerate(list(queried())[:10]):
        seen = evaluator(graph)
        assert seen.value == pytest.approx(100 - expected[:, k].mean(), abs=SINGLE)
        assert seen.metrics["predicted_std"] == pytest.approx(expected[:, k].std(), abs=SINGLE)
        assert pickle.loads(pickle.dumps(evaluator))(graph) == seen  # noqa: S301
    assert len(pickle.dumps(evaluator)) < 1000


def test_noise_is_drawn_once_per_architecture_and_seed() -> None:
    evaluator = benchmark("nasbench301:xgb", FIXTURES)
    graphs = list(queried())
    draws = {seed: [evaluator.noisy(seed)(graph) for graph in graphs] for seed in (0, 1)}  # type: ignore[attr-defined]
    again = [evaluator.noisy(0)(graph) for graph in graphs]  # type: ignore[attr-defined]
    second = pickle.loads(pickle.dumps(evaluator.noisy(0).repeated(1)))  # type: ignore[attr-defined]  # noqa: S301
    assert not {one.value for one in again} & {second(graph).value for graph in graphs}
    assert draws[0] == again
    assert draws[0] != draws[1]
    noisy = evaluator.noisy(1)  # type: ignore[attr-defined]
    assert (noisy.name, noisy.noisy(0).name) == (f"{evaluator.name} (noisy)",) * 2
    copy = pickle.loads(pickle.dumps(noisy))  # noqa: S301
    assert (copy.name, copy(graphs[0])) == (noisy.name, draws[1][0])
    z = [
        (seen.value - evaluator(seen.graph).value) / seen.metrics["predicted_std"]
        for rows in draws.values()
        for seen in rows
    ]
    assert abs(np.mean(z)) < 0.35
    assert 0.7 < np.std(z) < 1.3


def test_other_graphs_are_refused() -> None:
    with pytest.raises(OutsideSpaceError):
        benchmark("nasbench301:xgb", FIXTURES)(LabeledGraph(2, ((0, 1),), None, (0,)))


def test_missing_and_foreign_models(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match=r"docs/tables.md says how to convert"):
        benchmark("nasbench301:xgb", tmp_path)
    folder = tmp_path / FOLDER
    folder.mkdir()
    shutil.copy(MODELS / "member_0.json", folder / "surrogate_model.model")
    with pytest.raises(MissingDataError):
        benchmark("nasbench301:xgb", tmp_path)
    (folder / "other.json").write_text(json.dumps(changed(num_feature="57")))
    with pytest.raises(BadDataError, match=r"other.json reads 57 features"):
        benchmark("nasbench301:xgb", tmp_path)


# the surrogate of the sample


@needs_sample
def test_the_surrogate_of_the_sample_says_what_it_is() -> None:
    name = "nasbench301-sample-surrogate"
    evaluator = benchmark(name, Path(DATA))
    assert evaluator.name == name
    assert "surrogate" in evaluator.objective
    assert "1,218 predictions" in evaluator.objective
    graphs, values = sample(Path(DATA))
    seen = np.array([evaluator(graphs[i]).value for i in range(40)])
    assert np.abs(seen - values[:40]).mean() < 0.15
    assert evaluator(graphs[0]).metrics["predicted_std"] > 0
    copy = pickle.loads(pickle.dumps(evaluator))  # noqa: S301
    assert copy(graphs[3]) == evaluator(graphs[3])
    assert len(pickle.dumps(replace(evaluator, reload=None))) > 10_000  # type: ignore[type-var]


@needs_sample
def test_its_cross_validated_tau_is_the_stated_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert sample_surrogate.main(["--data", DATA, "--repeats", "1"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["rows"] == 1_218
    assert found["kendall_tau"] == pytest.approx(0.80, abs=0.01)
    assert found["rmse"] == pytest.approx(0.187, abs=0.01)
    assert sample_surrogate.main(["--data", "nowhere"]) == 1


@needs_sample
def test_values_keep_their_unit() -> None:
    graphs, values = sample(Path(DATA))
    some = graphs.take(slice(0, 200))
    fitted = SampleSurrogate.of(some, values[:200]).mean_and_std(some)[0]
    scaled = SampleSurrogate.of(some, 3 * values[:200] + 5).mean_and_std(some)[0]
    np.testing.assert_allclose(scaled, 3 * fitted + 5)
