"""The README and the documents keep their word: examples run, tables and citations are true."""

import contextlib
import io
import json
import os
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from nasgoat.cli import app

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CITED = re.compile(r"(?:MATH|docs/math\.md,)\s+(\d+(?:\.\d+)?)((?:,\s*\d+(?:\.\d+)?)*)")


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def commands(text: str, program: str) -> list[list[str]]:
    """The arguments of every call of a program in the shell blocks."""
    lines = [line for block in blocks(text, "sh") for line in block.splitlines()]
    calls = [shlex.split(line, comments=True) for line in lines]
    return [call[1:] for call in calls if call and call[0] == program]


def rows(text: str, *heads: str) -> list[list[str]]:
    """The cells of the Markdown table with the given head, without its head."""
    head = "| " + " | ".join(heads) + " |\n"
    assert text.count(head) == 1, head
    lines = text.split(head)[1].splitlines()[1:]
    table = lines[: next((i for i, line in enumerate(lines) if not line.startswith("|")), None)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def executed(block: str, names: dict[str, Any]) -> list[str]:
    """Run a Python block; the lines that it prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(block, "<block>", "exec"), names)  # noqa: S102  (our own documents)
    return printed.getvalue().splitlines()


def test_the_python_example_is_short_and_ends_with_a_gap() -> None:
    (block,) = blocks(README, "python")
    assert len(block.splitlines()) <= 15
    gap = float(executed(block, {})[-1])
    assert -1e-12 <= gap <= 1e-4


@pytest.mark.parametrize("shorten", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_commands_run(shorten: bool, tmp_path: Path) -> None:
    calls = commands(README, "nasgoat")
    known = {name for name, command in get_command(app).commands.items() if not command.hidden}  # type: ignore[attr-defined]
    assert {call[0] for call in calls} >= known - {"spaces", "solvers"}
    for call in calls:
        if "--data" in call or (shorten and call == ["doctor"]):
            continue  # in tests of their own
        result = run_in(tmp_path, call, shorten=shorten)
        assert result.exit_code == 0, (call, result.stderr)
        if "--json" in call:
            json.loads(result.stdout)


def test_the_command_with_a_table(tmp_path: Path) -> None:
    if "NASGOAT_DATA" not in os.environ:
        pytest.skip("NASGOAT_DATA is not set: no nasbench201.parquet")
    (call,) = [call for call in commands(README, "nasgoat") if "--data" in call]
    result = run_in(tmp_path, call, shorten=True)
    assert result.exit_code == 0, result.stderr


def run_in(folder: Path, call: list[str], *, shorten: bool) -> Any:
    """Call the program in a folder, with real tables; at most one proposal after the design."""
    if "--data" in call:
        data = os.environ["NASGOAT_DATA"]
        call = [*call[: call.index("--data")], "--data", data, *call[call.index("--data") + 2 :]]
    if shorten and call[0] == "run":
        call = [*call, "--budget", "12" if "--resume" in call else "11"]
    if shorten and call[0] == "compare":
        call = [*call, "--budget", "11", "--trials", "1"]
    with contextlib.chdir(folder):
        return CliRunner().invoke(app, call)


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):(?!=)", makefile, flags=re.MULTILINE))
    named = {call[0] for call in commands(README, "make")}
    named |= set(re.findall(r"`make ([a-z-]+)`", README))
    assert {"run", "test"} <= named <= targets


def test_the_floor_table_is_the_house() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = config["tool"]["importlinter"]["contracts"]
    (layers,) = [one["layers"] for one in contracts if one["id"] == "floors"]
    wanted = [set(re.findall(r"\w+", layer)) for layer in layers]
    table = rows(README, "floor", "room", "what it does")
    floors = list(dict.fromkeys(floor for floor, _, _ in table))
    found = [{room.strip("`") for floor, room, _ in table if floor == here} for here in floors]
    assert found == wanted
    package = ROOT / "nasgoat"
    folders = {path.parent.name for path in package.glob("*/__init__.py")}
    modules = {path.stem for path in package.glob("[!_]*.py")}
    assert set().union(*found) == folders | modules


def test_extras_are_those_of_the_package() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = set(config["project"]["optional-dependencies"]) - {"all", "dev"}
    table = rows(README, "extra", "brings", "size", "is for")
    named = {extra.strip("`") for extra, *_ in table}
    assert named == extras | {"none"}


def cited_sections() -> dict[str, set[str]]:
    """Sections of docs/math.md that a file cites, by file."""
    found: dict[str, set[str]] = {}
    for folder in ("nasgoat", "models", "tests", "benchmarks"):
        for path in (ROOT / folder).rglob("*.py"):
            for first, others in CITED.findall(path.read_text(encoding="utf-8")):
                sections = {first, *re.findall(r"\d+(?:\.\d+)?", others)}
                found.setdefault(path.relative_to(ROOT).as_posix(), set()).update(sections)
    return found


def test_cited_sections_of_the_mathematics_exist() -> None:
    text = (ROOT / "docs" / "math.md").read_text(encoding="utf-8")
    headings = set(re.findall(r"^#+ (\d+(?:\.\d+)?)\.? ", text, flags=re.MULTILINE))
    cited = cited_sections()
    assert cited, "no citation was found: has their form changed?"
    wrong = {name: sections - headings for name, sections in cited.items()}
    assert {name: missing for name, missing in wrong.items() if missing} == {}


def test_rows_named_in_the_mathematics_are_those_of_the_code() -> None:
    text = (ROOT / "docs" / "math.md").read_text(encoding="utf-8")
    tag = re.compile(
        r"\b((?:[CGJKLMPSVWXZ]\d+|D|DAG|TOP|UND|CON|N1[de]|E2c)_[a-z]\w+)\b", flags=re.ASCII
    )
    code = "\n".join(path.read_text() for path in (ROOT / "nasgoat" / "mip").glob("*.py"))
    written = set(re.findall(r"def ((?:[A-Z]+\d*[a-z]?)_[a-z]\w*)\(", code))
    written |= set(re.findall(r"block\.([A-Z]\d+_\w+)", code)) | {"N1e_edges"}
    assert set(tag.findall(text)) == written


@pytest.mark.parametrize(
    "name", ["README.md", *sorted(p.name for p in (ROOT / "docs").glob("*.md"))]
)
def test_links_lead_somewhere(name: str) -> None:
    path = ROOT / name if name == "README.md" else ROOT / "docs" / name
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


GUIDES = [
    *("compare.md", "concepts.md", "development.md", "embedding.md", "howto.md", "neural.md"),
    *("quickstart.md", "reports.md", "running.md", "tables.md"),
]


@pytest.mark.parametrize("name", GUIDES)
def test_the_recipes_of_the_guides_run(name: str) -> None:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    names: dict[str, Any] = {"__name__": "__main__"}
    printed = [line for block in blocks(text, "python") for line in executed(block, names)]
    assert printed == [line for block in blocks(text, "text") for line in block.splitlines()]
