"""The pages: all of them are in the navigation, and they build without a warning."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_readme import GUIDES, ROOT, blocks

PAGES = sorted(path.name for path in (ROOT / "docs").glob("*.md"))
# Their Python blocks are run by other tests, or there are none.
ELSEWHERE = {"live.md": "models/test_guide.py", "methods.md": "test_methods_doc.py"}


def test_every_page_is_in_the_navigation() -> None:
    named = re.findall(r"(\S+\.md)$", (ROOT / "mkdocs.yml").read_text(), flags=re.MULTILINE)
    assert sorted(named) == PAGES


@pytest.mark.parametrize("name", PAGES)
def test_every_python_block_is_run_by_a_test(name: str) -> None:
    if not blocks((ROOT / "docs" / name).read_text(encoding="utf-8"), "python"):
        return
    if name in ELSEWHERE:
        assert name in (ROOT / "tests" / ELSEWHERE[name]).read_text(encoding="utf-8")
    else:
        assert name in GUIDES


@pytest.mark.slow
def test_the_pages_build_without_a_warning(tmp_path: Path) -> None:
    if importlib.util.find_spec("mkdocs") is None or importlib.util.find_spec("material") is None:
        pytest.skip("the extra docs is not installed")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    foreign = re.compile(r'<(?:script|link|img|iframe)[^>]+(?:src|href)="?https?:')
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) > len(PAGES)
    assert [page.name for page in pages if foreign.search(page.read_text())] == []
