"""What a table file says of itself: the header of the table format, version 1 (docs/tables.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_validator

from nasgoat.errors import BadDataError
from nasgoat.graphs import GraphCode
from nasgoat.spaces import (
    CellSpace,
    darts,
    enas,
    nasbench101,
    nasbench201,
    nasbench_graph,
    nasbench_macro,
)

FORMAT_VERSION = 1

PRESETS: dict[str, Callable[..., CellSpace]] = {  # spaces that a header can name
    "nasbench101": nasbench101,
    "nasbench201": nasbench201,
    "nasbench-graph": nasbench_graph,
    "enas": enas,
    "darts": darts,
    "nasbench-macro": nasbench_macro,
}

Role = Literal["objective", "test", "seconds", "metric"]
RESERVED = ("value", "test_value", "seconds")  # what the first three become in an observation


class _Value(BaseModel):
    """Frozen, and strict about names that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SpaceInfo(_Value):
    """The space of a table: how to make it, and what the codes of its architectures mean.

    Attributes:
        preset: a key of ``PRESETS``; None for a space that the reader is given by its caller.
        arguments: of the preset.
        sizes: node counts.
        node_alphabet: names of the node labels, in the order of their indices.
        edge_alphabet: the same for edges.
        ordered: every edge goes from a lower to a higher index.
    """

    preset: str | None = None
    arguments: dict[str, JsonValue] = Field(default_factory=dict)
    sizes: tuple[int, ...] = Field(min_length=1)
    node_alphabet: tuple[str, ...]
    edge_alphabet: tuple[str, ...]
    ordered: bool

    @classmethod
    def of_preset(cls, preset: str, **arguments: JsonValue) -> Self:
        """Describe a preset, e.g. ``of_preset("nasbench101", nodes=[2, 3, 4, 5, 6, 7])``."""
        return cls.of_space(PRESETS[preset](**arguments), preset, arguments)

    @classmethod
    def of_space(
        cls,
        space: CellSpace,
        preset: str | None = None,
        arguments: dict[str, JsonValue] | None = None,
    ) -> Self:
        """Describe a space; without a preset only a reader that is given the space can use it."""
        return cls(
            preset=preset,
            arguments=arguments or {},
            sizes=space.sizes,
            node_alphabet=space.node_alphabet,
            edge_alphabet=space.edge_alphabet,
            ordered=space.is_topological,
        )

    @property
    def code(self) -> GraphCode:
        """How architectures are written."""
        labelled = bool(self.node_alphabet), bool(self.edge_alphabet)
        return GraphCode(max(self.sizes), self.ordered, *labelled)

    def make(self) -> CellSpace:
        """The space.

        Raises:
            BadDataError: it has no preset, one that is not known here, or one that has other
                labels here.
        """
        if self.preset not in PRESETS:
            what = "a space of its own" if self.preset is None else f"the space {self.preset!r}"
            msg = f"the table is about {what}, which is unknown here; give it as `space`"
            raise BadDataError(msg)
        try:
            space = PRESETS[self.preset](**self.arguments)
        except (TypeError, ValueError) as error:
            msg = f"the space {self.preset!r} cannot be made from {self.arguments}: {error}"
            raise BadDataError(msg) from error
        self.require(space)
        return space

    def require(self, space: CellSpace) -> None:
        """Refuse a space whose labels, sizes or order are not those of the table.

        Raises:
            BadDataError: they are not.
        """
        given = SpaceInfo.of_space(space)
        for field in ("sizes", "node_alphabet", "edge_alphabet", "ordered"):
            mine, other = getattr(self, field), getattr(given, field)
            if mine != other:
                msg = f"the table has the {field} {mine}, the space {space.name!r} {other}"
                raise BadDataError(msg)


class DatasetInfo(_Value):
    """One dataset, or one way of training on it: what a benchmark ``table:dataset`` is about.

    Attributes:
        title: of the dataset, e.g. ``"CIFAR-10"``.
        objective: what the value to be minimised is, with its unit.
    """

    title: str
    objective: str


