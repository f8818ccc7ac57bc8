"""One value of a column through one normaliser, by its name in a mapping."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from ...ontology import Concept, vocabulary
from ..period import Period, parse_period
from .dates import read_date
from .quantities import Amount, read_amount
from .words import find_word, folded, word_lists

__all__ = ["Normal", "normalise", "normalisers"]

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class Normal:
    """What a value means: a text, a concept, a date or a quantity. An empty text says nothing and is understood."""

    text: str = ""
    concept: Concept | None = None
    period: Period | None = None
    amount: Amount | None = None


def normalisers() -> list[str]:
    """Return the names of the normalisers."""
    return sorted({*word_lists(), *_OTHERS})


def normalise(name: str, text: str, arguments: Sequence[str] = ()) -> Normal | None:
    """Return what a value means, None where it is not understood. Raises KeyError for an unknown normaliser."""
    if name in _OTHERS:
        return _OTHERS[name](text.strip(), arguments)
    if name not in word_lists():
        raise KeyError(name)
    found = find_word(name, text)
    if found is None and name == "country":
        found = _country(text)
    if found is None:
        return None
    scheme, colon, notation = found.partition(":")
    return Normal(found, vocabulary().concept(scheme, notation)) if colon else Normal(found)


def _country(text: str) -> str | None:
    """Return the country of a code with its scheme or a subdivision: `ISO3166-2:CA-ON`, `iso:ca`."""
    match = re.fullmatch(
        r"(?:iso[ _]?(?:3166)?(?:-[12])?:)?([A-Za-z]{2})(?:-[A-Za-z0-9]{1,3})?", text.strip(), re.IGNORECASE
    )
    return find_word("country", match[1]) if match else None


def _language(text: str, _: Sequence[str]) -> Normal | None:
    lower = text.replace("_", "-").lower()
    found = find_word("language", text) or find_word("language", lower.partition("-")[0])
    if found and "-" in lower and _LANGUAGE.fullmatch(lower):
        return Normal(f"{found}-{lower.partition('-')[2]}")
    return Normal(found) if found else None


def _date(text: str, _: Sequence[str]) -> Normal | None:
    period = read_date(text)
    return Normal(period.text, period=period) if period else None


def _year(text: str, _: Sequence[str]) -> Normal | None:
    """Return the year of a date, or the years of an interval: occurrences are counted by year."""
    period = read_date(text)
    if period is None or period.start is None or period.end is None:
        return Normal(period.text, period=period) if period else None
    first, last = period.start.year, period.end.year
    years = parse_period(f"{first:04}" if first == last else f"{first:04}/{last:04}")
    return Normal(years.text, period=years)


def _not_global(text: str, _: Sequence[str]) -> Normal:
    return Normal("" if folded(text) in {"global", "world", "worldwide"} else text)


def _country_code(text: str, _: Sequence[str]) -> Normal:
    return Normal(find_word("country", text) or _country(text) or "")


def _label_of(text: str, arguments: Sequence[str]) -> Normal | None:
    found = _wider(text, arguments)
    return Normal(found.concept.label) if found and found.concept else None


def _quantity(text: str, _: Sequence[str]) -> Normal | None:
    amount = read_amount(text)
    return Normal(text, amount=amount) if amount else None


def _number(text: str, _: Sequence[str]) -> Normal | None:
    amount = read_amount(text)
    return Normal(text, amount=amount) if amount and amount.estimate is not None and not amount.hedge else None


def _code(text: str, arguments: Sequence[str]) -> Normal | None:
    """Return the concept of one of some schemes by its notation or its label: `5_3`, `5.3`, `Logging`."""
    schemes = vocabulary().schemes
    for scheme in arguments:
        concepts = schemes[scheme].concepts
        for notation in (text, text.replace("_", "."), text.upper()):
            if notation in concepts:
                return Normal(concepts[notation].code, concepts[notation])
    found = next((c for scheme in arguments if (c := _labels(scheme).get(folded(text)))), None)
    return Normal(found.code, found) if found else None


def _wider(text: str, arguments: Sequence[str]) -> Normal | None:
    """Return as `code` does, or the next wider code that the schemes have: 5.3.5 as 5.3."""
    parts = text.replace("_", ".").split(".")
    while parts:
        if found := _code(".".join(parts), arguments):
            return found
        parts.pop()
    return None


def _interaction(text: str, arguments: Sequence[str]) -> Normal:
    """Say whether a word for an interaction means the wanted one; a word that is not known means the widest."""
    found = find_word("interaction", text) or find_word("interaction", text.rpartition("/")[2]) or "interactsWith"
    return Normal("yes" if found == arguments[0] else "")


@cache
def _labels(scheme: str) -> dict[str, Concept]:
    return {folded(concept.label): concept for concept in vocabulary().schemes[scheme].concepts.values()}


_OTHERS: dict[str, Callable[[str, Sequence[str]], Normal | None]] = {
    "code": _code,
    "code-or-wider": _wider,
    "date": _date,
    "country-code": _country_code,
    "interaction-is": _interaction,
    "label-of": _label_of,
    "not-global": _not_global,
    "year": _year,
    "language": _language,
    "number": _number,
    "quantity": _quantity,
}
