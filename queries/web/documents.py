"""Documents: the data of one thing as RDF: what is said of it, the claims about it, and their evidence."""

from __future__ import annotations

import io
import json

from ...graph.jsonld import thing_document
from ...graph.publish import prefixes
from ...graph.store import Graph, write_rdf
from ...ontology.terms import expand
from .reader import Reader

__all__ = ["MEDIA_TYPES", "description", "document"]

#: The media type of each syntax a thing can be had in.
MEDIA_TYPES = {
    "turtle": "text/turtle",
    "jsonld": "application/ld+json",
    "ntriples": "application/n-triples",
    "rdfxml": "application/rdf+xml",
    "json": "application/json",
}
#: How many claims a document holds at most; whoever wants more asks the endpoint.
_MOST = 2000


def document(reader: Reader, iri: str, syntax: str) -> str | None:
    """Return the data of a thing in `turtle`, `ntriples`, `rdfxml`, `jsonld` or plain `json`; None without any."""
    lines = description(reader.graph, iri)
    if not lines:
        return None
    if syntax in {"jsonld", "json"}:
        text = thing_document(lines, reader.address.base, iri)
        return text if syntax == "jsonld" else _plain(text)
    triples = sorted({line.rpartition(" <")[0] + " .\n" for line in lines})
    if syntax == "ntriples":
        return "".join(triples)
    out = io.BytesIO()
    write_rdf(triples, syntax, out, prefixes=prefixes(reader.address.base))
    return out.getvalue().decode()


def description(graph: Graph, iri: str) -> list[str]:
    """Return N-Quads of a thing, of the claims about it or, for a source, in it, and of their evidence."""
    own = graph.nquads([iri])
    claims = [*graph.pointing(expand("wg:subject"), iri, limit=_MOST)]
    claims += graph.pointing(expand("prov:hadPrimarySource"), iri, limit=_MOST - len(claims))
    nodes = [*claims, iri]
    evidence = [v.text for n in nodes for p, v, _ in graph.about(n) if p == expand("wg:evidence")]
    selectors = [v.text for n in evidence for p, v, _ in graph.about(n) if p == expand("oa:hasSelector")]
    return sorted({*own, *graph.nquads([*claims, *evidence, *selectors])})


def _plain(text: str) -> str:
    """Return a JSON-LD document without its context, for readers who do not care for RDF."""
    body = json.loads(text)
    del body["@context"]
    return json.dumps(body, indent=1, ensure_ascii=False) + "\n"
