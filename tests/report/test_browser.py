"""A report in a real browser: it renders, nothing leaves the page, everything is described."""

from pathlib import Path

import pytest

from nasgoat.report import read, report
from tests.browser import Browser, find_browser
from tests.report.shared import folder

WINDOWS = [(1280, 900, "light"), (390, 800, "dark")]


def test_a_report_in_a_browser(tmp_path: Path) -> None:
    find_browser()
    root = folder()
    page = tmp_path / "report.html"
    page.write_text(report(read([root / "goat", root / "both"])), encoding="utf-8")
    papers = set()
    with Browser(tmp_path / "profile") as browser:
        for width, height, scheme in WINDOWS:
            browser.open(page, width, height, scheme)
            assert browser.requests == [page.resolve().as_uri()]
            assert browser.ask("document.documentElement.scrollWidth") <= width
            drawn = browser.ask(
                "[...document.querySelectorAll('figure svg')].map(s => [s.getAttribute('role'), "
                "s.getAttribute('aria-label'), s.getBoundingClientRect().width, "
                "s.getBoundingClientRect().height])"
            )
            assert len(drawn) == 9
            for role, label, wide, high in drawn:
                assert role == "img"
                assert label
                assert 60 <= wide <= width
                assert high > 60
            for described in ("html[lang]", "title", "h1", "nav[aria-label]", "table caption"):
                assert browser.ask(f"document.querySelector('{described}') !== null"), described
            papers.add(browser.ask("getComputedStyle(document.body).backgroundColor"))
            browser.picture(tmp_path / f"{width}.png")
            assert (tmp_path / f"{width}.png").stat().st_size > 10_000
    assert len(papers) == 2  # light and dark


def test_a_request_would_be_seen_and_is_refused(tmp_path: Path) -> None:
    """The test above can fail: a page that wants a picture asks for it."""
    find_browser()
    picture = '<img src="https://example.invalid/x.png" alt="x">'
    page = tmp_path / "page.html"
    page.write_text(f"<!doctype html><title>x</title>{picture}", encoding="utf-8")
    with Browser(tmp_path / "profile") as browser:
        browser.open(page, 600, 400)
        assert "https://example.invalid/x.png" in browser.requests


@pytest.mark.parametrize("program", [""])
def test_without_a_browser_the_test_is_skipped(
    program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", program)
    with pytest.raises(pytest.skip.Exception, match="no browser"):
        find_browser()
