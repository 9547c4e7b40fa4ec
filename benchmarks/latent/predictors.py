"""CR-LSO's ablations: regularisers and encoders by rank correlation on measured cells."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import kendalltau, spearmanr

from benchmarks.latent.rows import Options, Row
from nasgoat.graphs import GraphBatch
from nasgoat.spaces import SearchSpace, TableSpace
from nasgoat.surrogate import RankGaussian
from nasgoat.tabular import TableEvaluator, benchmark
from nasgoat_models.crlso.settings import EncoderName, Regulariser
from nasgoat_models.crlso.training import Labelled, Recipe, fine_tuned, learn
from nasgoat_models.crlso.vae import Sizes

MEASURED = "nasbench101-30k"  # 30,001 cells with real accuracies
LABELS = ((100, 400), (100, 400, 1600))  # small, full


@dataclass(frozen=True, slots=True)
class Cells:
    """All measured cells.

    Args:
        space: where they come from; it has other cells as well.
        graphs: ``N`` of them.
        values: ``(N,)``, validation errors.
    """

    space: SearchSpace
    graphs: GraphBatch
    values: np.ndarray[tuple[int], np.dtype[np.float64]]

    @classmethod
    def load(cls, name: str, options: Options) -> Cells:
        """The rows of a table."""
        table = benchmark(name, options.data)
        assert isinstance(table, TableEvaluator)
        graphs = table.space.listing()
        space = table.space.cells if isinstance(table.space, TableSpace) else table.space
        return cls(space, graphs, table.query(table.rows(graphs)))


def recipe(options: Options, encoder: EncoderName, regulariser: Regulariser | None) -> Recipe:
    """The paper's sizes as far as a CPU can bear them, or small ones."""
    sizes = Sizes(latent=8, width=32, predictor_width=64)
    plan = Recipe(encoder, regulariser, sizes, pool=1024, predictor_epochs=60, epochs=15)
    if options.full:
        sizes = Sizes(latent=16, width=128, predictor_width=256)
        plan = Recipe(encoder, regulariser, sizes, pool=8192, predictor_epochs=200, epochs=60)
    return plan if options.epochs is None else replace(plan, epochs=options.epochs)


def ablation(
    options: Options,
    encoders: tuple[EncoderName, ...],
    regularisers: tuple[Regulariser, ...],
    labels: Sequence[int] | None = None,
) -> Iterator[Row]:
    """Algorithm 1 on few labels; rank correlations of its predictions on all other cells.

    ``labels`` are their numbers, None for those of the options.

    The network on the latent space is fine-tuned on the labels before it predicts, as before
    Algorithm 2.
    """
    cells = Cells.load(MEASURED, options)
    for seed in range(options.seeds):
        order = np.random.default_rng(seed).permutation(len(cells.graphs))
        for count in labels or options.labels or LABELS[options.full]:
            for encoder in encoders:
                for regulariser in regularisers:
                    plan = recipe(options, encoder, regulariser)
                    row = _measured(cells, plan, order, count, seed)
                    yield {"encoder": encoder, "regulariser": regulariser, **row}


def _measured(
    cells: Cells,
    plan: Recipe,
    order: np.ndarray[tuple[int], np.dtype[np.int64]],
    count: int,
    seed: int,
) -> Row:
    began, spent = time.perf_counter(), time.process_time()
    rows, others = order[:count], order[count:]
    graphs = cells.graphs.take(rows)
    targets = RankGaussian().transform(cells.values[rows])
    latent = learn(cells.space, Labelled(graphs, targets), plan, np.random.default_rng(seed))
    assert latent.cost is not None
    points = latent.encode(cells.space, graphs)
    tuned = fine_tuned(latent.cost, points, targets, plan, plan.training(50, 32, seed))
    unseen = latent.encode(cells.space, cells.graphs.take(others))
    found = {"joint": latent.cost(unseen).numpy(), "tuned": tuned(unseen).numpy()}
    truth = cells.values[others]
    decoded = latent.vae.decode(unseen[:500])
    keys = cells.space.keys(cells.graphs.take(others[:500]))
    same = [
        graph is not None and cells.space.key(graph) == key
        for graph, key in zip(decoded.graphs, keys, strict=True)
    ]
    return {
        "labels": count,
        "epochs": plan.epochs,
        "seed": seed,
        "kendall": float(kendalltau(found["joint"], truth).statistic),
        "spearman": float(spearmanr(found["joint"], truth).statistic),
        "kendall_tuned": float(kendalltau(found["tuned"], truth).statistic),
        "reconstructed": float(np.mean(same)),
        "valid": decoded.valid / len(keys),
        "repaired": decoded.repaired / len(keys),
        "seconds": time.perf_counter() - began,
        "processor_seconds": time.process_time() - spent,
    }
