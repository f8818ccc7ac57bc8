"""The values of a mapping: which column a value comes from, and how it is transformed.

taxonID | id                                the first of these columns that is filled
'introduced'                                always this text
countryCode -> country                      the column, passed through a transform
vernacularName -> text(language)            a transform with the name of a column, or with a 'text'
`Name of species` -> without(author)        a column whose name is no plain word
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Argument", "Transform", "Value", "parse_value"]

_TOKEN = re.compile(
    r"\s*(?:(?P<arrow>->)|(?P<bar>\|)|(?P<open>\()|(?P<close>\))|(?P<comma>,)"
    r"|'(?P<text>(?:[^']|'')*)'|`(?P<quoted>[^`]+)`|(?P<word>[^\s|(),'`>-]+(?:-(?!>)[^\s|(),'`>-]+)*))"
)


@dataclass(frozen=True, slots=True)
class Argument:
    """The name of a column, or a text that is meant as it stands."""

    text: str
    literal: bool = False


@dataclass(frozen=True, slots=True)
class Transform:
    """A named step with its arguments: `code('iucn-threats-3.3')`."""

    name: str
    arguments: tuple[Argument, ...] = ()

    def argument(self, position: int = 0) -> Argument | None:
        """Return an argument, or None when there are not so many."""
        return self.arguments[position] if position < len(self.arguments) else None


@dataclass(frozen=True, slots=True)
class Value:
    """Where a value comes from: the first filled one of `sources`, through `transforms` in order."""

    sources: tuple[Argument, ...]
    transforms: tuple[Transform, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it reads, those of arguments too."""
        arguments = [a for transform in self.transforms for a in transform.arguments]
        return tuple(a.text for a in (*self.sources, *arguments) if not a.literal)


def parse_value(text: str) -> Value:
    """Read a value as the head of this module shows. Raises ValueError with what is wrong and where."""
    tokens = _tokens(text)
    sources = [_argument(tokens, text)]
    while tokens and tokens[0][0] == "bar":
        tokens.pop(0)
        sources.append(_argument(tokens, text))
    transforms = []
    while tokens:
        if tokens.pop(0)[0] != "arrow":
            raise ValueError(f"expected -> after the column in: {text}")
        transforms.append(_transform(tokens, text))
    return Value(tuple(sources), tuple(transforms))


def _transform(tokens: list[tuple[str, str]], text: str) -> Transform:
    if not tokens or tokens[0][0] != "word":
        raise ValueError(f"expected the name of a transform after -> in: {text}")
    name = tokens.pop(0)[1]
    arguments = []
    if tokens and tokens[0][0] == "open":
        tokens.pop(0)
        while tokens and tokens[0][0] != "close":
            arguments.append(_argument(tokens, text))
            if tokens and tokens[0][0] == "comma":
                tokens.pop(0)
        if not tokens:
            raise ValueError(f"a bracket is not closed in: {text}")
        tokens.pop(0)
    return Transform(name, tuple(arguments))


def _argument(tokens: list[tuple[str, str]], text: str) -> Argument:
    if not tokens or tokens[0][0] not in {"word", "quoted", "text"}:
        raise ValueError(f"expected a column or a 'text' in: {text}")
    kind, value = tokens.pop(0)
    return Argument(value, literal=kind == "text")


def _tokens(text: str) -> list[tuple[str, str]]:
    found, position = [], 0
    while position < len(text.rstrip()):
        match = _TOKEN.match(text, position)
        if not match or match.lastgroup is None:
            raise ValueError(f"cannot be read from column {position + 1} on: {text}")
        value = match[match.lastgroup]
        found.append((match.lastgroup, value.replace("''", "'") if match.lastgroup == "text" else value))
        position = match.end()
    return found
