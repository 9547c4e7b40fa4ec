"""CR-LSO: a latent space of graphs, regularised to be convex, and the search in it.

Importing this package imports no PyTorch.
"""

from nasgoat.search import MethodKind
from nasgoat_models.crlso.settings import CrLsoSettings
from nasgoat_models.methods import built_in

KIND = MethodKind(
    "gradient of an input convex network in the latent space of a graph autoencoder",
    "Rao et al. 2024",
    CrLsoSettings,
    built_in("nasgoat_models.crlso.method", "build"),
)

__all__ = ["KIND", "CrLsoSettings"]
