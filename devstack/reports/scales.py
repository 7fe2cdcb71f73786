"""From values to places on a plot, and the ticks that stand there."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_STEPS: Final = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps values from ``low`` to ``high`` onto places from ``start`` to ``end``."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool

    def at(self, value: float) -> float:
        """The place of a value; what lies outside stands at the edge."""
        low, high, here = self._bent(self.low), self._bent(self.high), self._bent(value)
        share = min(max((here - low) / (high - low), 0.0), 1.0)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Round values, from low to high."""
        if self.logarithmic:
            powers = range(round(math.log10(self.low)), round(math.log10(self.high)) + 1)
            return [10.0**power for power in powers]
        step = _round_step(self.high - self.low)
        first, last = round(self.low / step), round(self.high / step)
        return [each * step for each in range(first, last + 1)]

    def _bent(self, value: float) -> float:
        return math.log10(max(value, self.low)) if self.logarithmic else value


def scale_for(
    values: Iterable[float], *, start: float, end: float, logarithmic: bool = False
) -> Scale:
    """A scale with round ends that holds all values; a linear one begins at zero at the latest."""
    known = [value for value in values if math.isfinite(value)]
    if logarithmic:
        above = [value for value in known if value > 0] or [1.0]
        low = 10.0 ** math.floor(math.log10(min(above)))
        high = max(10.0 ** math.ceil(math.log10(max(above))), low * 10)
        return Scale(low, high, start, end, logarithmic=True)
    low, high = min([0.0, *known]), max([0.0, *known])
    step = _round_step((high - low) or 1.0)
    low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    return Scale(low, high if high > low else low + 1.0, start, end, logarithmic=False)


def _round_step(span: float, *, about: int = 5) -> float:
    """A round distance, of which about so many fit into the span."""
    power = 10.0 ** math.floor(math.log10(span / about))
    return next(step * power for step in _STEPS if step * power * about >= span * (1 - 1e-9))
