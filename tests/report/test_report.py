"""Reports: what they say is what the journals say, and a page needs nothing but itself."""

import json
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from nasgoat.errors import JournalError
from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.optimize import ExhaustiveOptimizer
from nasgoat.records import Failure, Observation, Prediction, Proposal
from nasgoat.report import Comparison, Forecast, Run, read, report
from nasgoat.report.plots import coverage, gap_picture
from nasgoat.search import GoatSearch
from nasgoat.spaces import nasbench101
from nasgoat.study import Study, read_journal
from nasgoat.surrogate import GPSurrogate, RankGaussian
from tests.cli.calls import nasgoat
from tests.report.shared import folder


class Page(HTMLParser):
    """What a page refers to, and its figures."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.references: list[str] = []
        self.figures: list[str | None] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        self.tags.append(tag)
        self.references += [v or "" for k, v in attributes if k in {"href", "src", "xlink:href"}]
        self.ids += [found["id"] or ""] if "id" in found else []
        if tag == "svg":
            self.figures.append(found.get("aria-label"))


@pytest.fixture(scope="module")
def text() -> str:
    root = folder()
    return report(read([root / "goat", root / "random", root / "both"]))


def test_a_page_needs_nothing_but_itself(text: str) -> None:
    page = Page(text)
    assert {one for one in page.references if not one.startswith("#")} == {"data:,"}
    assert "script" not in page.tags
    assert "@import" not in text
    assert not re.search(r"url\((?!#)", text)


def test_every_figure_is_described(text: str) -> None:
    page = Page(text)
    # 1 regret, 3 architectures each, 1 of certificates, 3 of the surrogate, 1 comparison
    assert len(page.figures) == 1 + 2 * 3 + 1 + 3 + 1
    assert all(label and len(label) > 30 for label in page.figures)
    assert len(set(page.figures)) == len(page.figures)


def test_links_within_the_page_lead_somewhere(text: str) -> None:
    page = Page(text)
    assert len(page.ids) == len(set(page.ids))
    assert {one[1:] for one in page.references if one.startswith("#")} <= set(page.ids)


def test_the_numbers_are_those_of_the_run(text: str) -> None:
    summary = json.loads((folder() / "goat/summary.json").read_text())
    assert f"<dt>best value</dt><dd>{summary['best_value']:.4f}</dd>" in text
    assert f"<dt>regret</dt><dd>{summary['regret']:.4f}</dd>" in text
    assert "<dt>proven optima</dt><dd>8 of 8</dd>" in text
    assert "random proposes without a certificate" in text
    assert summary["versions"]["highspy"] in text


def test_gaps_are_drawn_where_one_is_open(text: str) -> None:
    assert "All 8 certificates are complete proofs with a gap of 0." in text
    run = Run.read(folder() / "goat", "goat")
    assert gap_picture(run, "gaps") is None
    last = run.steps[-1]
    assert last.proposal is not None
    assert last.proposal.certificate is not None
    open_ = replace(
        last.proposal.certificate,
        lower_bound=last.proposal.certificate.value - 0.5,
        status="stalled",
    )
    step = replace(last, proposal=replace(last.proposal, certificate=open_))
    picture = gap_picture(replace(run, steps=[*run.steps[:-1], step]), "gaps")
    assert picture is not None
    assert f"7 of 8 certificates are complete proofs; the largest gap is {open_.gap:.1e}" in (
        picture.caption
    )


def test_the_table_of_a_comparison_is_that_of_the_terminal(text: str) -> None:
    found = json.loads((folder() / "both/results.json").read_text())
    (result,) = found["benchmarks"]
    for method in result["methods"].values():
        low, high = method["interval"]["15"]
        assert f"{method['mean_regret']['15']:.3f} [{low:.3f}, {high:.3f}]" in text


def test_a_journal_alone_is_enough(tmp_path: Path) -> None:
    shutil.copy(folder() / "goat/journal.jsonl", tmp_path)
    alone, whole = Run.read(tmp_path, "a"), Run.read(folder() / "goat", "b")
    assert (alone.objective, alone.optimum) == (whole.objective, whole.optimum)
    assert alone.best_values == whole.best_values
    lines = (tmp_path / "journal.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "journal.jsonl").write_text("".join(lines[:6]) + lines[6][:20])
    assert len(Run.read(tmp_path / "journal.jsonl", "cut").steps) == 2


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match=r"there is no .*nowhere"):
        read([tmp_path / "nowhere"])
    with pytest.raises(JournalError, match="is no run: there is no"):
        read([tmp_path])
    other = (folder() / "random/journal.jsonl").read_text().replace('"format":1', '"format":99', 1)
    (tmp_path / "journal.jsonl").write_text(other)
    with pytest.raises(JournalError, match="journal format 99, this version of nasgoat reads 1"):
        read([tmp_path])
    (tmp_path / "results.json").write_text("{}")
    with pytest.raises(JournalError, match="cannot be read"):
        read([tmp_path])
    with pytest.raises(ValueError, match="at least one run"):
        report([])


def test_equal_names_are_told_apart(tmp_path: Path) -> None:
    for name in ("a", "b"):
        shutil.copytree(folder() / "random", tmp_path / name / "same")
    sources = read([tmp_path / "a/same", tmp_path / "b/same"])
    assert [one.name for one in sources] == ["1. same", "2. same"]
    page = report(sources)
    assert "random from" in Page(page).figures[0]  # type: ignore[operator]


def test_results_without_curves_are_shown_all_the_same() -> None:
    found = json.loads((folder() / "both/results.json").read_text())
    for method in found["benchmarks"][0]["methods"].values():
        del method["band"]
    assert "run the same" in report([Comparison("old", found)])


def test_predictions_are_on_record_and_true(tmp_path: Path) -> None:
    """What the journal holds is what a surrogate fitted to the same values says."""
    space = nasbench101([5])
    surrogate = GPSurrogate.of_space(space, restarts=0)
    method = GoatSearch(surrogate, ExhaustiveOptimizer(), initial=5)
    with Study(space, method, journal=tmp_path / "journal.jsonl") as study:
        study.run(lambda graph: Observation(graph, float(len(graph.edges))), 9, 2)
    _, entries = read_journal(tmp_path / "journal.jsonl")
    assert entries
    run = Run.read(tmp_path, "run")
    forecasts = run.forecasts()
    assert [one.number for one in forecasts] == [6, 7, 8, 9]
    values = [one.value for one in study.observations]
    graphs = [one.graph for one in study.observations]
    for one in forecasts:
        known = 5 if one.number < 8 else 7  # batches of 2
        posterior = surrogate.fit(graphs[:known], values[:known])
        batch = GraphBatch.of([graphs[one.number - 1]])
        mean, std = posterior.mean_and_std(batch)
        told = one.prediction
        assert np.allclose(
            (told.mean, told.std, told.noise), (mean[0], std[0], posterior.noise), rtol=1e-6
        )
        seen = [*values[:known], values[one.number - 1]]
        assert one.target == pytest.approx(RankGaussian().transform(seen)[-1])


def test_a_right_model_is_calibrated() -> None:
    rng = np.random.default_rng(0)
    std = rng.uniform(0.5, 2.0, 4000)
    noise = 0.3
    targets = 1.0 + np.sqrt(std**2 + noise) * rng.standard_normal(4000)
    forecasts = [
        Forecast(i, Prediction(1.0, float(s), noise), float(t))
        for i, (s, t) in enumerate(zip(std, targets, strict=True))
    ]
    shares = coverage(forecasts)
    assert all(abs(level - share) < 0.03 for level, share in shares.items())


def test_failures_and_told_graphs_have_their_place(tmp_path: Path) -> None:
    space = nasbench101([5])
    rng = np.random.default_rng(0)
    graphs = [space.sample(rng) for _ in range(3)]
    method = GoatSearch(GPSurrogate.of_space(space), ExhaustiveOptimizer(), initial=2)
    with Study(space, method, journal=tmp_path / "journal.jsonl") as study:
        study.tell(Observation(graphs[0], 2.0))
        study.fail(Failure(graphs[1], "broke", None))
    run = Run.read(tmp_path, "run")
    assert [step.proposal for step in run.steps] == [None, None]
    page = report([run])
    assert "<dt>failed</dt><dd>1</dd>" in page
    assert "<td>failed</td>" in page


def test_the_command(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "page.html"
    call = ["report", str(folder() / "goat"), "-o", str(out), "--json"]
    result = nasgoat(*call)
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["about"] == ["goat"]
    assert out.read_text().startswith("<!doctype html>")
    refused = nasgoat("report", tmp_path / "none")
    assert refused.exit_code == 1
    assert "there is no" in refused.stderr


def test_old_journals_have_no_predictions() -> None:
    graph = LabeledGraph(2, ((0, 1),))
    assert Proposal(graph, "acquisition").prediction is None
