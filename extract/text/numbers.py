"""Numbers: counts, ranges, measures, shares, years, as pages write them, each with its hedge and unit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from .lexicon import words

__all__ = ["Amount", "find_amounts"]

_ONES = {
    w: n
    for n, w in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
_TENS = {
    w: 10 * n for n, w in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
_WORD = "|".join(sorted([*list(_ONES)[1:], *_TENS], key=len, reverse=True))
_FACTOR = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "dozen": 12, "m": 10**6}
_DIGITS = r"(?:\d{1,3}(?:[, ]\d{3})+(?!\d)|\d+)(?:\.\d+)?"
_SPELT = rf"(?:{_WORD})(?:[- ](?:{_WORD}))?"
_FRACTIONS = {"1/2": 0.5, "1/4": 0.25, "3/4": 0.75, "½": 0.5, "¼": 0.25, "¾": 0.75, "and a half": 0.5}
_MIXED = rf"(?:\d+(?: (?:1/2|1/4|3/4)(?!\d)| ?[½¼¾])|(?:\d+|{_WORD}) and a half\b)"
_ONE = (
    rf"(?:{_MIXED}|{_DIGITS}(?:[ -](?:hundred|thousand|million|billion)\b)?|(?:{_SPELT}|a)[ "
    rf"-](?:hundred|thousand|million|billion|dozen)\b|{_SPELT}\b)"
)
#: What looks like numbers and counts nothing: dates, times, ratios, telephone numbers, editions, web addresses.
_NOT = re.compile(
    r"\b\d{1,2}(?:st|nd|rd|th)\b|\b\d{1,2}:\d{2}(?::\d{2})?\b|\b\d+(?:\.\d+)?:\d+(?:\.\d+)?\b|\b\d{4}-\d{2}-\d{2}\b"
    r"|\+?\(?\b\d{3}\)?[-. ]\d{3}[-. ]\d{4}\b|\b\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b|\bhttps?:\S+|\b10\.\d{4,}/\S+"
    r"|\b(?:appendix|figure|fig\.?|table|chapter|page|pp?\.|vol\.?|no\.|number|section|"
    r"category|class|phase|plate|stage|article|annex|schedule|zone|part|group|type|"
    r"covid|version) ?-?\d+(?:[.,]\d+)*\b"
    r"|\b(?:ca|fl|tx|az|hi|dc) \d{5}\b|#\d+|\b\d+(?:st|nd|rd|th)[- ]century\b|\b\d{1,3}°[^ ]*"
)
_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|"
    "december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
)
_DATE = re.compile(
    rf"\b(?:\d{{1,2}} (?:{_MONTHS})\.?,? ((?:1[5-9]|20)\d\d)|(?:{_MONTHS})\.? (?:\d{{1,2}}(?:st|"
    rf"nd|rd|th)?,? )?((?:1[5-9]|20)\d\d)|\d{{1,2}}(?:st|nd|rd|th)? (?:of )?(?:{_MONTHS})\b|"
    rf"(?:{_MONTHS}) \d{{1,2}}\b(?! \w+s\b))"
)
_YEARS = re.compile(
    r"\b(?:(?:early|mid|late)[- ](?:to[- ](?:mid|late)[- ])?)?((?:1[5-9]|20)\d0)'?s\b|"
    r"\bthe (twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties)\b"
    r"|\b(?:early |mid-?|late )?(?:the )?(1[5-9]th|2[01]st) century\b"
    r"|\b((?:1[5-9]|20)\d\d)(?: ?(?:-|to|and|until|/) ?(?=(?:1[5-9]|20)\d\d)|[-/](?=\d\d\b))((?:1[5-9]|20)?\d\d)\b"
    r"(?! ?(?:%|"
    r"individuals|km|m\b|kg|birds|pairs|adults|animals|plants|mature|feet|ft|metres|"
    r"meters))"
)
_DECADES = {
    "twenties": "1920s",
    "thirties": "1930s",
    "forties": "1940s",
    "fifties": "1950s",
    "sixties": "1960s",
    "seventies": "1970s",
    "eighties": "1980s",
    "nineties": "1990s",
}
_BARE_YEAR = re.compile(r"(?:1[6-9]|20)\d\d")
_BEFORE_YEAR = re.compile(
    r"(?:\b(?:in|since|by|from|until|till|before|after|during|between|of|early|late|"
    r"mid|and|to|around|about|year|years|circa|c\.|as of|for|than in|the|spring|"
    r"summer|autumn|winter)|[(,;-])\s*$"
)
_COUNTED = re.compile(
    r"\s+(?:[a-z-]+\s+){0,2}?(?:individuals|animals|birds|adults?|pairs|plants|trees|"
    r"mature|specimens|breeding|wild|remain|left|km|m\b|metres|meters|feet|ft|kg|"
    r"in the wild|of them|were left|square|sq|hectares|acres|females|males|nests)\b"
)
_PERCENT = re.compile(r" ?(?:%|percent\b|per cent\b)")
#: "three times larger", "a 5-fold rise": a ratio, not a count.
_TIMES = re.compile(
    r"(?:[ -]fold\b| times (?:larger|bigger|smaller|more|less|as|the|higher|lower|greater|heavier|longer|its|that))"
)
#: "0.6 animals per square kilometre": how dense they live, never how many there are.
_PER = re.compile(
    r"((?: (?!to\b|and\b|or\b)[a-z'-]+){0,4}?) ?(?:/|\b(?:per|in each|in every|for each|for every|each|every)) ?"
    r"(\d[\d,.]*|one hundred|a hundred)? ?(square kilomet(?:er|re)s?|sq\.? ?km|km2|km²|km\^2|hectares?\b|ha\b|"
    r"acres?\b|square miles?|sq\.? ?mi\b|square met(?:er|re)s?|m2|m²)"
)
_GROUPED = re.compile(
    r"\b(?:pairs?|groups?|nests?|territor\w+|packs?|families|dens|burrows|records?|species|years?|days?)\b"
)
_MONEY = re.compile(r"(?:[$£€¥₹]|\b(?:us|usd|eur|gbp|rs\.?|inr|aud|cad))\s?$")
_MONEY_AFTER = re.compile(r" ?(?:dollars|euros|pounds sterling|usd|rupees|yen|yuan|us\$)")
#: "a single cub": of offspring only, for "a single" counts little else.
_SINGLE = re.compile(
    r"\bsingle (?=(?:[a-z-]+ ){0,2}?(?:egg|young|calf|cub|pup|kit|kitten|foal|fawn|lamb|joey|chick|infant|baby|"
    r"offspring|"
    r"kid|piglet|hatchling|fledgling)\b)"
)
_START = re.compile(rf"(?<![\w.]){_ONE}")
_SECOND = re.compile(
    rf"-? ?(?:-|to|and|or|through) ?((?:(?:about|around|approximately|nearly|almost|"
    rf"over|perhaps|up to|more than|as many as|maybe|even|a record|a maximum of|a whopping|"
    rf"exceptionally) )?)(?:[$£€])?({_ONE})(?:(?!\w)|(?=(?:[ckm]?m|k?g|lbs?|oz|ft|in|ha|t|km2|km²)\b))"
)
_BETWEEN = re.compile(r"\b(?:between|from)\s+(?:about |around |approximately |an estimated |roughly |just )?$")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in a text. `kind` is count, percent, year, money, length, mass, area, time or ratio."""

    start: int
    end: int
    kind: str
    low: str
    high: str = ""
    hedge: str = ""
    unit: str = ""
    number: int = 0  # where the number itself starts, after its hedge


