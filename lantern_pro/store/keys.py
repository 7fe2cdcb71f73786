"""How keys are named and declared.

Every key of every app is declared once, with ``Key`` or ``Table``, in that app's ``keys.py``.
A key begins with its cell's hash tag, ``{c<N>}:``, so that all keys of one cell share a slot of
Redis Cluster and one script may touch them together. The cell is read from the identity that the
key is about: ids carry it (``new_id``, ``text_id``), so nobody looks it up.
"""

import re
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from string import Formatter
from typing import Final

from lantern_pro.types import Cell

CELL_BITS: Final = 10
MAX_CELLS: Final = 1 << CELL_BITS
ID_BITS: Final = 53

_TEXT_ID = re.compile(r"^c(\d{1,4})\.[^:{}\s]+$")
_CELL_TAG = re.compile(r"^\{c(\d{1,4})\}:(.*)$", re.DOTALL)


class Kind(StrEnum):
    """The type of a key's value, as Redis's ``TYPE`` answers it."""

    HASH = "hash"
    LIST = "list"
    SET = "set"
    STREAM = "stream"
    STRING = "string"
    ZSET = "zset"


def new_id(cell: Cell) -> int:
    """Make a random positive id below 2**53 whose low bits name its cell."""
    return (secrets.randbelow((1 << (ID_BITS - CELL_BITS)) - 1) + 1) << CELL_BITS | cell


def text_id(cell: Cell, rest: str) -> str:
    """Make an id in words that names its cell: ``c<cell>.<rest>``."""
    made = f"c{cell}.{rest}"
    cell_of(made)
    return made


def cell_of(identity: int | str) -> Cell:
    """Read the cell that an id carries; ``ValueError`` when it carries none."""
    if isinstance(identity, int):
        if not 0 < identity < 1 << ID_BITS:
            message = f"{identity} is no id: not a positive integer below 2**{ID_BITS}"
            raise ValueError(message)
        return Cell(identity & (MAX_CELLS - 1))
    match = _TEXT_ID.match(identity)
    if match is None:
        message = f"{identity!r} is no id of the form c<cell>.<rest>"
        raise ValueError(message)
    return Cell(int(match[1]))


def split_cell(key: str) -> tuple[Cell, str]:
    """Take a key apart into its cell and the rest; ``ValueError`` when it has no cell's tag."""
    match = _CELL_TAG.match(key)
    if match is None:
        message = f"the key {key!r} does not begin with a cell's tag, {{c<N>}}:"
        raise ValueError(message)
    return Cell(int(match[1])), match[2]


@dataclass(frozen=True, slots=True)
class Key:
    """The declaration of one pattern of keys; call it with the pattern's parts to get a key.

    The first part names the cell, unless ``cell=`` is given. ``ttl`` is in words, None for keys
    that stay; ``personal`` says whether the value tells of a person.
    """

    pattern: str
    kind: Kind
    purpose: str
    ttl: str | None = None
    personal: bool = False
    app: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        """Enter the declaration in the register, once."""
        if self.pattern in _declared and _declared[self.pattern] != self:
            message = f"the key pattern {self.pattern!r} is declared twice, differently"
            raise ValueError(message)
        _declared[self.pattern] = self

    def __call__(self, *, cell: Cell | None = None, **parts: int | str) -> str:
        """Name the key of these parts."""
        names = _parts(self.pattern)
        if names != list(parts) and set(names) != set(parts):
            message = f"the key {self.pattern!r} takes {names}, not {sorted(parts)}"
            raise ValueError(message)
        if cell is None:
            if not names:
                message = f"the key {self.pattern!r} carries no id: say which cell"
                raise ValueError(message)
            cell = cell_of(parts[names[0]])
        return f"{{c{cell}}}:{self.pattern.format(**parts)}"

    @property
    def parts(self) -> list[str]:
        """The names of the pattern's parts, in order."""
        return _parts(self.pattern)

    def matches(self, rest: str) -> bool:
        """Whether this pattern declares the key whose part after the cell's tag is ``rest``."""
        return _expression(self.pattern).fullmatch(rest) is not None

    def read(self, rest: str) -> dict[str, str] | None:
        """The parts of a key whose part after the cell's tag is ``rest``; None for another's."""
        match = _expression(self.pattern).fullmatch(rest)
        return match.groupdict() if match else None


@cache
def _parts(pattern: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(pattern) if name]


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    pieces = [
        re.escape(text) + (f"(?P<{name}>[^:@]+)" if name else "")
        for text, name, _, _ in Formatter().parse(pattern)
    ]
    return re.compile("".join(pieces))


_declared: dict[str, Key] = {}


def declared_keys() -> list[Key]:
    """Every pattern declared so far, by name."""
    return [_declared[pattern] for pattern in sorted(_declared)]


class Table:
    r"""The keys of one Django model's rows: the row, and one index a column.

    =====================  ======  ==========================================================
    ``<table>:<pk>``       HASH    the row, column -> text
    ``<table>@by:<col>``   ZSET    pk -> the column as a number (time, count, flag, choice)
    ``<table>@lex:<col>``  ZSET    ``<folded value>\0<pk>`` -> 0, for text
    ``<table>@unique:<c>`` HASH    value -> pk
    ``<table>@sequence``   STRING  the last number given, for numbered rows
    =====================  ======  ==========================================================

    ``@by:<primary key>`` holds every row. Which column has which index is read from the model
    (``lantern_pro.store.backend``); scripts that write rows of their own keep the same indexes.
    """

    def __init__(self, name: str, purpose: str, *, personal: bool = False, app: str = "") -> None:
        """Declare the table's patterns."""
        self.name = name
        self.app = app
        self._row = Key(f"{name}:{{pk}}", Kind.HASH, purpose, personal=personal, app=app)
        about = f"index of {name}"
        self._by = Key(f"{name}@by:{{column}}", Kind.ZSET, f"{about}: pk -> number", app=app)
        self._lex = Key(
            f"{name}@lex:{{column}}", Kind.ZSET, f"{about}: value, NUL, pk -> 0", app=app
        )
        self._unique = Key(f"{name}@unique:{{column}}", Kind.HASH, f"{about}: value -> pk", app=app)
        self._sequence = Key(
            f"{name}@sequence", Kind.STRING, f"the last number given to a row of {name}", app=app
        )
        _tables[name] = self  # last: another thread takes from here what it finds

    def row(self, pk: int | str, *, cell: Cell | None = None) -> str:
        """Name the row's key; the cell is the one that ``pk`` carries, unless given."""
        return self._row(pk=pk, cell=cell)

    def by(self, column: str, *, cell: Cell) -> str:
        """Name the index by number of a column."""
        return self._by(column=column, cell=cell)

    def lex(self, column: str, *, cell: Cell) -> str:
        """Name the index by text of a column."""
        return self._lex(column=column, cell=cell)

    def unique(self, column: str, *, cell: Cell) -> str:
        """Name the register of a unique column's values."""
        return self._unique(column=column, cell=cell)

    def sequence(self, *, cell: Cell) -> str:
        """Name the counter of numbered rows."""
        return self._sequence(cell=cell)

    @property
    def pattern(self) -> str:
        """The pattern of the rows' keys."""
        return self._row.pattern

    def is_row(self, rest: str) -> bool:
        """Whether the key whose part after the cell's tag is ``rest`` has the form of a row's."""
        return self._row.matches(rest)


_tables: dict[str, Table] = {}


def declared_tables() -> dict[str, Table]:
    """Every table declared so far, by name."""
    return dict(_tables)
