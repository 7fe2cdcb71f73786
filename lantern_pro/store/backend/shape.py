"""What a model's ordinary declarations ask of the store.

======================================================  ======================================
declared on the model                                   kept in Redis
======================================================  ======================================
primary key                                             ``@by:<pk>``, every row
``db_index``, a foreign key, ``unique``, ``choices``,   ``@by:<column>`` for numbers, flags,
the first field of ``ordering``, ``Meta.indexes`` of    moments and texts with choices (their
one field                                               tag); ``@lex:<column>`` for other texts
``unique``, ``unique_together``, ``UniqueConstraint``   ``@unique:<column>[+<column>...]``
======================================================  ======================================
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

from lantern_pro.store import keys
from lantern_pro.store.backend import stock
from lantern_pro.store.backend.encoding import Kind, encode, exact_score, kind_of, lex_member, tag
from lantern_pro.store.models import DomainModel
from lantern_pro.types import Cell

Model = type[models.Model]
Row = Mapping[str, str]


class Index(StrEnum):
    """The kinds of index; a tag serves equality only."""

    NUMBER = "number"
    TAG = "tag"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a model, and the index that it has, if any."""

    field: "models.Field[Any, Any]"
    name: str
    kind: Kind
    index: Index | None
    unique: bool

    def encode(self, value: Any) -> str:
        """Write a value of this column as text."""
        return encode(self.kind, value)

    def score(self, text: str) -> str:
        """The number that stands for a text of this column in its index."""
        return str(tag(text)) if self.index is Index.TAG else exact_score(self.kind, text)


class Entry(NamedTuple):
    """What one index holds for one row: a scored member, or a value with its row's key."""

    kind: keys.Kind
    key: str
    member: str
    value: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A model as the store sees it."""

    model: Model
    table: keys.Table
    pk: Column
    columns: dict[str, Column]
    uniques: tuple[tuple[str, ...], ...]
    rows_at_most: int | None

    @property
    def label(self) -> str:
        """The model's name for messages."""
        return self.model._meta.label

    def column(self, field: Any) -> Column:
        """The column of one of the model's fields."""
        return self.columns[field.column]

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells in which rows of this model live."""
        if issubclass(self.model, DomainModel):
            return tuple(Cell(number) for number in range(settings.CELLS))
        return (Cell(0),)

    def cell_of(self, pk: str) -> Cell:
        """The cell of one row; ``ValueError`` when the key carries none though it must."""
        if not issubclass(self.model, DomainModel):
            return Cell(0)
        return keys.cell_of(int(pk) if self.pk.kind is Kind.INTEGER else pk)

    def is_in(self, pk: str, cell: Cell) -> bool:
        """Whether a key names a row of this cell; a key that carries no cell names none."""
        try:
            return self.cell_of(pk) == cell
        except ValueError:
            return False

    def row_key(self, pk: str) -> str:
        """Name the key of one row."""
        return self.table.row(pk, cell=self.cell_of(pk))

    def everything(self, cell: Cell) -> str:
        """Name the index that holds every row of a cell."""
        return self.table.by(self.pk.name, cell=cell)

    def index_key(self, column: Column, cell: Cell) -> str:
        """Name a column's index in a cell."""
        name = self.table.lex if column.index is Index.TEXT else self.table.by
        return name(column.name, cell=cell)

    def unique_key(self, columns: tuple[str, ...], cell: Cell) -> str:
        """Name the register of the values that must not come twice in a cell."""
        return self.table.unique("+".join(columns), cell=cell)

    def unique_value(self, columns: tuple[str, ...], row: Row) -> str | None:
        """What a row enters in such a register; None when one of the values is missing."""
        values = [row[name] for name in columns if name in row]
        return "\0".join(values) if len(values) == len(columns) else None

    def entries(self, row: Row) -> Iterator[Entry]:
        """Everything that the indexes must hold for a row."""
        pk = row[self.pk.name]
        cell = self.cell_of(pk)
        for column in self.columns.values():
            text = row.get(column.name)
            if text is None or column.index is None:
                continue
            key = self.index_key(column, cell)
            if column.index is Index.TEXT:
                yield Entry(keys.Kind.ZSET, key, lex_member(text, pk), "0")
            else:
                yield Entry(keys.Kind.ZSET, key, pk, self._score(column, text))
        for columns in self.uniques:
            value = self.unique_value(columns, row)
            if value is not None:
                yield Entry(keys.Kind.HASH, self.unique_key(columns, cell), value, pk)

    def _score(self, column: Column, text: str) -> str:
        if column is self.pk and not column.kind.is_number:
            return "0"
        return column.score(text)


