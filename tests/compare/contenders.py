"""Contenders and arenas of the toy space, at the top of a module so that processes find them."""

import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from nasgoat.compare import Arena, Contender, Plan, Protocol
from nasgoat.graphs import LabeledGraph
from nasgoat.records import Observation, Proposal
from nasgoat.search import Evolution, LocalSearch, RandomSearch, SearchMethod
from nasgoat.search.design import fresh_proposals, known_keys
from nasgoat.spaces import CellSpace, SearchSpace
from tests.search.toy import SPACE, Toy


@dataclass(frozen=True)
class Fixed(Toy):
    """The toy with a name of its own and an optimum that is not sought anew."""

    name: str = "toy"
    optimum: float | None = 14.15  # type: ignore[assignment]

    def __call__(self, graph: LabeledGraph) -> Observation:
        found = super().__call__(graph)
        return replace(found, value=round(found.value, 9))


@dataclass(frozen=True)
class Undesigned:
    """Random search without a design of its own, which draws from the generator in another way."""

    name: str = "undesigned"

    def start(self, space: SearchSpace, rng: np.random.Generator) -> SearchSpace:
        rng.random(3)
        return space

    def propose(
        self,
        state: SearchSpace,
        observations: Sequence[Observation],
        pending: Sequence[LabeledGraph],
        k: int,
        rng: np.random.Generator,
    ) -> tuple[SearchSpace, list[Proposal]]:
        seen = known_keys(state, observations, pending)
        return state, fresh_proposals(state, seen, k, rng, "random")


@dataclass(frozen=True)
class Unlucky(Undesigned):
    """Fails in every third trial: where the first graph of the design has an even hash."""

    name: str = "unlucky"

    def propose(
        self,
        state: SearchSpace,
        observations: Sequence[Observation],
        pending: Sequence[LabeledGraph],
        k: int,
        rng: np.random.Generator,
    ) -> tuple[SearchSpace, list[Proposal]]:
        if sum(map(ord, state.key(observations[0].graph))) % 2:
            msg = "bad luck"
            raise RuntimeError(msg)
        return super().propose(state, observations, pending, k, rng)


@dataclass(frozen=True)
class Deadly(Undesigned):
    """Kills its process."""

    name: str = "deadly"

    def propose(self, *_: Any) -> Any:
        os.kill(os.getpid(), signal.SIGKILL)


def _given(method: SearchMethod[Any], space: SearchSpace) -> SearchMethod[Any]:
    del space
    return method


def contender(label: str, method: SearchMethod[Any], batch: int | None = None) -> Contender:
    return Contender(label, partial(_given, method), label, batch)


RANDOM = contender("random", RandomSearch())
EVOLUTION = contender("evolution", Evolution())
LOCAL = contender("local", LocalSearch())
UNDESIGNED = contender("undesigned", Undesigned())
UNLUCKY = contender("unlucky", Unlucky())
DEADLY = contender("deadly", Deadly())


def arena(name: str = "toy", space: CellSpace = SPACE, optimum: float | None = 14.15) -> Arena:
    return Arena(name, partial(Fixed, space, name, "toy error, %", optimum))


def plan(*contenders: Contender, trials: int = 4, budget: int = 40, **settings: Any) -> Plan:
    settings = {"arenas": (arena(),), "checkpoints": (20, budget), **settings}
    protocol = Protocol(budget, settings.pop("initial", 10), settings.pop("batch", 1))
    return Plan(contenders=contenders, trials=trials, protocol=protocol, **settings)
