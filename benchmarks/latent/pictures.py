"""CR-LSO's figures: latent spaces with and without regulariser, from real measurements."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE

from benchmarks.latent.predictors import Cells, recipe
from benchmarks.latent.rows import Options, Row
from nasgoat.surrogate import RankGaussian
from nasgoat_models.crlso.settings import Regulariser
from nasgoat_models.crlso.training import Labelled, learn

Floats = NDArray[np.float64]
KINDS: tuple[tuple[str, Regulariser | None], ...] = (
    ("no regulariser", None),
    ("ICNN regulariser", "icnn"),
)
EXTREMES = 100  # best and worst cells whose similarity is shown
SHOWN = (1000, 4000)  # cells in pictures: small, full
LABELS = 400  # measured cells that pseudo-labels are learnt from


def pictures(options: Options) -> Iterator[Row]:
    """Write ``pca.png``, ``tsne.png`` and ``cosine.png`` into the folder ``options.out``."""
    cells = Cells.load(options.benchmark, options)
    rng = np.random.default_rng(0)
    shown = np.sort(rng.permutation(len(cells.graphs))[: SHOWN[options.full]])
    ranked = np.argsort(cells.values, kind="stable")
    ends = np.concatenate([ranked[:EXTREMES], ranked[-EXTREMES:]])
    options.out.mkdir(parents=True, exist_ok=True)
    figures = {name: Figure(figsize=(10, 4.5)) for name in ("pca", "tsne", "cosine")}
    for i, (title, regulariser) in enumerate(KINDS):
        points = _points(cells, options, regulariser)
        axes = {name: one.add_subplot(1, 2, i + 1, title=title) for name, one in figures.items()}
        flat = PCA(2).fit(points).transform(points[shown])
        _scatter(axes["pca"], flat, cells.values[shown])
        near = TSNE(2, init="pca", random_state=0).fit_transform(points[shown])
        _scatter(axes["tsne"], near, cells.values[shown])
        similar = cosines(points[ends] - points.mean(axis=0))
        axes["cosine"].imshow(similar, vmin=-1, vmax=1)
        yield {
            "space": title,
            **blocks(similar),
            "explained_by_pca": _explained(flat, cells, shown),
        }
    for name, figure in figures.items():
        path: Path = options.out / f"{name}.png"
        figure.tight_layout()
        figure.savefig(path, dpi=120)


def cosines(points: Floats) -> Floats:
    """``(N, N)``: cosines of the angles between rows."""
    unit = points / np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-12)
    similar: Floats = unit @ unit.T
    return similar


def blocks(similar: Floats) -> Row:
    """Mean similarity among the first half of the rows, and between the halves."""
    half = len(similar) // 2
    among = similar[:half, :half][~np.eye(half, dtype=np.bool_)]
    return {
        "best_and_best": float(among.mean()),
        "best_and_worst": float(similar[:half, half:].mean()),
    }


def _points(cells: Cells, options: Options, regulariser: Regulariser | None) -> Floats:
    """Where all cells lie, ``(N, latent)``."""
    rows = np.random.default_rng(1).permutation(len(cells.graphs))[:LABELS]
    targets = RankGaussian().transform(cells.values[rows])
    plan = recipe(options, "gnn", regulariser)
    labelled = Labelled(cells.graphs.take(rows), targets)
    latent = learn(cells.space, labelled, plan, np.random.default_rng(0))
    return latent.encode(cells.space, cells.graphs).double().numpy()


def _scatter(axes: Axes, flat: Floats, values: Floats) -> None:
    """Points coloured by rank, the best dark."""
    ranks = values.argsort().argsort()
    axes.scatter(flat[:, 0], flat[:, 1], c=ranks, s=6, cmap="viridis")
    axes.set_xticks([])
    axes.set_yticks([])


def _explained(flat: Floats, cells: Cells, shown: NDArray[np.int64]) -> float:
    """Share of the variance of ranks that a plane over the picture explains."""
    ranks = cells.values[shown].argsort().argsort().astype(float)
    inputs = np.column_stack([flat, np.ones(len(flat))])
    fitted = inputs @ np.linalg.lstsq(inputs, ranks, rcond=None)[0]
    return float(1 - (ranks - fitted).var() / ranks.var())