def find_amounts(folded: str) -> list[Amount]:
    """Return the numbers of a sentence in order; `folded` is its folded text."""
    taken: list[tuple[int, int]] = []
    found = list(_years(folded, taken))
    taken += [match.span() for match in _NOT.finditer(folded)]
    found += [Amount(m.start(), m.end() - 1, "count", "1", number=m.start()) for m in _SINGLE.finditer(folded)]
    past = 0
    for match in _START.finditer(folded):
        if match.start() < past or any(a < match.end() and match.start() < b for a, b in taken):
            continue
        amount = _amount(folded, match)
        if amount:
            past = amount.end
            found.append(amount)
    return sorted(found, key=lambda amount: amount.start)


def _years(text: str, taken: list[tuple[int, int]]) -> Iterator[Amount]:
    for match in _DATE.finditer(text):
        taken.append(match.span())
        if year := match[1] or match[2]:
            yield Amount(*match.span(), "year", year, number=match.start())
    for match in _YEARS.finditer(text):
        if any(a < match.end() and match.start() < b for a, b in taken):
            continue
        decade, word, century, first, last = match.groups()
        if first:
            last = last if len(last) == 4 else first[:2] + last
            if int(last) <= int(first):
                continue
        taken.append(match.span())
        value = (
            f"{decade}s"
            if decade
            else _DECADES.get(word or "") or (f"{century} century" if century else f"{first}/{last}")
        )
        yield Amount(*match.span(), "year", value, number=match.start())


def _amount(text: str, match: re.Match[str]) -> Amount | None:
    start, end = match.span()
    low, high = _value(match[0]), ""
    if _MONEY.search(text, max(0, start - 5), start):
        return Amount(start, end, "money", low, number=start)
    unit, kind, end = _unit(text, end)
    after = _SECOND.match(text, end)
    joined = text[end : end + 5].strip()[:3] if after else ""
    if after and not (joined == "and" and not _BETWEEN.search(text, max(0, start - 45), start)):
        # "2 to 3", "between 2 and 3"; the unit stands after the second, or after both
        second = _value(after[2])
        unit2, kind2, end2 = _unit(text, after.end())
        if _below(low, second) and (not unit or unit == unit2 or not unit2):
            low, high = _scaled(low, after[2], joined[:1]), second
            unit, kind, end = unit2 or unit, kind2 if kind2 != "count" else kind, end2
    if kind == "count" and (per := _PER.match(text, end)):
        kind, unit = "ratio", _density(per)
    if kind == "count" and _TIMES.match(text, end):
        return None
    hedge, first = _hedge(text, start)
    if kind == "count" and not high and not hedge and _is_year(text, match[0], start, end):
        return Amount(start, end, "year", low, number=start)
    if (
        kind == "count"
        and _is_year(text, match[0], start, end)
        and hedge in {"around", "up-to"}
        and not _COUNTED.match(text, end)
    ):
        return Amount(start, end, "year", low, number=start)
    if _MONEY_AFTER.match(text, end):
        kind = "money"
    return Amount(first, end, kind, low, high, hedge, unit, start)


