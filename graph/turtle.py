"""Turtle and TriG from sorted lines: subjects one after the other, what is said of each together, in prefixes.

A writer of its own because it sees lines in order: half of a library's time goes into making terms of the text and
text of the terms. The text is the N-Triples form that docs/claim-model.md asks of a dataset.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from ..ontology.terms import NAMESPACES

__all__ = ["TurtleWriter"]

_XSD = NAMESPACES["xsd"]
#: Literals that Turtle writes without quotes, https://www.w3.org/TR/turtle/#abbrev
_BARE = {
    f"<{_XSD}integer>": re.compile(r"[+-]?[0-9]+"),
    f"<{_XSD}decimal>": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    f"<{_XSD}boolean>": re.compile(r"true|false"),
}
#: The part of PN_LOCAL that names of a dataset have; `/` and `#` are written with a backslash.
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.:/#-]*[A-Za-z0-9_-])?")
_SPECIAL = re.compile(r"[/#]")
#: How many terms are remembered; a dataset has few concepts and many claims.
_KNOWN = 200_000


class TurtleWriter:
    """Writes lines of N-Triples (`S P O .`) as Turtle; `used` are the prefixes met so far."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes = {namespace: prefix for prefix, namespace in prefixes.items()}
        self._known: dict[str, str] = {}
        self.used: set[str] = set()

    def head(self) -> str:
        """Return the declarations of the prefixes that were used, in order of name."""
        namespaces = {prefix: namespace for namespace, prefix in self._prefixes.items()}
        return "".join(f"@prefix {prefix}: <{namespaces[prefix]}> .\n" for prefix in sorted(self.used))

    def turtle(self, lines: Iterable[str]) -> Iterator[str]:
        """Yield the text after the head. Lines are sorted; `!` for a predicate stands for rdf:type."""
        return self._text(lines, "")

    def trig(self, graphs: Iterable[tuple[str, Iterable[str]]]) -> Iterator[str]:
        """Yield the text after the head from graphs, each its IRI in brackets and its sorted lines."""
        for graph, lines in graphs:
            yield f"\n{self.term(graph)} {{\n"
            yield from self._text(lines, "\t")
            yield "}\n"

    def _text(self, lines: Iterable[str], indent: str) -> Iterator[str]:
        subject = predicate = ""
        known, start = self._known, f"\n{indent}"
        for line in lines:
            s, p, o = line.split(" ", 2)
            value = known.get(o) or self._remember(o, self.term(o[:-3]))
            if s == subject and p == predicate:
                yield f" , {value}"
                continue
            verb = known.get(p) or self._remember(p, "a" if p == "!" else self.term(p))
            if s == subject:
                yield f" ;\n{indent}\t{verb} {value}"
            else:
                yield f"{start}{self.term(s)} {verb} {value}"
                start = f" .\n\n{indent}"
            subject, predicate = s, p
        if subject:
            yield " .\n"

    def term(self, text: str) -> str:
        """Return a term in N-Triples form as Turtle writes it."""
        if text.startswith("<"):
            return self._name(text)
        value, quote, kind = text.rpartition('"')
        if not kind.startswith("^^"):
            return text
        datatype = kind[2:]
        bare = _BARE.get(datatype)
        if bare and bare.fullmatch(value, 1):
            return value[1:]
        return f"{value}{quote}^^{self._name(datatype)}"

    def _name(self, text: str) -> str:
        end = len(text) - 1
        cut = max(text.rfind("/"), text.rfind("#"))
        while cut > 0:
            prefix = self._prefixes.get(text[1 : cut + 1])
            if prefix is not None:
                local = text[cut + 1 : end]
                if not _LOCAL.fullmatch(local):
                    return text
                self.used.add(prefix)
                return f"{prefix}:{_SPECIAL.sub(_escaped, local)}"
            cut = text.rfind("/", 0, cut)
        return text

    def _remember(self, key: str, text: str) -> str:
        if len(self._known) >= _KNOWN:
            self._known.clear()
        self._known[key] = text
        return text


def _escaped(match: re.Match[str]) -> str:
    return "\\" + match[0]
