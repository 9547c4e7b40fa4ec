"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from nasgoat.cli import names
from nasgoat.cli.config import from_config

MODEL = "Model"
OPTIMISATION = "Optimisation"

Seed = Annotated[int, typer.Option(min=0, help="Seed of all chance.")]
Kernel = Annotated[str, typer.Option(help="Kernel: linear or exponential.", rich_help_panel=MODEL)]
AnyKernel = Annotated[
    Optional[str],  # noqa: UP045  (typer reads it at run time)
    typer.Option(
        "--kernel",
        help="Kernel: linear or exponential in the features, or wl, which counts equal subtrees "
        "and has no MIP form. Default: wl for trees that can be listed, unless features, the MIP "
        "or thompson are asked for; else linear.",
        rich_help_panel=MODEL,
    ),
]
Features = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--features",
        help="What the kernel compares: sp, ssp, nl, el, op-counts and op-paths joined by +, such "
        "as el+op-paths. Default: sp+nl for labelled nodes, ssp+el for labelled edges, "
        "op-counts+el for darts; where a run searches trees by MIP, nl+op-paths.",
        rich_help_panel=MODEL,
    ),
]
AcquisitionName = Annotated[
    str,
    typer.Option(
        "--acquisition",
        help="Acquisition function: lcb, mean, ei or thompson.",
        rich_help_panel=MODEL,
    ),
]
AnyAcquisition = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--acquisition",
        help="Acquisition function: lcb, mean, ei or thompson. Default: lcb; with the kernel wl "
        "ei and lcb in turns, unless --beta or --batch-rule top-k is given.",
        rich_help_panel=MODEL,
    ),
]
Beta = Annotated[
    float,
    typer.Option(min=0.0, help="Of lcb: mean - sqrt(beta) * std.", rich_help_panel=MODEL),
]
Turns = Annotated[
    Optional[float],  # noqa: UP045
    typer.Option(
        "--beta",
        min=0.0,
        help="Of lcb: mean - sqrt(beta) * std. Default: 1, without ei in turns; labelled "
        "edges: 1, 16, 64 in turns.",
        rich_help_panel=MODEL,
    ),
]
SolverName = Annotated[
    Optional[str],  # noqa: UP045  (typer reads it at run time)
    typer.Option(
        "--solver",
        help="MIP solver: highs, gurobi or scip. Naming one means --optimizer mip.",
        rich_help_panel=OPTIMISATION,
        autocompletion=names.solver_name,
    ),
]
OptimizerName = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--optimizer",
        help="Acquisition optimiser: mip, exhaustive, auto (lists the space if it can), or, "
        "without proof, local-search or pool.",
        rich_help_panel=OPTIMISATION,
        autocompletion=names.optimizer_name,
    ),
]
TimeLimit = Annotated[
    float,
    typer.Option(
        min=0.001, help="Seconds per certified proposal, at most.", rich_help_panel=OPTIMISATION
    ),
]
Gap = Annotated[
    float,
    typer.Option(
        min=0.0, max=0.5, help="Gap at which a proof is complete.", rich_help_panel=OPTIMISATION
    ),
]
Threads = Annotated[
    int, typer.Option(min=1, help="Threads of the MIP solver.", rich_help_panel=OPTIMISATION)
]
Config = Annotated[
    Optional[Path],  # noqa: UP045  (typer reads it at run time)
    typer.Option(
        "--config",
        metavar="FILE.yaml",
        help="Options in a file, such as `budget: 60`; those typed here outweigh it.",
        is_eager=True,
        callback=from_config,
    ),
]
SWITCH = ""  # metavar of an option that takes no value; typer's own would be <bool>
Json = Annotated[
    bool, typer.Option("--json", metavar=SWITCH, help="Print one JSON object on stdout.")
]
Debug = Annotated[bool, typer.Option("--debug", metavar=SWITCH, help="Show tracebacks.")]
Data = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option(
        help="Directory with benchmark tables; default: the user's own.",
        envvar="NASGOAT_DATA",
        show_envvar=True,
    ),
]
