"""Search methods by name: those of nasgoat, and those that entry points bring.

A ``MethodSpec`` is a name with options: a plain value that can be pickled, sent to another process,
and built there for the space at hand.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Self

from nasgoat.errors import BadDataError, UnknownNameError
from nasgoat.records import ProgressCallback
from nasgoat.search.base import SearchMethod
from nasgoat.search.kinds import MethodKind, OnCheck, OnStage, Surroundings
from nasgoat.search.lineup import KINDS, MISSING, PROTOCOLS
from nasgoat.search.options import OptionValue, checked, options_of, pairs_of
from nasgoat.spaces import SearchSpace

GROUP = "nasgoat.methods"  # of entry points, each named after its method


@dataclass(frozen=True, slots=True)
class MethodSpec:
    """A method with its options, before it meets a space.

    Args:
        name: one of ``method_names()``.
        options: pairs of those that were given, with their types, in the order of their names.
    """

    name: str
    options: tuple[tuple[str, OptionValue], ...] = ()

    @classmethod
    def of(cls, name: str, options: Mapping[str, object] | None = None) -> Self:
        """Check a name and options.

        Args:
            name: of the method.
            options: values, or texts that stand for them.

        Raises:
            UnknownNameError: there is no such method, or no such option; lists those there are.
            ValueError: an option has a wrong type or an impossible value.
            BadDataError: the entry point that brings the method cannot be loaded.
        """
        kind = method_kind(name)
        given = {} if options is None else options
        for key in given:
            if key in kind.fixed:
                msg = (
                    f"{name} fixes {key}={kind.fixed[key]}; to change it, take the method "
                    f"{kind.base or name} with options of its own"
                )
                raise ValueError(msg)
        values = checked(kind.settings, name, given)
        kind.settings(**kind.fixed, **values)
        return cls(name, tuple(sorted(values.items())))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``name`` or ``name:key=value,key=value``; errors as in ``of``."""
        name, _, options = text.partition(":")
        return cls.of(name, pairs_of(options.split(",")) if options else {})

    def __str__(self) -> str:
        pairs = ",".join(f"{key}={str(value).lower()}" for key, value in self.options)
        return f"{self.name}:{pairs}" if pairs else self.name

    def resolved(self) -> dict[str, OptionValue]:
        """All options that may be given, those left out with their defaults."""
        kind = method_kind(self.name)
        known = options_of(kind.settings).values()
        defaults = {one.name: one.default for one in known if one.name not in kind.fixed}
        return {**defaults, **dict(self.options)}

    @property
    def batch(self) -> int | None:
        """How many evaluations its protocol asks for at once; None where that is free."""
        return method_kind(self.name).batch

    @property
    def budget(self) -> int | None:
        """How many evaluations its protocol has in all; None where that is free."""
        return method_kind(self.name).budget

    def build(
        self,
        space: SearchSpace,
        *,
        on_progress: ProgressCallback | None = None,
        on_check: OnCheck | None = None,
        on_stage: OnStage | None = None,
    ) -> SearchMethod[Any]:
        """The method, for a space.

        Args:
            space: where it will search.
            on_progress: hears of a solver's progress, where a solver is used.
            on_check: if given, optima of acquisition functions are compared with exhaustive search,
                and it hears of every comparison.
            on_stage: is told in words what the method works at, where that takes long.

        Raises:
            NoEncodingError: the options do not fit together, or not with the space.
            ValueError: the options do not fit the space.
            SolverUnavailableError: a package that the method needs is not installed.
        """
        kind = method_kind(self.name)
        settings = kind.settings(**kind.fixed, **dict(self.options))
        return kind.build(settings, Surroundings(space, on_progress, on_check, on_stage))


def build(name: str, options: Mapping[str, object] | None, space: SearchSpace) -> SearchMethod[Any]:
    """The method of a name with options, for a space; errors as in ``MethodSpec``."""
    return MethodSpec.of(name, options).build(space)


def method_names() -> list[str]:
    """Every name that ``method_kind`` knows.

    Methods of entry points are imported for it; one that fails is left out with a warning.
    """
    return list(method_kinds())


def method_kinds() -> dict[str, MethodKind]:
    """All methods by name: nasgoat's own, those of entry points, and protocols of either."""
    kinds = dict(KINDS)
    for point in _points():
        try:
            kinds[point.name] = _loaded(point)
        except BadDataError as error:
            warnings.warn(str(error), stacklevel=2)
    for name, protocol in PROTOCOLS.items():
        if protocol.method in kinds:
            kinds[name] = protocol.of(kinds[protocol.method])
    return kinds


def method_kind(name: str) -> MethodKind:
    """What a method is, and how it is built.

    Raises:
        UnknownNameError: there is no such method, or its package is not installed.
        BadDataError: the entry point that brings it cannot be loaded.
    """
    if name in KINDS:
        return KINDS[name]
    if name in PROTOCOLS:
        return PROTOCOLS[name].of(method_kind(PROTOCOLS[name].method))
    for point in _points():
        if point.name == name:
            return _loaded(point)
    if name in MISSING:
        msg = (
            f"the method {name!r} comes with the package {MISSING[name]}: install it, or a version "
            "of it that has the method"
        )
        raise UnknownNameError(msg)
    return KINDS[UnknownNameError.unless_among("method", name, method_names())]


def _points() -> list[EntryPoint]:
    known = {*KINDS, *PROTOCOLS}
    return [point for point in entry_points(group=GROUP) if point.name not in known]


def _loaded(point: EntryPoint) -> MethodKind:
    try:
        kind = point.load()
        if not isinstance(kind, MethodKind):
            msg = f"it is a {type(kind).__name__}, not a MethodKind"
            raise TypeError(msg)
    except Exception as error:
        msg = (
            f"the method {point.name!r} of {point.value} cannot be loaded: {error!r}; repair or "
            "uninstall the package that brings it"
        )
        raise BadDataError(msg) from error
    return kind
