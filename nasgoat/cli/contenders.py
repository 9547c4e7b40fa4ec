"""From what is typed after --methods and --benchmark to what is compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

from nasgoat.compare import Arena, Contender
from nasgoat.errors import UnknownNameError
from nasgoat.search import MethodSpec, method_kind, method_names
from nasgoat.search.options import options_of, pairs_of
from nasgoat.tabular import benchmark, benchmark_names

INITIAL = "initial"


def contenders(texts: Sequence[str], initial: int) -> tuple[Contender, ...]:
    """Read lists such as ``random,goat:kernel=linear,optimizer=mip,fast=goat:optimizer=auto``.

    Args:
        texts: lists of methods, joined by commas, each ``[label=]name[:key=value,key=value]``.
        initial: size of the initial design, of all methods that have the option.

    Raises:
        UnknownNameError: there is no such method or option.
        ValueError: an option has an impossible value, or something is no method.
        BadDataError: the entry point that brings a method cannot be loaded.
    """
    specs = [spec for text in texts for spec in split(text)]
    return tuple(_contender(spec, initial) for spec in specs)


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


def _contender(text: str, initial: int) -> Contender:
    label, method = _unlabelled(text)
    name, _, options = method.partition(":")
    UnknownNameError.unless_among("method", name, method_names())
    given: dict[str, object] = dict(pairs_of(options.split(","))) if options else {}
    if INITIAL in _options(name) and INITIAL not in method_kind(name).fixed:
        given = {INITIAL: initial, **given}
    spec = MethodSpec.of(name, given)
    return Contender(label, spec.build, method, spec.batch)
