"""Numbers as tables write them: `>20,000`, `7400000-8240000,7820000`, `ca. 1 500`, `< 60`, `250 000 – 300 000`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

__all__ = ["Amount", "read_amount"]

_NUMBER = r"\d{1,3}(?:[ ,\u00a0\u202f]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_ONE = re.compile(rf"(?P<mark>[<>≤≥~=]=?|)\s*(?P<words>[a-z. ]*?)\s*(?P<number>{_NUMBER})(?P<plus>\+)?", re.IGNORECASE)
_RANGE = re.compile(
    rf"(?P<low>{_NUMBER})\s*(?:-|–|—|to|\.\.)\s*(?P<high>{_NUMBER})(?:\s*[,;(]\s*(?P<best>{_NUMBER})\)?)?",
    re.IGNORECASE,
)
#: 250-300,270 is 250 to 300 with 270 as the best estimate, which lies between; 250-300,000 is a range.
_BEST = re.compile(r"(?P<low>\d+)\s*[-–]\s*(?P<high>\d+),\s*(?P<best>[1-9]\d*)")
_HEDGES = {
    "less-than": ("<", "fewer than", "less than", "under", "below"),
    "more-than": (">", "more than", "over", "above", "greater than"),
    "at-least": ("≥", ">=", "at least", "min", "minimum"),
    "up-to": ("≤", "<=", "up to", "at most", "max", "maximum"),
    "around": (
        "~",
        "about",
        "around",
        "ca",
        "ca.",
        "c.",
        "c",
        "circa",
        "approx",
        "approx.",
        "approximately",
        "est",
        "est.",
        "estimated",
    ),
    "nearly": ("nearly", "almost"),
    "as-few-as": ("as few as",),
    "": ("", "=", "=="),
}
_BY_WORD = {word: hedge for hedge, words in _HEDGES.items() for word in words}


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity as stated; bounds are there only where the text gives them."""

    estimate: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    lower_exclusive: bool = False
    upper_exclusive: bool = False
    hedge: str = ""


def read_amount(text: str) -> Amount | None:
    """Return the quantity that a text stands for, None where it is no number."""
    plain = " ".join(text.replace("\u00a0", " ").split())
    if (match := _BEST.fullmatch(plain)) and int(match["low"]) <= int(match["best"]) <= int(match["high"]):
        return Amount(_number(match["best"]), _number(match["low"]), _number(match["high"]))
    if match := _RANGE.fullmatch(plain):
        low, high = _number(match["low"]), _number(match["high"])
        best = _number(match["best"]) if match["best"] else None
        return Amount(best, low, high) if low <= high else None
    match = _ONE.fullmatch(plain)
    if not match:
        return None
    words = " ".join(filter(None, (match["mark"], match["words"].strip().lower())))
    hedge = _BY_WORD.get(words)
    if hedge is None:
        return None
    number = _number(match["number"])
    if match["plus"]:
        return Amount(lower=number, hedge="at-least")
    if hedge in {"less-than", "up-to"}:
        return Amount(upper=number, upper_exclusive=hedge == "less-than", hedge=hedge)
    if hedge in {"more-than", "at-least"}:
        return Amount(lower=number, lower_exclusive=hedge == "more-than", hedge=hedge)
    return Amount(estimate=number, hedge=hedge)


def _number(text: str) -> Decimal:
    return Decimal(re.sub(r"[ ,\u00a0\u202f]", "", text))
