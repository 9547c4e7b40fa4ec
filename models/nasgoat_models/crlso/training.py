"""Algorithm 1 of CR-LSO: a convex latent space from few measured graphs and many others."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from nasgoat.graphs import GraphBatch, LabeledGraph
from nasgoat.spaces import SearchSpace
from nasgoat_models.crlso.encoders import GNNEncoder, Reading
from nasgoat_models.crlso.settings import EncoderName, Regulariser
from nasgoat_models.crlso.vae import GraphVAE, Sizes, regulariser
from nasgoat_models.devices import find_device, seeded
from nasgoat_models.graphs import GraphTensors
from nasgoat_models.training import OnEpoch, Trainer, Training

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is trained in Algorithm 1, and for how long.

    Args:
        encoder: of the autoencoder.
        regulariser: the network that shares the latent space with the decoder while it is learnt;
            None for an unregularised space.
        sizes: of the networks.
        kl: weight of the divergence in equation 2; the paper prints 1, its code has 0.005 to 0.1.
        pool: unlabelled graphs that the autoencoder learns from; all of a smaller space.
        predictor_epochs: of the predictor of pseudo-labels.
        epochs: of the autoencoder.
        batch: graphs per step of the autoencoder; the predictors have a quarter.
        rate: of Adam at first; it falls to 0 along half a cosine.
        device: see ``find_device``.
        threads: of PyTorch on the CPU.

    Raises:
        ValueError: a number makes no sense, or there is no such device.
    """

    encoder: EncoderName = "gnn"
    regulariser: Regulariser | None = "icnn"
    sizes: Sizes = field(default_factory=Sizes)
    kl: float = 0.005
    pool: int = 4096
    predictor_epochs: int = 150
    epochs: int = 60
    batch: int = 128
    rate: float = 2e-3
    device: str = "auto"
    threads: int = 1

    def __post_init__(self) -> None:
        find_device(self.device)
        if self.pool < 1 or self.kl < 0:
            msg = f"a pool has at least 1 graph and kl is at least 0, got {self.pool}, {self.kl}"
            raise ValueError(msg)
        self.training(self.epochs, self.batch, 0)
        self.training(self.predictor_epochs, self.batch, 0)

    def training(self, epochs: int, batch: int, seed: int) -> Training:
        """How one of the networks is trained."""
        return Training(
            epochs, batch, self.rate, clip=5.0, cosine=True, seed=seed, threads=self.threads
        )


@dataclass(frozen=True, slots=True)
class Latent:
    """A trained latent space; its autoencoder changes no more.

    Args:
        vae: encoder and decoder.
        cost: the regulariser: target values over the latent space; None without one.
        points: ``(P, latent)``, where the graphs that it was learnt from lie.
    """

    vae: GraphVAE
    cost: nn.Module | None
    points: Tensor

    def encode(self, space: SearchSpace, graphs: GraphBatch | Sequence[LabeledGraph]) -> Tensor:
        """``(B, latent)``, on the device of the autoencoder."""
        return self.vae.encode(GraphTensors.of(space, graphs).to(self.points.device))


class GNNPredictor(nn.Module):
    """The semi-supervised predictor: message passing, then a network with one hidden layer.

    Args:
        reading: of the space.
        width: of all layers.
    """

    def __init__(self, reading: Reading, width: int) -> None:
        super().__init__()
        self.encoder = GNNEncoder(reading, width)
        self.head = nn.Sequential(nn.Linear(width, width), nn.LeakyReLU(), nn.Linear(width, 1))

    def forward(self, graphs: GraphTensors) -> Tensor:
        """Compute ``(B,)``."""
        return self.head(self.encoder(graphs))[:, 0]


@dataclass(frozen=True, slots=True)
class Labelled:
    """Measured graphs.

    Args:
        graphs: ``B`` of them.
        targets: ``(B,)``, to be minimised, of mean 0 and deviation 1 or so.
    """

    graphs: GraphBatch
    targets: Floats


