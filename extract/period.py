"""Dates as sources give them: a year, a month, a season, a decade, an interval, about or uncertain."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

__all__ = ["Period", "parse_period"]

_DATE = re.compile(r"(?P<year>\d{4}|\d{3}X|\d{2}XX)(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?(?P<mark>[~?%]?)")
_SEASON_MONTHS = {21: 3, 22: 6, 23: 9, 24: 12}


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time. `text` is EDTF level 1; `start` and `end` are inclusive, None where open.

    `inferred` says that the date is a curator's conclusion and does not stand in the source.
    """

    text: str
    start: date | None
    end: date | None
    inferred: bool = False

    def overlaps(self, other: Period) -> bool:
        """Say whether the two share a day."""
        starts_before = self.start is None or other.end is None or self.start <= other.end
        ends_after = self.end is None or other.start is None or other.start <= self.end
        return starts_before and ends_after


def parse_period(text: str, *, inferred: bool = False) -> Period:
    """Return the period that a text of the EDTF subset in docs/files.md stands for.

    Raises ValueError with a sentence that says what to type instead.
    """
    first, slash, last = text.partition("/")
    if not slash:
        start, end = _bounds(first)
        return Period(text, start, end, inferred)
    if first == last == "..":
        raise ValueError("an interval needs a start or an end")
    opens = None if first == ".." else _bounds(first)[0]
    closes = None if last == ".." else _bounds(last)[1]
    if opens and closes and opens > closes:
        raise ValueError(f"the interval is reversed: write {last}/{first}")
    return Period(text, opens, closes, inferred)


def _bounds(text: str) -> tuple[date, date]:
    match = _DATE.fullmatch(text)
    if not match:
        raise ValueError(_advice(text))
    year, month, day = match["year"], match["month"], match["day"]
    if "X" in year:
        if month:
            raise ValueError("a decade or century has no month: write 197X")
        return date(int(year.replace("X", "0")) or 1, 1, 1), date(int(year.replace("X", "9")), 12, 31)
    if year == "0000":
        raise ValueError("there is no year 0000")
    if not month:
        return date(int(year), 1, 1), date(int(year), 12, 31)
    return _within_year(int(year), int(month), int(day) if day else None)


def _within_year(year: int, month: int, day: int | None) -> tuple[date, date]:
    if month in _SEASON_MONTHS and day is None:
        first = _SEASON_MONTHS[month]
        end_year, last = (year + 1, 2) if first == 12 else (year, first + 2)
        return date(year, first, 1), date(end_year, last, calendar.monthrange(end_year, last)[1])
    if not 1 <= month <= 12:
        raise ValueError(f"there is no month {month:02d}; seasons are 21 (spring) to 24 (winter)")
    days = calendar.monthrange(year, month)[1]
    if day is not None and not 1 <= day <= days:
        raise ValueError(f"{year}-{month:02d} has {days} days")
    return date(year, month, day or 1), date(year, month, day or days)


def _advice(text: str) -> str:
    if decade := re.fullmatch(r"(\d{3})0s", text):
        return f"write a decade as {decade[1]}X"
    if interval := re.fullmatch(r"(\d{4})\s*[-–—]\s*(\d{4})", text):
        return f"write an interval as {interval[1]}/{interval[2]}"
    if local := re.fullmatch(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", text):
        return f"write dates as year-month-day: {local[3]}-{int(local[2]):02d}-{int(local[1]):02d}?"
    return "not a date: write 2013, 2013-05, 2013-05-17, 2007/2013, 197X or 2013-21 (spring)"
