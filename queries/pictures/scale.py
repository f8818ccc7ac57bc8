"""Scales: from a value to a place on paper, with round values to mark."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Scale", "linear", "logarithmic", "years"]


@dataclass(frozen=True, slots=True)
class Scale:
    """Leads values from `low` to `high` to places from `start` to `end`; `ticks` are the values to mark."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]
    log: bool = False

    def __call__(self, value: float) -> float:
        low, high = self.low, self.high
        if self.log:
            low, high, value = math.log10(low), math.log10(high), math.log10(value)
        share = (value - low) / (high - low)
        return self.start + min(max(share, 0), 1) * (self.end - self.start)


def linear(values: Iterable[float], start: float, end: float, *, most: int = 6) -> Scale:
    """Return a scale from nought (or below) to a round value over the greatest."""
    low, high = min(0.0, *(found := [0.0, *values])), max(found)
    step = _step((high - low) or 1, most)
    low, high = math.floor(low / step) * step, math.ceil(high * 1.02 / step) * step or step
    count = round((high - low) / step)
    return Scale(low, high, start, end, tuple(low + i * step for i in range(count + 1)))


def logarithmic(values: Iterable[float], start: float, end: float) -> Scale:
    """Return a scale over powers of ten around values that are greater than nought."""
    found = list(values)
    low, high = math.floor(math.log10(min(found))), math.ceil(math.log10(max(found) * 1.02))
    high = max(high, low + 1)
    return Scale(10.0**low, 10.0**high, start, end, tuple(10.0**i for i in range(low, high + 1)), log=True)


def years(values: Iterable[float], start: float, end: float, *, most: int = 8) -> Scale:
    """Return a scale over calendar years, with some room on both sides of the first and the last."""
    found = list(values)
    first, last = min(found), max(found)
    room = max((last - first) * 0.04, 0.8)
    step = max(1.0, _step((last - first) or 1, most))
    ticks = range(math.ceil(first / step - 1e-9), math.floor(last / step + 1e-9) + 1)
    marks = tuple(i * step for i in ticks) or (float(math.floor(first)),)
    return Scale(first - room, last + room, start, end, marks)


def _step(span: float, most: int) -> float:
    """Return the smallest of 1, 2 and 5 times a power of ten that cuts a span into at most `most` pieces."""
    power = 10.0 ** math.floor(math.log10(span / most))
    return next(power * factor for factor in (1, 2, 5, 10) if span / (power * factor) <= most)
