"""SERVICE in a query: found by reading the query word by word, so that none reaches the network unseen.

The store's own HTTP client asks any address a query names, without a time-out. So every query is read here first.
Where the store's parser and this reader could part, this reader sees a SERVICE rather than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..extract import UsageError

__all__ = ["Clause", "Word", "clauses", "mentions_service", "prologue", "read_words"]

#: The tokens of SPARQL that matter here (https://www.w3.org/TR/sparql11-query/#sparqlGrammar), first match wins.
_TOKEN = re.compile(
    r"""
    (?P<comment>\#[^\n\r]*)
  | (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>)
  | (?P<string>\"\"\"(?:\"{0,2}(?:[^"\\]|\\.))*\"\"\"|'''(?:'{0,2}(?:[^'\\]|\\.))*'''
      |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
  | (?P<variable>[?$]\w+)
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<name>(?:\w[\w.-]*)?:(?:[\w:.%-]|\\[^\w\s])*)
  | (?P<word>\w+)
  | (?P<space>\s+)
  | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_KEYWORD = "service"


@dataclass(frozen=True, slots=True)
class Word:
    """One token: its kind, its text, where it starts and ends in the query."""

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Clause:
    """One SERVICE clause. `span` is its place in the query, `body` what is in its braces.

    `before` is the text of the group it stands in, from the brace that opens the group, without its filters: those
    hold for the whole group, also for what the service adds.
    """

    span: tuple[int, int]
    silent: bool
    address: str
    body: str
    before: str


def read_words(query: str) -> list[Word]:
    """Return the tokens of a query, without comments and space."""
    return [
        Word(match.lastgroup or "", match[0], match.start(), match.end())
        for match in _TOKEN.finditer(query)
        if match.lastgroup not in {"comment", "space"}
    ]


def mentions_service(query: str) -> bool:
    """Tell whether a query may have a SERVICE clause. Never false when it has one."""
    # A quick look first: hardly any query has the word at all.
    return _KEYWORD in query.casefold() and any(map(_is_service, read_words(query)))


def prologue(words: Sequence[Word]) -> dict[str, str]:
    """Return the prefixes that a query declares."""
    found = {}
    for word, name, iri in zip(words, words[1:], words[2:], strict=False):
        if word.text.casefold() == "prefix" and name.kind == "name" and iri.kind == "iri":
            found[name.text.removesuffix(":")] = iri.text[1:-1]
    return found


def clauses(query: str) -> list[Clause]:
    """Return the outermost SERVICE clauses of a query, in order. Raises UsageError for what cannot be told apart."""
    words = read_words(query)
    found: list[Clause] = []
    opened: list[int] = []
    position = 0
    while position < len(words):
        word = words[position]
        if _is_service(word):
            clause, position = _clause(query, words, position, opened[-1] if opened else -1)
            found.append(clause)
            continue
        if word.text == "{" and word.kind == "sign":
            opened.append(position)
        elif word.text == "}" and word.kind == "sign" and opened:
            opened.pop()
        position += 1
    return found


def _is_service(word: Word) -> bool:
    """Tell whether a token is, or may be read as ending in, the keyword: `5SERVICE`, `SERVICE:x`, `SERVICESILENT`."""
    if word.kind == "name":
        return word.text.partition(":")[0].casefold().endswith(_KEYWORD)
    return word.kind == "word" and _KEYWORD in word.text.casefold()


def _clause(query: str, words: Sequence[Word], position: int, group: int) -> tuple[Clause, int]:
    start = words[position]
    if start.kind != "word" or start.text.casefold() != _KEYWORD:
        raise UsageError(f"'{start.text}' can be read as SERVICE; write the keyword by itself, or rename the prefix")
    silent = len(words) > position + 1 and words[position + 1].text.casefold() == "silent"
    place = position + (2 if silent else 1)
    if len(words) <= place + 1 or words[place].kind != "iri" or words[place + 1].text != "{":
        shown = words[place].text if len(words) > place else "nothing"
        raise UsageError(
            f"SERVICE is followed by {shown}; write the address of an endpoint: SERVICE <https://...> {{ ... }}"
        )
    close = _closing(words, place + 1, "{", "}")
    body = query[words[place + 1].end : words[close].start]
    before = "".join(_without_filters(query, words, group + 1, position)) if group >= 0 else ""
    span = (start.start, words[close].end)
    return Clause(span, silent, words[place].text[1:-1], body, before), close + 1


def _without_filters(query: str, words: Sequence[Word], first: int, last: int) -> Iterator[str]:
    """Yield the text of some tokens without the filters and SERVICE clauses of their own level."""
    position, depth = first, 0
    while position < last:
        word = words[position]
        if word.kind == "sign" and word.text in "{}":
            depth += 1 if word.text == "{" else -1
        if depth == 0 and word.kind == "word" and word.text.casefold() == "filter":
            position = _after_filter(words, position + 1, last)
            continue
        if _is_service(word):
            opening = next((n for n in range(position, last) if words[n].text == "{"), last)
            position = _closing(words, opening, "{", "}") + 1
            continue
        following = words[position + 1].start if position + 1 < len(words) else word.end
        yield query[word.start : word.end] + (" " if following > word.end else "")
        position += 1


def _after_filter(words: Sequence[Word], position: int, last: int) -> int:
    """Return the place after a filter: `(...)`, `NOT EXISTS {...}` or `name(...)`."""
    while position < last and words[position].text not in {"(", "{"}:
        position += 1
    if position >= last:
        return last
    pair = ("(", ")") if words[position].text == "(" else ("{", "}")
    return _closing(words, position, *pair) + 1


def _closing(words: Sequence[Word], position: int, opening: str, closing: str) -> int:
    depth = 0
    for number in range(position, len(words)):
        if words[number].kind == "sign" and words[number].text in {opening, closing}:
            depth += 1 if words[number].text == opening else -1
            if depth == 0:
                return number
    raise UsageError(f"the query does not parse: a '{opening}' is never closed")
