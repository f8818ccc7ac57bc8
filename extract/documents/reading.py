"""Reading: the text as readers see it, without marks of notes and emphasis, each place known in the canonical text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from .blocks import SKIPPED, Block, find_blocks
from .converted import Converted

__all__ = ["Reading", "Sentence", "read"]

#: Characters after which a sentence is cut at a space: no writer needs more, and work per sentence stays bounded.
_LONGEST = 1000
#: What readers do not see. Emphasis marks count only at the edge of a word, so that snake_case stays.
_UNSEEN = re.compile(
    r"\[(?:\d{1,3}|[a-z]|note \d+|citation needed|edit)\]|\]\]\s?|\[\[|\*{1,3}|(?<!\w)_{1,3}(?=[\w(])"
    r"|(?<=[\w.,)])_{1,3}(?!\w)"
    r"|\\(?=[\\`*_{}\[\]()#+.!-])|(?<=\])\(https?:[^()\s]*\)|!?\[(?=[^\]\n]{1,200}\]\(http)|\](?=\(http)"
    r"|[\u00ad\u200b-\u200f\u2060\ufeff]|<[/a-zA-Z][^<>\n]{0,80}>|(?<=\s)\s+|^\s+"
)
_PLAIN = str.maketrans(dict.fromkeys("\n\t\u00a0\u2009\u202f\u2007\x0c\x0b", " "))
_END = re.compile(
    r"""[.!?…]+["'”’)\]]*\s+(?=["'“‘(\[]*[A-Z0-9À-ÞΑ-ΩА-Я])|[。！？]|(?<=[a-z]);\s+(?=[A-Z])|\]\]\s+(?=[A-Z])"""
)
_ABBREVIATED = re.compile(
    r"(?:^|[\s(\[“\"'])(?:[A-Za-z]|[A-Z]\.[A-Z]|e\.g|i\.e|cf|ca|approx|c|spp?|subsp|"
    r"ssp|var|f|cv|Dr|Mr|Mrs|Ms|Prof|St|Mt|vs|al|"
    r"Fig|Figs|figs?|no|No|pp?|Vol|vol|est|incl|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|"
    r"Oct|Nov|Dec|Inc|Ltd|Co|U\.S|U\.K|etc|Ft|ft|"
    r"in|sq|km|lbs?|kg|resp|pers|comm|obs|unpubl|dept|Dept|Gov|Gen|Is|Isl|Pt|Ave|aff|nov|gen|auct|viz|min|max|avg)\.$"
)

#: A unit after a number ends a sentence where a word in capitals follows.
_MEASURED = re.compile(r"\d[  ]?(?:[ckm]?m|k?g|lbs?|oz|ft|in|ha|t|ml|l)\.\s+[\"'“‘(]*[A-Z][a-z]+\b")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as seen. `start` counts in the reading; `block` is where it stands; `key` ends a key in it."""

    text: str
    start: int
    block: Block
    key: int = 0


class Reading:
    """The seen text, with the way back to the canonical text."""

    def __init__(self, converted: Converted) -> None:
        self.converted = converted
        self.blocks = find_blocks(converted)
        self.sentences: list[Sentence] = []
        self._seen: list[int] = []
        self._canonical: list[int] = []
        self._length = 0
        for block in self.blocks:
            if block.kind not in SKIPPED:
                self._add(block)

    def canonical(self, start: int, end: int) -> tuple[int, int]:
        """Return where a stretch of the reading stands in the canonical text, half open, in code points."""
        return self._place(start), self._place(end - 1) + 1 if end > start else self._place(start)

    def _place(self, at: int) -> int:
        piece = bisect_right(self._seen, at) - 1
        return self._canonical[piece] + at - self._seen[piece]

    def _add(self, block: Block) -> None:
        raw = self.converted.text[block.start : block.end]
        parts: list[str] = []
        at = key = 0
        linked = raw.find("[[")
        for match in [*_UNSEEN.finditer(raw), None]:
            stop = match.start() if match else len(raw)
            if match and match[0][:2] == "]]" and linked < 0 and raw[match.end() : match.end() + 1].isupper():
                continue  # the end of a caption, of which only the end is left
            if stop > at:
                self._seen.append(self._length)
                self._canonical.append(block.start + at)
                self._length += stop - at
                parts.append(raw[at:stop])
            if block.key and at + block.start < block.key:
                key += max(0, min(stop, block.key - block.start) - at)
            at = match.end() if match else stop
        text = "".join(parts)
        if "\n" in text and block.kind == "key-value" and key:
            # A key on a line of its own reads as one before a colon.
            text = text.replace("\n", ":", 1)
        text = text.translate(_PLAIN)
        base = self._length - len(text)
        for start, end in _sentences(text):
            mine = key - start if start < key < end else 0
            self.sentences.append(Sentence(text[start:end], base + start, block, mine))


def read(converted: Converted) -> Reading:
    """Return the reading of a converted document: its blocks and sentences."""
    return Reading(converted)


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _END.finditer(text):
        stop = match.end() if match[0][:1] not in ";" else match.start() + 1
        short = text[match.start()] == "." and _ABBREVIATED.search(
            text, max(start, match.start() - 12), match.start() + 1
        )
        if short and not _MEASURED.search(text, max(start, match.start() - 5), match.end() + 20):
            continue
        yield from _cut(text, start, stop)
        start = match.end()
    yield from _cut(text, start, len(text))


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > _LONGEST:
        space = text.rfind(" ", start + _LONGEST // 2, start + _LONGEST)
        stop = space if space > 0 else start + _LONGEST
        yield start, stop
        start = stop
    while end > start and text[end - 1] == " ":
        end -= 1
    if end > start:
        yield start, end
