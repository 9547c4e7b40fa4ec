"""Acquisition rules: they make the acquisition function of each round from the fitted posterior."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nasgoat.acquisition import (
    Acquisition,
    ExpectedImprovement,
    LowerConfidenceBound,
    NetworkSample,
    PosteriorMean,
    ThompsonSample,
)
from nasgoat.errors import NoEncodingError, UnknownNameError
from nasgoat.posterior import NetworkPosterior, Posterior


class AcquisitionRule(Protocol):
    """Makes an acquisition function."""

    def __call__(self, posterior: Posterior, best: float, rng: np.random.Generator) -> Acquisition:
        """The acquisition function of one pick.

        Args:
            posterior: the belief, fantasies included.
            best: the least observed target, in the unit of the posterior, fantasies left out.
            rng: source of chance.

        Raises:
            NoEncodingError: the function is not defined for this kind of posterior.
        """


@dataclass(frozen=True, slots=True)
class UseLCB:
    """The lower confidence bound with a fixed ``beta``."""

    beta: float = 1.0

    def __call__(
        self, posterior: Posterior, best: float, rng: np.random.Generator
    ) -> LowerConfidenceBound:
        """See ``AcquisitionRule``."""
        del posterior, best, rng
        return LowerConfidenceBound(self.beta)


@dataclass(frozen=True, slots=True)
class TakeTurns:
    """Lower confidence bounds that take turns: a small ``beta`` exploits, large ones explore.

    Whose turn it is depends on how much the posterior was told, fantasies included, so that the
    picks of a batch take turns, too. A single small ``beta`` now and then stays among the neighbors
    of a local optimum for good (docs/quality.md).

    Raises:
        ValueError: there is no ``beta``, or one is negative or not finite.
    """

    betas: tuple[float, ...] = (1.0, 16.0, 64.0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "betas", tuple(LowerConfidenceBound(b).beta for b in self.betas))
        if not self.betas:
            msg = "confidence bounds take turns with at least one beta, got none"
            raise ValueError(msg)

    def __call__(self, posterior: Posterior, best: float, rng: np.random.Generator) -> Acquisition:
        """See ``AcquisitionRule``.

        Raises:
            NoEncodingError: the posterior does not say what it was told.
        """
        return Alternate(tuple(map(UseLCB, self.betas)))(posterior, best, rng)


@dataclass(frozen=True, slots=True)
class Alternate:
    """Rules that take turns, as ``TakeTurns`` does with one rule of several ``beta``.

    Args:
        rules: at least one; which comes depends on the number of targets, as with
            ``TakeTurns``.

    Raises:
        ValueError: there is no rule.
    """

    rules: tuple[AcquisitionRule, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "rules", tuple(self.rules))
        if not self.rules:
            msg = "acquisition rules take turns with at least one rule, got none"
            raise ValueError(msg)

    def __call__(self, posterior: Posterior, best: float, rng: np.random.Generator) -> Acquisition:
        """See ``AcquisitionRule``.

        Raises:
            NoEncodingError: the posterior does not say what it was told.
        """
        told = len(targets_of(posterior))
        return self.rules[told % len(self.rules)](posterior, best, rng)


@dataclass(frozen=True, slots=True)
class UseMean:
    """The posterior mean."""

    def __call__(
        self, posterior: Posterior, best: float, rng: np.random.Generator
    ) -> PosteriorMean:
        """See ``AcquisitionRule``."""
        del posterior, best, rng
        return PosteriorMean()


@dataclass(frozen=True, slots=True)
class UseEI:
    """Expected improvement on the least observed target."""

    def __call__(
        self, posterior: Posterior, best: float, rng: np.random.Generator
    ) -> ExpectedImprovement:
        """See ``AcquisitionRule``."""
        del posterior, rng
        return ExpectedImprovement(best)


@dataclass(frozen=True, slots=True)
class UseThompson:
    """A new sample of the posterior for every pick: of its function, or one of its networks."""

    def __call__(
        self, posterior: Posterior, best: float, rng: np.random.Generator
    ) -> ThompsonSample | NetworkSample:
        """See ``AcquisitionRule``."""
        del best
        if isinstance(posterior, NetworkPosterior):
            return NetworkSample.draw(posterior, rng)
        return ThompsonSample.draw(posterior, rng)


def targets_of(posterior: Posterior) -> NDArray[np.float64]:
    """What a posterior was conditioned on, in its own unit; ``(T,)``.

    Raises:
        NoEncodingError: it does not say.
    """
    targets = getattr(posterior, "targets", None)
    if targets is None:
        msg = f"{type(posterior).__name__} has no targets: it does not say what it was told"
        raise NoEncodingError(msg)
    return np.asarray(targets, dtype=np.float64)


def acquisition_rule(name: str, beta: float = 1.0) -> AcquisitionRule:
    """The rule of a name.

    Args:
        name: "lcb", "mean", "ei" or "thompson".
        beta: of the lower confidence bound.

    Raises:
        UnknownNameError: there is no such rule.
        ValueError: ``beta`` is negative or not finite.
    """
    rules: dict[str, AcquisitionRule] = {
        "lcb": UseLCB(LowerConfidenceBound(beta).beta),
        "mean": UseMean(),
        "ei": UseEI(),
        "thompson": UseThompson(),
    }
    return rules[UnknownNameError.unless_among("acquisition function", name, rules)]
