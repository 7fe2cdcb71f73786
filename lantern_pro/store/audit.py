"""Laws of the store itself: rows and indexes agree, and no key is there that nobody declared."""

import importlib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from lantern_pro.store import keys
from lantern_pro.store.backend.encoding import pk_of_member
from lantern_pro.store.backend.shape import Entry, Index, Model, Shape, shape_of
from lantern_pro.store.backend.store import chunks, read_rows
from lantern_pro.store.client import text_client
from lantern_pro.store.laws import Law
from lantern_pro.store.untagged import declared_untagged
from lantern_pro.store.volatile import is_volatile
from lantern_pro.types import Cell

SCAN: Final = 1_000


def stored_models() -> list[Model]:
    """Every model that has rows of its own, the tables between two models among them."""
    models = apps.get_models(include_auto_created=True)
    return [model for model in models if not model._meta.proxy]


def all_keys() -> list[keys.Key]:
    """Every pattern of every app: the ``keys.py`` of each is read, and every model's table."""
    for config in apps.get_app_configs():
        if config.module is not None and module_has_submodule(config.module, "keys"):
            importlib.import_module(f"{config.name}.keys")
    for model in stored_models():
        shape_of(model)
    return keys.declared_keys()


def index_faults(model: Model, cell: Cell) -> Iterator[str]:
    """Tell, in words, of each row that an index lacks and each entry that no row explains.

    A row that is written while this reads may be told of once; what is told twice is true.
    """
    shape = shape_of(model)
    if cell in shape.cells:
        explained: Counter[str] = Counter()
        yield from _rows_without_entries(shape, cell, explained)
        yield from _entries_without_rows(shape, cell, explained)


def undeclared_keys(cell: Cell) -> Iterator[str]:
    """Tell of each key of a cell that no pattern declares, or that is of another type.

    Keys without a cell's tag are looked at along with cell 0.
    """
    client = text_client()
    declared = all_keys()
    for chunk in chunks(client.scan_iter(count=SCAN)):
        mine = [key for key in chunk if _is_for(key, cell)]
        with client.pipeline(transaction=False) as pipe:
            for key in mine:
                pipe.type(key)
            types = pipe.execute()
        for key, found in zip(mine, types, strict=True):
            fault = _key_fault(key, found, declared)
            if fault:
                yield fault


def all_index_faults(cell: Cell) -> Iterator[str]:
    """Tell of the faults of every model in a cell."""
    for model in stored_models():
        yield from index_faults(model, cell)


LAWS: Final = (
    Law(7, "every key matches a declared pattern", undeclared_keys),
    Law(9, "every row is in its indexes, and no index names anything else", all_index_faults),
)


def _rows_without_entries(shape: Shape, cell: Cell, explained: Counter[str]) -> Iterator[str]:
    """Look up the entries of every row, and count them by index."""
    client = text_client()
    found = client.scan_iter(match=f"{{c{cell}}}:{shape.table.name}:*", count=SCAN)
    rests = (rest for key in found if shape.table.is_row(rest := keys.split_cell(key)[1]))
    pks = (rest.removeprefix(f"{shape.table.name}:") for rest in rests)
    for chunk in chunks(pk for pk in pks if shape.is_in(pk, cell)):
        rows = read_rows(shape, chunk)
        sound = {pk: row for pk, row in rows.items() if row.get(shape.pk.name) == pk}
        yield from (
            f"{shape.label} {pk}: the row names another key" for pk in rows if pk not in sound
        )
        entries = [(pk, entry) for pk, row in sound.items() for entry in shape.entries(row)]
        with client.pipeline(transaction=False) as pipe:
            for _, entry in entries:
                _look_up(pipe, entry)
            answers = pipe.execute()
        for (pk, entry), answer in zip(entries, answers, strict=True):
            explained[entry.key] += 1
            if not _agrees(entry, answer):
                yield f"{shape.label} {pk}: {entry.key} has {answer}, not {entry.value}"


def _look_up(pipe: object, entry: Entry) -> None:
    command = "hget" if entry.kind is keys.Kind.HASH else "zscore"
    getattr(pipe, command)(entry.key, entry.member)


def _agrees(entry: Entry, answer: str | float | None) -> bool:
    if answer is None or entry.kind is keys.Kind.HASH:
        return answer == entry.value
    return float(answer) == float(entry.value)


def _entries_without_rows(shape: Shape, cell: Cell, explained: Counter[str]) -> Iterator[str]:
    """Look into each index that holds more than its rows explain."""
    for key, size, held in _indexes(shape, cell):
        if size == explained[key]:
            continue
        for chunk in chunks(held):
            pks = {member: _pk(shape, key, member, cell) for member in chunk}
            rows = read_rows(shape, [pk for pk in pks.values() if pk])
            for member, pk in pks.items():
                row = rows.get(pk or "")
                has_row = (
                    row is not None
                    and row.get(shape.pk.name) == pk
                    and any(
                        entry.key == key and entry.member == member for entry in shape.entries(row)
                    )
                )
                if not has_row:
                    yield f"{key}: {member!r} is explained by no row of {shape.label}"


def _indexes(shape: Shape, cell: Cell) -> Iterator[tuple[str, int, Iterable[str]]]:
    """Every index: its key, its size, its members."""
    client = text_client()
    for column in shape.columns.values():
        if column.index is not None:
            key = shape.index_key(column, cell)
            yield (
                key,
                client.zcard(key),
                (member for member, _ in client.zscan_iter(key, count=SCAN)),
            )
    for columns in shape.uniques:
        key = shape.unique_key(columns, cell)
        yield key, client.hlen(key), (value for value, _ in client.hscan_iter(key, count=SCAN))


def _pk(shape: Shape, key: str, member: str, cell: Cell) -> str | None:
    for columns in shape.uniques:
        if key == shape.unique_key(columns, cell):
            holder: str | None = text_client().hget(key, member)
            return holder
    texts = {
        shape.index_key(column, cell)
        for column in shape.columns.values()
        if column.index is Index.TEXT
    }
    return pk_of_member(member) if key in texts else member


def _is_for(key: str, cell: Cell) -> bool:
    try:
        return keys.split_cell(key)[0] == cell
    except ValueError:
        return cell == 0


def _key_fault(key: str, found: str, declared: list[keys.Key]) -> str | None:
    try:
        _, rest = keys.split_cell(key)
    except ValueError:
        return None if is_volatile(key) else _untagged_fault(key, found)
    # A key that has gone meanwhile has the type "none".
    if found == "none" or any(key.kind == found and key.matches(rest) for key in declared):
        return None
    matching = [pattern for pattern in declared if pattern.matches(rest)]
    if matching:
        return f"{key} is a {found}, declared as {matching[0].kind} ({matching[0].pattern})"
    return f"{key} matches no declared pattern"


def _untagged_fault(key: str, found: str) -> str | None:
    matching = [pattern for pattern in declared_untagged() if pattern.matches(key)]
    if not matching:
        return f"{key} carries no cell and is nobody's"
    if found == "none" or any(pattern.kind == found for pattern in matching):
        return None
    return f"{key} is a {found}, declared as {matching[0].kind} ({matching[0].pattern})"
