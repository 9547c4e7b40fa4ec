"""``nasgoat data``: what is printed, and errors without traceback."""

import os
from pathlib import Path

import pytest
from typer.testing import Result

from nasgoat.tabular.catalogue import CATALOGUE
from nasgoat.tabular.format import TableData, read_table, write_table
from nasgoat.tabular.importers import IMPORTERS, ImportProgress
from tests.cli.calls import nasgoat, one_object
from tests.tabular.tables import toy


def call(*arguments: object) -> Result:
    return nasgoat("data", *arguments, COLUMNS="200")


def answer(*arguments: object) -> dict[str, object]:
    result = call(*arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return one_object(result.stdout)


def test_list_names_every_set_and_what_is_here(tmp_path: Path) -> None:
    value = answer("list", "--data", tmp_path)
    assert value["directory"] == str(tmp_path)
    sets = {one["name"]: one for one in value["sets"]}  # type: ignore[index, attr-defined]
    assert set(sets) == set(CATALOGUE)
    assert sets["nasbench201"]["present"] == []
    assert sets["nasbench-graph"]["present"] == ["package nas_bench_graph"]
    ways = {name: one["get"] for name, one in sets.items()}
    assert ways["nasbench-graph"].startswith("pip install nas-bench-graph")
    assert ways["nasbench101"] == "nasgoat data fetch nasbench101, then import"
    assert "convert the models" in ways["nasbench301"]
    assert ways["nasbench301-trainings"].startswith("see https://github.com/automl/nasbench301")
    assert ways["nasbench101-30k"] == "not published as a file"
    result = call("list", "--data", tmp_path)
    assert result.exit_code == 0
    assert all(name in result.stdout for name in CATALOGUE)
    assert "'nasgoat[data]'" in result.stdout or sets["analog-nasbench"]["present"]


def test_the_default_directory_is_the_users_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NASGOAT_DATA", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert answer("list")["directory"] == str(tmp_path / "nasgoat")
    monkeypatch.setenv("NASGOAT_DATA", str(tmp_path / "tables"))
    assert answer("list")["directory"] == str(tmp_path / "tables")


def test_info_tells_sources_units_and_optima(tmp_path: Path) -> None:
    result = call("info", "nasbench-graph", "--data", tmp_path)
    assert result.exit_code == 0, result.stderr
    for text in ("Apache-2.0", "26,206 rows, complete", "para (million)", "best value 18.0667"):
        assert text in result.stdout
    result = call("info", "enas", "--data", tmp_path)
    for text in ("fea9a7dde1545e", "1,677,427 bytes", "D-VAE", "needs the file enas.parquet"):
        assert text in result.stdout
    assert answer("info", "enas", "--data", tmp_path)["licence"] == "MIT"
    text = call("info", "nasbench201", "--data", tmp_path).stdout
    assert "not here: nasbench201:cifar10, nasbench201:cifar100" in text
    assert text.count("needs the file") == 1


def test_names_that_do_not_exist_get_the_nearest() -> None:
    for command in (("info", "enass"), ("fetch", "enass"), ("verify", "enass")):
        result = call(*command)
        assert result.exit_code == 1
        assert "there is no set 'enass'; there are: enas" in result.stderr
        assert "Traceback" not in result.stderr
    assert "there is no file of enas 'x'" in call("fetch", "enas", "--file", "x").stderr
    assert "pip install nas-bench-graph" in call("fetch", "nasbench-graph").stderr


def test_fetch_of_a_file_that_is_there_checks_it(tmp_path: Path) -> None:
    (tmp_path / "final_structures6.txt").write_text("something else")
    result = call("fetch", "enas", "--data", tmp_path)
    assert result.exit_code == 1
    assert "published is fea9a7dd" in result.stderr
    assert (tmp_path / "final_structures6.txt.rejected").exists()
    (tmp_path / "nas-bench-macro_cifar10.json").write_text("{}")
    result = call("fetch", "nasbench-macro", "--data", tmp_path)
    assert result.exit_code == 0
    assert "was there already; no checksum is published; measured 44136fa3" in result.stdout


class ToyImporter:
    """Reads anything as the toy table."""

    name = "toy"
    accepts = ("toy.bin",)

    def read(self, path: Path, progress: ImportProgress) -> TableData:
        progress(path.stat().st_size, None)
        return toy()


def test_import_writes_a_table_that_names_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(IMPORTERS, "toy", ToyImporter())
    source = tmp_path / "toy.bin"
    source.write_bytes(b"abc")
    value = answer("import", "toy", source, "--data", tmp_path / "tables")
    assert value == {
        "path": str(tmp_path / "tables" / "toy.parquet"),
        "rows": 91,
        "complete": True,
        "datasets": ["cifar10"],
    }
    (named,) = read_table(tmp_path / "tables" / "toy.parquet").header.sources
    assert (named.file, named.url) == ("toy.bin", "https://example.org")
    assert named.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    result = call("import", "toy", source, "-o", tmp_path / "here.parquet")
    assert result.exit_code == 0
    assert "91 architectures, complete; datasets cifar10" in result.stdout
    assert (tmp_path / "here.parquet").exists()
    result = call("import", "toy", tmp_path / "nothing")
    assert "toy reads toy.bin" in result.stderr
    assert "there is no importer 'toys'" in call("import", "toys", source).stderr


def test_verify_exits_with_an_error_where_a_file_is_wrong(tmp_path: Path) -> None:
    write_table(tmp_path / "enas.parquet", toy())
    value = answer("verify", "enas", "--data", tmp_path)
    assert value["files"] == [{"file": "enas.parquet", "right": True, "text": "91 rows, format 1"}]
    (tmp_path / "enas.parquet").write_bytes(b"cut short")
    result = call("verify", "enas", "--data", tmp_path)
    assert result.exit_code == 1
    assert "wrong enas.parquet" in result.stdout
    assert "nothing to check" in call("verify", "nasbench201", "--data", tmp_path).stdout


def test_verify_reads_every_benchmark_of_a_package_if_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (finding,) = answer("verify", "nasbench-graph", "--data", tmp_path)["files"]  # type: ignore[attr-defined]
    assert finding["right"]
    assert "nasbench-graph:cora" in finding["text"]
    assert "nasbench-graph:proteins" in finding["text"]
    monkeypatch.setattr("nasgoat.tabular.verify.package_installed", lambda _: False)
    assert answer("verify", "nasbench-graph", "--data", tmp_path)["files"] == []


@pytest.mark.skipif("NASGOAT_DATA" not in os.environ, reason="NASGOAT_DATA is not set: no tables")
def test_the_tables_that_are_here_are_right() -> None:
    result = call("verify")
    assert result.exit_code == 0, result.stdout
