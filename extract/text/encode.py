"""Encoding: a sentence with its mentions as signs, so that a rule's pattern speaks of words and kinds of mention."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache

from .mentions import SENSES, Mention

__all__ = ["Encoded", "compile_pattern"]

#: A mention is written OPEN, a private-use character for each of its tags, CLOSE, its words, END.
_OPEN, _CLOSE, _END = "\ue000", "\ue001", "\ue003"
#: A space of a pattern also passes the signs of a mention that ends or begins there, so that words match in mentions.
_SPACE = f"(?:{_END}? (?:{_OPEN}[^{_CLOSE}]*{_CLOSE})??)"
_SLOT = re.compile(r"\{(?:(\w+):)?([\w!|-]+)\}")
_MACRO = re.compile(r"(?<!P)<(\w+)>")
_GAP = re.compile(r"~(\d)")
_CLASS = re.compile(r"(\[\^?\]?[^\]]*\]|\(\?<[!=][^()]*\))")


@cache
def _sign(tag: str) -> str:
    """Return the private-use character of a tag: by its bytes, so that it never depends on what came before."""
    known = sorted(_TAGS)
    return chr(0xE010 + known.index(tag)) if tag in _TAGS else "\ue002"


_TAGS = frozenset(
    name + strength
    for name in [
        *SENSES,
        "self",
        "latin",
        "count",
        "year",
        "percent",
        "money",
        "length",
        "mass",
        "area",
        "time",
        "ratio",
        "own",
        "mammal",
        "bird",
        "reptile",
        "amphibian",
        "fish",
        "invertebrate",
        "plant",
        "food",
        "harm",
    ]
    for strength in ("", "!")
)


class Encoded:
    """A sentence in code, and the way from code back to the sentence."""

    def __init__(self, folded: str, mentions: list[Mention]) -> None:
        self.mentions = mentions
        parts: list[str] = []
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._worded: list[int] = []
        at = length = 0
        for mention in mentions:
            gap = folded[at : mention.start]
            code = _code(mention.tags)
            words = folded[mention.start : mention.end]
            length += len(gap)
            self._starts.append(length)
            # A hedge before a number is no word passed: rules speak of hedges too.
            hedge = mention.amount.number - mention.start if mention.amount else 0
            self._worded.append(length + len(code) + hedge)
            length += len(code) + len(words) + 1
            self._ends.append(length)
            parts += (gap, code, words, _END)
            at = mention.end
        parts.append(folded[at:])
        self.text = "".join(parts)
        self.tags = frozenset().union(*(mention.tags for mention in mentions))
        self.breaks: list[tuple[int, int]] | None = None  # between clauses; kept by scope
        self._numbered: dict[tuple[str, ...], list[int]] = {}

    def original(self, place: int) -> int:
        """Return the place in the sentence of a place in the code."""
        n = bisect_right(self._starts, place) - 1
        if n < 0:
            return place
        mention = self.mentions[n]
        if place >= self._ends[n]:
            return mention.end + place - self._ends[n]
        return min(max(mention.end - (self._ends[n] - 1 - place), mention.start), mention.end)

    def numbered(self, *tags: str) -> list[int]:
        """Return the numbers of the mentions of these kinds."""
        if tags not in self._numbered:
            wanted = set(tags)
            self._numbered[tags] = [n for n, mention in enumerate(self.mentions) if wanted & mention.tags]
        return self._numbered[tags]

    def span(self, number: int) -> tuple[int, int]:
        """Return where a mention stands in the code."""
        return self._starts[number], self._ends[number]

    def number_at(self, place: int) -> int:
        """Return the number of the first mention that starts at or after a place in the code."""
        return bisect_right(self._starts, place - 1)

    def number_past(self, place: int) -> int:
        """Return the number of the first mention of which no word stands before a place in the code."""
        return bisect_right(self._worded, place - 1)


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
    pattern = _GAP.sub(lambda match: rf"(?:[^\s,;:()]+,? ){{0,{match[1]}}}?", pattern)
    return re.compile(_SLOT.sub(_slot, _spaced(pattern)))


def _spaced(pattern: str) -> str:
    """Replace the spaces of a pattern, but not those in a class of characters, by what passes a mention's signs."""
    parts = _CLASS.split(pattern)
    return "".join(part if n % 2 else part.replace(" ", _SPACE) for n, part in enumerate(parts))


def _macro(name: str, macros: dict[str, str]) -> str:
    if name not in macros:
        raise ValueError(f"unknown set of words <{name}>")
    return macros[name]


def _slot(match: re.Match[str]) -> str:
    kinds = match[2].split("|")
    if odd := [kind for kind in kinds if kind not in _TAGS]:
        raise ValueError(f"unknown kind of mention {{{odd[0]}}}")
    signs = "".join(_sign(kind) for kind in kinds)
    inner = f"{_OPEN}[^{_CLOSE}]*[{signs}][^{_CLOSE}]*{_CLOSE}[^{_END}]*{_END}"
    return f"(?P<{match[1]}>{inner})" if match[1] else inner
