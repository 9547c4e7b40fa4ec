"""Optuna's samplers: TPE on the choices that make a graph, CMA-ES on a relaxation of them."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from nasgoat.errors import NothingLeftError, SolverUnavailableError, UnknownNameError
from nasgoat.graphs import LabeledGraph
from nasgoat.records import Observation, Proposal
from nasgoat.search.design import Design, check_initial, fresh_proposals, known_keys
from nasgoat.search.genes import Genome
from nasgoat.search.kinds import Surroundings
from nasgoat.search.relaxed import Parameters
from nasgoat.spaces import SearchSpace

if TYPE_CHECKING:
    import optuna

Sampler = Literal["tpe", "cmaes"]

ATTEMPTS = 50  # draws in a row without a new graph, before random graphs take their place


@dataclass(frozen=True, slots=True)
class OptunaState:
    """What a sampler has learnt.

    Args:
        design: the initial design.
        seed: of what the sampler does while it is told of observations.
        trials: one per observation told so far, in their order.
    """

    design: Design
    seed: int
    trials: tuple[optuna.trial.FrozenTrial, ...] = ()


@dataclass(frozen=True, slots=True)
class OptunaSearch:
    """Asks a sampler for choices until they make a new graph of the space.

    Draws outside the space, and draws of known graphs, are thrown away: they cost no evaluation,
    and the sampler does not hear of them. After ``ATTEMPTS`` of them in a row the rest of the batch
    is random graphs (with the origin ``random``). Observations are told in their order, at the
    choices that make their graphs, so that a resumed search knows what the interrupted one knew.

    Args:
        initial: size of the initial design.
        sampler: ``"tpe"`` or ``"cmaes"``.

    Raises:
        ValueError: the design has no graph.
        UnknownNameError: there is no such sampler.
    """

    initial: int = 10
    sampler: Sampler = "tpe"

    def __post_init__(self) -> None:
        check_initial(self.initial)
        UnknownNameError.unless_among("sampler", self.sampler, get_args(Sampler))

    @property
    def name(self) -> str:
        """See ``SearchMethod``."""
        return self.sampler

    def start(self, space: SearchSpace, rng: np.random.Generator) -> OptunaState:
        """See ``SearchMethod``.

        Raises:
            SolverUnavailableError: Optuna is not installed.
        """
        require_optuna()
        design = Design.draw(space, self.initial, rng)
        return OptunaState(design, int(rng.integers(2**31)))

    def propose(
        self,
        state: OptunaState,
        observations: Sequence[Observation],
        pending: Sequence[LabeledGraph],
        k: int,
        rng: np.random.Generator,
    ) -> tuple[OptunaState, list[Proposal]]:
        """See ``SearchMethod``."""
        space = state.design.space
        seen = known_keys(space, observations, pending)
        if design := state.design.unseen(seen):
            return state, design[:k]
        parameters = Parameters(Genome(space), continuous=self.sampler == "cmaes")
        with quiet():
            study = self._study(state, parameters, observations)
            state = OptunaState(state.design, state.seed, tuple(study.get_trials(deepcopy=False)))
            study.sampler = self._new_sampler(int(rng.integers(2**31)))
            graphs = drawn(study, parameters, seen, k)
        proposals = [Proposal(graph, "sampler") for graph in graphs]
        if len(proposals) == k:
            return state, proposals
        seen |= {space.key(graph) for graph in graphs}
        try:
            more = fresh_proposals(space, seen, k - len(graphs), rng, "random")
        except NothingLeftError:
            if not proposals:
                raise
            more = []
        return state, [*proposals, *more]

    def _study(
        self, state: OptunaState, parameters: Parameters, observations: Sequence[Observation]
    ) -> optuna.Study:
        """A study that knows all observations."""
        import optuna  # noqa: PLC0415

        study = optuna.create_study()
        # a penalty grows with the worst value: what was learnt from a smaller one is learnt anew
        told = state.trials if _tells(state.trials, observations) else ()
        study.add_trials(told)
        for i, one in enumerate(observations[len(told) :], start=len(told)):
            study.sampler = self._new_sampler(state.seed + i)
            study.enqueue_trial(parameters.written(one.graph))
            trial = study.ask()
            if self.sampler == "cmaes":
                _ = trial.relative_params  # makes the trial one of its generation
            parameters.suggested(trial)
            study.tell(trial, one.value)
        return study

    def _new_sampler(self, seed: int) -> optuna.samplers.BaseSampler:
        from optuna import samplers  # noqa: PLC0415

        if self.sampler == "tpe":
            return samplers.TPESampler(seed=seed, n_startup_trials=self.initial)
        return samplers.CmaEsSampler(seed=seed, warn_independent_sampling=False)


def drawn(
    study: optuna.Study, parameters: Parameters, seen: Collection[str], k: int
) -> list[LabeledGraph]:
    """Up to ``k`` new graphs from the study's sampler; it gives up after ``ATTEMPTS`` misses."""
    space = parameters.genome.space
    found: dict[str, LabeledGraph] = {}
    misses = 0
    while len(found) < k and misses < ATTEMPTS:
        graph = parameters.suggested(study.ask())
        key = None if graph is None else space.key(graph)
        if graph is None or key is None or key in seen or key in found:
            misses += 1
        else:
            found[key] = graph
            misses = 0
    return list(found.values())


def optuna_search(settings: OptunaSearch, surroundings: Surroundings) -> OptunaSearch:
    """The method of settings; refuses to go on without Optuna.

    Raises:
        SolverUnavailableError: Optuna is not installed.
    """
    del surroundings
    require_optuna()
    return settings


def require_optuna() -> None:
    """Refuse to go on without Optuna.

    Raises:
        SolverUnavailableError: it is not installed, or not with its CMA-ES.
    """
    try:
        import cmaes  # noqa: F401, PLC0415
        import optuna  # noqa: F401, PLC0415
    except ImportError as error:
        msg = "tpe, cmaes and exports need Optuna: pip install 'nasgoat[optuna]'"
        raise SolverUnavailableError(msg) from error


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Without Optuna's log lines and its warnings of what is experimental."""
    from optuna import exceptions, logging  # noqa: PLC0415

    level = logging.get_verbosity()
    logging.set_verbosity(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", exceptions.ExperimentalWarning)
            yield
    finally:
        logging.set_verbosity(level)


def _tells(trials: Sequence[optuna.trial.FrozenTrial], observations: Sequence[Observation]) -> bool:
    """Whether trials have the values of the first observations."""
    pairs = zip(trials, observations, strict=False)
    return all(trial.value == one.value for trial, one in pairs)
