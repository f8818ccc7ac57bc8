"""JSON-LD, compacted with wildgraph's context: one document for the dataset, or one for each entity.

A compaction of its own because the dataset is flat and without blank nodes: then it is a renaming of terms,
done in one pass, where a general processor takes minutes. The tests read the result back with pyld.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any

from ..ontology import vocabulary
from ..ontology.context import Context, read_context
from ..ontology.terms import NAMESPACES, Term, expand
from .store import parse_lines

__all__ = ["dataset_document", "entity_documents", "thing_document"]

_NATIVE: dict[str, Callable[[str], int | bool]] = {
    expand("xsd:integer"): int,
    expand("xsd:boolean"): lambda text: text == "true",
}
_SUBJECT, _EVIDENCE, _SELECTOR = expand("wg:subject"), expand("wg:evidence"), expand("oa:hasSelector")
_SOURCE = expand("prov:hadPrimarySource")
_ENTITY = re.compile(r"(?!claim/|evidence/|conflict/|link/|source/|graph/|input/|build$)([a-z-]+)/([a-z0-9-]+)")

_Node = dict[str, list[Term]]


def dataset_document(lines: Iterable[str], base: str) -> str:
    """Return the whole dataset: a list of named graphs, each a list of nodes in order of IRI."""
    writer = _Writer(base)
    graphs = []
    for graph, rows in groupby(parse_lines(lines), key=lambda row: row[3]):
        nodes: dict[str, _Node] = defaultdict(lambda: defaultdict(list))
        for subject, predicate, value, _ in rows:
            nodes[subject.text][predicate].append(value)
        graphs.append({"id": writer.name(graph), "@graph": [writer.node(n, nodes[n]) for n in sorted(nodes)]})
    return writer.dump({"@graph": graphs})


def entity_documents(lines: Iterable[str], base: str) -> Iterator[tuple[str, str]]:
    """Yield name and document of each entity: what it is, then the claims about it with their evidence inside."""
    nodes: dict[str, _Node] = defaultdict(lambda: defaultdict(list))
    about: dict[str, list[str]] = defaultdict(list)
    for subject, predicate, value, _ in parse_lines(lines):
        if value not in nodes[subject.text][predicate]:
            nodes[subject.text][predicate].append(value)
        if predicate == _SUBJECT and subject.text.startswith(f"{base}claim/"):
            about[value.text].append(subject.text)
    writer = _Writer(base)
    for name in sorted(nodes):
        local = _ENTITY.fullmatch(name.removeprefix(base)) if name.startswith(base) else None
        if local:
            body = writer.node(name, nodes[name])
            claims = [writer.nested(claim, nodes, (_EVIDENCE, _SELECTOR)) for claim in sorted(about[name])]
            yield local[0], writer.dump(body | ({"claims": claims} if claims else {}))


def thing_document(lines: Iterable[str], base: str, iri: str) -> str:
    """Return the document of one thing, with the claims about it, or in a source, and their evidence inside."""
    nodes: dict[str, _Node] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value, _ in parse_lines(lines):
        if value not in nodes[subject.text][predicate]:
            nodes[subject.text][predicate].append(value)
    writer = _Writer(base)
    inside = (_EVIDENCE, _SELECTOR)
    role = _SOURCE if iri.startswith(f"{base}source/") else _SUBJECT
    about = (name for name in sorted(nodes) if name.startswith(f"{base}claim/") and name != iri)
    claims = [writer.nested(name, nodes, inside) for name in about if Term("iri", iri) in nodes[name].get(role, ())]
    return writer.dump(writer.nested(iri, nodes, inside) | ({"claims": claims} if claims else {}), role)


class _Writer:
    """Renames RDF to JSON by the context; `base` becomes the document's base so that ids are short."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.context: Context = read_context()
        self.schemes = {token: f"{scheme.iri}/" for token, scheme in vocabulary().schemes.items()}
        self.codes = {c.iri: t for t, s in vocabulary().schemes.items() for c in s.concepts.values()}
        self.used: set[str] = set()

    def dump(self, body: dict[str, Any], role: str = _SUBJECT) -> str:
        claims = {"claims": {"@reverse": role}} if "claims" in body else {}
        schemes = {token: self.schemes[token] for token in sorted(self.used)}
        context = {"@base": self.base} | dict(self.context.document) | schemes | claims
        return json.dumps({"@context": context} | body, indent=1, ensure_ascii=False) + "\n"

    def name(self, iri: str) -> str:
        """Return a concept as its code, an IRI of the dataset relative to the base, any other as it is."""
        if iri in self.codes:
            token = self.codes[iri]
            self.used.add(token)
            return f"{token}:{iri.removeprefix(self.schemes[token])}"
        local = iri.removeprefix(self.base)
        return local if iri.startswith(self.base) and local and ":" not in local else iri

    def nested(self, name: str, nodes: dict[str, _Node], inside: tuple[str, ...]) -> dict[str, Any]:
        """Return a node with the nodes it points to by some properties inside it."""
        body = self.node(name, nodes[name])
        for predicate in inside:
            values = nodes[name].get(predicate, []) if name in nodes else []
            if values:
                found = [self.nested(value.text, nodes, inside) for value in values]
                body[self._key(predicate)] = found[0] if len(found) == 1 else found
        return body

    def node(self, name: str, properties: _Node) -> dict[str, Any]:
        body: dict[str, Any] = {"id": self.name(name)}
        types = [self.context.names.get(t.text, t.text) for t in properties.get(expand("rdf:type"), ())]
        if types:
            body["type"] = types[0] if len(types) == 1 else types
        for predicate in sorted(properties, key=self._key):
            if predicate != expand("rdf:type"):
                body[self._key(predicate)] = self._values(predicate, properties[predicate])
        return body

    def _key(self, predicate: str) -> str:
        alias = self.context.aliases.get(predicate)
        return alias.key if alias else predicate

    def _values(self, predicate: str, values: list[Term]) -> Any:
        alias = self.context.aliases.get(predicate)
        if alias and alias.by_language and all(value.language for value in values):
            grouped: dict[str, list[str]] = defaultdict(list)
            for value in values:
                grouped[value.language].append(value.text)
            return {language: texts[0] if len(texts) == 1 else texts for language, texts in grouped.items()}
        found = [self._value(value, alias.coercion if alias else "") for value in values]
        return found[0] if len(found) == 1 else found

    def _value(self, value: Term, coercion: str) -> Any:
        if value.kind == "iri":
            return self.name(value.text) if coercion == "@id" else {"id": self.name(value.text)}
        if value.language:
            return {"@value": value.text, "@language": value.language}
        if value.datatype == coercion or (not value.datatype and coercion in {"", NAMESPACES["xsd"] + "string"}):
            native = _NATIVE.get(value.datatype)
            return native(value.text) if native else value.text
        if value.datatype in _NATIVE and coercion == "":
            return _NATIVE[value.datatype](value.text)
        return {"@value": value.text} | ({"type": value.datatype} if value.datatype else {})
