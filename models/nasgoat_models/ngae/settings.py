"""The options of the search method ``ngae``; without PyTorch, so that they are listed quickly."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from nasgoat.search import MethodKind
from nasgoat.search.base import UNJOURNALLED
from nasgoat.search.design import check_initial
from nasgoat_models.methods import built_in


@dataclass(frozen=True, slots=True)
class NgaeSettings:
    """How NGAE searches.

    Args:
        initial: size of the initial design.
        graphs: drawn from the space to train the autoencoder on, without values.
        epochs: of that training.
        hidden: width of the states and of the predictors' layers.
        latent: dimension of the latent space.
        bidirectional: whether graphs are read backwards as well.
        refit: the joint training is done anew when so many observations have come.
        fit_steps: of a joint training.
        starts: ascents from random points, and as many from the best observed graphs.
        rate: step size of the ascent; random starts.
        best_rate: the same from observed graphs.
        steps: of an ascent.
        complexity: weight of the predicted complexity, 1 in the paper; 0 leaves it out.
        device: ``auto`` is a GPU where there is one.

    Raises:
        ValueError: a size is less than 1, a rate not above 0, or the weight negative.
    """

    initial: int = 10
    graphs: int = 2000
    epochs: int = 40
    hidden: int = 64
    latent: int = 32
    bidirectional: bool = True
    refit: int = 10
    fit_steps: int = 100
    starts: int = 10
    rate: float = 10.0
    best_rate: float = 10.0
    steps: int = 100
    complexity: float = 0.1
    device: Literal["auto", "cpu", "cuda"] = field(default="auto", metadata=UNJOURNALLED)

    def __post_init__(self) -> None:
        check_initial(self.initial)
        sizes = ("graphs", "hidden", "latent", "refit", "fit_steps", "starts", "steps")
        small = [name for name in sizes if getattr(self, name) < 1]
        if small or self.epochs < 0:
            msg = f"{', '.join(small) or 'epochs'} of ngae must not be so few"
            raise ValueError(msg)
        if not (self.rate > 0 and self.best_rate > 0 and self.complexity >= 0):
            msg = (
                "ngae ascends with rates above 0 and a weight of the complexity of at least 0, got "
                f"rate={self.rate}, best_rate={self.best_rate}, complexity={self.complexity}"
            )
            raise ValueError(msg)


KIND = MethodKind(
    "graph autoencoder with predictors of performance and complexity, ascent in the latent space",
    "Li et al. 2020",
    NgaeSettings,
    built_in("nasgoat_models.ngae.method", "ngae_search"),
)
