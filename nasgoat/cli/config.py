"""Settings in YAML files: ``--config FILE`` gives options of a command the values that a file has.

What a file may hold follows from the command's own options, so that no option is written twice.
Options that are typed outweigh the file; so does ``NASGOAT_DATA``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Optional, get_args, get_origin, get_type_hints

import typer
from typer.models import OptionInfo

from nasgoat.errors import BadDataError, UnknownNameError

# Of one call, not of an experiment.
TYPED_ONLY = ("config", "json", "debug", "resume")

MEANINGS = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}


@dataclass(frozen=True, slots=True)
class Setting:
    """One option as a file has it.

    Args:
        key: in the file.
        parameter: of the function behind the command.
        kind: type of the value; of lists, that of an item.
        several: whether it is a list; a single value is read as a list of one.
        pairs: whether it is a mapping, the ``key=value`` texts of the command line.
        least, most: range of numbers, None where there is no end.
    """

    key: str
    parameter: str
    kind: type
    several: bool
    pairs: bool
    least: float | None
    most: float | None

    @property
    def annotation(self) -> tuple[Any, Any]:
        """The field of a pydantic model."""
        from pydantic import Field  # noqa: PLC0415  (help is quick)

        bound: Any = Annotated[self.kind, Field(ge=self.least, le=self.most)]
        if self.kind is str:  # `nodes: 7` is a number to YAML
            bound = str | int | float
        if self.pairs:
            bound = dict[str, bool | int | float | str | None]
        elif self.several:
            bound = bound | list[bound]
        return (bound | None, Field(default=None, alias=self.key))

    @property
    def meaning(self) -> str:
        """What may be given, in words."""
        if self.pairs:
            return "a mapping of the method's options, such as {pool: 400}"
        text = MEANINGS[self.kind]
        text += "" if self.least is None else f" from {self.least:g}"
        text += "" if self.most is None else f" to {self.most:g}"
        return f"{text}, or a list of such" if self.several else text

    def typed(self, value: Any) -> Any:
        """A value as the command line would give it."""
        if self.pairs:
            return [f"{key}={_text(item)}" for key, item in value.items()]
        if self.several:
            return [_text(item) for item in (value if isinstance(value, list) else [value])]
        return _text(value) if self.kind is str else value


def from_config(context: typer.Context, path: Optional[Path]) -> Optional[Path]:  # noqa: UP045
    """Let a file give the defaults of a call; the callback of ``--config``."""
    if path is not None and not context.resilient_parsing:
        settings = settings_of(context.command)
        try:
            context.default_map = read_config(path, settings)
        except (BadDataError, UnknownNameError) as error:
            raise typer.BadParameter(str(error)) from error
    return path


def settings_of(command: Any) -> dict[str, Setting]:
    """What a file may set for a command of typer, by key: the long names of its options."""
    assert command.callback is not None
    hints = get_type_hints(command.callback, include_extras=True)
    settings = {}
    for option in command.params:
        if option.name in hints and option.name not in TYPED_ONLY:
            key = max(option.opts, key=len).strip("-")
            settings[key] = _setting(key, option.name, *get_args(hints[option.name]))
    return settings


def read_config(path: Path, settings: Mapping[str, Setting]) -> dict[str, Any]:
    """Values by parameter.

    Args:
        path: of a YAML file.
        settings: what it may hold.

    Raises:
        BadDataError: it cannot be read, is no mapping, or a value is not what it should be.
        UnknownNameError: a key is no option of the command.
    """
    from pydantic import ConfigDict, ValidationError, create_model  # noqa: PLC0415

    given = _loaded(path)
    for key in given:
        try:
            UnknownNameError.unless_among("option", key, settings)
        except UnknownNameError as error:
            msg = f"{path}: {error}"
            raise UnknownNameError(msg) from None
    fields: dict[str, Any] = {one.parameter: one.annotation for one in settings.values()}
    strict = ConfigDict(strict=True, extra="forbid")
    model = create_model("Config", __config__=strict, **fields)
    try:
        model.model_validate(given)
    except ValidationError as error:
        told = dict.fromkeys(_told(one, settings) for one in error.errors())
        msg = f"{path}: {'; '.join(told)}"
        raise BadDataError(msg) from None
    named = ((settings[key], value) for key, value in given.items() if value is not None)
    return {one.parameter: one.typed(value) for one, value in named}


def write_config(path: Path, command: str, values: Mapping[str, Any]) -> None:
    """Write what ``--config`` reads; settings that are None are left out.

    Raises:
        OSError: it cannot be written.
    """
    import yaml  # noqa: PLC0415

    kept = {key: value for key, value in values.items() if value is not None}
    head = f"# The same again: nasgoat {command} --config {path.name}\n"
    text = head + yaml.safe_dump(kept, sort_keys=False, allow_unicode=True)
    path.write_text(text, encoding="utf-8")


def _loaded(path: Path) -> dict[str, Any]:
    import yaml  # noqa: PLC0415

    try:
        value = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        msg = f"cannot read {path}: {error.strerror}"
        raise BadDataError(msg) from error
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark
        where = "" if at is None else f" in line {at.line + 1}, column {at.column + 1}"
        msg = f"{path} is no YAML{where}: {error.problem}"
        raise BadDataError(msg) from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        msg = f"{path} is no YAML: {error}"
        raise BadDataError(msg) from error
    value = {} if value is None else value
    if not isinstance(value, dict):
        msg = f"{path} holds a {type(value).__name__}; write lines such as budget: 60"
        raise BadDataError(msg)
    return {str(key).replace("_", "-"): item for key, item in value.items()}


def _setting(key: str, parameter: str, kind: Any, info: OptionInfo) -> Setting:
    """The setting of an annotated parameter."""
    parts = [part for part in get_args(kind) if part is not NoneType] or [kind]
    several = get_origin(parts[0]) is list
    inner = get_args(parts[0])[0] if several else parts[0]
    pairs = info.metavar == "KEY=VALUE"
    inner = str if inner is Path else inner
    return Setting(key, parameter, inner, several, pairs, info.min, info.max)


def _told(error: Any, settings: Mapping[str, Setting]) -> str:
    """What pydantic found wrong, in the words of the option."""
    key = str(error["loc"][0])
    return f"{key} must be {settings[key].meaning}, got {error['input']!r}"


def _text(value: object) -> str:
    """A value as it is typed."""
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)
