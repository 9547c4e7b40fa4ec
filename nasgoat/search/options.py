"""Options of search methods: the fields of a dataclass, read from text and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from nasgoat.errors import UnknownNameError

OptionValue = bool | int | float | str | None

WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
KINDS = {bool: "true or false", int: "a whole number", float: "a number", str: "a word"}


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a method.

    Args:
        name: its key.
        kind: bool, int, float or str.
        optional: whether it may be None, written ``none``.
        choices: the words allowed, () for any.
        default: its value unless it is given.
    """

    name: str
    kind: type
    optional: bool
    choices: tuple[str, ...]
    default: OptionValue

    @property
    def meaning(self) -> str:
        """What may be given, in words."""
        text = f"one of {', '.join(self.choices)}" if self.choices else KINDS[self.kind]
        return f"{text}, or none" if self.optional else text

    def read(self, given: object) -> OptionValue:
        """The value of a text, or the value itself if it is one.

        Raises:
            ValueError: it is neither; says what may be given.
        """
        value = self._parsed(given) if isinstance(given, str) else given
        if value is None and self.optional:
            return None
        if self.kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        wrong_word = bool(self.choices) and value not in self.choices
        if not _is(value, self.kind) or wrong_word:
            msg = f"{self.name} is {self.meaning}, got {given!r}"
            raise ValueError(msg)
        return value  # type: ignore[return-value]

    def _parsed(self, text: str) -> object:
        """The value that a text stands for; the text itself where it stands for none."""
        if self.optional and text.lower() == "none":
            return None
        if self.kind is bool:
            return WORDS.get(text.lower(), text)
        try:
            return self.kind(text)
        except ValueError:
            return text


def options_of(settings: type[Any]) -> dict[str, Option]:
    """The options that a dataclass has: its fields that are plain values with a default."""
    hints = get_type_hints(settings)
    found = {}
    for field in fields(settings):
        kind, optional, choices = _kind(hints[field.name])
        if kind is not None and field.init and field.default is not MISSING:
            found[field.name] = Option(field.name, kind, optional, choices, field.default)
    return found


def checked(settings: type[Any], owner: str, given: Mapping[str, object]) -> dict[str, OptionValue]:
    """Options with the types that they should have.

    Args:
        settings: a dataclass.
        owner: whose options they are, for errors.
        given: values, or texts that stand for them.

    Raises:
        UnknownNameError: there is no such option; lists those that there are.
        ValueError: a value is of the wrong type.
    """
    options = options_of(settings)
    read = {}
    for key, value in given.items():
        if not options:
            msg = f"{owner} has no options, got {key!r}"
            raise UnknownNameError(msg)
        UnknownNameError.unless_among(f"option of {owner} called", key, options)
        try:
            read[key] = options[key].read(value)
        except ValueError as error:
            msg = f"option of {owner}: {error}"
            raise ValueError(msg) from None
    return read


def pairs_of(texts: list[str]) -> dict[str, str]:
    """``key=value`` texts as a mapping; the last of equal keys counts.

    Raises:
        ValueError: a text has no ``=``, or nothing before it.
    """
    pairs = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            msg = f"an option is given as key=value, got {text!r}"
            raise ValueError(msg)
        pairs[key.strip()] = value.strip()
    return pairs


def _kind(hint: Any) -> tuple[type | None, bool, tuple[str, ...]]:
    """Type, whether None is allowed, and the words allowed; (None, ...) for other objects."""
    optional = False
    if get_origin(hint) in (Union, UnionType):
        rest = [part for part in get_args(hint) if part is not NoneType]
        optional = len(rest) < len(get_args(hint))
        if len(rest) != 1:
            return None, optional, ()
        hint = rest[0]
    if get_origin(hint) is Literal and all(isinstance(word, str) for word in get_args(hint)):
        return str, optional, get_args(hint)
    return (hint if hint in KINDS else None), optional, ()


def _is(value: object, kind: type) -> bool:
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
