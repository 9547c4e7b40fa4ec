"""The typer application: what can be typed, and the help texts.

The commands' bodies are imported when a command runs: help is quick, and Ctrl-C is heard at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from nasgoat import __version__
from nasgoat.cli import installed, names, options, records_commands
from nasgoat.cli.compare_command import compare
from nasgoat.cli.data import data_app
from nasgoat.cli.errors import friendly
from nasgoat.cli.plugins import PluginGroup

app = typer.Typer(
    cls=PluginGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Find the neural architecture that a graph Gaussian process believes in most, "
    "and prove that no better one exists.",
)


app.add_typer(data_app, name="data")


@app.command()
def run(
    context: typer.Context,
    config: options.Config = None,
    benchmark: Annotated[
        str,
        typer.Option(
            help="What to search, such as nasbench201:cifar10 (`nasgoat benchmarks`) or T.parquet.",
            autocompletion=names.benchmark_name,
        ),
    ] = "nasbench-graph:cora",
    method: Annotated[
        str,
        typer.Option(
            help="Search method; `nasgoat methods` lists them with their options.",
            autocompletion=names.method_name,
        ),
    ] = "goat",
    set_: Annotated[
        Optional[list[str]],  # noqa: UP045  (typer reads it at run time)
        typer.Option("--set", metavar="KEY=VALUE", help="An option of the method; repeatable."),
    ] = None,
    budget: Annotated[
        Optional[int],  # noqa: UP045  (typer reads it at run time)
        typer.Option(
            min=1,
            help="Evaluations in all, initial and failed ones included; default: 50, or no limit "
            "with --budget-seconds.",
        ),
    ] = None,
    budget_seconds: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(
            min=0.001,
            help="Seconds of all evaluations: of the trainings, also where a table has them.",
        ),
    ] = None,
    initial: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(min=1, help="Random evaluations to begin with; default: the method's."),
    ] = None,
    batch: Annotated[
        int, typer.Option(min=1, help="Evaluations asked for at once; protocols set their own.")
    ] = 1,
    workers: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            min=1,
            help="Processes that evaluate, for benchmarks that train; 1, the default: this one. "
            "With --scheduler: evaluations in flight, default: as many as the cluster has threads.",
        ),
    ] = None,
    executor: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Who evaluates: processes, or dask, a cluster of --workers processes."),
    ] = None,
    scheduler: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Address of a running Dask cluster, e.g. tcp://host:8786."),
    ] = None,
    on_failure: Annotated[
        str,
        typer.Option(
            help="What a failed evaluation means: raise ends the run, skip forgets the graph, "
            "penalise takes it for the worst so far, and a number is its value."
        ),
    ] = "raise",
    batch_rule: Annotated[
        str,
        typer.Option(help="How a batch is picked: fantasies or top-k.", rich_help_panel="Model"),
    ] = "fantasies",
    kernel: options.AnyKernel = None,
    features: options.Features = None,
    transform: Annotated[
        str,
        typer.Option(
            help="Of the targets: rank-gaussian, log-clip, log or standardise.",
            rich_help_panel="Model",
        ),
    ] = "rank-gaussian",
    acquisition: options.AnyAcquisition = None,
    beta: options.Turns = None,
    optimizer: options.OptimizerName = None,
    solver: options.SolverName = None,
    threads: options.Threads = 1,
    time_limit: options.TimeLimit = 1800.0,
    gap: options.Gap = 1e-4,
    check_exhaustive: Annotated[
        bool,
        typer.Option(
            "--check-exhaustive",
            metavar=options.SWITCH,
            help="Compare every certified optimum with exhaustive search.",
            rich_help_panel="Optimisation",
        ),
    ] = False,
    noisy: Annotated[
        bool,
        typer.Option(
            "--noisy",
            metavar=options.SWITCH,
            help="Draw one training per architecture, by the seed, instead of the mean.",
        ),
    ] = False,
    seed: options.Seed = 0,
    data: options.Data = None,
    out: Annotated[
        Optional[Path],  # noqa: UP045  (typer reads it at run time)
        typer.Option(help="Directory for journal and plot; default: a new one below runs/."),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", metavar=options.SWITCH, help="Go on with the journal in --out."),
    ] = False,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Search a benchmark for its best architecture.

    Example: nasgoat run --benchmark nasbench-graph:cora --budget 60 --solver highs
    """
    del config  # it has spoken
    with friendly(debug=debug):
        from nasgoat.cli.build import method_spec  # noqa: PLC0415
        from nasgoat.cli.run import RunSettings, execute  # noqa: PLC0415
        from nasgoat.cli.workers import Workers, budget_of, failure_rule  # noqa: PLC0415

        flags = {
            "initial": initial,
            "kernel": kernel,
            "features": features,
            "transform": transform,
            "acquisition": acquisition,
            "beta": beta,
            "batch_rule": batch_rule,
            "optimizer": optimizer,
            "solver": solver,
            "threads": threads,
            "time_limit": time_limit,
            "gap": gap,
        }
        typed = {name for name in context.params if _typed(context, name)}
        spec = method_spec(method, {k: v for k, v in flags.items() if k in typed}, set_ or [])
        execute(
            RunSettings(
                benchmark,
                budget_of(budget or spec.budget, budget_seconds),
                batch if "batch" in typed else spec.batch or batch,
                Workers(workers, executor, scheduler),
                seed,
                data,
                out,
                spec,
                resume=resume,
                check=check_exhaustive,
                json=json,
                noisy=noisy,
                on_failure=failure_rule(on_failure),
            )
        )


