"""Modifiers: the words before a noun that make the name of a taxon of it, as in "white-tailed deer"."""

from __future__ import annotations

import re

from .forms import fold
from .lexicon import words

__all__ = ["with_modifiers"]

_LEFT = re.compile(r"(?:([\w'’-]+)( |-))$")
_MODIFIERS = frozenset(words()["modifiers"].split())
#: Before a hyphen: no part of a name.
_NO_PART = frozenset(
    ["non", "anti", "pre", "post", "human", "self", "well", "sub", "half", "so", "all", "and", "co", "mid", "ex"]
)
_DEGREE = re.compile(r"\b(?:most|more|very|less|least|so|too) $")
_NO_NAME = frozenset(words()["not_in_names"].split())
_NO_MODIFIER = {"self-", "so-called", "well-known", "human-"}


def with_modifiers(text: str, start: int) -> int:
    """Return where the name of a taxon starts that has words before its noun: "white-tailed", "Siberian", "roe"."""
    for _ in range(3):
        match = _LEFT.search(text, max(0, start - 30), start)
        if match is None:
            break
        word = match[1]
        capital = (
            word[:1].isupper()
            and match.start(1) > 0
            and text[match.start(1) - 2 : match.start(1) - 1] not in {".", "!", "?", ":"}
            and not word.isupper()
            and word.lower() not in _NO_NAME
        )
        if not (
            capital
            or (match[2] == "-" and "-" not in word and fold(word) not in _NO_PART)
            or fold(word) in _MODIFIERS
            or re.fullmatch(r"[a-z]+-[a-z]+(?:ed|ing|ous|back|tail|nose|wing|neck|bill|face)", fold(word))
        ):
            break
        if _DEGREE.search(text, max(0, match.start(1) - 6), match.start(1)):
            break  # "the most common bear predators"
        if fold(word) in _NO_MODIFIER or word.endswith("-sized") or (word.endswith(("'s", "’s"))):
            break
        start = match.start(1)
    return start
