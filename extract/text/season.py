"""Seasons and months of a phrase: "late May to early July" is three months, "May and July" are two."""

from __future__ import annotations

import re
from calendar import month_name

from .forms import slug

__all__ = ["seasons"]

_OTHER = {"fall": "autumn", "rainy season": "wet-season", "monsoon": "wet-season"}
_MONTHS = [name.lower() for name in month_name[1:]]
_MONTH = re.compile(rf"\b({'|'.join(_MONTHS)})\b")
_SPAN = re.compile(r"\b(?:between|to|through|till|until)\b|[-\u2013\u2014]")


def seasons(phrase: str) -> list[str]:
    """Return the notations in the scheme of seasons of what a phrase names, in the order of the year it runs through.

    >>> seasons("late November to January")
    ['november', 'december', 'january']
    >>> seasons("rainy season")
    ['wet-season']
    """
    phrase = phrase.lower()
    found = [_MONTHS.index(name) for name in _MONTH.findall(phrase)]
    if not found:
        return [_OTHER.get(phrase, slug(phrase))]
    if len(found) == 2 and _SPAN.search(phrase):
        first, last = found
        found = [(first + n) % 12 for n in range((last - first) % 12 + 1)]
    return [_MONTHS[number] for number in dict.fromkeys(found)]