class ColumnInfo(_Value):
    """What a column holds.

    Attributes:
        name: of the column; also the name of the metric in an observation, for which the names in
            ``RESERVED`` are taken.
        metric: what was measured, e.g. ``"validation accuracy"`` or ``"parameters"``.
        role: ``objective`` and ``test`` are the value to be minimised and its counterpart on test
            data, ``seconds`` the duration of a training; anything else is a ``metric``.
        dataset: a key of ``TableHeader.datasets``; None where the column belongs to all.
        split: ``train``, ``valid`` or ``test`` ...; None where the metric has no split.
        unit: ``%``, ``fraction``, ``s``, ``million`` ...; None for counts and for units unknown.
        better: ``higher`` for accuracies. Such a column of role objective or test, in % or as a
            fraction, is served as an error in %: 100 minus the accuracy.
        repeats: values per row; more than one make the column a list of that length, NaN where a
            training is absent.
        epochs: length of the training, None where it is not known.
    """

    name: str = Field(min_length=1)
    metric: str
    role: Role
    dataset: str | None = None
    split: str | None = None
    unit: str | None = None
    better: Literal["higher", "lower"] | None = None
    repeats: int = Field(default=1, ge=1)
    epochs: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _role_is_clear(self) -> Self:
        if self.role == "metric" and self.name in RESERVED:
            msg = f"a metric cannot be named {self.name!r}; these names are taken: {RESERVED}"
            raise ValueError(msg)
        if self.role in ("objective", "test"):
            if self.better is None or self.dataset is None:
                msg = f"the {self.role} column {self.name!r} needs `dataset` and `better`"
                raise ValueError(msg)
            if self.better == "higher" and self.unit not in ("%", "fraction"):
                msg = f"the {self.role} {self.name!r} is to be maximised: in % or as a fraction"
                raise ValueError(msg)
        return self


class SourceInfo(_Value):
    """A file that the numbers come from.

    Attributes:
        file: its name.
        url: where it is published.
        sha256: of the file that was read, None where it was not measured.
    """

    file: str
    url: str | None = None
    sha256: str | None = None


class TableHeader(_Value):
    """Everything about a table but its rows.

    Attributes:
        format_version: of the table format; this is version 1.
        name: of the set, e.g. ``"nasbench101"``.
        title: the same for people.
        space: of the architectures.
        datasets: by the name that a benchmark is called by.
        columns: all but the architectures.
        rows: number of architectures.
        complete: every architecture of the space has a row.
        sources: files that the numbers come from.
        licence: of the numbers.
        citation: whom to cite.
        note: what a user must know of the numbers, in one or two sentences.
    """

    format_version: int = FORMAT_VERSION
    name: str
    title: str
    space: SpaceInfo
    datasets: dict[str, DatasetInfo]
    columns: tuple[ColumnInfo, ...]
    rows: int = Field(ge=0)
    complete: bool
    sources: tuple[SourceInfo, ...] = ()
    licence: str | None = None
    citation: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _columns_fit_together(self) -> Self:
        names = [column.name for column in self.columns]
        if len(set(names)) < len(names) or ARCHITECTURE in names:
            msg = f"column names are distinct and none is {ARCHITECTURE!r}, got {names}"
            raise ValueError(msg)
        for column in self.columns:
            if column.dataset is not None and column.dataset not in self.datasets:
                msg = f"column {column.name!r} is about {column.dataset!r}, which is no dataset"
                raise ValueError(msg)
        for dataset in self.datasets:
            for role in ("objective", "test", "seconds"):
                found = [column.name for column in self.of(dataset) if column.role == role]
                if len(found) > 1 or (role == "objective" and not found):
                    msg = f"dataset {dataset!r} needs one objective and at most one {role}: {found}"
                    raise ValueError(msg)
        return self

    def of(self, dataset: str) -> list[ColumnInfo]:
        """The columns of a dataset, with those that belong to all."""
        return [column for column in self.columns if column.dataset in (dataset, None)]

    @classmethod
    def read(cls, value: Any) -> Self:
        """Check the JSON value of a file's header.

        Raises:
            BadDataError: a newer format, or not a header.
        """
        version = value.get("format_version") if isinstance(value, dict) else None
        if not isinstance(version, int):
            msg = "its header states no format version"
            raise BadDataError(msg)
        if version > FORMAT_VERSION:
            msg = (
                f"it has the table format {version}, this nasgoat reads up to {FORMAT_VERSION}; "
                "upgrade nasgoat"
            )
            raise BadDataError(msg)
        try:
            return cls.model_validate(value)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "header"
            msg = f"its header is not valid: {where}: {first['msg']}"
            raise BadDataError(msg) from error


ARCHITECTURE = "architecture"  # the column of codes
