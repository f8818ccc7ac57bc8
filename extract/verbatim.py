"""Finding words and numbers in a text as they stand: white space, quotes and dashes are folded, tokens are whole."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

from .equal import folded

__all__ = ["at_boundaries", "name_stands", "number_stands", "numbers_in", "occurrences", "year_stands"]

_QUOTES = "\"“”„‟«»'‘’‚‛`´"
_DASHES = "-‐‑‒–—―−"
_PIECE = re.compile(rf"(\s+)|([{_QUOTES}]+)|([{re.escape(_DASHES)}])|(.)", re.DOTALL)
_BEFORE, _AFTER = r"(?<![\w.,])", r"(?!\w)(?![.,]\d)"
_FIGURES = re.compile(
    r"(?<![\w.,])(\d{1,3}(?:[,\u202f\u00a0]\d{3})+|\d+)(\.\d+)?(?![.,\u202f\u00a0]?\d)"
    r"(?:[\s-](hundred|thousand|million|billion|dozen))?",
    re.IGNORECASE,
)
_SCALES = {"hundred": 100, "dozen": 12, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_BELOW_TWENTY = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_WORDS = {word: n for n, word in enumerate(_BELOW_TWENTY.split())} | {"single": 1}
_WORDS |= {word: 10 * n for n, word in enumerate(_TENS.split(), start=2)}
_DECADES = {f"{word[:-1]}ies": n for n, word in enumerate(_TENS.split(), start=2)}


def occurrences(quote: str, text: str) -> list[tuple[int, int]]:
    """Return where a quote stands in a text, at token boundaries; `as few as 7` does not stand in `as few as 70`."""
    pieces = [_folding(match) for match in _PIECE.finditer(quote.strip())]
    if not pieces:
        return []
    found = [match.span() for match in re.finditer("".join(pieces), text)]
    return [(start, end) for start, end in found if at_boundaries(start, end, text)]


def _folding(match: re.Match[str]) -> str:
    space, quotes, dash, other = match.groups()
    if space:
        return r"\s+"
    if quotes:
        return f"[{_QUOTES}]+"
    return f"[{re.escape(_DASHES)}]" if dash else re.escape(other)


def at_boundaries(start: int, end: int, text: str) -> bool:
    """Say whether a span begins and ends between tokens, so that it cuts no word, no accent and no number."""
    return not _cuts(start, text) and not _cuts(end, text)


def _cuts(place: int, text: str) -> bool:
    if not 0 < place < len(text):
        return False
    before, after = text[place - 1], text[place]
    if unicodedata.combining(after):
        return True
    if _in_word(before) and _in_word(after):
        return True
    around = text[max(0, place - 2) : place + 2]
    return bool(re.search(r"\d[.,]\d", around))


def _in_word(character: str) -> bool:
    # An underscore is Markdown's emphasis, which stands against words and is none of them.
    return character.isalnum() or bool(unicodedata.combining(character))


def number_stands(number: Decimal, text: str) -> bool:
    """Say whether a number stands in a text as a whole token: in figures, in words, or as `1.2 million`."""
    return any(number == found for found in numbers_in(text))


def numbers_in(text: str) -> Iterator[Decimal]:
    """Yield the numbers of a text: those in figures, then those in words."""
    for match in _FIGURES.finditer(text):
        whole, fraction, scale = match.groups()
        plain = Decimal(re.sub(r"\D", "", whole) + (fraction or ""))
        yield plain
        if scale:
            yield plain * _SCALES[scale.lower()]
    yield from _worded(text)


def _worded(text: str) -> Iterator[Decimal]:
    """Yield numbers in words. `two hundred and fifty` is one number, `three to four` are two."""
    total, part, open_, before = 0, 0, False, ""
    for word in [*re.findall(r"[^\W\d_]+|[.;:,]", text.lower()), "."]:
        value, scale = _WORDS.get(word), _SCALES.get(word)
        if value is not None:
            if open_ and not _continues(part, value):
                yield Decimal(total + part)
                total, part = 0, 0
            part, open_ = part + value, True
        elif scale is not None and (open_ or before == "a"):
            multiple = (part or 1) * scale
            total, part, open_ = (total, multiple, True) if scale <= 100 else (total + multiple, 0, True)
        elif open_ and word != "and":
            yield Decimal(total + part)
            total, part, open_ = 0, 0, False
        before = word


def _continues(part: int, value: int) -> bool:
    """Say whether a word goes on with the number begun: `twenty` `five`, `two hundred` `fifty`."""
    return part % 100 == 0 or (part % 10 == 0 and part % 100 >= 20 and 0 < value < 10)


def year_stands(years: str, text: str) -> bool:
    """Say whether each year or decade of `2013`, `2007/2013`, `1970s` or `197X` stands in a text.

    `2007-08` has 2008, and `the seventies` are the 1970s.
    """
    wanted = re.findall(r"\d{3}X|\d{3}0s|\d{4}", years)
    return bool(wanted) and all(_year(year, text) for year in wanted)


def _year(year: str, text: str) -> bool:
    if not year.isdigit():
        decade = year[:3]
        words = [word for word, n in _DECADES.items() if n == int(decade[2])]
        return bool(re.search(rf"{_BEFORE}{decade}0['’]?s{_AFTER}", text)) or any(
            re.search(rf"(?i)\b{word}\b", text) for word in words
        )
    short = rf"{_BEFORE}{year[:2]}\d\d\s?[/{re.escape(_DASHES)}]\s?{year[2:]}{_AFTER}"
    return bool(re.search(f"{_BEFORE}{year}{_AFTER}", text) or re.search(short, text))


def name_stands(name: str, text: str) -> bool:
    """Say whether every word of a name stands in a text as a whole token, in whatever order or number."""
    return set(folded(name).split()) <= set(folded(text).split())
