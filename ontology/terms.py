"""RDF terms as plain values: what the ontology is read into and what a query answers with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyoxigraph

__all__ = ["NAMESPACES", "Term", "expand", "read_turtle", "shorten"]

#: Prefixes used in every file that wildgraph writes.
NAMESPACES = {
    "wg": "https://w3id.org/wildgraph/ns#",
    "wgv": "https://w3id.org/wildgraph/scheme/",
    "wgs": "https://w3id.org/wildgraph/shape/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "dwc": "http://rs.tdwg.org/dwc/terms/",
    "oa": "http://www.w3.org/ns/oa#",
    "obo": "http://purl.obolibrary.org/obo/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "pav": "http://purl.org/pav/",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "sssom": "https://w3id.org/sssom/",
    "void": "http://rdfs.org/ns/void#",
    "wdt": "http://www.wikidata.org/prop/direct/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@dataclass(frozen=True, slots=True)
class Term:
    """One RDF term. `datatype` and `language` are empty for IRIs, blank nodes and plain strings."""

    kind: Literal["iri", "literal", "bnode"]
    text: str
    datatype: str = ""
    language: str = ""


def expand(name: str) -> str:
    """Return the IRI of a prefixed name, `wg:Claim`.

    Raises KeyError when the prefix is not one of `NAMESPACES`.
    """
    prefix, _, local = name.partition(":")
    return NAMESPACES[prefix] + local


def shorten(iri: str) -> str:
    """Return the prefixed name of an IRI, or the IRI itself when no prefix fits."""
    for prefix, namespace in NAMESPACES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


def read_turtle(path: Path) -> Iterator[tuple[Term, str, Term]]:
    """Yield the triples of a Turtle file. Raises SyntaxError with line and column."""
    for triple in pyoxigraph.parse(path=path, format=pyoxigraph.RdfFormat.TURTLE):
        yield _term(triple.subject), triple.predicate.value, _term(triple.object)


def _term(node: object) -> Term:
    if isinstance(node, pyoxigraph.NamedNode):
        return Term("iri", node.value)
    if isinstance(node, pyoxigraph.Literal):
        datatype = node.datatype.value
        plain = node.language is not None or datatype == NAMESPACES["xsd"] + "string"
        return Term("literal", node.value, "" if plain else datatype, node.language or "")
    if isinstance(node, pyoxigraph.BlankNode):
        return Term("bnode", node.value)
    raise TypeError(f"triple terms are not used here: {node}")
