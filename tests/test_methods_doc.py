"""The page on search methods names all of them, and its examples work."""

from pathlib import Path

import numpy as np
import pytest

from nasgoat.search import MethodSpec
from nasgoat.search.genes import Genome
from nasgoat.search.lineup import KINDS, PROTOCOLS
from nasgoat.spaces import CellSpace, darts, nasbench101, nasbench201, nasbench_graph
from tests.test_readme import ROOT, blocks, commands, executed, rows

TEXT = (Path(ROOT) / "docs" / "methods.md").read_text(encoding="utf-8")


def test_all_methods_are_described() -> None:
    table = rows(TEXT, "method", "from", "proposes")
    assert [row[0].strip("`") for row in table] == [*KINDS, *PROTOCOLS]


def test_protocols_are_described() -> None:
    table = rows(TEXT, "protocol", "fixes", "batch", "budget")
    assert [(name.strip("`"), batch, budget) for name, _, batch, budget in table] == [
        (name, str(one.batch), str(one.budget)) for name, one in PROTOCOLS.items()
    ]


def test_commands_name_methods_and_options_that_exist() -> None:
    calls = commands(TEXT, "nasgoat")
    assert calls[0] == ["methods"]
    for call in calls[1:]:
        settings = [call[i + 1] for i, word in enumerate(call) if word == "--set"]
        name = call[call.index("--method") + 1]
        spec = MethodSpec.parse(f"{name}:{','.join(settings)}" if settings else name)
        assert spec.build(nasbench_graph()).name


def test_the_example_runs() -> None:
    (block,) = blocks(TEXT, "python")
    assert executed(block, {"__name__": "example"}) == ["100"]


SHARES = [
    (nasbench101(), 0.08, "8 % are members of NAS-Bench-101 with 6 and 7"),
    (nasbench201(), 0.98, "98 % of NAS-Bench-201"),
    (nasbench_graph(), 0.65, "65 % of NAS-Bench-Graph"),
    (darts(), 1.0, "all of DARTS"),
]


@pytest.mark.parametrize(("space", "share", "words"), SHARES, ids=lambda one: str(one)[:20])
def test_shares_of_choices_that_make_members(space: CellSpace, share: float, words: str) -> None:
    genome, rng = Genome(space), np.random.default_rng(0)
    made = [
        genome.decode({name: int(rng.integers(count)) for name, count in genome.choices.items()})
        for _ in range(600)
    ]
    assert sum(graph is not None for graph in made) / 600 == pytest.approx(share, abs=0.04)
    assert words in " ".join(TEXT.split())
