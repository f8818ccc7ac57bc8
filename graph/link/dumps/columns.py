"""Rows of a table by the names of their columns, whatever order they stand in and however they are prefixed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

__all__ = ["Pick", "country_of", "picker", "short"]

_COUNTRY = re.compile(r"(?:^|:\s*)([A-Za-z]{2})(?:-[A-Za-z0-9]{1,3})?$")

Pick = Callable[[Sequence[str]], str]


def short(column: str) -> str:
    """Return a column as it is looked for: `http://rs.tdwg.org/dwc/terms/taxonID` and `dwc:taxonID` give `taxonid`."""
    return column.strip().rpartition("/")[2].rpartition("#")[2].rpartition(":")[2].lower()


def country_of(*codes: str) -> str:
    """Return the country of the first code that has one: `CA`, `CA-BC`, `ISO 3166-2:CA-BC`, `iso:CA-BC`."""
    for code in codes:
        found = _COUNTRY.search(code.strip())
        if found:
            return found[1].upper()
    return ""


def picker(columns: Sequence[str], *names: str, default: str = "") -> Pick:
    """Return a function that takes the first of some columns out of a row; where none is there, it gives a default."""
    known = [short(column) for column in columns]
    for name in names:
        if name.lower() in known:
            place = known.index(name.lower())

            def pick(row: Sequence[str], place: int = place) -> str:
                value = row[place].strip() if place < len(row) else ""
                return "" if value in {"\\N", "NULL"} else value

            return pick
    return lambda _row: default
