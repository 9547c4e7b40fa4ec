"""What ``nasgoat train`` was told, as plain values that a checkpoint keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from nasgoat.errors import BadDataError, UnknownNameError
from nasgoat_models.autoencoders.build import VaeConfig
from nasgoat_models.autoencoders.vae import Vae
from nasgoat_models.checkpoints import Checkpoint
from nasgoat_models.graphs import GraphShape
from nasgoat_models.ngae.model import Ngae
from nasgoat_models.training import Training

MODELS = ("ngae", "dag-vae", "gin-vae")


@dataclass(frozen=True, slots=True)
class Recipe:
    """The options of ``nasgoat train``; see its help.

    Raises:
        UnknownNameError: there is no such model.
    """

    model: str
    benchmark: str
    epochs: int
    graphs: int
    hidden: int
    latent: int
    batch: int
    rate: float
    kl_weight: float
    noise: float
    points: int
    threads: int
    seed: int

    def __post_init__(self) -> None:
        UnknownNameError.unless_among("model", self.model, MODELS)

    @classmethod
    def of(cls, checkpoint: Checkpoint) -> Self:
        """The one that a checkpoint was written by.

        Raises:
            BadDataError: it was not written by ``nasgoat train``, or by one with other options.
        """
        known, found = {field.name for field in fields(cls)}, set(checkpoint.config)
        if known != found:
            msg = (
                f"a checkpoint of {checkpoint.kind!r} by nasgoat {checkpoint.versions['nasgoat']} "
                f"differs in {', '.join(sorted(known ^ found))} from what this version trains; "
                "train it again"
            )
            raise BadDataError(msg)
        return cls(**checkpoint.config)

    @property
    def training(self) -> Training:
        """How the model is trained."""
        return Training(
            self.epochs,
            self.batch,
            self.rate,
            clip=10.0,
            cosine=True,
            seed=self.seed,
            threads=self.threads,
        )

    def vae(self, shape: GraphShape) -> Vae:
        """The autoencoder with fresh weights."""
        config = VaeConfig(
            "gin" if self.model == "gin-vae" else "dag",
            self.hidden,
            self.latent,
            kl_weight=self.kl_weight,
            noise=self.noise,
        )
        return config.build(shape, self.seed)

    def build(self, shape: GraphShape) -> tuple[Vae, Ngae | None]:
        """The autoencoder, and the model around it where there are predictors."""
        vae = self.vae(shape)
        return vae, Ngae(vae, self.seed, self.hidden) if self.model == "ngae" else None

    def config(self) -> Mapping[str, Any]:
        """The plain values."""
        return asdict(self)
