"""Phrases: lists of words and phrases in a plain notation, for rules that a biologist reads and writes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

__all__ = ["alternatives", "whole_words"]

#: Up to so many words stand between, with commas or without.
_BETWEEN = {"": "(?:\1[^\\s,;:()]+\0){0,%s}?", ",": "(?:\1[^\\s,;:()]+,?\0){0,%s}?"}
_ANY = r"[^\s,;:()]"
_MARKS, _EDGE, _END = "^.,:;?!$%\"'-", r"(?<!\w)", r"(?!\w)"
_PART = re.compile(r"\w+|\{[^}]*\}|<\w+>|\*|[(\[]|.")
_GAP = re.compile(r"~(\d)(,?)")


def alternatives(phrases: str | Iterable[str]) -> str:
    """Return the regular expression of phrases, any of which may stand; a string is one already.

    Phrases are strings, each of one phrase or of several parted by `|`:

    `declin*` a word that begins so; `threat(s)` with or without; `jeopardi[s|z]ed` with one of these;
    `(very|too) small` a word that may be left out; `(very|too)2 small` up to two; `[very|too]2 small` one or two;
    `~3` up to three words, `~3,` also with commas after them; `!(by|in)` what must not follow; `{threat}` a mention;
    `{next}` a mention that follows and `{next:threat}` one of that kind; `<be>` a set of words.

    >>> alternatives(["threat(s) | declin*", "at (high|great) risk"])
    'threat(?:s)?|declin\\\\w*|at (?:(?:high|great) )?risk'

    Raises ValueError for a bracket that is not closed.
    """
    if isinstance(phrases, str):
        return phrases
    return "|".join(_phrase(part) for phrase in phrases for part in _split(phrase, "|"))


def whole_words(phrases: str | Iterable[str]) -> str:
    """Return the regular expression of phrases that begin and end at the ends of words; a string is one already."""
    if isinstance(phrases, str):
        return phrases
    parts = [part for phrase in phrases for part in _split(phrase, "|")]
    return "|".join(f"{'' if part[0] in _MARKS else _EDGE}(?:{_phrase(part)}){_END}" for part in parts)


def _split(text: str, mark: str) -> list[str]:
    """Return the parts of a text between marks that stand in no bracket."""
    text = " ".join(text.split())
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == mark and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    if depth:
        raise ValueError(f"a bracket is not closed in: {text}")
    return [part.strip() for part in (*parts, text[start:]) if part.strip()]


@cache
def _phrase(text: str) -> str:
    if text[0] == "^":
        return rf"^\W*{_phrase(text[1:])}"
    tokens = [_token(token) for token in _split(text, " ")]
    last = max((n for n, (_, needed) in enumerate(tokens) if needed), default=len(tokens))
    parts = []
    for number, (pattern, needed) in enumerate(tokens):
        # A word that may be left out takes the space on its side of the last word that may not.
        if number > last:
            parts.append(pattern.replace("\0", "").replace("\1", " "))
        else:
            parts.append(pattern.replace("\0", " ").replace("\1", "") + (" " if needed and number < last else ""))
    return "".join(parts)


def _token(token: str) -> tuple[str, bool]:
    """Return the pattern of a word of a phrase, and whether it must stand; \\0 and \\1 are where its space may be."""
    if token == "*":
        return _ANY + "+", True
    if gap := _GAP.fullmatch(token):
        return _BETWEEN[gap[2]] % gap[1], False
    if token.startswith("!(") and _closing(token, 1) == len(token) - 1:
        return f"(?!\1(?:{alternatives([token[2:-1]])}){_END})", False
    if token[0] in "([":
        end = _closing(token, 0)
        times = token[end + 1 :]
        if token[0] == "(" and (not times or times.isdigit()):
            return f"(?:\1(?:{alternatives([token[1:end]])})\0)" + (f"{{0,{times}}}" if times else "?"), False
        if times.isdigit():
            inner = alternatives([token[1:end]])
            return f"(?:(?:{inner}) ){{0,{int(times) - 1}}}(?:{inner})", True
    return _word(token), True


def _word(token: str) -> str:
    parts, place = [], 0
    while place < len(token):
        match = _PART.match(token, place)
        assert match
        place = match.end()
        if match[0] in "([":
            end = _closing(token, match.start())
            inner = f"(?:{alternatives([token[place:end]])})"
            parts.append(inner + ("?" if match[0] == "(" else ""))
            place = end + 1
        elif match[0] == "{next}":
            parts.append("(?=\ue000)")
        elif match[0].startswith("{next:"):
            parts.append(f"(?={{{match[0][6:]})")
        elif match[0][0] in "{<":
            parts.append(match[0])
        else:
            parts.append({"*": r"\w*" if parts else _ANY + "*", "-": "[- ]"}.get(match[0]) or re.escape(match[0]))
    return "".join(parts)


def _closing(text: str, opening: int) -> int:
    depth = 0
    for place in range(opening, len(text)):
        depth += (text[place] in "([") - (text[place] in ")]")
        if depth == 0:
            return place
    raise ValueError(f"a bracket is not closed in: {text}")
