"""JSON-LD, compacted with wildgraph's context: one document for the dataset, or one for each entity.

A compaction of its own because the dataset is flat and without blank nodes: then it is a renaming of terms,
done in one pass, where a general processor takes minutes. The tests read the result back with pyld.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ..ontology import vocabulary
from ..ontology.context import Context, read_context
from ..ontology.terms import NAMESPACES, Term, expand
from .grouped import TYPE, GroupWriter, Section
from .quads import read_term
from .store import parse_lines

__all__ = ["DatasetWriter", "entity_documents", "thing_document"]

_NATIVE: dict[str, Callable[[str], int | bool]] = {
    expand("xsd:integer"): int,
    expand("xsd:boolean"): lambda text: text == "true",
}
#: Integers longer than that are written as text, because JSON readers take them for floating-point numbers.
_DIGITS = 15
_SUBJECT, _EVIDENCE, _SELECTOR = expand("wg:subject"), expand("wg:evidence"), expand("oa:hasSelector")
_SOURCE = expand("prov:hadPrimarySource")
#: Names that are those of entities: `taxon/red-fox`, not `claim/...`.
_ENTITY = re.compile(r"(?!(?:claim|evidence|conflict|coverage|link|source|graph|input)/|build$)([a-z-]+)/([a-z0-9-]+)")

_ENCODER = json.JSONEncoder(ensure_ascii=False)
#: The rest of the IRI of a thing of the dataset that is written in JSON as it is, relative to the base.
_PLAIN = re.compile(rb"[A-Za-z0-9/_.#-]+>")

_Node = dict[str, list[Term]]


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
        self.used: set[bytes] = set()

    def dump(self, body: dict[str, Any], role: str = _SUBJECT) -> str:
        claims = {"claims": {"@reverse": role}} if "claims" in body else {}
        context = self.document(self.used) | claims
        return json.dumps({"@context": context} | body, indent=1, ensure_ascii=False) + "\n"

    def document(self, used: Iterable[bytes]) -> dict[str, Any]:
        """Return the context, with a prefix for each scheme used."""
        schemes = {token: self.schemes[token] for token in sorted(scheme.decode() for scheme in used)}
        return {"@base": self.base} | dict(self.context.document) | schemes

    def name(self, iri: str) -> str:
        """Return a concept as its code, an IRI of the dataset relative to the base, any other as it is."""
        if iri in self.codes:
            token = self.codes[iri]
            self.used.add(token.encode())
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
                key, value = self.member(predicate, properties[predicate])
                body[key] = value
        return body

    def _key(self, predicate: str) -> str:
        alias = self.context.aliases.get(predicate)
        return alias.key if alias else predicate

    def member(self, predicate: str, values: list[Term]) -> tuple[str, Any]:
        """Return the key of a property and its values; a language map holds nothing without a language."""
        alias = self.context.aliases.get(predicate)
        if alias is None or not alias.by_language:
            found = [self.value(value, alias.coercion if alias else "") for value in values]
            return self._key(predicate), found[0] if len(found) == 1 else found
        if not all(value.language for value in values):
            return predicate, [self.value(value, "") for value in values]
        grouped: dict[str, list[str]] = defaultdict(list)
        for value in values:
            grouped[value.language].append(value.text)
        return alias.key, {language: texts[0] if len(texts) == 1 else texts for language, texts in grouped.items()}

    def value(self, value: Term, coercion: str) -> Any:
        if value.kind == "iri":
            return self.name(value.text) if coercion == "@id" else {"id": self.name(value.text)}
        if value.language:
            return {"@value": value.text, "@language": value.language}
        if value.datatype in _NATIVE and len(value.text) > _DIGITS:
            return {"@value": value.text, "type": value.datatype}
        if value.datatype == coercion or (not value.datatype and coercion in {"", NAMESPACES["xsd"] + "string"}):
            native = _NATIVE.get(value.datatype)
            return native(value.text) if native else value.text
        if value.datatype in _NATIVE and coercion == "":
            return _NATIVE[value.datatype](value.text)
        return {"@value": value.text} | ({"type": value.datatype} if value.datatype else {})


class DatasetWriter(GroupWriter):
    """Writes the whole dataset: a list of named graphs, each a list of nodes in order of IRI, a node a line."""

    between, tail = b",", b"\n ]\n}\n"

    def __init__(self, base: str) -> None:
        super().__init__()
        self._writer = _Writer(base)
        self._writer.used = self.used
        self._base = f"<{base}".encode()
        self._links: dict[bytes, bytes] = {}

    def head(self, used: Iterable[bytes]) -> bytes:
        """Return what stands before the graphs; complete when all are written."""
        context = json.dumps(self._writer.document(used), indent=1, ensure_ascii=False)
        return f'{{\n "@context": {context},\n "@graph": ['.encode()

    def texts(self, section: Section) -> Iterator[bytes]:
        if section.opens:
            yield b'\n  {"id": %b, "@graph": [' % self._id(section.graph)
        comma = b"" if section.opens else b","
        for subject, said in self.groups(section.lines()):
            yield b'%b\n   {"id": %b, %b}' % (comma, self._id(subject), b", ".join(said))
            comma = b","
        if section.closes:
            yield b"\n  ]}"

    def said(self, predicate: bytes, values: list[bytes]) -> bytes:
        if len(values) == 1 and values[0].startswith(b"<") and (key := self._link(predicate)):
            return key + self._id(values[0])
        terms = [read_term(value.decode()) for value in values]
        if predicate is TYPE:
            names = [self._writer.context.names.get(term.text, term.text) for term in terms]
            return _member("type", names[0] if len(names) == 1 else names)
        return _member(*self._writer.member(predicate[1:-1].decode(), terms))

    def _link(self, predicate: bytes) -> bytes:
        """Return the key and colon of a property whose IRIs are written as text, nothing for any other property."""
        found = self._links.get(predicate)
        if found is None:
            alias = self._writer.context.aliases.get(predicate[1:-1].decode())
            found = f"{_json(alias.key)}: ".encode() if alias and alias.coercion == "@id" else b""
            self._links[predicate] = found
        return found

    def _id(self, text: bytes) -> bytes:
        if text.startswith(self._base) and _PLAIN.fullmatch(text, len(self._base)):
            return b'"%b"' % text[len(self._base) : -1]
        return _json(self._writer.name(read_term(text.decode()).text)).encode()


def _member(key: str, value: Any) -> bytes:
    return f"{_json(key)}: {_json(value)}".encode()


def _json(value: Any) -> str:
    return _ENCODER.encode(value)
