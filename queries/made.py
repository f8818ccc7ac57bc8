"""Explaining what tables made: a thing, a claim or a source told from the built graph, with the rows it comes from."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from ..extract import Quantity, UsageError
from ..graph.build import BUILD, SUMMARY
from ..graph.describe import amount
from ..ontology import Concept, Term, vocabulary
from ..ontology.terms import expand
from .ask import Asker
from .explanation import Explanation, Statement

__all__ = ["explain_made", "with_conflicts"]

_Node = Mapping[str, list[Term]]

_IN_CONFLICT = "in conflict"
_TYPE, _LABEL, _ROW = expand("rdf:type"), expand("skos:prefLabel"), expand("wg:row")
_SUBJECT, _PREDICATE, _SOURCE = expand("wg:subject"), expand("wg:predicate"), expand("prov:hadPrimarySource")
_ACCEPTED = expand("wg:acceptedTaxon")
_OBJECTS = [expand(name) for name in ("wg:object", "wg:text")]
_QUANTITY = {
    expand(f"wg:{name}"): name
    for name in ("estimate", "lower", "upper", "lowerExclusive", "upperExclusive", "hedge", "unit", "wording")
}
_ISSUED, _RANK, _CITED = expand("dcterms:issued"), expand("wg:rank"), expand("dcterms:bibliographicCitation")
#: What the words of a claim say elsewhere; the two days of a period are said by its date.
_TOLD = {_TYPE, _SUBJECT, _PREDICATE, _SOURCE, _ROW, _RANK, _CITED, *_OBJECTS, *_QUANTITY}
_TOLD |= {expand(f"wg:{name}") for name in ("phenomenonStart", "phenomenonEnd")}
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")

#: Each claim that has to do with a thing, with all that is said of it.
_CLAIMS = """SELECT DISTINCT ?thing ?claim ?property ?value WHERE {
  ?claim ?how ?thing . ?claim prov:hadPrimarySource ?source ; ?property ?value }"""
_COUNTS = """SELECT ?thing ?kind (COUNT(DISTINCT ?claim) AS ?n) WHERE {
  ?claim prov:hadPrimarySource ?thing ; wg:predicate ?kind } GROUP BY ?thing ?kind"""
#: Each conflict that a thing or a claim is part of.
_CONFLICTS = (
    """SELECT DISTINCT ?thing ?reason WHERE { ?conflict ?how ?thing ; wg:conflictReason ?reason } ORDER BY ?reason"""
)
#: How many conflicts of a thing are told.
_MOST_CONFLICTS = 25


def with_conflicts(project: Path, told: Explanation) -> Explanation:
    """Add to what is told of a curated thing the conflicts with claims of tables, if the project is built."""
    if not (project / BUILD / SUMMARY).is_file():
        return told
    known = {words for name, words in told.facts if name == _IN_CONFLICT}
    found = [fact for fact in _Teller(Asker.open(project)).conflicts(told.iri) if fact[1] not in known]
    return replace(told, facts=(*told.facts, *found))


def explain_made(project: Path, name: str) -> Explanation:
    """Explain a thing of the built graph that an IRI, an id or a label stands for.

    Of a source, the claims are counted and not told one by one. Raises UsageError when the project is not built, and
    when nothing or more than one thing is called so.
    """
    asker = Asker.open(project)
    thing = asker.thing("any", name).text
    teller = _Teller(asker)
    node = teller.node(thing)
    if not node:
        raise UsageError(f"nothing is called '{name}' in the built graph; try: wildgraph build {project}")
    if _PREDICATE in node:
        return teller.claim(thing, node)
    return teller.source(thing, node) if expand("wg:Source") in _texts(node, _TYPE) else teller.entity(thing, node)


class _Teller:
    def __init__(self, asker: Asker) -> None:
        self.graph = asker.graph
        self.base = asker.base

    def node(self, iri: str) -> _Node:
        """Return what is said of a thing, by property."""
        found: dict[str, list[Term]] = defaultdict(list)
        for predicate, value, _graph in sorted(self.graph.about(iri), key=_order):
            if value not in found[predicate]:
                found[predicate].append(value)
        return dict(found)

    def conflicts(self, iri: str) -> list[tuple[str, str]]:
        """Return the conflicts that a thing or a claim is part of, as facts."""
        rows = self.graph.select(_CONFLICTS, {"thing": Term("iri", iri)}).rows
        found = [reason.text for _, reason in rows if reason]
        more = [f"... and {len(found) - _MOST_CONFLICTS:,} more"] if len(found) > _MOST_CONFLICTS else []
        return [(_IN_CONFLICT, words) for words in (*found[:_MOST_CONFLICTS], *more)]

    def entity(self, iri: str, node: _Node) -> Explanation:
        claims = self._claims(iri)
        labels = self._labels([node, *claims.values()])
        types = {kind.iri: kind.label for kind in vocabulary().entity_types.values()}
        kinds = [types[text] for text in _texts(node, _TYPE) if text in types]
        synonyms = sorted(self.graph.labels(self.graph.pointing(_ACCEPTED, iri)).values())
        facts = [*self._facts(node, labels), *([("synonyms", ", ".join(synonyms))] if synonyms else [])]
        facts += self.conflicts(iri)
        title = self.graph.labels([iri]).get(iri, iri)
        return Explanation(iri, title, ", ".join(kinds) or "thing", tuple(facts), self._statements(claims, labels))

    def claim(self, iri: str, node: _Node) -> Explanation:
        labels = self._labels([node])
        told = self._statement(iri, node, labels)
        shown = {p: values for p, values in node.items() if p not in {_SUBJECT, _PREDICATE}}
        who = [("subject", _said(node.get(_SUBJECT, []), labels))]
        facts = (*who, *self._facts(shown, labels), *self.conflicts(iri))
        return Explanation(iri, told.words, "claim", facts, (told,))

    def source(self, iri: str, node: _Node) -> Explanation:
        counts = self.graph.select(_COUNTS, {"thing": Term("iri", iri)}).rows
        labels = self._labels([node]) | self.graph.labels(kind.text for _, kind, _ in counts if kind)
        numbers = sorted((_said([kind], labels), f"{int(n.text):,}") for _, kind, n in counts if kind and n)
        claims = [(f"claims of {words}", number) for words, number in numbers]
        title = self.graph.labels([iri]).get(iri, iri)
        return Explanation(iri, title, "source", (*self._facts(node, labels), *claims), ())

    def _claims(self, iri: str) -> dict[str, _Node]:
        found: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for _, claim, predicate, value in self.graph.select(_CLAIMS, {"thing": Term("iri", iri)}).rows:
            if claim and predicate and value and value not in found[claim.text][predicate.text]:
                found[claim.text][predicate.text].append(value)
        return dict(sorted(found.items()))

    def _labels(self, nodes: Iterable[_Node]) -> dict[str, str]:
        """Return words for each IRI that some nodes name, properties among them."""
        names: set[str] = set()
        for node in nodes:
            names |= node.keys() | {v.text for values in node.values() for v in values if v.kind == "iri"}
        short = {name: name.removeprefix(self.base) for name in names if name.startswith(self.base)}
        return short | {name: _words(name) for name in names if _is_term(name)} | self.graph.labels(names)

    def _facts(self, node: _Node, labels: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        told = {_TYPE} if len(node.get(_LABEL, [])) > 1 else {_TYPE, _LABEL}
        named = {_LABEL: "label", expand("skos:altLabel"): "also called", _ROW: "rows of tables"}
        for predicate in sorted(node.keys() - told, key=lambda name: (name == _ROW, name != _LABEL, name)):
            yield named.get(predicate, labels.get(predicate, predicate)), _said(node[predicate], labels)

    def _statements(self, claims: Mapping[str, _Node], labels: Mapping[str, str]) -> tuple[Statement, ...]:
        told = [self._statement(iri, node, labels) for iri, node in claims.items()]
        return tuple(sorted(told, key=lambda s: (s.predicate, s.words, s.iri)))

    def _statement(self, iri: str, node: _Node, labels: Mapping[str, str]) -> Statement:
        predicate = _said(node[_PREDICATE], labels)
        said = " ".join(filter(None, [*(_said(node.get(p, []), labels) for p in _OBJECTS), _amount(node)]))
        rest = (f"{labels.get(p, p)} {_said(node[p], labels)}" for p in sorted(node.keys() - _TOLD))
        source = _texts(node, _SOURCE)
        asserted = [text for name in source for text in _texts(self.node(name), _ISSUED)]
        rank = [text.rpartition("/")[2] for text in _texts(node, _RANK)]
        return Statement(
            iri=iri,
            words=", ".join([f"{_said(node.get(_SUBJECT, []), labels)}: {predicate} {said}".rstrip(), *rest]),
            predicate=predicate,
            source=", after ".join(filter(None, (_said(node.get(p, []), labels) for p in (_SOURCE, _CITED)))),
            asserted=", ".join(asserted),
            rank=", ".join(rank) or "normal",
            origin=", ".join(_texts(node, _ROW)),
            evidence=(),
        )


def _amount(node: _Node) -> str:
    """Return the quantity of a claim as curated ones are told."""
    found = {name: node[iri][0].text for iri, name in _QUANTITY.items() if iri in node}
    if "unit" not in found:
        return ""
    numbers = {name: Decimal(found[name]) for name in ("estimate", "lower", "upper") if name in found}
    return amount(
        Quantity(
            _concept(found["unit"]),
            numbers.get("estimate"),
            numbers.get("lower"),
            numbers.get("upper"),
            "lowerExclusive" in found,
            "upperExclusive" in found,
            _concept(found["hedge"]) if "hedge" in found else None,
        )
    )


def _concept(iri: str) -> Concept:
    known = {c.iri: c for scheme in vocabulary().schemes.values() for c in scheme.concepts.values()}
    return known[iri]


def _said(values: Iterable[Term], labels: Mapping[str, str]) -> str:
    return ", ".join(labels.get(v.text, v.text) if v.kind == "iri" else v.text for v in values)


def _texts(node: _Node, predicate: str) -> list[str]:
    return [value.text for value in node.get(predicate, [])]


def _order(found: tuple[str, Term, str]) -> tuple[str, str, str, str]:
    predicate, value, graph = found
    return predicate, value.text, value.language, graph


def _is_term(iri: str) -> bool:
    """Say whether an IRI is a term of a vocabulary that is known by prefix."""
    return any(iri.startswith(expand(f"{prefix}:")) for prefix in ("dwc", "dcterms", "schema", "skos", "prov", "wg"))


def _words(iri: str) -> str:
    """Return the local name of a term as words: `scientific name`."""
    return _HUMP.sub(" ", re.split("[/#]", iri)[-1]).lower()
