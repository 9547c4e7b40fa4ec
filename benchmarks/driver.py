"""How a problem is solved: optimiser, solver, and every option of the model by its path."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, get_args

from nasgoat.cli.build import chosen
from nasgoat.mip import Encoding
from nasgoat.optimize import AcquisitionOptimizer, Optimization
from nasgoat.records import Limits

NO_SWITCH = ("threads", "seed", "pool")  # what makes no difference to one graph


@dataclass(frozen=True, slots=True)
class Driver:
    """An acquisition optimiser by name.

    Args:
        optimizer: name of the optimiser.
        solver: name of the backend, for the MIP.
        encoding: name of the MIP's graph encoding; None for the default.
        threads: of the solver.
        time_limit: wall-clock seconds of the solve, the writing of the model left out.
        gap: relative gap at which the proof is complete.
        k: how many of the best graphs are asked for.
        settings: fields of the optimiser to change, by dotted path, such as
            ``"options.symmetry.columns"``.
    """

    optimizer: str = "mip"
    solver: str = "highs"
    encoding: str | None = None
    threads: int = 1
    time_limit: float = 300.0
    gap: float = 1e-4
    k: int = 1
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def limits(self) -> Limits:
        """When to stop."""
        return Limits(seconds=self.time_limit, gap=self.gap)

    def build(self) -> AcquisitionOptimizer:
        """The optimiser.

        Raises:
            UnknownNameError: there is no such optimiser, solver, encoding or setting.
            ValueError: a setting has an impossible value.
        """
        optimizer = Optimization(
            self.optimizer, self.solver, self.threads, self.time_limit, self.gap
        ).build()
        changes = dict(self.settings)
        if self.encoding is not None:
            changes["options.encoding"] = chosen("encoding", self.encoding, get_args(Encoding))
        built: AcquisitionOptimizer = changed(optimizer, changes)
        return built


def changed(value: Any, changes: Mapping[str, Any]) -> Any:
    """A copy of a dataclass with fields replaced by dotted path, all at once.

    Raises:
        UnknownNameError: there is no such field.
        ValueError: the dataclass refuses the values.
    """
    here: dict[str, Any] = {}
    below: dict[str, dict[str, Any]] = {}
    for path, new in changes.items():
        name, _, rest = path.partition(".")
        known = [one.name for one in fields(value)] if is_dataclass(value) else []
        chosen(f"setting of {type(value).__name__}", name, known)
        if rest:
            below.setdefault(name, {})[rest] = new
        else:
            here[name] = new
    here |= {name: changed(getattr(value, name), part) for name, part in below.items()}
    return replace(value, **here) if here else value


def switches(optimizer: Any) -> dict[str, dict[str, Any]]:
    """Every change of a single option of an optimiser, by a name that says what it does.

    A flag is turned over and a positive size becomes zero, at any depth of the dataclass. Where a
    dataclass refuses that alone, all of its flags are turned off together.
    """
    found = {}
    for holder, path, off in _options(optimizer, ""):
        for change in ({path: off}, dict.fromkeys(holder, False)):
            try:
                changed(optimizer, change)
            except ValueError:
                continue
            found[_named(change)] = change
            break
    return found


def _options(value: Any, prefix: str) -> Iterator[tuple[list[str], str, Any]]:
    """Flags of the same dataclass, path and changed value of each option."""
    named = {prefix + one.name: getattr(value, one.name) for one in fields(value)}
    flags = [path for path, current in named.items() if isinstance(current, bool)]
    for path, current in named.items():
        if path.rpartition(".")[2] in NO_SWITCH:
            continue
        if isinstance(current, bool):
            yield flags, path, not current
        elif isinstance(current, int):
            if current > 0:
                yield flags, path, 0
        elif is_dataclass(current):
            yield from _options(current, f"{path}.")


def _named(change: Mapping[str, Any]) -> str:
    """``"symmetry.labels=false,columns=false"``: the holder is named once."""
    (first, new), *others = change.items()
    shown = [f"{first.removeprefix('options.')}={json.dumps(new)}"]
    shown += [f"{path.rpartition('.')[2]}={json.dumps(value)}" for path, value in others]
    return ",".join(shown)
