"""Autoencoders by name, from plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nasgoat.errors import UnknownNameError
from nasgoat_models.autoencoders.dag_decoder import DagDecoder
from nasgoat_models.autoencoders.dag_encoder import DagEncoder
from nasgoat_models.autoencoders.gin_decoder import InnerProductDecoder
from nasgoat_models.autoencoders.gin_encoder import GinEncoder
from nasgoat_models.autoencoders.vae import Vae
from nasgoat_models.devices import seeded
from nasgoat_models.graphs import GraphShape

Kind = Literal["dag", "gin"]
KINDS: tuple[Kind, ...] = ("dag", "gin")
PER_NODE = 16  # latent dimensions of a node in arch2vec


@dataclass(frozen=True, slots=True)
class VaeConfig:
    """What an autoencoder is built of.

    Args:
        kind: ``dag``, asynchronous message passing and a sequential decoder (D-VAE, NGAE), or
            ``gin``, a graph isomorphism network and inner products (arch2vec).
        hidden: width of the states.
        latent: dimension of the latent space of ``dag``; ``gin`` has 16 per node.
        bidirectional: whether ``dag`` reads graphs backwards as well.
        kl_weight: see ``Vae``.
        noise: see ``Vae``.

    Raises:
        UnknownNameError: there is no such kind.
        ValueError: a width is less than 1.
    """

    kind: Kind = "dag"
    hidden: int = 128
    latent: int = 56
    bidirectional: bool = True
    kl_weight: float = 0.005
    noise: float = 0.01

    def __post_init__(self) -> None:
        UnknownNameError.unless_among("autoencoder", self.kind, KINDS)
        if min(self.hidden, self.latent) < 1:
            msg = f"widths are at least 1, got hidden={self.hidden}, latent={self.latent}"
            raise ValueError(msg)

    def build(self, shape: GraphShape, seed: int) -> Vae:
        """The autoencoder with fresh weights."""
        with seeded(seed):
            if self.kind == "gin":
                latent = shape.n * PER_NODE
                parts = (
                    GinEncoder(shape, self.hidden, PER_NODE),
                    InnerProductDecoder(shape, PER_NODE),
                )
                return Vae(*parts, latent, kl_weight=self.kl_weight, noise=self.noise)
            encoder = DagEncoder(shape, self.hidden, self.latent, bidirectional=self.bidirectional)
            decoder = DagDecoder(shape, self.hidden, self.latent)
            return Vae(encoder, decoder, self.latent, kl_weight=self.kl_weight, noise=self.noise)
