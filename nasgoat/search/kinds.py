"""Kinds of search methods: what the registry knows, and what entry points name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from nasgoat.records import ProgressCallback
from nasgoat.search.base import SearchMethod
from nasgoat.search.options import OptionValue
from nasgoat.spaces import SearchSpace

OnCheck = Callable[[float, float], None]
OnStage = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a method is built for, beside its settings.

    Args:
        space: where it will search.
        on_progress: hears of a solver's progress, or None.
        on_check: hears of comparisons with exhaustive search; None for no comparisons.
        on_stage: is told in words what a method works at where that takes long, or None.
    """

    space: SearchSpace
    on_progress: ProgressCallback | None = None
    on_check: OnCheck | None = None
    on_stage: OnStage | None = None


def as_it_is(settings: Any, surroundings: Surroundings) -> SearchMethod[Any]:
    """The settings themselves, of methods that need no more than these."""
    del surroundings
    method: SearchMethod[Any] = settings
    return method


@dataclass(frozen=True, slots=True)
class MethodKind:
    """A search method before its options are chosen.

    Args:
        summary: one line that says what it does.
        source: the paper that it comes from.
        settings: a frozen dataclass; its fields of type bool, int, float, str, ``Literal`` or one
            of these or None, all with defaults, are the options. It refuses impossible values.
        build: makes the method of settings.
        fixed: options that are prescribed.
        base: the method whose options these are, "" for a method of its own.
        batch: evaluations that a protocol asks for at once, None where that is free.
        budget: evaluations of a protocol in all, None where that is free.
    """

    summary: str
    source: str
    settings: type[Any]
    build: Callable[[Any, Surroundings], SearchMethod[Any]] = as_it_is
    fixed: Mapping[str, OptionValue] = field(default_factory=dict)
    base: str = ""
    batch: int | None = None
    budget: int | None = None


@dataclass(frozen=True, slots=True)
class Protocol:
    """How a paper ran a method.

    Args:
        method: its name.
        summary: one line that says what is prescribed.
        fixed: options that are prescribed.
        batch: evaluations asked for at once.
        budget: evaluations in all.
    """

    method: str
    summary: str
    fixed: Mapping[str, OptionValue]
    batch: int
    budget: int

    def of(self, kind: MethodKind) -> MethodKind:
        """The method under the protocol."""
        return replace(
            kind,
            summary=self.summary,
            fixed={**kind.fixed, **self.fixed},
            base=self.method,
            batch=self.batch,
            budget=self.budget,
        )
