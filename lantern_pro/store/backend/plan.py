"""A selection of a model's rows, as an expression over sets of primary keys.

A plan says *what* is selected; ``selection`` says how Redis finds it. Bounds of ``Scores`` are
those of ``ZRANGE ... BYSCORE`` (``5``, ``(5``, ``-inf``), bounds of ``Texts`` those of ``BYLEX``.
"""

from dataclasses import dataclass
from typing import Final

from lantern_pro.store.backend.shape import Column

LOWEST: Final = "-inf"
HIGHEST: Final = "+inf"


@dataclass(frozen=True, slots=True)
class Everything:
    """Every row."""


@dataclass(frozen=True, slots=True)
class Members:
    """These rows, as far as they exist."""

    pks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """The rows whose column, as a number, lies between two bounds."""

    column: Column
    low: str = LOWEST
    high: str = HIGHEST

    @property
    def is_whole(self) -> bool:
        """Whether these are all the rows that have a value at all."""
        return self.low == LOWEST and self.high == HIGHEST


@dataclass(frozen=True, slots=True)
class Texts:
    """The rows whose column, folded, lies between two lexical bounds."""

    column: Column
    low: bytes = b"-"
    high: bytes = b"+"


@dataclass(frozen=True, slots=True)
class AllOf:
    """The rows that every one of these selects."""

    parts: tuple["Plan", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The rows that any one of these selects."""

    parts: tuple["Plan", ...]


@dataclass(frozen=True, slots=True)
class Except:
    """The rows that this does not select."""

    part: "Plan"


Plan = Everything | Members | Scores | Texts | AllOf | AnyOf | Except
NOTHING: Final = Members(())


def all_of(parts: list[Plan]) -> Plan:
    """Combine by AND, simplified."""
    useful = tuple(dict.fromkeys(part for part in parts if part != Everything()))
    if NOTHING in useful:
        return NOTHING
    if not useful:
        return Everything()
    return useful[0] if len(useful) == 1 else AllOf(useful)


def any_of(parts: list[Plan]) -> Plan:
    """Combine by OR, simplified: keys named one by one become one list."""
    if Everything() in parts:
        return Everything()
    named = [pk for part in parts if isinstance(part, Members) for pk in part.pks]
    others = [part for part in parts if not isinstance(part, Members)]
    useful = tuple(
        dict.fromkeys([*others, *([Members(tuple(dict.fromkeys(named)))] * bool(named))])
    )
    if not useful:
        return NOTHING
    return useful[0] if len(useful) == 1 else AnyOf(useful)


def none_of(part: Plan) -> Plan:
    """Negate, simplified."""
    if part == Everything():
        return NOTHING
    if part == NOTHING:
        return Everything()
    return part.part if isinstance(part, Except) else Except(part)


def present(column: Column) -> Plan:
    """The rows whose column is not NULL; the column must have an index."""
    return Texts(column) if column.index == "text" else Scores(column)
