"""GraB-NAS: what other datasets teach about an unseen one, Bayesian and gradient steps in turn.

Importing this package imports no PyTorch.
"""

from nasgoat.search import MethodKind
from nasgoat_models.grabnas.settings import GrabNasSettings
from nasgoat_models.methods import built_in

KIND = MethodKind(
    "deep-kernel Gaussian process on datasets and graphs, Bayesian and latent gradient steps",
    "arXiv 2508.09467",
    GrabNasSettings,
    built_in("nasgoat_models.grabnas.method", "build"),
)

__all__ = ["KIND", "GrabNasSettings"]
