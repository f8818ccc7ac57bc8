"""Encoding: a sentence with its mentions as signs, so that a rule's pattern speaks of words and kinds of mention."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache

from .mentions import Mention

__all__ = ["Encoded", "compile_pattern"]

#: A mention is written OPEN, a private-use character for each of its tags, CLOSE.
_OPEN, _CLOSE = "\ue000", "\ue001"
_SLOT = re.compile(r"\{(?:(\w+):)?([\w!|-]+)\}")
_MACRO = re.compile(r"(?<!P)<(\w+)>")
_GAP = re.compile(r"~(\d)")


@cache
def _sign(tag: str) -> str:
    """Return the private-use character of a tag: by its bytes, so that it never depends on what came before."""
    known = sorted(_TAGS)
    return chr(0xE010 + known.index(tag)) if tag in _TAGS else "\ue002"


_TAGS = frozenset(
    name + strength
    for name in (
        "threat stress action habitat use status trait place demonym org taxon self latin name count year percent money length mass area time ratio "
        "mammal bird reptile amphibian fish invertebrate plant food"
    ).split()
    for strength in ("", "!")
)


class Encoded:
    """A sentence in code, and the way from code back to the sentence."""

    def __init__(self, folded: str, mentions: list[Mention]) -> None:
        self.mentions = mentions
        parts: list[str] = []
        self._starts: list[int] = []
        self._ends: list[int] = []
        at = length = 0
        for mention in mentions:
            gap = folded[at : mention.start]
            code = _code(mention.tags)
            length += len(gap)
            self._starts.append(length)
            length += len(code)
            self._ends.append(length)
            parts += (gap, code)
            at = mention.end
        parts.append(folded[at:])
        self.text = "".join(parts)
        self.tags = frozenset().union(*(mention.tags for mention in mentions))

    def original(self, place: int) -> int:
        """Return the place in the sentence of a place in the code; the inside of a mention is its start."""
        n = bisect_right(self._starts, place) - 1
        if n < 0:
            return place
        if place < self._ends[n]:
            return self.mentions[n].start
        return self.mentions[n].end + place - self._ends[n]

    def span(self, number: int) -> tuple[int, int]:
        """Return where a mention stands in the code."""
        return self._starts[number], self._ends[number]

    def number_at(self, place: int) -> int:
        """Return the number of the first mention that starts at or after a place in the code."""
        return bisect_right(self._starts, place - 1)


@cache
def _code(tags: frozenset[str]) -> str:
    return _OPEN + "".join(sorted(_sign(tag) for tag in tags)) + _CLOSE


def compile_pattern(pattern: str, macros: dict[str, str]) -> re.Pattern[str]:
    """Compile a rule's pattern.

    `{threat}` is a mention of that kind, `{threat!}` one that needs no context, `{who:org}` one with a name,
    `{threat|stress}` of either kind; `<be>` a named set of words; `~3` up to three words; the rest is a regular
    expression over text in lower case. Raises ValueError for unknown kinds and sets, re.error for a bad expression.
    """
    for _ in range(4):
        pattern = _MACRO.sub(lambda match: f"(?:{_macro(match[1], macros)})", pattern)
    pattern = _GAP.sub(lambda match: r"(?:[^\s,;:()]+,? ){0,%s}?" % match[1], pattern)
    pattern = _SLOT.sub(_slot, pattern)
    return re.compile(pattern)


def _macro(name: str, macros: dict[str, str]) -> str:
    if name not in macros:
        raise ValueError(f"unknown set of words <{name}>")
    return macros[name]


def _slot(match: re.Match[str]) -> str:
    kinds = match[2].split("|")
    if odd := [kind for kind in kinds if kind not in _TAGS]:
        raise ValueError(f"unknown kind of mention {{{odd[0]}}}")
    signs = "".join(_sign(kind) for kind in kinds)
    inner = f"{_OPEN}[^{_CLOSE} ]*[{signs}][^{_CLOSE} ]*{_CLOSE}"
    return f"(?P<{match[1]}>{inner})" if match[1] else inner
