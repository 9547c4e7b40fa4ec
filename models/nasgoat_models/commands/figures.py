"""The figures of NGAE for ``nasgoat audit``: losses, predictions, a plane, ascents, best graphs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from scipy.stats import kendalltau
from torch import Tensor

from nasgoat.study.draw import draw
from nasgoat_models.commands.dataset import Dataset, values_of
from nasgoat_models.graphs import GraphTensors
from nasgoat_models.ngae.findings import Best, best, climbed, plane
from nasgoat_models.ngae.model import Ngae
from nasgoat_models.ngae.settings import NgaeSettings
from nasgoat_models.quality import encoded

SHOWN = 100  # test architectures and ascents, as in the paper
TOP = 3  # architectures in the paper's Figure 5
STOPS = 10  # points of every ascent that are decoded, as in the search
WEIGHTS = {"performance": 0.0, "performance - complexity": 1.0}  # of the complexity, equation 7

Draw = Callable[[Axes], None]


def picture(path: Path, *panels: Draw, width: float = 5.0) -> Path:
    """Write panels side by side."""
    figure = Figure(figsize=(width * len(panels), 4), layout="constrained")
    FigureCanvasAgg(figure)
    for i, panel in enumerate(panels):
        panel(figure.add_subplot(1, len(panels), i + 1))
    figure.savefig(path, dpi=120)
    return path


def losses(path: Path, history: Sequence[Mapping[str, float]]) -> Path:
    """Every term of the loss by epoch (Figure 3, left; squared errors: Figure 4, middle)."""

    def panel(axes: Axes) -> None:
        for name in history[0]:
            if name not in ("loss", "seconds"):
                epochs = range(1, len(history) + 1)
                axes.plot(epochs, [epoch[name] for epoch in history], label=name)
        axes.set(xlabel="epoch", ylabel="term of the loss", yscale="log")
        axes.legend()

    return picture(path, panel)


def of_ngae(
    out: Path, ngae: Ngae, dataset: Dataset, seed: int
) -> tuple[dict[str, Any], list[Path]]:
    """Draw what the predictors know and what ascent on them finds.

    Args:
        out: directory of the pictures.
        ngae: a trained model.
        dataset: what it has learnt, and what it has not.
        seed: of test architectures and starts.

    Returns:
        The figures as plain values, and the pictures; none where no performance was learnt.
    """
    if np.isnan(dataset.spread):
        return {}, []
    device = next(ngae.parameters()).device
    codes = encoded(ngae.vae, dataset.train.graphs.to(device))
    found, paths = dict[str, Any](), list[Path]()
    for told, path in (
        _predicted(out / "predicted.png", ngae, dataset, seed),
        _plane(out / "plane.png", ngae, codes),
        _ascents(out, ngae, dataset, codes, seed),
    ):
        found |= told
        paths += path
    return found, paths


def _predicted(
    path: Path, ngae: Ngae, dataset: Dataset, seed: int
) -> tuple[dict[str, Any], list[Path]]:
    """True against predicted performance of test architectures (Figure 4, left)."""
    known = torch.nonzero(~dataset.test.performance.isnan()).squeeze(1)
    if len(known) < 2:
        return {}, []
    chosen = known[
        torch.randperm(len(known), generator=torch.Generator().manual_seed(seed))[:SHOWN]
    ]
    device = next(ngae.parameters()).device
    with torch.no_grad():
        guessed = ngae.performance(ngae.vae.encode(dataset.test.graphs.take(chosen).to(device)))
    true, guess = dataset.test.performance[chosen].numpy(), guessed.cpu().numpy()
    tau = float(kendalltau(true, guess).statistic)

    def panel(axes: Axes) -> None:
        axes.plot(true, guess, ".", color="#0072B2")
        axes.axline((0.5, 0.5), slope=1, color="#7a7a7a", linewidth=1)
        axes.set(xlabel="performance", ylabel="predicted", title=f"Kendall's tau {tau:.2f}")

    return {"predicted": {"kendall": tau, "graphs": len(true)}}, [picture(path, panel)]


def _plane(path: Path, ngae: Ngae, codes: Tensor) -> tuple[dict[str, Any], list[Path]]:
    """Predicted performance on a plane (Figure 3, right)."""
    if min(codes.shape) < 2 or len(codes) < 3:
        return {}, []
    found = plane(ngae, codes)

    def panel(axes: Axes) -> None:
        mesh = axes.pcolormesh(found.axis, found.axis, found.values, cmap="viridis")
        axes.figure.colorbar(mesh, ax=axes, label="predicted performance")
        axes.set(xlabel="first principal component", ylabel="second principal component")

    slopes = np.abs(np.diff(found.values, axis=0)).max(), np.abs(np.diff(found.values)).max()
    told = {"explained": found.explained, "greatest_step": float(max(slopes))}
    return {"plane": told}, [picture(path, panel)]


def _ascents(
    out: Path, ngae: Ngae, dataset: Dataset, codes: Tensor, seed: int
) -> tuple[dict[str, Any], list[Path]]:
    """Predictions along ascents with and without complexity, and the best graphs of both.

    Figures 4, right, and 5. Ascents start at points of the prior moved to where the codes are.
    """
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(SHOWN, codes.shape[1], generator=generator).to(codes.device)
    starts = noise * codes.std(dim=0) + codes.mean(dim=0)
    plan = NgaeSettings()
    ways, bests = dict[str, Tensor](), dict[str, Best]()
    for name, weight in WEIGHTS.items():
        path = climbed(ngae, starts, weight, plan.rate, plan.steps)
        ways[name] = path
        bests[name] = best(
            ngae, dataset.rules, path[:: plan.steps // STOPS].flatten(0, 1), weight, TOP
        )

    def line(predictor: Callable[[Tensor], Tensor], label: str) -> Draw:
        def panel(axes: Axes) -> None:
            for name, path in ways.items():
                with torch.no_grad():
                    axes.plot(predictor(path).mean(dim=1).cpu().numpy(), label=name)
            axes.set(xlabel="step of the ascent", ylabel=label)
            axes.legend()

        return panel

    panels = (
        line(ngae.performance, "predicted performance"),
        line(ngae.complexity, "predicted complexity"),
    )
    paths = [picture(out / "ascent.png", *panels)]
    found = {name: _told(one, dataset) for name, one in bests.items()}
    for name, rows in found.items():
        stem = "best" if WEIGHTS[name] == 0 else "best-cheap"
        if rows:
            paths.append(picture(out / f"{stem}.png", *map(_drawing, rows), width=4))
    return {"best": found}, paths


def _told(found: Best, dataset: Dataset) -> list[dict[str, Any]]:
    """The graphs with what is predicted, and their values where a table has them."""
    rows = []
    for graph, performance, dear in zip(
        found.graphs, found.performance, found.complexity, strict=True
    ):
        batch = GraphTensors.of(dataset.rules, [graph]).batch(dataset.rules)
        value = float(values_of(dataset.evaluator, batch)[0])
        row = {
            "architecture": draw(graph, dataset.rules),
            "predicted_performance": float(performance),
            "predicted_complexity": float(dear),
            "value": None if np.isnan(value) else value,
        }
        rows.append(row)
    return rows


def _drawing(row: Mapping[str, Any]) -> Draw:
    def panel(axes: Axes) -> None:
        axes.axis("off")
        axes.text(0, 1, row["architecture"], family="monospace", va="top", fontsize=8)
        axes.set_title(
            f"performance {row['predicted_performance']:.3f}, "
            f"complexity {row['predicted_complexity']:.3f}",
            fontsize=9,
        )

    return panel
