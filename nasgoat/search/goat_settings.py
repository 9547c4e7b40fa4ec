"""The main method in words: every variant of it as plain options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from nasgoat.errors import NoEncodingError, UnknownNameError
from nasgoat.optimize import Optimization, listed
from nasgoat.search.base import SearchMethod
from nasgoat.search.batches import BatchRule, Fantasies, TopKPool
from nasgoat.search.defaults import default_acquisition, default_features, default_kernel
from nasgoat.search.design import check_initial
from nasgoat.search.goat import GoatSearch
from nasgoat.search.kinds import Surroundings
from nasgoat.search.rules import AcquisitionRule, acquisition_rule
from nasgoat.spaces import SearchSpace
from nasgoat.surrogate import NOISE, TRANSFORMS, GPSurrogate, WLSurrogate

Kernel = Literal["linear", "exponential", "wl"]

BATCH_RULES: dict[str, BatchRule] = {"fantasies": Fantasies(), "top-k": TopKPool()}
PAPER = "paper"  # the features that ``feature_maps_of`` chooses where none are named


@dataclass(frozen=True, slots=True)
class GoatSettings:
    """Options of ``goat``.

    Args:
        initial: size of the initial design.
        kernel: linear or exponential in the features, or wl, which counts equal subtrees; None for
            wl on trees that can be listed, unless features, the MIP or a Thompson sample are asked
            for, else linear.
        features: names of feature maps joined by ``+``; None for the usual ones of the space,
            ``"paper"`` for those of nasgoat's paper.
        transform: of the targets.
        noise: variance of the observation noise in the transformed unit; None: it is fitted.
        acquisition: lcb, mean, ei or thompson; None for lcb, with the kernel wl for ei and lcb
            in turns, unless ``beta`` or a top-k batch is asked for.
        beta: of lcb, ``mean - sqrt(beta) std``; None for what suits the space.
        batch_rule: how several graphs are picked at once.
        optimizer: of the acquisition function; None for ``auto``, or ``mip`` where a solver is
            named.
        solver: of the MIP; None for HiGHS.
        threads: of the solver.
        time_limit: seconds of each certified optimum.
        gap: at which a proof is complete.
        pool: number of graphs that the optimiser ``pool`` values.

    Raises:
        UnknownNameError: one of the names does not exist.
        ValueError: a number is out of range, or features are named for the kernel wl.
        NoEncodingError: a Thompson sample or the MIP is asked for with a kernel that has none.
    """

    initial: int = 2
    kernel: Kernel | None = None
    features: str | None = None
    transform: str = "rank-gaussian"
    noise: float | None = None
    acquisition: str | None = None
    beta: float | None = None
    batch_rule: str = "fantasies"
    optimizer: str | None = None
    solver: str | None = None
    threads: int = 1
    time_limit: float = 1800.0
    gap: float = 1e-4
    pool: int = 200

    def __post_init__(self) -> None:
        check_initial(self.initial)
        UnknownNameError.unless_among("transform", self.transform, TRANSFORMS)
        UnknownNameError.unless_among("batch rule", self.batch_rule, BATCH_RULES)
        acquisition_rule(self.acquisition or "lcb", 1.0 if self.beta is None else self.beta)
        self.optimization.require_names()
        if self.kernel is not None:
            UnknownNameError.unless_among("kernel", self.kernel, get_args(Kernel))
            check_model(self.kernel, self.acquisition)
        if self.kernel == "wl" and self.features is not None:
            msg = f"the kernel wl compares subtrees and takes no features, got {self.features!r}"
            raise ValueError(msg)
        if self.kernel == "wl" and self.optimization.name == "mip":
            msg = (
                "the kernel wl has no MIP form: use another kernel, or another optimizer than mip, "
                "which naming a solver means"
            )
            raise NoEncodingError(msg)

    @property
    def optimization(self) -> Optimization:
        """How the acquisition function is minimised."""
        return Optimization(
            self.optimizer, self.solver, self.threads, self.time_limit, self.gap, self.pool
        )

    def kernel_for(self, space: SearchSpace) -> str:
        """The kernel; where none is named, the one that suits the space and all that is named."""
        if self.kernel is not None:
            return self.kernel
        free = self.features is None and self.acquisition != "thompson"
        return default_kernel(space) if free and self.optimization.name != "mip" else "linear"

    def rule(self, space: SearchSpace) -> AcquisitionRule:
        """The acquisition rule; what is not named is chosen to suit the space.

        A top-k batch asks for one acquisition function, so that nothing could take turns in it.
        """
        if self.beta is None and self.batch_rule != "top-k" and self.acquisition in (None, "lcb"):
            # ei is in the turns of wl, unless lcb alone was asked for
            kernel = self.kernel_for(space) if self.acquisition is None else "linear"
            return default_acquisition(space, kernel)
        return acquisition_rule(self.acquisition or "lcb", 1.0 if self.beta is None else self.beta)

    def surrogate(self, space: SearchSpace) -> GPSurrogate | WLSurrogate:
        """The model.

        Raises:
            UnknownNameError: there are no such features.
            ValueError: features or kernel do not fit the space.
        """
        kernel, transform = self.kernel_for(space), TRANSFORMS[self.transform]
        noise = NOISE if self.noise is None else self.noise
        if kernel == "wl":
            return WLSurrogate.of_space(space, transform=transform, noise=noise)
        return GPSurrogate.of_space(
            space,
            None if self.features == PAPER else self.features or default_features(space),
            exponential=kernel == "exponential",
            transform=transform,
            noise=noise,
        )

    def build(self, surroundings: Surroundings) -> SearchMethod[Any]:
        """The method, for a space.

        Raises:
            NoEncodingError: the space has no MIP form and the MIP is asked for.
            UnknownNameError: there are no such features.
            ValueError: the features do not fit the space.
        """
        space = surroundings.space
        self.optimization.require(space)
        if self.kernel == "wl" and self.optimization.name == "auto" and not listed(space):
            msg = (
                f"the kernel wl has no MIP form, and {space.name!r} cannot be listed: use another "
                "kernel, or the optimizer local-search or pool"
            )
            raise NoEncodingError(msg)
        on_check = surroundings.on_check
        return GoatSearch(
            self.surrogate(space),
            self.optimization.build(check=on_check is not None, on_check=on_check),
            self.rule(space),
            self.optimization.limits,
            BATCH_RULES[self.batch_rule],
            self.initial,
            surroundings.on_progress,
        )


def check_model(kernel: str, acquisition: str | None) -> None:
    """Refuse an acquisition function that the kernel does not have.

    Raises:
        NoEncodingError: a Thompson sample without a linear kernel.
    """
    if acquisition == "thompson" and kernel != "linear":
        msg = "a Thompson sample needs a linear kernel: use --kernel linear"
        raise NoEncodingError(msg)
