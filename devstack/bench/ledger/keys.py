"""What the benchmarks' jobs leave behind."""

from typing import Final

from lantern_pro.store.keys import Key, Kind
from lantern_pro.types import Cell

CELL: Final = Cell(0)
EFFECTS = Key("bench:effects", Kind.HASH, "job -> how often it had its effect", app="bench")
RUNS = Key("bench:runs", Kind.HASH, "job -> how often it was begun", app="bench")