@cache
def shape_of(model: Model) -> Shape:
    """Read a model's shape from its declarations, once a process."""
    options = model._meta
    if options.proxy:
        return shape_of(options.concrete_model)
    if len(options.parents) or getattr(options, "is_composite_pk", False):
        message = f"{options.label}: inherited tables and composite keys are not served by Redis"
        raise ImproperlyConfigured(message)
    uniques = _uniques(model)
    ordered = _ordered(model) | stock.EXTRA_INDEXES.get(options.label, frozenset())
    columns = {
        _name(field): _column(field, named=field.name in ordered)
        for field in options.local_concrete_fields
    }
    limit = getattr(model, "rows_at_most", None) or stock.SMALL_TABLES.get(options.label)
    return Shape(
        model=model,
        table=_table(model),
        pk=columns[_name(options.pk)],
        columns=columns,
        uniques=uniques,
        rows_at_most=limit,
    )


@cache
def shape_of_table(db_table: str) -> Shape:
    """The shape of the model that has this table."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.db_table == db_table:
            return shape_of(model)
    message = f"no model has the table {db_table}"
    raise LookupError(message)


def _table(model: Model) -> keys.Table:
    options = model._meta
    declared = keys.declared_tables().get(options.db_table)
    return declared or keys.Table(
        options.db_table,
        stock.PURPOSES.get(options.label, f"a row of {options.label}"),
        personal=options.label in stock.PERSONAL,
        app=options.app_label,
    )


def _column(field: Any, *, named: bool) -> Column:
    kind = kind_of(field)
    wanted = named or field.db_index or field.unique or bool(field.choices)
    index = None
    if field.primary_key or (wanted and kind.is_number):
        index = Index.NUMBER
    elif wanted:
        index = Index.TAG if field.choices and not field.unique else Index.TEXT
    return Column(
        field=field,
        name=field.column,
        kind=kind,
        index=index,
        unique=field.unique and not field.primary_key,
    )


def _ordered(model: Model) -> frozenset[str]:
    """The fields that lead an ordering or are an index of their own."""
    first = [str(name).lstrip("-") for name in (model._meta.ordering or ())[:1]]
    alone = [index.fields[0].lstrip("-") for index in model._meta.indexes if len(index.fields) == 1]
    return frozenset([*first, *alone])


def _uniques(model: Model) -> tuple[tuple[str, ...], ...]:
    """The groups of columns whose values must not come twice."""
    options = model._meta
    groups: list[tuple[str, ...]] = [
        (field.name,)
        for field in options.local_concrete_fields
        if field.unique and not field.primary_key
    ]
    groups += [tuple(group) for group in options.unique_together]
    for constraint in options.constraints:
        if not isinstance(constraint, models.UniqueConstraint) or not constraint.fields:
            message = f"{options.label}: Redis serves no constraint but unique fields"
            raise ImproperlyConfigured(message)
        if constraint.condition is not None:
            message = f"{options.label}: Redis serves no constraint with a condition"
            raise ImproperlyConfigured(message)
        groups.append(tuple(constraint.fields))
    columns = {field.name: _name(field) for field in options.local_concrete_fields}
    return tuple(tuple(columns[name] for name in group) for group in groups)


def _name(field: "models.Field[Any, Any]") -> str:
    """The field's column, which every concrete field has."""
    if field.column is None:
        message = f"{field} has no column"
        raise ImproperlyConfigured(message)
    return field.column
