"""Errors that a caller can react to; one class per reaction."""

from collections.abc import Iterable
from difflib import get_close_matches


class NasgoatError(Exception):
    """Base class of every error that nasgoat raises on purpose."""


class OutsideSpaceError(NasgoatError, ValueError):
    """A graph breaks a rule of its search space, or a label is not in the alphabet."""


class EmptySpaceError(NasgoatError, ValueError):
    """The rules of a search space exclude every graph."""


class NotListableError(NasgoatError, ValueError):
    """A search space is too large to be listed graph by graph."""


class NothingLeftError(NasgoatError):
    """More graphs were asked for than are left in the space."""


class NoIncumbentError(NasgoatError):
    """A solver stopped at its limits before it found any graph."""


class SolverUnavailableError(NasgoatError, ImportError):
    """A solver's package is not installed, or its licence does not carry the model."""


class NoEncodingError(NasgoatError, TypeError):
    """A rule, feature map, posterior or acquisition function has no MIP form."""


class EncodingMismatchError(NasgoatError):
    """A solver's answer disagrees with the number side: the certificate is refused."""


class BadDataError(NasgoatError, ValueError):
    """Observations that no surrogate can be fitted to: NaN, unequal lengths, none at all."""


class UnknownNameError(NasgoatError, LookupError):
    """A name of a benchmark, method, kernel ... that does not exist; lists those that do."""

    @classmethod
    def unless_among(cls, what: str, name: str, names: Iterable[str]) -> str:
        """The name itself if it is one of ``names``.

        Raises:
            UnknownNameError: it is not; lists those that are, the nearest first.
        """
        known = list(names)
        if name in known:
            return name
        close = get_close_matches(name, known, n=3, cutoff=0.3)
        listed = ", ".join([*close, *(other for other in known if other not in close)])
        msg = f"there is no {what} {name!r}; there are: {listed}"
        raise cls(msg)


class MissingDataError(NasgoatError, FileNotFoundError):
    """A benchmark table that is not on this machine."""


class ChecksumError(NasgoatError, ValueError):
    """A downloaded file that is not the published one."""


class NotInTableError(NasgoatError, KeyError):
    """A graph that a benchmark table has no row for."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class NoRepeatsError(NasgoatError, ValueError):
    """A table with one training per architecture, asked to draw one of several."""


class JournalError(NasgoatError, ValueError):
    """A journal that cannot be read, or that belongs to another run."""


class EvaluationsFailError(NasgoatError, RuntimeError):
    """Evaluation after evaluation failed: the evaluator is broken, not the architectures."""


class WorkerDiedError(NasgoatError, RuntimeError):
    """A process that evaluated a graph is gone, again and again."""


class ClusterError(NasgoatError, OSError):
    """A cluster for evaluations that cannot be reached or started."""
