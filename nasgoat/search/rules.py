"""Acquisition rules: they make the acquisition function of each round from the fitted posterior."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from nasgoat.acquisition import (
    Acquisition,
    ExpectedImprovement,
    LowerConfidenceBound,
    PosteriorMean,
    ThompsonSample,
)
from nasgoat.errors import UnknownNameError
from nasgoat.posterior import Posterior


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
    """A new sample of the posterior for every pick."""

    def __call__(
        self, posterior: Posterior, best: float, rng: np.random.Generator
    ) -> ThompsonSample:
        """See ``AcquisitionRule``."""
        del best
        return ThompsonSample.draw(posterior, rng)


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
