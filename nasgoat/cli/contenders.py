"""From what is typed after --methods and --benchmark to what is compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

from nasgoat.compare import Arena, Contender
from nasgoat.errors import UnknownNameError
from nasgoat.search import MethodSpec, method_kind
from nasgoat.search.options import options_of
from nasgoat.tabular import benchmark, benchmark_names

INITIAL = "initial"


def contenders(texts: Sequence[str], initial: int | None) -> tuple[Contender, ...]:
    """Read lists such as ``random,goat:kernel=linear,optimizer=mip,fast=goat:optimizer=auto``.

    Args:
        texts: lists of methods, joined by commas, each ``[label=]name[:key=value,key=value]``.
        initial: size of the initial design, of all methods that have the option; None for the
            size that each has by default.

    Raises:
        UnknownNameError: there is no such method or option.
        ValueError: an option has an impossible value, or something is no method.
        BadDataError: the entry point that brings a method cannot be loaded.
    """
    return tuple(_contender(spec, initial) for spec in _specs(texts))


def shared_initial(texts: Sequence[str]) -> int:
    """Size of the smallest initial design of these methods, 1 if none has one by that name.

    Raises:
        UnknownNameError, ValueError, BadDataError: as ``contenders``.
    """
    return min((size for spec in _specs(texts) if (size := _initial(spec))), default=1)


def split(text: str) -> list[str]:
    """The methods of a list.

    A comma also stands between the options of a method. ``key=value`` without a colon belongs to
    the method before it if that has options and knows this one; otherwise it is a label and a name.
    """
    specs: list[str] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        if specs and _continues(specs[-1], part):
            specs[-1] += f",{part}"
        else:
            specs.append(part)
    return specs


def arenas(patterns: Sequence[str], data: Path | None) -> tuple[Arena, ...]:
    """The benchmarks that are named, or match a pattern such as ``nasbench-graph:*``.

    Raises:
        UnknownNameError: a pattern matches none.
    """
    names: dict[str, None] = {}
    for pattern in patterns:
        matching = [pattern]
        if "*" in pattern or "?" in pattern:
            known = benchmark_names()
            matching = [name for name in known if fnmatchcase(name, pattern)]
            if not matching:
                msg = f"no benchmark matches {pattern!r}; there are: {', '.join(known)}"
                raise UnknownNameError(msg)
        names |= dict.fromkeys(matching)
    return tuple(Arena(name, partial(benchmark, name, data)) for name in names)


def _continues(spec: str, part: str) -> bool:
    """Whether a part is one more option of a method."""
    key, equals, value = part.partition("=")
    name, colon, _ = _unlabelled(spec)[1].partition(":")
    return bool(equals and colon) and ":" not in value and key in _options(name)


def _options(name: str) -> Mapping[str, object]:
    return options_of(method_kind(name).settings)


def _unlabelled(spec: str) -> tuple[str, str]:
    """Label and method of ``[label=]name[:options]``."""
    head, colon, options = spec.partition(":")
    label, equals, name = head.partition("=")
    return (label, f"{name}{colon}{options}") if equals else (spec, spec)


def _specs(texts: Sequence[str]) -> list[str]:
    return [spec for text in texts for spec in split(text)]


def _contender(text: str, initial: int | None) -> Contender:
    label, method = _unlabelled(text)
    spec = MethodSpec.parse(method)
    kind = method_kind(spec.name)
    given = dict(spec.options)
    if initial is not None and INITIAL in _options(spec.name) and INITIAL not in kind.fixed:
        spec = MethodSpec.of(spec.name, {INITIAL: initial, **given})
    return Contender(label, spec.build, method, spec.batch)


def _initial(text: str) -> int | None:
    """Size of a method's initial design, None if it has no such option."""
    spec = MethodSpec.parse(_unlabelled(text)[1])
    kind = method_kind(spec.name)
    options = options_of(kind.settings)
    defaults = {INITIAL: options[INITIAL].default} if INITIAL in options else {}
    size = {**defaults, **kind.fixed, **dict(spec.options)}.get(INITIAL)
    return None if size is None else int(size)
