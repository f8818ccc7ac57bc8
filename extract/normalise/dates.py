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
_TIME = re.compile(
    r"(?:T(?:[01]\d|2[0-4])(?::?[0-5]\d){0,2}| (?:[01]\d|2[0-4])(?::[0-5]\d){1,2})"
    r"(?:[.,]\d+)?(?:Z|[+-]\d{2}:?\d{2}|[+-]\d{2}| UTC| GMT)?$"
)
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? +", re.IGNORECASE)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_LOOSE = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?")
_CHINESE = re.compile(r"(\d{4})年(\d{1,2})月(?:(\d{1,2})日)?")
_BACKWARD = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)?[ -](?:de )?([^\W\d]+)\.?,?(?: de)?[ -](\d{4})")
_MONTH_FIRST = re.compile(r"([^\W\d]+)\.?[ -](\d{1,2})(?:st|nd|rd|th)?,?[ -](\d{4})")
_MONTH_YEAR = re.compile(r"(?:(?:xx|\?\?|00)[ -])?([^\W\d]+)\.?,?[ -](\d{4})")
_NUMBERS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_ROMAN = re.compile(r"(?:(\d{1,2})[ ./-]+)?([ivx]+)[ ./-]+(\d{4})")
_ROMANS = re.compile(r"(\d{1,2}[ ./]+[ivx]+)\s*[-–—]\s*(\d{1,2}[ ./]+[ivx]+[ ./]+(\d{4}))")
_YEARS = re.compile(r"(\d{4})\s*[-–—]\s*(\d{4})")
_DECADE = re.compile(r"(\d{3})0'?s")
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
    if match := _ROMANS.fullmatch(text.lower()):
        return f"{_single(f'{match[1]}.{match[3]}')}/{_single(match[2])}"
    first, slash, last = text.partition("/")
    if slash and len(first) >= 4:
        start, end = (_single(part) if part not in {"", ".."} else ".." for part in (first, last))
        if re.fullmatch(r"\d{2}", end) and start.count("-") == 2:
            end = f"{start[:8]}{end}"
        elif re.fullmatch(r"\d{2}-\d{2}", end):
            end = f"{start[:5]}{end}"
        elif "/" in last or re.fullmatch(r"\d{1,2}", last):
            return _single(text)
        return start if start == end else f"{start}/{end}"
    return _single(text)


def _single(text: str) -> str:
    plain = _WEEKDAY.sub("", _TIME.sub("", text).strip()).lower()
    for pattern in (_COMPACT, _LOOSE, _CHINESE):
        if match := pattern.fullmatch(plain):
            return _joined(match[1], match[2], match[3])
    if match := _BACKWARD.fullmatch(plain):
        return _joined(match[3], match[2], match[1]) if _plain_day(match[1], match[2]) else text
    if match := _DAY_OF_YEAR.fullmatch(plain):
        return _from_day(int(match[1]), int(match[2]))
    if match := _DECADE.fullmatch(plain):
        return f"{match[1]}X"
    if (match := _ROMAN.fullmatch(plain)) and match[2] in _NUMBERS:
        return _joined(match[3], str(_NUMBERS.index(match[2]) + 1), match[1])
    for pattern, order in ((_DAY_FIRST, (3, 2, 1)), (_MONTH_FIRST, (3, 1, 2)), (_MONTH_YEAR, (2, 1, 0))):
        if (match := pattern.fullmatch(plain)) and (month := _MONTHS.get(match[order[1]])):
            return _joined(match[order[0]], str(month), match[order[2]] if order[2] else None)
    return text


def _plain_day(first: str, second: str) -> bool:
    """Say whether of two numbers before a year the first can only be the day (15.10.1932), or both are the same."""
    return int(second) <= 12 and (int(first) > 12 or int(first) == int(second))


def _from_day(year: int, day: int) -> str:
    from datetime import date, timedelta

    found = date(year, 1, 1) + timedelta(days=day - 1)
    return found.isoformat() if day and found.year == year else f"{year}-{day}"


def _joined(year: str, month: str | None, day: str | None) -> str:
    if month and day and int(month) > 12 >= int(day):
        month, day = day, month  # 2021-28-10 can only be the 28th of October
    return "-".join([year, *(f"{int(part):02}" for part in (month, day) if part)])
