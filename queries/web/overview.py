"""The overview: what a build holds and how good it is, counted once when the build is opened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from ...graph.build import Summary
from ...graph.store import Graph
from ...ontology import vocabulary
from ...ontology.terms import expand

__all__ = ["Overview", "read_overview"]


@dataclass(frozen=True, slots=True)
class Overview:
    """Figures of one build. Claims are counted by predicate, by source and by the thing they are about."""

    description: str
    creators: tuple[str, ...]
    issued: str
    homepage: str
    claims: Mapping[str, int]
    by_source: Mapping[str, int]
    by_subject: Mapping[str, int]
    single_source: int
    things_said: int
    conflicts: tuple[str, ...]
    links: int
    dated: int

    @property
    def total(self) -> int:
        """How many claims there are."""
        return sum(self.claims.values())


_COUNTS = """SELECT ?subject ?predicate ?source (COUNT(*) AS ?n)
WHERE { ?claim prov:hadPrimarySource ?source ; wg:subject ?subject ; wg:predicate ?predicate }
GROUP BY ?subject ?predicate ?source"""


def read_overview(graph: Graph, summary: Summary) -> Overview:
    """Count. Takes about a second for a million triples."""
    by_predicate: Counter[str] = Counter()
    by_source: Counter[str] = Counter()
    by_subject: Counter[str] = Counter()
    said_by: Counter[tuple[str, str]] = Counter()
    names = {concept.iri: name for name, concept in vocabulary().schemes["predicates-1.0"].concepts.items()}
    for row in graph.select(_COUNTS).rows:
        subject, predicate, source, count = (term.text if term else "" for term in row)
        by_predicate[names.get(predicate, predicate)] += int(count)
        by_source[source] += int(count)
        by_subject[subject] += int(count)
        said_by[subject, predicate] += 1
    node: dict[str, list[str]] = {}
    for predicate, value, _ in graph.about(summary.base):
        node.setdefault(predicate, []).append(value.text)
    texts = {name: node.get(expand(name), [""])[0] for name in ("dcterms:description", "dcterms:issued", "schema:url")}
    return Overview(
        description=texts["dcterms:description"],
        creators=tuple(sorted(node.get(expand("dcterms:creator"), []))),
        issued=texts["dcterms:issued"],
        homepage=texts["schema:url"],
        claims=dict(sorted(by_predicate.items(), key=lambda item: (-item[1], item[0]))),
        by_source=dict(by_source),
        by_subject=dict(by_subject),
        single_source=sum(1 for count in said_by.values() if count == 1),
        things_said=len(said_by),
        conflicts=tuple(_column(graph, "SELECT ?c WHERE { ?c a wg:Conflict } ORDER BY ?c")),
        links=int(_column(graph, _LINKS)[0]),
        dated=int(_column(graph, "SELECT (COUNT(?c) AS ?n) WHERE { ?c wg:phenomenonTime ?t }")[0]),
    )


_LINKS = """SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?graph { ?thing skos:exactMatch|skos:closeMatch ?other }
FILTER (STRENDS(STR(?graph), "graph/links")) }"""


def _column(graph: Graph, query: str) -> list[str]:
    return [row[0].text for row in graph.select(query).rows if row[0]]
