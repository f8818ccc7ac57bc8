"""Scope: what the clause around a statement does to it - denies it, doubts it, dates it, places it."""

from __future__ import annotations

import re

from .encode import Encoded
from .mentions import Mention

__all__ = ["certainty", "clause", "is_denied", "region", "year"]

#: Characters of code within which a year belongs to a statement.
_NEAR = 60
_BREAK = re.compile(
    r"^(?:although|though|even though|while|whereas) [^,;]{3,160}, |; | - |, (?:but|although|though|while|whereas|"
    r"however|yet|and (?=(?:it|they|this|the|there) )|which|who|so|where)\b|"
    r", (?=(?:(?:it|they) |now|today|currently|formerly|once|historically|"
    r"previously|in [^,]{3,30} (?:it|they) )\b)| (?:and|or) (?=(?:formerly|once|historically|previously|now|"
    r"currently|today)\b)| (?:but|although|whereas|while|because|"
    r"despite|where|however) |\. "
)
#: "In captivity, they": the phrase belongs to what follows, unless that is set against it ("it is now").
_OPENING = re.compile(
    r"(?:in|during|at|on|by|until|since|before|after|for|from|throughout|historically|formerly|previously|originally|"
    r"traditionally|elsewhere)\b"
)
_STILL = re.compile(r"(?:it|they)? ?(?:is|are|has|have|was|were)? ?(?:now|still|currently|today|only|but|which|who)\b")
_NO = re.compile(
    r"\b(?:no evidence|not (?!only|just|yet (?:been )?fully|well|necessarily|surprising)|"
    r"n't|never|neither|nor|no longer|without|unlikely|rather than|instead of|"
    r"no (?:known|significant|major|serious|current|immediate|records?|confirmed|"
    r"longer|natural|other|such|threats?|real|apparent|obvious|direct|indication)|"
    r"absence of|lack(?:s|ing)? (?:of )?(?:any )?(?:evidence|threats?)|free (?:of|"
    r"from)|rarely|nowhere|cannot|none of|is not|are not|was not|does not|do not|"
    r"did not|has not|have not|myth)\b|\bno (?=\ue000)"
)
_PEOPLED = re.compile(r" (?:\w+ )?(?:population|subpopulation|individuals|side|portion)")
_DOUBT = (
    (
        "probable",
        re.compile(
            r"\b(?:probably|likely|presumably|believed|thought|considered likely|suspected|"
            r"assumed|expected|suggests?|apparently|appears?|seems?|estimated)\b"
        ),
    ),
    ("possible", re.compile(r"\b(?:possibly|perhaps|may|might|could|potential(?:ly)?|maybe|unconfirmed)\b")),
    ("reported", re.compile(r"\b(?:reported(?:ly)?|claimed|allegedly|said to|according to)\b")),
)
_IN = re.compile(
    r"(?:\b(?:in|across|throughout|from|within|inside|for|of|on|over|off|around|"
    r"at)|[(]) (?:the |both |all of |all |parts of |most of |eastern and )?$"
)

_WHERE = re.compile(r",? where$")


def clause(code: Encoded, start: int, end: int) -> tuple[int, int]:
    """Return the bounds, in the code, of the clause around a stretch of it."""
    if code.breaks is None:
        first_comma = code.text.find(", ")
        code.breaks = [
            match.span()
            for match in _BREAK.finditer(code.text)
            if match.start() != first_comma or not _OPENING.match(code.text) or _STILL.match(code.text, match.end())
        ]
    first, last = 0, len(code.text)
    for begins, ends in code.breaks:
        if ends <= start:
            first = ends
        elif begins >= end:
            return first, begins
    return first, last


def is_denied(code: Encoded, start: int, end: int) -> bool:
    """Whether the clause up to a statement denies it: a denial after it belongs to something else."""
    first, _ = clause(code, start, end)
    return _NO.search(code.text, first, end) is not None


def certainty(code: Encoded, start: int, end: int) -> str:
    """Return how sure the clause is of a statement: probable, possible, reported, or empty for plain assertion."""
    first, _ = clause(code, start, end)
    return next((name for name, pattern in _DOUBT if pattern.search(code.text, first, end)), "")


def year(code: Encoded, start: int, end: int) -> Mention | None:
    """Return the year of a statement: in its clause, the nearest, those after it first; else in the sentence's head."""
    first, last = clause(code, start, end)
    best: tuple[int, Mention] | None = None
    for number in code.numbered("year"):
        here, there = code.span(number)
        if not first <= here < last:
            continue
        gap = (end, here) if here >= end else (there, start)
        if any(gap[0] <= code.span(other)[0] < gap[1] for other in code.numbered("count")):
            continue  # the year of another number
        distance = here - end if here >= end else start - there + 12
        if best is None or distance < best[0]:
            best = (max(distance, 0), code.mentions[number])
    return best[1] if best and best[0] < _NEAR else None


def region(code: Encoded, start: int, end: int, taken: int) -> tuple[Mention, str] | None:
    """Return the place of a statement and its id, when its clause says in which; `taken` is no place of it."""
    first, last = clause(code, start, end)
    if where := _WHERE.search(code.text, max(0, first - 7), first):  # "in Peru, where 45 survive"
        number = code.number_at(where.start()) - 1
        entry = code.mentions[number].entry("place")
        if entry and code.span(number)[1] == where.start():
            return code.mentions[number], entry.id
    for number in code.numbered("place", "demonym"):
        here, there = code.span(number)
        if number == taken or not first <= here < last:
            continue
        mention = code.mentions[number]
        entry = mention.entry("demonym")
        if entry and _PEOPLED.match(code.text, there):
            return mention, entry.id
        entry = mention.entry("place")
        near = end - 1 <= here <= end + 45 or (there <= start and start - there < 90)
        if entry and near and _IN.search(code.text, max(0, here - 20), here):
            return mention, entry.id
    return None
