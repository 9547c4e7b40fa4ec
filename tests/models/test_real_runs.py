"""Real searches with the default settings, and a real training."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the models need PyTorch")
pytest.importorskip("gpytorch", reason="the deep kernel needs GPyTorch")
pytest.importorskip("nas_bench_graph", reason="the tables come with a package")

from nasgoat.errors import MissingDataError
from nasgoat.search import MethodSpec
from nasgoat.study import Study
from nasgoat.tabular import benchmark
from tests.models.test_commands import answer

CORA = "nasbench-graph:cora"  # its table comes with a package
CIFAR = "nasbench201:cifar10"
METHODS = {
    "bananas": {},
    "bohamiann": {},
    "bonas": {},
    "cr-lso": {"pool": 1024},
    "dngo": {},
    "gcn-predictor": {},
    "grab-nas": {"graphs": 1024},
    "icnn-mip": {"optimizer": "auto"},
    "nao": {},
    "ngae": {"graphs": 1000, "epochs": 20},
    "relu-mip": {"optimizer": "auto"},
}


@pytest.mark.slow
@pytest.mark.parametrize("name", METHODS)
def test_a_search_proposes_better_graphs_than_it_began_with(name: str) -> None:
    try:
        evaluator = benchmark(CIFAR)
    except MissingDataError as missing:
        pytest.skip(str(missing))
    method = MethodSpec.of(name, {"initial": 30, **METHODS[name]}).build(evaluator.space)
    with Study(evaluator.space, method, seed=0) as study:
        study.run(evaluator, 60, 10)
    values = [one.value for one in study.observations]
    assert np.median(values[30:]) < np.median(values[:30])


@pytest.mark.slow
def test_ngae_learns_to_write_what_it_reads_and_to_predict(tmp_path: Path) -> None:
    sizes = ("--graphs", "2000", "--hidden", "64", "--latent", "32", "--points", "100")
    found = answer(
        "train", "ngae", "--benchmark", CORA, *sizes, "--epochs", "30", "--out", str(tmp_path)
    )
    assert found["reconstruction_likeliest"] > 50  # of graphs that it has never seen; 71 measured
    assert found["prior_scaled"]["valid"] > 50  # 71 measured
    assert found["rmse_test"]["complexity"] < 0.05  # 0.024 measured
    audited = answer("audit", str(tmp_path), "--points", "100")
    cheap, good = audited["best"]["performance - complexity"], audited["best"]["performance"]
    assert cheap[0]["predicted_complexity"] < good[0]["predicted_complexity"]
    assert audited["predicted"]["kendall"] > 0.2
    assert audited["edits"]["correlation"] > 0.3
