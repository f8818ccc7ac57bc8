"""Blocks: headings, paragraphs, list items, key-value lines, and the lines that are not the document's own prose."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from .converted import Converted, Mark

__all__ = ["SKIPPED", "Block", "find_blocks"]

#: Kinds of blocks that nothing is read from.
SKIPPED = frozenset({"navigation", "boilerplate", "reference"})
#: Characters from which a line that does not end a sentence is taken for a part of a wrapped paragraph.
_WRAPPED = 55
_ITEM = re.compile(r"[ \t]*(?:[-*+•‣▪◦·–]|\(?\d{1,2}[.)]|\(?[a-z]\))[ \t]+(?=\S)")
_HASHES = re.compile(r"[ \t]{0,3}(#{1,6})[ \t]+(?=\S)")
_RULE = re.compile(r"[ \t]*(?:=+|-+|\*+|_+)[ \t]*$")
_KEY = re.compile(r"[*_|\t ]*([A-Z][\w ()/,'’&-]{1,44}?)[*_ ]*(?::[*_]*[ \t]+|[ \t]*\|[ \t]*|\t+| {2,}| [–—] )(?=\S)")
_KEY_CAPITALS = re.compile(r"([A-Z][A-Z &/-]{3,30}):?[ \t]+(?=[a-z0-9A-Z][a-z0-9,])")
_NOTE = re.compile(r"[ \t]*\[\d{1,3}\](?:[ \t]|$)")
_STOP = re.compile(r"""[.!?:;,]["'”’)\]]*$""")


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the canonical text. `section` is what the headings above say it is about; `key` ends a key."""

    start: int
    end: int
    kind: str
    level: int = 0
    section: str = ""
    key: int = 0


def find_blocks(converted: Converted) -> tuple[Block, ...]:
    """Return the blocks of a document in order, each with its kind and section."""
    text = converted.text
    found = list(_lines(text)) if converted.marks is None else [_known(text, mark) for mark in converted.marks]
    return tuple(_sectioned(text, _paired(text, found)))


def _known(text: str, mark: Mark) -> Block:
    block = Block(mark.start, mark.end, mark.kind, mark.level)
    return _judged(text, block) if mark.kind in {"paragraph", "list-item", "key-value"} else block


def _lines(text: str) -> Iterator[Block]:
    """Yield the blocks of a text without declared structure, line by line."""
    start = end = -1
    alone = True
    at = 0
    for line in [*text.split("\n"), ""]:
        stop = at + len(line)
        bare = line.strip()
        begins = not bare or _ITEM.match(line) or _HASHES.match(line) or not _continues(text[start:end], line, start)
        if begins and start >= 0 and not (bare and _RULE.match(line)):
            yield _line_block(text, start, end, alone=alone)
            start = -1
        if _RULE.match(line) and bare:
            if start >= 0:  # an underlined heading
                yield Block(start, end, "heading", 1 if "=" in bare else 2)
            start = -1
        elif bare:
            if start < 0:
                start, alone = at + len(line) - len(line.lstrip()), True
            else:
                alone = False
            end = at + len(line.rstrip())
        at = stop + 1


def _continues(before: str, line: str, start: int) -> bool:
    """Whether a line goes on with the paragraph before it."""
    if start < 0 or _KEY.match(line):
        return False
    last = before.rpartition("\n")[2]
    if line.lstrip()[:1].islower():
        return len(last) > 25
    return len(last) >= _WRAPPED and not _KEY.match(before) and (not _STOP.search(last) or "\n" in before)


def _line_block(text: str, start: int, end: int, *, alone: bool) -> Block:
    line = text[start:end]
    if match := _HASHES.match(line):
        return Block(start + match.end(), end, "heading", len(match[1]))
    if match := _ITEM.match(line):
        return _judged(text, Block(start + match.end(), end, "list-item"))
    if alone and _is_heading(line):
        return _judged(text, Block(start, end, "heading"))
    return _judged(text, Block(start, end, "paragraph"))


def _is_heading(line: str) -> bool:
    bare = line.strip(" *_#")
    words = bare.split()
    if not words or len(bare) > 90 or len(words) > 12 or _STOP.search(bare.rstrip("?")) or _KEY.match(line):
        return (
            bool(words) and len(bare) < 60 and bare.endswith(("?", ":")) and words[0][:1].isupper() and len(words) < 9
        )
    return bare[0].isupper() or bare[0].isdigit() or not bare[0].isascii()


def _judged(text: str, block: Block) -> Block:
    """Return the block with its kind corrected by its words."""
    line = text[block.start : block.end]
    if len(line) < 400 and (kind := _by_words(line)):
        return replace(block, kind=kind)
    if _NOTE.match(line):
        return replace(block, kind="reference")
    if block.kind != "heading" or len(line) < 60:
        match = _KEY.match(line) or _KEY_CAPITALS.match(line)
        if match and len(match[1].split()) <= 6:
            return replace(block, kind="key-value", key=block.start + match.end())
    return replace(block, kind="paragraph") if block.kind == "key-value" else block


def _paired(text: str, blocks: list[Block]) -> Iterator[Block]:
    """Join a key that stands alone with the short value that follows it: one key-value block of the two."""
    at = 0
    while at < len(blocks):
        block = blocks[at]
        if at + 1 < len(blocks) and block.kind in {"heading", "paragraph", "list-item"} and _is_key(text, block):
            value = blocks[at + 1]
            if _is_value(text, block, value):
                yield Block(block.start, value.end, "key-value", key=value.start)
                at += 2
                continue
        yield block
        at += 1


def _is_value(text: str, key: Block, value: Block) -> bool:
    """Whether a block is the value of the key before it: on the next line, or short and no sentence."""
    if value.kind in SKIPPED or value.kind == "list-item" or _is_key(text, value):
        return False
    words = text[value.start : value.end]
    return len(words) < 90 and (value.start - key.end == 1 or (len(words) < 60 and not _STOP.search(words)))


def _is_key(text: str, block: Block) -> bool:
    return block.end - block.start < 40 and bool(_keys().match(text[block.start : block.end].strip(" *_#")))


@cache
def _keys() -> re.Pattern[str]:
    return re.compile(str(_data()["keys"]), re.IGNORECASE)


def _by_words(line: str) -> str:
    return next((kind for kind, pattern in _patterns().items() if pattern.search(line)), "")


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    data = _data()
    return {kind: re.compile("|".join(data[kind]), re.IGNORECASE) for kind in ("boilerplate", "caption", "navigation")}


@cache
def _sections() -> dict[str, re.Pattern[str]]:
    return {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _data()["sections"].items()}


@cache
def _within() -> dict[str, re.Pattern[str]]:
    return {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _data()["within"].items()}


@cache
def _data() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("blocks.toml").read_text(encoding="utf-8"))


def _sectioned(text: str, blocks: Iterable[Block]) -> Iterator[Block]:
    """Give every block the section that it stands in, by the nearest heading whose words are known."""
    section, depth = "", 0
    for block in blocks:
        if block.kind == "heading":
            words = text[block.start : block.end]
            known = _section(words, section)
            if known:
                section, depth = known, block.level
            elif block.level and block.level <= depth:
                section, depth = "", block.level
        kind = "reference" if section == "references" else block.kind
        yield replace(block, section=section, kind=kind)


def _section(heading: str, within: str) -> str:
    if len(heading.split()) > 8:
        return ""
    if within in _within() and _within()[within].search(heading):
        return within
    return next((name for name, pattern in _sections().items() if pattern.search(heading)), "")