app.command()(compare)


@app.command()
def solve(
    config: options.Config = None,
    space: Annotated[
        str, typer.Option(help="Search space: nasbench101, nasbench201, nasbench-graph or darts.")
    ] = "nasbench101",
    nodes: Annotated[
        str, typer.Option(help="Node counts of nasbench101: 5, 6,7 or 2-7; default 6,7.")
    ] = "",
    observations: Annotated[int, typer.Option(min=1, help="Number of observed graphs.")] = 30,
    k: Annotated[int, typer.Option("-k", min=1, help="How many of the best graphs to find.")] = 1,
    kernel: options.Kernel = "linear",
    features: options.Features = None,
    acquisition: options.AcquisitionName = "lcb",
    beta: options.Beta = 1.0,
    optimizer: options.OptimizerName = None,
    solver: options.SolverName = None,
    threads: options.Threads = 1,
    time_limit: options.TimeLimit = 1800.0,
    gap: options.Gap = 1e-4,
    seed: options.Seed = 0,
    json: options.Json = False,
    debug: options.Debug = False,
) -> None:
    """Minimise an acquisition function over a search space, with proof.

    The graphs observed are drawn from the space, their targets from the Gaussian process itself.

    Example: nasgoat solve --space nasbench101 --nodes 7 --observations 60 --solver highs
    """
    del config
    with friendly(debug=debug):
        from nasgoat.cli.solve import SolveSettings, execute  # noqa: PLC0415
        from nasgoat.optimize import Optimization  # noqa: PLC0415

        execute(
            SolveSettings(
                space,
                nodes,
                observations,
                kernel,
                acquisition,
                beta,
                seed,
                Optimization(optimizer, solver, threads, time_limit, gap),
                features,
            ),
            k,
            json=json,
        )


installed.register(app)
records_commands.register(app)


def _typed(context: typer.Context, name: str) -> bool:
    """Whether a parameter was typed or comes from a file, rather than having its default."""
    source = context.get_parameter_source(name)
    return source is not None and source.name in {"COMMANDLINE", "DEFAULT_MAP"}


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"nasgoat {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            metavar=options.SWITCH,
            callback=_version,
            is_eager=True,
            help="Print the version.",
        ),
    ] = False,
) -> None:
    """Options that come before the command."""
