"""Dates as tables write them: ISO 8601 with or without time, intervals, months in words; made into EDTF."""

from __future__ import annotations

import re

from ..period import Period, parse_period

__all__ = ["read_date"]

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january janvier enero januar", "feb february février febrero februar", "mar march mars marzo märz",
         "apr april avril abril", "may mai mayo maj", "jun june juin junio juni", "jul july juillet julio juli",
         "aug august août agosto", "sep sept september septembre septiembre", "oct october octobre octubre oktober",
         "nov november novembre noviembre", "dec december décembre diciembre dezember"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_TIME = re.compile(r"[T ]\d{1,2}(?::?\d{2}){0,2}(?:[.,]\d+)?(?:Z|[+-]\d{2}:?\d{2}|[+-]\d{2})?$")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_LOOSE = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)?[ -](?:de )?([^\W\d]+)\.?,?(?: de)?[ -](\d{4})")
_MONTH_FIRST = re.compile(r"([^\W\d]+)\.?[ -](\d{1,2})(?:st|nd|rd|th)?,?[ -](\d{4})")
_MONTH_YEAR = re.compile(r"([^\W\d]+)\.?,?[ -](\d{4})")
_ROMAN = re.compile(r"(\d{1,2})[. -](I|II|III|IV|V|VI|VII|VIII|IX|X|XI|XII)[. -](\d{4})")
_NUMBERS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_YEARS = re.compile(r"(\d{4})\s*[-–—]\s*(\d{4})")
_DAY_OF_YEAR = re.compile(r"(\d{4})-?(\d{3})")


def read_date(text: str) -> Period | None:
    """Return the period that a text stands for, None where it is not plain which one (03/04/2010)."""
    try:
        return parse_period(_edtf(text.strip()))
    except ValueError:
        return None


def _edtf(text: str) -> str:
    if match := _YEARS.fullmatch(text):
        return text if int(match[1]) > int(match[2]) else f"{match[1]}/{match[2]}"
    first, slash, last = text.partition("/")
    if slash and len(first) >= 4:
        start, end = (_single(part) if part not in {"", ".."} else ".." for part in (first, last))
        if re.fullmatch(r"\d{2}", end) and start.count("-") == 2:
            end = f"{start[:8]}{end}"
        elif re.fullmatch(r"\d{2}-\d{2}", end):
            end = f"{start[:5]}{end}"
        return start if start == end else f"{start}/{end}"
    return _single(text)


def _single(text: str) -> str:
    text = _TIME.sub("", text).strip()
    for pattern, order in ((_COMPACT, (1, 2, 3)), (_LOOSE, (1, 2, 3))):
        if match := pattern.fullmatch(text):
            return _joined(*(match[n] for n in order))
    if match := _DAY_OF_YEAR.fullmatch(text):
        return _from_day(int(match[1]), int(match[2]))
    if match := _ROMAN.fullmatch(text):
        return _joined(match[3], str(_NUMBERS.index(match[2]) + 1), match[1])
    lower = text.lower()
    if (match := _DAY_FIRST.fullmatch(lower)) and match[2] in _MONTHS:
        return _joined(match[3], str(_MONTHS[match[2]]), match[1])
    if (match := _MONTH_FIRST.fullmatch(lower)) and match[1] in _MONTHS:
        return _joined(match[3], str(_MONTHS[match[1]]), match[2])
    if (match := _MONTH_YEAR.fullmatch(lower)) and match[1] in _MONTHS:
        return _joined(match[2], str(_MONTHS[match[1]]), None)
    return text


def _from_day(year: int, day: int) -> str:
    from datetime import date, timedelta

    found = date(year, 1, 1) + timedelta(days=day - 1)
    return found.isoformat() if day and found.year == year else f"{year}-{day}"


def _joined(year: str, month: str | None, day: str | None) -> str:
    return "-".join([year, *(f"{int(part):02}" for part in (month, day) if part)])
