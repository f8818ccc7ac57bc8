"""What may be said: the schemes, predicates and kinds of entity that the ontology's files define."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from .terms import Term, expand, read_turtle

__all__ = [
    "FOLDER",
    "Concept",
    "EntityType",
    "Predicate",
    "Scheme",
    "Vocabulary",
    "ontology_files",
    "vocabulary",
]

FOLDER = Path(__file__).parent

_Node = dict[str, list[Term]]


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept of a scheme. `facts` holds the literals special to its scheme (`boundKind`, `toBase`)."""

    iri: str
    scheme: str
    notation: str
    label: str
    definition: str
    broader: str | None
    facts: Mapping[str, str]

    @property
    def code(self) -> str:
        """The concept as written in a file: `iucn-threats-3.3:5.1`."""
        return f"{self.scheme}:{self.notation}"


@dataclass(frozen=True, slots=True)
class Scheme:
    """A concept scheme of one version; `token` is how files name it (`iucn-threats-3.3`)."""

    iri: str
    token: str
    title: str
    concepts: Mapping[str, Concept]


@dataclass(frozen=True, slots=True)
class EntityType:
    """A kind of entity; `name` is what `entities.tsv` calls it."""

    name: str
    iri: str
    label: str


@dataclass(frozen=True, slots=True)
class Predicate:
    """A kind of statement; `value` is one of entity, concept, text, quantity.

    `single_valued` says that of comparable claims only one can be true; `symmetric` that the direct property
    holds both ways.
    """

    name: str
    iri: str
    label: str
    claim_class: str
    value: str
    subject_types: frozenset[str]
    object_types: frozenset[str]
    object_schemes: tuple[str, ...]
    unit: str | None
    qualifiers: frozenset[str]
    direct_property: str | None
    symmetric: bool
    single_valued: bool


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All of it, by the names that files use."""

    schemes: Mapping[str, Scheme]
    predicates: Mapping[str, Predicate]
    entity_types: Mapping[str, EntityType]

    def concept(self, scheme: str, notation: str) -> Concept:
        """Return a concept that must exist. Raises KeyError when it does not."""
        return self.schemes[scheme].concepts[notation]

    def schemes_with(self, notation: str) -> list[str]:
        """Return the codes that a bare notation could stand for, sorted."""
        return sorted(s.concepts[notation].code for s in self.schemes.values() if notation in s.concepts)

    def factor(self, unit: str, target: str) -> Decimal | None:
        """Return what a value in `unit` is multiplied by to be in `target`; None when they do not compare."""
        units = self.schemes["unit-1.0"].concepts
        here, there = units[unit].facts, units[target].facts
        if here.get("dimension") != there.get("dimension") or "toBase" not in here or "toBase" not in there:
            return None
        return Decimal(here["toBase"]) / Decimal(there["toBase"])


def ontology_files() -> list[Path]:
    """Return the vocabulary and scheme files that make up the ontology graph, in a fixed order."""
    return [FOLDER / "wildgraph.ttl", *sorted((FOLDER / "schemes").glob("*.ttl"))]


@cache
def vocabulary() -> Vocabulary:
    """Read the ontology that this installation ships."""
    nodes: dict[str, _Node] = defaultdict(lambda: defaultdict(list))
    for path in ontology_files():
        for subject, predicate, value in read_turtle(path):
            nodes[subject.text][predicate].append(value)
    return _vocabulary(nodes)


def _vocabulary(nodes: Mapping[str, _Node]) -> Vocabulary:
    tokens = {iri: _one(node, "dcterms:identifier") for iri, node in nodes.items() if _is(node, "skos:ConceptScheme")}
    notations = {iri: _one(node, "skos:notation") for iri, node in nodes.items()}
    concepts: dict[str, dict[str, Concept]] = {token: {} for token in tokens.values()}
    predicates = {}
    types = {}
    for iri, node in nodes.items():
        if _is(node, "skos:Concept"):
            concept = _concept(iri, node, tokens[_one(node, "skos:inScheme")])
            concepts[concept.scheme][concept.notation] = concept
        if _is(node, "wg:Predicate"):
            predicates[notations[iri]] = _predicate(iri, nodes, notations, tokens)
        if _is(node, "owl:Class") and notations[iri]:
            types[notations[iri]] = EntityType(notations[iri], iri, _one(node, "rdfs:label"))
    schemes = {
        token: Scheme(iri, token, _one(nodes[iri], "dcterms:title"), concepts[token])
        for iri, token in sorted(tokens.items(), key=lambda item: item[1])
    }
    return Vocabulary(schemes, dict(sorted(predicates.items())), dict(sorted(types.items())))


def _concept(iri: str, node: _Node, scheme: str) -> Concept:
    prefix = expand("wg:")
    facts = {p[len(prefix) :]: v[0].text for p, v in node.items() if p.startswith(prefix) and v[0].kind == "literal"}
    return Concept(
        iri,
        scheme,
        _one(node, "skos:notation"),
        _one(node, "skos:prefLabel"),
        _one(node, "skos:definition"),
        _one(node, "skos:broader") or None,
        facts,
    )


def _predicate(
    iri: str, nodes: Mapping[str, _Node], notations: Mapping[str, str], tokens: Mapping[str, str]
) -> Predicate:
    node = nodes[iri]
    direct = _one(node, "wg:directProperty")
    return Predicate(
        name=_one(node, "skos:notation"),
        iri=iri,
        label=_one(node, "skos:prefLabel"),
        claim_class=_one(node, "wg:claimClass"),
        value=_one(node, "wg:valueKind"),
        subject_types=frozenset(notations[t] for t in _all(node, "wg:subjectType")),
        object_types=frozenset(notations[t] for t in _all(node, "wg:objectType")),
        object_schemes=tuple(sorted(tokens[t] for t in _all(node, "wg:objectScheme"))),
        unit=notations[_one(node, "wg:canonicalUnit")] if _all(node, "wg:canonicalUnit") else None,
        qualifiers=frozenset(_all(node, "wg:qualifier")),
        direct_property=direct or None,
        symmetric=direct in nodes and _is(nodes[direct], "owl:SymmetricProperty"),
        single_valued=_one(node, "wg:singleValued") == "true",
    )


def _is(node: _Node, name: str) -> bool:
    iri = expand(name)
    return any(value.text == iri for value in node.get(expand("rdf:type"), ()))


def _one(node: _Node, name: str) -> str:
    values = _all(node, name)
    return values[0] if values else ""


def _all(node: _Node, name: str) -> list[str]:
    values: Iterable[Term] = node.get(expand(name), ())
    english = [value.text for value in values if value.language in {"", "en"}]
    return english or [value.text for value in values]
