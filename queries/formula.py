"""Formulas: what a spreadsheet would run when it opens a CSV file, and how a cell is kept from being one."""

from __future__ import annotations

__all__ = ["inert"]

#: https://owasp.org/www-community/attacks/CSV_Injection
_STARTS = ("=", "+", "-", "@", "\t", "\r")


def inert(cell: str) -> str:
    """Return a text for a cell of CSV, with an apostrophe before what a spreadsheet would take for a formula.

    >>> inert("=1+1"), inert("1+1")
    ("'=1+1", '1+1')
    """
    return f"'{cell}" if cell.startswith(_STARTS) else cell
