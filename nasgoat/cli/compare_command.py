"""``nasgoat compare``: what can be typed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from nasgoat.cli import options
from nasgoat.cli.errors import friendly


def compare(
    config: options.Config = None,
    benchmark: Annotated[
        Optional[list[str]],  # noqa: UP045  (typer reads it at run time)
        typer.Option(
            help="What to search; repeatable; patterns such as 'nasbench-graph:*' are allowed. "
            "Default: nasbench-graph:cora."
        ),
    ] = None,
    methods: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            help=r"Methods joined by commas, each \[label=]name\[:key=value,...]; repeatable. "
            "Default: random,evolution,local-search,goat."
        ),
    ] = None,
    trials: Annotated[int, typer.Option(min=1, help="Paired trials of each method.")] = 20,
    budget: Annotated[int, typer.Option(min=1, help="Evaluations of a trial.")] = 150,
    checkpoints: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            help="Evaluations after which to compare; default: 50, 100, 150 up to the budget."
        ),
    ] = None,
    initial: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            min=1,
            help="Size of the initial design of all methods; default: each has the size of its own "
            "default, and all share the graphs of the smallest.",
        ),
    ] = None,
    batch: Annotated[
        int, typer.Option(min=1, help="Evaluations asked for at once; protocols set their own.")
    ] = 1,
    seed: Annotated[
        int, typer.Option(min=0, help="Of the first trial; the next has one more.")
    ] = 0,
    reference: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Label of the method that differences are taken to; default: the first."),
    ] = None,
    jobs: Annotated[
        int, typer.Option(min=1, help="Trials at once, in processes of one thread; 1: this one.")
    ] = 1,
    data: options.Data = None,
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Directory; what it has of the trials is not run again."),
    ] = None,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Compare search methods in paired trials, with intervals and rank tests.

    Example: nasgoat compare --benchmark nasbench-graph:cora --methods random,goat --trials 20
    """
    del config
    with friendly(debug=debug):
        from nasgoat.cli.compare import CompareSettings, execute  # noqa: PLC0415

        execute(
            CompareSettings(
                benchmark or ["nasbench-graph:cora"],
                methods or ["random,evolution,local-search,goat"],
                trials,
                budget,
                checkpoints,
                initial,
                batch,
                seed,
                reference,
                jobs,
                data,
                out,
                json,
            )
        )
