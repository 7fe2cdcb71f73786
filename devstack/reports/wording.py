"""Numbers as people read them."""

from typing import Final

_LARGE: Final = 1_000.0
_SMALL: Final = 0.001


def in_words(value: float | str, unit: str = "") -> str:
    """A figure with its unit, to three digits that mean something: ``24,512 1/s``, ``0.0321 s``."""
    if isinstance(value, str):
        text = value
    elif isinstance(value, bool):
        text = "yes" if value else "no"
    elif isinstance(value, int) or abs(value) >= _LARGE:
        text = f"{round(value):,}"
    elif value and abs(value) < _SMALL:
        text = f"{value:.2e}"
    else:
        text = f"{value:.3g}"
    return f"{text} {unit}".strip()


def in_short(value: float) -> str:
    """A figure for an axis: ``25k``, ``1M``, ``0.5``."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"
