"""Quads as text: every term is already in its N-Triples form, so that a line of N-Quads is four words joined.

Text is what a build writes, sorts and hashes; no library's term objects are made on the way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from ..extract.claim import plain
from ..ontology.terms import NAMESPACES, Term

__all__ = ["Quad", "boolean", "iri", "lines", "literal", "number", "read_term", "term", "wg"]

_ESCAPES = {ord("\\"): "\\\\", ord('"'): '\\"', ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t"}
_UNESCAPES = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
#: ECHAR and UCHAR of https://www.w3.org/TR/n-triples/#n-triples-grammar
_ESCAPED = re.compile(r"""\\([tbnrf"'\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})""")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NOT_IN_IRI = re.compile(r"[\x00-\x20<>\"{}|\\^`]")


class Quad(NamedTuple):
    """Subject, predicate, object and graph in N-Triples form."""

    subject: str
    predicate: str
    object: str
    graph: str


def iri(text: str) -> str:
    """Return an IRI in angle brackets; characters that may not stand in one are percent-encoded."""
    if _NOT_IN_IRI.search(text):
        text = _NOT_IN_IRI.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), text)
    return f"<{text}>"


def literal(text: str, *, language: str = "", datatype: str = "") -> str:
    """Return a literal. `datatype` is a prefixed name of an xsd type or a whole IRI."""
    quoted = text.translate(_ESCAPES)
    if _CONTROLS.search(quoted):
        quoted = _CONTROLS.sub(lambda match: f"\\u{ord(match[0]):04X}", quoted)
    if language:
        return f'"{quoted}"@{language.lower()}'
    if datatype:
        whole = NAMESPACES["xsd"] + datatype[4:] if datatype.startswith("xsd:") else datatype
        return f'"{quoted}"^^<{whole}>'
    return f'"{quoted}"'


def number(value: Decimal) -> str:
    """Return xsd:integer for a whole number and xsd:decimal for any other, both in canonical form."""
    text = plain(value)
    return literal(text, datatype="xsd:decimal" if "." in text else "xsd:integer")


def boolean(value: bool) -> str:
    """Return an xsd:boolean."""
    return literal("true" if value else "false", datatype="xsd:boolean")


def wg(name: str) -> str:
    """Return a term of the wildgraph vocabulary."""
    return f"<{NAMESPACES['wg']}{name}>"


def term(value: Term) -> str:
    """Return the N-Triples form of a term."""
    if value.kind == "iri":
        return iri(value.text)
    if value.kind == "bnode":
        return f"_:{value.text}"
    return literal(value.text, language=value.language, datatype=value.datatype)


def read_term(text: str) -> Term:
    """Return the term that has this N-Triples form, the inverse of `term`."""
    if text.startswith("<"):
        return Term("iri", _unescaped(text[1:-1]))
    if text.startswith("_:"):
        return Term("bnode", text[2:])
    value, _, kind = text.rpartition('"')
    if kind.startswith("@"):
        return Term("literal", _unescaped(value[1:]), "", kind[1:])
    return Term("literal", _unescaped(value[1:]), _unescaped(kind[3:-1]))


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(_character, text) if "\\" in text else text


def _character(match: re.Match[str]) -> str:
    code = match[1]
    return chr(int(code[1:], 16)) if code[0] in "uU" else _UNESCAPES[code]


def lines(quads: Iterable[Quad]) -> list[str]:
    """Return the distinct N-Quads lines of some quads, sorted by code point."""
    return sorted({f"{q.subject} {q.predicate} {q.object} {q.graph} .\n" for q in quads})
