"""Accepted links as RDF: the direct relation, the bare identifier, and a node that says where the link comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from ...ontology.terms import expand
from ..identify import Names
from ..quads import Quad, iri, literal, number, wg
from .mapping import Link
from .targets import TARGET_IRI, targets

__all__ = ["link_quads", "target_quads"]

_SEMAPV = "https://w3id.org/semapv/vocab/"


def link_quads(links: Iterable[Link], base: str, graph: str, *, same_as: bool = False) -> Iterator[Quad]:
    """Yield the quads of accepted and rejected links, in the graph named.

    A rejected link has its node, which is negated, and no direct relation. `same_as` adds owl:sameAs to exact
    matches; it is off by default because it makes the two things one, with all that anybody ever said of either.
    """
    for link in map(Link.without_content, links):
        triples = [*_node(link, base), *([] if link.negated else _direct(link, same_as=same_as))]
        yield from (Quad(subject, predicate, value, iri(graph)) for subject, predicate, value in triples)


def target_quads(links: Iterable[Link], graph: str) -> Iterator[Quad]:
    """Yield what the datasets are that some links lead to, with their terms."""
    used = {link.target.name for link in links if link.target}
    for name in sorted(used):
        target = targets()[name]
        subject = iri(TARGET_IRI + name)
        yield Quad(subject, iri(expand("rdf:type")), iri(expand("dcat:Dataset")), iri(graph))
        yield Quad(subject, iri(expand("dcterms:title")), literal(target.title, language="en"), iri(graph))
        yield Quad(subject, iri(expand("dcterms:license")), literal(target.licence), iri(graph))
        yield Quad(subject, iri(expand("dcterms:rights")), iri(target.terms), iri(graph))
        yield Quad(subject, wg("redistribution"), literal(target.redistribution), iri(graph))
        if target.credit:
            yield Quad(subject, iri(expand("dcterms:bibliographicCitation")), literal(target.credit), iri(graph))


def _direct(link: Link, *, same_as: bool) -> Iterator[tuple[str, str, str]]:
    subject, thing = iri(link.subject), iri(link.object)
    yield subject, iri(expand(f"skos:{link.predicate}")), thing
    if link.predicate == "exactMatch":
        if same_as:
            yield subject, iri(expand("owl:sameAs")), thing
        if link.target and link.target.wikidata:
            yield subject, iri(expand(f"wdt:{link.target.wikidata}")), literal(link.identifier)


def _node(link: Link, base: str) -> Iterator[tuple[str, str, str]]:
    """Yield the node of a link: what SSSOM says of a mapping, by SSSOM's own names for it in RDF."""
    node = iri(Names(base).link(link.digest))
    yield node, iri(expand("rdf:type")), wg("Link")
    yield node, iri(expand("owl:annotatedSource")), iri(link.subject)
    yield node, iri(expand("owl:annotatedProperty")), iri(expand(f"skos:{link.predicate}"))
    yield node, iri(expand("owl:annotatedTarget")), iri(link.object)
    yield node, iri(expand("sssom:mapping_justification")), iri(f"{_SEMAPV}{link.justification}")
    if link.target:
        yield node, iri(expand("sssom:object_source")), iri(f"{TARGET_IRI}{link.target.name}")
    if link.confidence is not None:
        yield node, iri(expand("sssom:confidence")), number(Decimal(str(link.confidence)))
    texts = {
        "sssom:predicate_modifier": "Not" if link.negated else "",
        "sssom:object_label": link.object_label,
        "sssom:object_source_version": link.release,
        "sssom:mapping_tool": link.tool,
        "sssom:mapping_tool_version": link.tool_version,
        "sssom:reviewer_label": link.reviewer,
        "rdfs:comment": link.comment,
    }
    for name, text in texts.items():
        if text:
            yield node, iri(expand(name)), literal(text)
    for name, day in (("pav:authoredOn", link.date), ("sssom:review_date", link.reviewed)):
        if day:
            yield node, iri(expand(name)), literal(day, datatype="xsd:date")
