"""What can be chosen about GraB-NAS; imports no PyTorch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from nasgoat.errors import UnknownNameError
from nasgoat.search import MethodKind
from nasgoat.search.base import UNJOURNALLED
from nasgoat.search.design import check_initial
from nasgoat.surrogate import TRANSFORMS
from nasgoat_models.methods import built_in

Mode = Literal["bo", "gradient", "hybrid"]


@dataclass(frozen=True, slots=True)
class GrabNasSettings:
    """The settings of ``GrabNas``.

    Args:
        initial: size of the initial design, the first support set.
        target: name of the benchmark that is searched, such as ``nasbench201:cifar10``. Its dataset
            is then described to the dataset encoder, and the networks are meta-trained on the other
            datasets of its family; of its own dataset no value is read. None: no meta-training.
        mode: ``"bo"``, ``"gradient"``, or ``"hybrid"`` for both in turn after the warm-up.
        warm_up: evaluations after the design that are Bayesian steps in any case, T_BO.
        step: step size of the ascent, of Adam.
        steps: of one ascent.
        pool: graphs that a Bayesian step values; all of a smaller space.
        pairs: measured graphs of each other dataset in meta-training.
        graphs: graphs that the autoencoder learns from; all of a smaller space.
        epochs: of meta-training and autoencoder.
        tuning: steps of fine-tuning on the support set before each proposal.
        latent: dimension of graph embeddings.
        width: of the networks.
        transform: of the targets, per dataset.
        device: ``"auto"``, ``"cpu"`` or ``"cuda"``.
        threads: of PyTorch on the CPU.

    Raises:
        ValueError: a number makes no sense.
        UnknownNameError: there is no such mode or transform.
    """

    initial: int = 10
    target: str | None = None
    mode: Mode = "hybrid"
    warm_up: int = 10
    step: float = 0.1
    steps: int = 30
    pool: int = 1000
    pairs: int = 200
    graphs: int = 2048
    epochs: int = 40
    tuning: int = 30
    latent: int = 16
    width: int = 64
    transform: Literal["standardise", "log", "log-clip", "rank-gaussian"] = "rank-gaussian"
    device: str = field(default="auto", metadata=UNJOURNALLED)
    threads: int = field(default=1, metadata=UNJOURNALLED)

    def __post_init__(self) -> None:
        check_initial(self.initial)
        UnknownNameError.unless_among("mode", self.mode, get_args(Mode))
        UnknownNameError.unless_among("transform", self.transform, TRANSFORMS)
        for name in ("steps", "pool", "pairs", "graphs", "latent", "width"):
            if getattr(self, name) < 1:
                msg = f"{name} is at least 1, got {getattr(self, name)}"
                raise ValueError(msg)
        for name in ("warm_up", "epochs", "tuning"):
            if getattr(self, name) < 0:
                msg = f"{name} is at least 0, got {getattr(self, name)}"
                raise ValueError(msg)
        if not self.step > 0:
            msg = f"the step size of the ascent is above 0, got {self.step}"
            raise ValueError(msg)


KIND = MethodKind(
    "deep-kernel Gaussian process on datasets and graphs, Bayesian and latent gradient steps",
    "arXiv 2508.09467",
    GrabNasSettings,
    built_in("nasgoat_models.grabnas.method", "build"),
)
