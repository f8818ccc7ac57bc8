"""Authorships: who named a taxon and when, and whether two ways of writing it can mean the same people."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from .stem import plain
from .words import words

__all__ = ["Authors", "agreement", "authors", "may_be_moved"]

_YEAR = re.compile(r"\b1[5-9]\d\d\b|\b20\d\d\b")
_SEPARATORS = re.compile(r"[(),;&\[\]:]|\bet\b|\band\b|\bex\b|\bin\b|\by\b|\bund\b|\bnon\b|\bapud\b")
_REMARK = re.compile(r"\b(?:nom|comb|stat|p\.? ?p|pro parte|s\.? ?l|sensu lato)\b.*$")
_UMLAUT = re.compile(r"([aou])e")  # Muenchh. and Münchhausen
_INITIAL = re.compile(r"\b[a-z]{1,2}(?:\.|\b)[ -]*(?=[a-z]{2})")
_FILIUS = re.compile(r"\b(?:f|fil|filius|bis|jr|sr|jun|sen)\b\.?")
#: Abbreviations that stand for one author alone (ICNafp Rec. 46A, note 1; ICZN Rec. 51A).
_ALONE = {"l": "linnaeus", "linn": "linnaeus", "linne": "linnaeus", "dc": "candolle"}


class Authors(NamedTuple):
    """The surnames of an authorship, without initials and particles, and the year or 0.

    A name ends in a full stop where it was abbreviated.
    """

    names: tuple[str, ...]
    year: int


@lru_cache(maxsize=1 << 16)
def authors(text: str) -> Authors:
    """Read an authorship: `(L.) DC. ex A.Gray, 1843` gives linnaeus, candolle, gray and 1843."""
    lowered = _UMLAUT.sub(r"\1", _REMARK.sub("", plain(text)))
    year = _YEAR.search(lowered)
    parts = _SEPARATORS.split(_YEAR.sub(" ", lowered))
    found = [surname for part in parts if (surname := _surname(part))]
    return Authors(tuple(dict.fromkeys(found)), int(year[0]) if year else 0)


def _surname(part: str) -> str:
    cleaned = _FILIUS.sub(" ", part) if len(part.strip()) > 3 else part
    bare = re.sub(r"[^a-z]", "", cleaned)
    if bare in _ALONE:
        return _ALONE[bare]
    tokens = [t for t in re.split(r"\s+|(?<=\.)", _INITIAL.sub(" ", cleaned)) if t]
    tokens = [t for t in tokens if t.strip(".'") and t.strip(".'") not in words("author-particles")]
    if not tokens:
        return ""
    last = re.sub(r"['-]", "", tokens[-1])
    return _ALONE.get(last.strip("."), last)


@lru_cache(maxsize=1 << 17)
def agreement(left: str, right: str) -> int:
    """Return 2 where two authorships name the same people, 1 where they share one, -1 where they cannot mean the same.

    0 is for an authorship that says nothing. Years may differ by one, as dates of printing and of distribution do.
    """
    a, b = authors(left), authors(right)
    years = 0 if not (a.year and b.year) else 1 if abs(a.year - b.year) <= 1 else -1
    if not (a.names and b.names):
        return years
    if any(_same(x, y) for x in a.names for y in b.names):
        if years < 0:
            return 0
        return 2 if len(a.names) == len(b.names) and all(map(_same, a.names, b.names)) else 1
    return -1


def may_be_moved(left: str, right: str) -> bool:
    """Say whether one epithet under two authorships can be one name in two genera.

    Whoever moves a species puts its first author in brackets (ICZN Art. 51.3, ICNafp Art. 49), so one of them has some.
    """
    one, other = _first_author(left), _first_author(right)
    if not ("(" in left or "(" in right) or agreement(one, other) < 2:
        return False
    return authors(one).year == authors(other).year


def _first_author(text: str) -> str:
    return text.partition("(")[2].partition(")")[0] or text


def _same(a: str, b: str) -> bool:
    if a == b:
        return True
    short, long = sorted((a.rstrip("."), b.rstrip(".")), key=len)
    if not short or short[0] != long[0]:
        return False
    if len(short) > 3 and long.startswith(short):
        return True
    if len(short) < len(long) and (a + b).count(".") and _abbreviates(short, long):
        return True
    return len(short) >= 4 and OSA.distance(short, long, score_cutoff=2) <= (2 if len(short) >= 7 else 1)


def _abbreviates(short: str, long: str) -> bool:
    """Say whether the letters of one stand in the other in their order: `michx`, `michaux`."""
    rest = iter(long)
    return all(letter in rest for letter in short)
