"""Execute the notebooks and keep their outputs: ``make notebooks``.

Without arguments all notebooks run in full size and are written back. ``--quick`` runs them in the
size that the tests use and writes nothing. Metadata that change from run to run are left out.
A notebook whose metadata name packages under ``needs`` is left as it is where one is not installed.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent
SECONDS = 180  # that a notebook may take


def main() -> None:
    """Execute what is named, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", type=Path, help="default: all notebooks")
    parser.add_argument("--quick", action="store_true", help="small sizes, nothing is written")
    options = parser.parse_args()
    os.environ["NASGOAT_QUICK"] = "1" if options.quick else "0"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    for path in options.names or sorted(HERE.glob("*.ipynb")):
        if missing := lacking(path):
            sys.stdout.write(f"{path.name}: left out, needs {', '.join(missing)}\n")
            continue
        began = time.perf_counter()
        notebook = executed(path)
        if not options.quick:
            nbformat.write(notebook, path)
        sys.stdout.write(f"{path.name}: {time.perf_counter() - began:.0f} s\n")


def lacking(path: Path) -> list[str]:
    """Packages that a notebook needs and that are not installed."""
    needs = nbformat.read(path, as_version=4).metadata.get("needs", [])
    return [name for name in needs if find_spec(name) is None]


def executed(path: Path) -> nbformat.NotebookNode:
    """A notebook with fresh outputs.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell fails.
    """
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=SECONDS, resources={"metadata": {"path": HERE}})
    client.execute()
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = [one for one in cell.outputs if one.get("name") != "stderr"]
            for output in cell.outputs:
                if len(output.get("data", {})) > 1:  # the picture is enough
                    output["data"].pop("text/plain", None)
    return notebook


if __name__ == "__main__":
    main()
