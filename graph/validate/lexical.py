"""Literals that are no value of their datatype, such as the month "2020-13": marked so that every engine sees it."""

from __future__ import annotations

import re
from calendar import monthrange
from functools import lru_cache
from pathlib import Path

__all__ = ["ILL_FORMED", "XSD", "mark_ill_formed", "well_formed"]

XSD = "http://www.w3.org/2001/XMLSchema#"
#: What stands for `XSD` in the datatype of a literal that is marked.
ILL_FORMED = "https://w3id.org/wildgraph/ill-formed#"

# The lexical spaces of XML Schema 1.1 part 2, sections 3.3 and 3.4; white space is not collapsed, as in RDF 1.1, 5.1.
_ZONE = r"(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)"
_YEAR = r"(-?(?:[1-9]\d{3,}|0\d{3}))"
_MONTH, _DAY = r"(0[1-9]|1[0-2])", r"(0[1-9]|[12]\d|3[01])"
_TIME = r"(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)"
_MONTHS, _CLOCK = r"(?=\d)(?:\d+Y)?(?:\d+M)?", r"T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?"
_FLOAT = r"(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?INF|NaN)"
_PATTERNS = {
    "boolean": "true|false|0|1",
    "decimal": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)",
    "double": _FLOAT,
    "float": _FLOAT,
    "date": f"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}?",
    "dateTime": f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}?",
    "dateTimeStamp": f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}",
    "time": f"{_TIME}{_ZONE}?",
    "gYear": f"{_YEAR}{_ZONE}?",
    "gYearMonth": f"{_YEAR}-{_MONTH}{_ZONE}?",
    "gMonth": f"--{_MONTH}{_ZONE}?",
    "gMonthDay": f"()--{_MONTH}-{_DAY}{_ZONE}?",
    "gDay": f"---{_DAY}{_ZONE}?",
    "duration": rf"-?P(?=.)(?:(?=\d)(?:\d+Y)?(?:\d+M)?(?:\d+D)?)?(?:{_CLOCK})?",
    "yearMonthDuration": f"-?P{_MONTHS}",
    "dayTimeDuration": rf"-?P(?=.)(?:\d+D)?(?:{_CLOCK})?",
    "hexBinary": "(?:[0-9a-fA-F]{2})*",
    "language": "[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*",
}
#: The integers and their bounds, inclusive; None is none.
_BOUNDS: dict[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "positiveInteger": (1, None),
    "nonNegativeInteger": (0, None),
    "negativeInteger": (None, -1),
    "nonPositiveInteger": (None, 0),
    **{
        name: (-(2 ** (n - 1)), 2 ** (n - 1) - 1) for name, n in (("byte", 8), ("short", 16), ("int", 32), ("long", 64))
    },
    **{f"unsigned{name}": (0, 2**n - 1) for name, n in (("Byte", 8), ("Short", 16), ("Int", 32), ("Long", 64))},
}
_FORMS = {name: re.compile(pattern, re.ASCII) for name, pattern in _PATTERNS.items()}
_INTEGER = re.compile(r"([+-]?)0*(\d+)", re.ASCII)
#: A literal of an XML Schema datatype at the end of a line of canonical N-Triples.
_TYPED = re.compile(rb'"((?:[^"\\\n]|\\.)*)"\^\^<' + re.escape(XSD).encode() + rb"([A-Za-z]+)> \.$", re.MULTILINE)
#: How many bytes of lines are looked at together.
_BLOCK = 1 << 20


@lru_cache(100_000)
def well_formed(text: str, datatype: str) -> bool:
    """Tell whether a text is in the lexical space of an XML Schema datatype, by its local name; of others it is."""
    if datatype in _BOUNDS:
        number = _INTEGER.fullmatch(text)
        return number is not None and _within(number, *_BOUNDS[datatype])
    if (form := _FORMS.get(datatype)) is None:
        return True
    match = form.fullmatch(text)
    return match is not None and _on_calendar(datatype, match)


def mark_ill_formed(lines: Path, target: Path) -> bool:
    """Copy canonical N-Triples with `ILL_FORMED` for `XSD` in literals that are ill-formed; tell whether there are any.

    Engines know some datatypes each and pass the rest: a datatype that they do not know is a wrong one for all.
    """
    found = False

    def marked(match: re.Match[bytes]) -> bytes:
        nonlocal found
        text, name = match[1].decode(), match[2].decode()
        if well_formed(text, name):
            return match[0]
        found = True
        return f'"{text}"^^<{ILL_FORMED}{name}> .'.encode()

    with lines.open("rb") as file, target.open("wb") as copy:
        while block := file.readlines(_BLOCK):
            copy.write(_TYPED.sub(marked, b"".join(block)))
    return found


def _within(number: re.Match[str], low: int | None, high: int | None) -> bool:
    negative = number[1] == "-"
    if len(number[2]) > 20:  # beyond every bound there is; int() refuses texts of thousands of digits
        return (low if negative else high) is None
    value = int(number[1] + number[2])
    return (low is None or value >= low) and (high is None or value <= high)


def _on_calendar(datatype: str, match: re.Match[str]) -> bool:
    """Tell whether a day is in its month; of the years before 1 and after 9999 by the calendar's cycle of 400."""
    if datatype not in {"date", "dateTime", "dateTimeStamp", "gMonthDay"}:
        return True
    year = int(match[1]) if match[1] else 4  # without a year, 29 February is a day
    return int(match[3]) <= monthrange(year % 400 + 400, int(match[2]))[1]
