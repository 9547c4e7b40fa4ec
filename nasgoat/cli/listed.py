"""The bodies of ``nasgoat solvers``, ``nasgoat spaces`` and ``nasgoat benchmarks``."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.table import Table as Grid

from nasgoat.cli.console import print_json, stdout
from nasgoat.solve import solver_states
from nasgoat.spaces import SearchSpace
from nasgoat.tabular import benchmark_names
from nasgoat.tabular.catalogue import CATALOGUE, Entry
from nasgoat.tabular.files import data_directory, package_installed
from nasgoat.tabular.header import PRESETS
from nasgoat.tabular.registry import FAMILIES


@dataclass(frozen=True, slots=True)
class Preset:
    """What ``nasgoat spaces`` says of a space beside its shape."""

    architectures: str
    source: str


ABOUT = {
    "nasbench101": Preset("423,624 with --nodes 2-7", "Ying et al., ICML 2019"),
    "nasbench201": Preset("15,284", "Dong and Yang, ICLR 2020"),
    "nasbench-graph": Preset("26,206", "Qin et al., NeurIPS 2022"),
    "enas": Preset("1.5e9", "Pham et al., ICML 2018"),
    "darts": Preset("1.1e18", "Liu et al., ICLR 2019; Zela et al., ICLR 2022"),
    "nasbench-macro": Preset("6,561", "Su et al., CVPR 2021"),
}


def show_solvers(*, json: bool) -> None:
    """Print every solver with version and licence."""
    states = solver_states()
    if json:
        print_json({"solvers": [asdict(state) for state in states]})
        return
    grid = _grid("solver", "version", "licence", "to do")
    for state in states:
        grid.add_row(
            state.name,
            state.version or "not installed",
            escape(state.licence),
            escape(state.advice),
        )
    stdout().print(grid)


def show_spaces(*, json: bool) -> None:
    """Print every search space that comes with nasgoat."""
    spaces = {name: _space(name, PRESETS[name]()) for name in ABOUT}
    if json:
        print_json({"spaces": list(spaces.values())})
        return
    grid = _grid("space", "architectures", "nodes", "labels", "source")
    for name, one in spaces.items():
        labels = one["node_labels"] or one["edge_labels"]
        where = "nodes" if one["node_labels"] else "edges"
        nodes = ", ".join(map(str, one["nodes"]))
        grid.add_row(name, one["architectures"], nodes, f"{len(labels)} on {where}", one["source"])
    stdout().print(grid)
    text = "`nasgoat spaces --json` has labels and rules. A space of your own: docs/howto.md."
    stdout().print(f"\n{text}", style="dim", soft_wrap=True)


def show_benchmarks(data: Path | None, *, json: bool) -> None:
    """Print every benchmark, and whether its data are on this machine."""
    folder = data_directory(data)
    found = [_benchmark(name, folder) for name in benchmark_names()]
    if json:
        print_json({"directory": str(folder), "benchmarks": found})
        return
    grid = _grid("benchmark", "here", "to get it")
    for one in found:
        grid.add_row(one["name"], "yes" if one["here"] else "no", one["get"])
    stdout().print(grid)
    stdout().print(f"\ndata directory: {escape(str(folder))}", soft_wrap=True)


def _space(name: str, space: SearchSpace) -> dict[str, Any]:
    about, shape = ABOUT[name], space.describe()
    return {
        "name": name,
        "architectures": about.architectures,
        "nodes": shape["sizes"],
        "node_labels": shape["node_labels"],
        "edge_labels": shape["edge_labels"],
        "rules": shape["rules"],
        "source": about.source,
    }


def _benchmark(name: str, folder: Path) -> dict[str, Any]:
    family = name.partition(":")[0]
    entries = [one for one in CATALOGUE.values() if one.benchmarks == family]
    if family not in FAMILIES or not entries:  # of an entry point: it says itself what it lacks
        return {"name": name, "here": True, "get": ""}
    here = any(_present(one, folder) for one in entries)
    return {
        "name": name,
        "here": here,
        "get": "" if here else f"nasgoat data info {entries[0].name}",
    }


def _present(one: Entry, folder: Path) -> bool:
    if one.package is not None:
        return package_installed(one.package[1])
    return bool(one.present(folder))


def _grid(*heads: str) -> Grid:
    grid = Grid(box=None, pad_edge=False)
    for head in heads:
        grid.add_column(head, overflow="fold")
    return grid
