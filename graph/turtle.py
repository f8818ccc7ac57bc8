"""Turtle and TriG from sorted lines: subjects one after the other, what is said of each together, in prefixes.

A writer of its own because it sees lines in order: half of a library's time goes into making terms of the text and
text of the terms. The text is the N-Triples form that docs/claim-model.md asks of a dataset.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from ..ontology.terms import NAMESPACES
from .grouped import TYPE, GroupWriter, Section

__all__ = ["TurtleWriter"]

_XSD = NAMESPACES["xsd"]
#: Literals that Turtle writes without quotes, https://www.w3.org/TR/turtle/#abbrev
_BARE = {
    f"<{_XSD}integer>".encode(): re.compile(rb"[+-]?[0-9]+"),
    f"<{_XSD}decimal>".encode(): re.compile(rb"[+-]?[0-9]*\.[0-9]+"),
    f"<{_XSD}boolean>".encode(): re.compile(rb"true|false"),
}
#: The part of PN_LOCAL that names of a dataset have; `/` and `#` are written with a backslash.
_LOCAL = re.compile(rb"[A-Za-z0-9_](?:[A-Za-z0-9_.:/#-]*[A-Za-z0-9_-])?>")


class TurtleWriter(GroupWriter):
    """Writes Turtle, or TriG where lines are in graphs."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        super().__init__()
        self._prefixes = {namespace.encode(): prefix.encode() for prefix, namespace in prefixes.items()}
        self._verbs: dict[bytes, bytes] = {TYPE: b"a "}

    def head(self, used: Iterable[bytes]) -> bytes:
        """Return the declarations of the prefixes that were used, in order of name."""
        namespaces = {prefix: namespace for namespace, prefix in self._prefixes.items()}
        return b"".join(b"@prefix %b: <%b> .\n" % (prefix, namespaces[prefix]) for prefix in sorted(used))

    def texts(self, section: Section) -> Iterator[bytes]:
        indent = b"\t" if section.graph else b""
        if section.graph and section.opens:
            yield b"\n%b {\n" % self.term(section.graph)
        start, between = b"\n" + indent, b" ;\n\t" + indent
        for subject, said in self.groups(section.lines()):
            yield start + self.term(subject) + b" " + between.join(said) + b" .\n"
        if section.graph and section.closes:
            yield b"}\n"

    def said(self, predicate: bytes, values: list[bytes]) -> bytes:
        verb = self._verbs.get(predicate)
        if verb is None:
            verb = self._verbs[predicate] = self.term(predicate) + b" "
        return verb + (self.term(values[0]) if len(values) == 1 else b" , ".join(map(self.term, values)))

    def term(self, text: bytes) -> bytes:
        """Return a term in N-Triples form as Turtle writes it."""
        if text.startswith(b"<"):
            return self._name(text)
        value, quote, kind = text.rpartition(b'"')
        if not kind.startswith(b"^^"):
            return text
        datatype = kind[2:]
        bare = _BARE.get(datatype)
        if bare and bare.fullmatch(value, 1):
            return value[1:]
        return b"%b%b^^%b" % (value, quote, self._name(datatype))

    def _name(self, text: bytes) -> bytes:
        cut = max(text.rfind(b"/"), text.rfind(b"#")) + 1
        while cut > 0:
            prefix = self._prefixes.get(text[1:cut])
            if prefix is not None:
                if not _LOCAL.fullmatch(text, cut):
                    return text
                self.used.add(prefix)
                return prefix + b":" + text[cut:-1].replace(b"/", b"\\/").replace(b"#", b"\\#")
            cut = text.rfind(b"/", 0, cut - 1) + 1
        return text
