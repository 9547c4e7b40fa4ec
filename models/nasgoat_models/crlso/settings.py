"""What can be chosen about CR-LSO; imports no PyTorch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from nasgoat.errors import UnknownNameError
from nasgoat.search import MethodKind
from nasgoat.search.base import UNJOURNALLED
from nasgoat.search.design import check_initial
from nasgoat.surrogate import TRANSFORMS
from nasgoat_models.methods import built_in

EncoderName = Literal["gnn", "lstm", "mlp"]
Regulariser = Literal["icnn", "mlp"]
Optimiser = Literal["gradient", "random", "tpe", "cmaes"]


@dataclass(frozen=True, slots=True)
class CrLsoSettings:
    """The settings of ``CrLso``.

    Args:
        initial: measured graphs that Algorithm 1 learns from, N0. The paper has 60 to 80 % of the
            budget.
        seeds: the best graphs that Algorithm 2 starts from, K.
        encoder: ``"gnn"``, or ``"lstm"`` or ``"mlp"`` for the paper's ablation.
        regulariser: ``"icnn"``, or ``"mlp"`` for the paper's ablation.
        optimiser: ``"gradient"``, or draws in the latent space by ``"random"`` (a normal
            distribution), ``"tpe"`` or ``"cmaes"``.
        transform: of the targets.
        latent: dimension of the latent space.
        width: of encoder, decoder and predictor.
        pool: unlabelled graphs that the autoencoder learns from.
        predictor_epochs: of the predictor of pseudo-labels.
        epochs: of the autoencoder.
        tuning_epochs: of the network on the latent space before each round.
        kl: weight of the divergence.
        eta: first step size of Algorithm 2.
        eta_more: its increment.
        eta_most: its maximum.
        noise: first deviation of the noise.
        noise_more: its increment.
        device: ``"auto"``, ``"cpu"`` or ``"cuda"``.
        threads: of PyTorch on the CPU.

    Raises:
        ValueError: a number makes no sense.
        UnknownNameError: there is no such encoder, regulariser, optimiser or transform.
    """

    initial: int = 90
    seeds: int = 10
    encoder: EncoderName = "gnn"
    regulariser: Regulariser = "icnn"
    optimiser: Optimiser = "gradient"
    transform: Literal["standardise", "log", "log-clip", "rank-gaussian"] = "rank-gaussian"
    latent: int = 8
    width: int = 64
    pool: int = 4096
    predictor_epochs: int = 150
    epochs: int = 30
    tuning_epochs: int = 50
    kl: float = 0.005
    eta: float = 0.5
    eta_more: float = 0.5
    eta_most: float = 5.0
    noise: float = 0.2
    noise_more: float = 0.2
    device: str = field(default="auto", metadata=UNJOURNALLED)
    threads: int = field(default=1, metadata=UNJOURNALLED)

    def __post_init__(self) -> None:
        check_initial(self.initial)
        UnknownNameError.unless_among("encoder", self.encoder, get_args(EncoderName))
        UnknownNameError.unless_among("regulariser", self.regulariser, get_args(Regulariser))
        UnknownNameError.unless_among("optimiser", self.optimiser, get_args(Optimiser))
        UnknownNameError.unless_among("transform", self.transform, TRANSFORMS)
        for name in ("seeds", "latent", "width", "pool", "predictor_epochs", "epochs"):
            if getattr(self, name) < 1:
                msg = f"{name} is at least 1, got {getattr(self, name)}"
                raise ValueError(msg)


KIND = MethodKind(
    "gradient of an input convex network in the latent space of a graph autoencoder",
    "Rao et al. 2024",
    CrLsoSettings,
    built_in("nasgoat_models.crlso.method", "build"),
)