def _density(per: re.Match[str]) -> str:
    """Return the unit of a density, empty where the scheme unit-1.0 has none for it: numbers stay as written."""
    hundred = per[2] in {"100", "one hundred", "a hundred"} and "k" in per[3]
    return "per100km2" if hundred and not _GROUPED.search(per[1]) else ""


def _is_year(text: str, word: str, start: int, end: int) -> bool:
    if not _BARE_YEAR.fullmatch(word) or _COUNTED.match(text, end):
        return False
    return (
        bool(_BEFORE_YEAR.search(text, max(0, start - 12), start))
        or start == 0
        or text[end : end + 1] in {")", "", ",", ":", ";"}
    )


def _unit(text: str, end: int) -> tuple[str, str, int]:
    if match := _PERCENT.match(text, end):
        return "%", "percent", match.end()
    match = _units().match(text, end)
    if match is None:
        return "", "count", end
    kind, unit = _unit_names()[" ".join(match[1].split())]
    return unit, kind, match.end()


def _hedge(text: str, start: int) -> tuple[str, int]:
    match = _hedges().search(text, max(0, start - 40), start)
    return (_hedge_names()[match[1]], match.start(1)) if match else ("", start)


@cache
def _unit_names() -> dict[str, tuple[str, str]]:
    return {
        form: (kind, unit)
        for kind, units in words()["units"].items()
        for unit, forms in units.items()
        for form in forms
    }


@cache
def _units() -> re.Pattern[str]:
    forms = sorted((form for form in _unit_names() if form != "in"), key=lambda form: (-len(form), form))
    inch = r"in(?=\s*[);/,]|\s+(?:long|tall|high|wide|in length|at the))"
    return re.compile(rf"(?:\s|-)?((?:{'|'.join(map(re.escape, forms))})(?![\w²])|{inch})")


@cache
def _hedge_names() -> dict[str, str]:
    return {form: name for name, forms in words()["hedges"].items() for form in forms}


@cache
def _hedges() -> re.Pattern[str]:
    forms = sorted(_hedge_names(), key=lambda form: (-len(form), form))
    return re.compile(
        rf"(?<![\w-])({'|'.join(map(re.escape, forms))})\s*(?:(?:a|an|the|of|total of|"
        rf"estimated|only|about|around|some)\s+){{0,2}}$"
    )


def _value(word: str) -> str:
    """Return a number as a plain decimal.

    >>> _value("1,200"), _value("2.5 million"), _value("twenty-five"), _value("a dozen")
    ('1200', '2500000', '25', '12')
    >>> _value("3 1/2"), _value("seven and a half")
    ('3.5', '7.5')
    """
    for sign, part in _FRACTIONS.items():
        if word.endswith(sign):
            return f"{float(_value(word.removesuffix(sign).strip())) + part:g}"
    parts = word.replace("-", " ").split()
    scale = _FACTOR.get(parts[-1], 1)
    if scale > 1:
        parts = parts[:-1]
    if parts[0][0].isdigit():
        digits = "".join(parts).replace(",", "")
        value = float(digits) * scale if "." in digits else int(digits) * scale
    else:
        value = (sum(_ONES.get(p, _TENS.get(p, 0)) for p in parts) or 1) * scale
    return f"{value:.10g}" if isinstance(value, float) and value % 1 else str(int(value))


def _below(low: str, high: str) -> bool:
    return float(low) < float(high)


def _scaled(low: str, high_word: str, joint: str) -> str:
    """Return the lower bound of a range whose thousands stand once.

    In "two to three million" and "5 to 6 thousand" the factor is a word; in "20-25,000" it is unambiguous where a dash
    joins the numbers and the upper is at most ten times the lower.

    >>> _scaled("2", "three million", "t"), _scaled("20", "25,000", "-"), _scaled("20", "25,000", "t")
    ('2000000', '20000', '20')
    """
    factor = next((n for word, n in _FACTOR.items() if len(word) > 1 and high_word.endswith(word)), 1)
    if factor > 1:
        return _value(low) if float(low) >= factor else f"{float(low) * factor:.0f}"
    first, comma, rest = high_word.partition(",")
    if joint == "-" and comma and rest == "000" and len(low) <= 3 and 1 <= int(first) / float(low) <= 10:
        return f"{float(low) * 1000:.0f}"
    return _value(low)
