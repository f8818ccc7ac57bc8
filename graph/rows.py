"""Rows: the terms of an answer, read from the TSV that the store writes, in half the time of asking it for each."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..extract import UsageError
from ..ontology.terms import NAMESPACES, Term

__all__ = ["Row", "read_rows"]

Row = tuple[Term | None, ...]

_XSD = NAMESPACES["xsd"]
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_ESCAPED = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}


def read_rows(text: str, columns: int) -> Iterator[Row]:
    """Yield the rows of an answer in SPARQL 1.1 Query Results TSV. Raises UsageError for a triple as a term."""
    lines = text.split("\n")[1:-1]
    if not columns:
        yield from (() for _ in lines)
        return
    known: dict[str, Term | None] = {"": None}
    for line in lines:
        row = []
        for field in line.split("\t"):
            try:
                row.append(known[field])
            except KeyError:
                known[field] = _term(field)
                row.append(known[field])
        yield tuple(row)


def _term(field: str) -> Term:
    if field.startswith("<<"):
        raise UsageError(f"triple terms are not supported in answers: {field}")
    if field.startswith("<"):
        return Term("iri", field[1:-1])
    if field.startswith("_:"):
        return Term("bnode", field[2:])
    if field.startswith('"'):
        return _literal(field)
    return Term("literal", field, _XSD + _bare(field))


def _literal(field: str) -> Term:
    end = field.rindex('"')
    text, suffix = field[1:end], field[end + 1 :]
    if "\\" in text:
        text = _ESCAPE.sub(_unescaped, text)
    if suffix.startswith("@"):
        return Term("literal", text, "", suffix[1:].partition("--")[0])
    return Term("literal", text, suffix[3:-1] if suffix else "")


def _unescaped(match: re.Match[str]) -> str:
    short, long, letter = match.groups()
    return chr(int(short or long, 16)) if short or long else _ESCAPED.get(letter, letter)


def _bare(field: str) -> str:
    """Return the datatype of what stands without quotes, as in Turtle."""
    if field in {"true", "false"}:
        return "boolean"
    if "e" in field or "E" in field:
        return "double"
    return "decimal" if "." in field else "integer"
