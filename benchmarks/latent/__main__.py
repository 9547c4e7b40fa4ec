"""``python -m benchmarks.latent NAME``: one experiment."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from benchmarks.latent.pictures import pictures
from benchmarks.latent.predictors import MEASURED, ablation
from benchmarks.latent.rows import Options, Row, table, told
from benchmarks.latent.searches import modes, optimisers, pruned

RESULTS = Path(__file__).parent.parent / "results" / "latent.jsonl"


@dataclass(frozen=True, slots=True)
class Experiment:
    """What is done, and how its rows are summed up.

    Args:
        run: makes rows.
        about: one line.
        by: columns that tell settings apart.
        measures: columns that are averaged over seeds.
        benchmark: the default one.
    """

    run: Callable[[Options], Iterator[Row]]
    about: str
    by: tuple[str, ...]
    measures: tuple[str, ...]
    benchmark: str = "nasbench201:cifar10"


RANKS = ("kendall", "spearman", "kendall_tuned", "reconstructed", "seconds")
FOUND = ("error", "test", "regret", "decoded", "seconds")
EXPERIMENTS = {
    "regularisers": Experiment(
        lambda options: ablation(options, ("gnn",), ("icnn", "mlp")),
        "CR-LSO: ICNN against MLP by rank correlation on 30,001 measured cells",
        ("labels", "epochs", "regulariser"),
        RANKS,
        MEASURED,
    ),
    "encoders": Experiment(
        lambda options: ablation(options, ("gnn", "lstm", "mlp"), ("icnn",)),
        "CR-LSO: GNN, LSTM and MLP encoders by rank correlation on 30,001 measured cells",
        ("labels", "epochs", "encoder"),
        RANKS,
        MEASURED,
    ),
    "optimisers": Experiment(
        optimisers,
        "CR-LSO: gradient, random draws, TPE and CMA-ES in the latent space",
        ("optimiser", "budget"),
        FOUND,
    ),
    "modes": Experiment(
        modes,
        "GraB-NAS: Bayesian steps, gradient steps, both; with and without other datasets",
        ("mode", "meta", "warm_up", "step"),
        FOUND,
    ),
    "pruned": Experiment(
        pruned,
        "GraB-NAS: the best 5 % are not in the pool; what decoding finds",
        ("mode", "budget"),
        ("left", "error", "outside", "decoded_best"),
    ),
    "pictures": Experiment(
        pictures,
        "CR-LSO: PCA, t-SNE and cosine similarity of latent spaces; writes into the folder --out",
        ("space",),
        ("best_and_best", "best_and_worst", "explained_by_pca"),
    ),
}


def main() -> None:
    """Run the experiment that the command line names."""
    made = argparse.ArgumentParser(prog="python -m benchmarks.latent", description=__doc__)
    names = "; ".join(f"{name}: {one.about}" for name, one in EXPERIMENTS.items())
    made.add_argument("name", choices=EXPERIMENTS, help=names.replace("%", "%%"))
    made.add_argument("--benchmark", help="where the experiment has a choice")
    made.add_argument("--seeds", type=int, default=1, help="repetitions (1)")
    made.add_argument("--full", action="store_true", help="larger networks and budgets: hours")
    made.add_argument("--labels", type=int, nargs="+", default=(), help="regularisers, encoders")
    made.add_argument("--epochs", type=int, help="of the autoencoder; regularisers, encoders")
    made.add_argument("--data", type=Path, help="directory of tables")
    made.add_argument("--out", type=Path, help=f"file of rows ({RESULTS.name}); pictures: a folder")
    given = made.parse_args()
    torch.set_num_threads(1)
    experiment = EXPERIMENTS[given.name]
    drawn = given.name == "pictures"
    out = given.out or (Path("latent-pictures") if drawn else RESULTS)
    options = Options(
        given.benchmark or experiment.benchmark,
        given.seeds,
        given.full,
        given.data,
        out,
        tuple(given.labels),
        given.epochs,
    )
    rows = experiment.run(options)
    kept = list(rows if drawn else told(rows, given.name, options))
    print("\n".join(table(kept, experiment.by, experiment.measures)))


if __name__ == "__main__":
    main()