def learn(
    space: SearchSpace,
    labelled: Labelled,
    recipe: Recipe,
    rng: np.random.Generator,
    on_epoch: OnEpoch | None = None,
) -> Latent:
    """Algorithm 1: predictor, pseudo-labels, then autoencoder and regulariser together.

    Args:
        space: where the graphs come from.
        labelled: what was measured.
        recipe: settings.
        rng: source of chance.
        on_epoch: hears of every epoch of the autoencoder.
    """
    seeds = rng.integers(2**31, size=2).tolist()
    whole = space.is_listable() and space.size() <= recipe.pool
    unlabelled = space.listing() if whole else space.samples(recipe.pool, rng)
    predictor = fit_predictor(space, labelled, recipe, seeds[0])
    device = find_device(recipe.device)
    known = GraphTensors.of(space, labelled.graphs)
    pool = GraphTensors.cat([known, GraphTensors.of(space, unlabelled)]).to(device)
    targets = predicted(predictor, pool)
    targets[: len(known)] = torch.as_tensor(labelled.targets, dtype=torch.float32)
    batch = GraphBatch.concatenate([labelled.graphs, unlabelled])
    return train_autoencoder(space, (pool, batch), targets, recipe, seeds[1], on_epoch)


def fit_predictor(
    space: SearchSpace, labelled: Labelled, recipe: Recipe, seed: int
) -> GNNPredictor:
    """Train the predictor of pseudo-labels."""
    device = find_device(recipe.device)
    with seeded(seed):
        model = GNNPredictor(Reading.of(space), recipe.sizes.width).to(device)
    graphs = GraphTensors.of(space, labelled.graphs).to(device)
    targets = torch.as_tensor(labelled.targets, dtype=torch.float32).to(device)

    def losses(rows: Tensor, _: torch.Generator) -> Mapping[str, Tensor]:
        return {"prediction": squares(model(graphs.take(rows)), targets[rows])}

    training = recipe.training(recipe.predictor_epochs, max(1, recipe.batch // 4), seed)
    Trainer(model, losses, len(graphs), training).run()
    return model.eval()


@torch.no_grad()
def predicted(model: nn.Module, graphs: GraphTensors, rows: int = 4096) -> Tensor:
    """``(B,)``; so many graphs at once."""
    everything = torch.arange(len(graphs))
    return torch.cat([model(graphs.take(some)) for some in everything.split(rows)])


def train_autoencoder(
    space: SearchSpace,
    pool: tuple[GraphTensors, GraphBatch],
    targets: Tensor,
    recipe: Recipe,
    seed: int,
    on_epoch: OnEpoch | None = None,
) -> Latent:
    """Minimise equation 7: both terms of equation 2 and the regulariser's squared error.

    Args:
        space: where the graphs come from.
        pool: the graphs, as tensors on the device and as arrays.
        targets: ``(P,)`` on the device, measured or predicted.
        recipe: settings.
        seed: of weights, noise and order.
        on_epoch: hears of every epoch.
    """
    graphs, batch = pool
    device = targets.device
    with seeded(seed):
        vae = GraphVAE(space, recipe.encoder, recipe.sizes).to(device)
        cost = None
        if recipe.regulariser is not None:
            cost = regulariser(recipe.regulariser, recipe.sizes).to(device)
    chosen = vae.genes.encode(batch).to(device)

    def losses(rows: Tensor, generator: torch.Generator) -> Mapping[str, Tensor]:
        z, terms = vae.losses(graphs.take(rows), chosen[rows], generator)
        terms = {"reconstruction": terms["reconstruction"], "kl": recipe.kl * terms["kl"]}
        return terms if cost is None else {**terms, "cost": squares(cost(z), targets[rows])}

    both = nn.ModuleList([vae] if cost is None else [vae, cost])
    training = recipe.training(recipe.epochs, recipe.batch, seed)
    Trainer(both, losses, len(graphs), training).run(on_epoch)
    both.eval().requires_grad_(requires_grad=False)
    return Latent(vae, cost, vae.encode(graphs))


def fine_tuned(
    cost: nn.Module, points: Tensor, targets: Floats, recipe: Recipe, training: Training
) -> nn.Module:
    """A copy of the regulariser, trained on measured graphs only (before Algorithm 2).

    Args:
        cost: what to begin with; it stays as it is.
        points: ``(B, latent)``, where the graphs lie.
        targets: ``(B,)``, see ``Labelled``.
        recipe: says where to compute.
        training: settings.
    """
    device = find_device(recipe.device)
    model = copy.deepcopy(cost).to(device).requires_grad_(requires_grad=True)
    values = torch.as_tensor(targets, dtype=torch.float32).to(device)

    def losses(rows: Tensor, _: torch.Generator) -> Mapping[str, Tensor]:
        return {"cost": squares(model(points[rows]), values[rows])}

    Trainer(model, losses, len(points), training).run()
    return model.eval().requires_grad_(requires_grad=False)


def squares(predictions: Tensor, targets: Tensor) -> Tensor:
    """The mean squared error; ``()``."""
    return ((predictions - targets) ** 2).mean()
