"""The SPARQL 1.1 Protocol: what a request asks, in which syntax it wants the answer, and what the service offers."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from ...graph.quads import iri
from ...graph.store import write_rdf
from ...ontology.terms import NAMESPACES, expand
from .negotiate import best
from .worker import RefusedError

__all__ = ["ANSWER_TYPES", "GRAPH_TYPES", "Asked", "chosen_syntax", "job_for", "read_request", "service_description"]

#: Media types of answers by the syntax they mean, the preferred first.
ANSWER_TYPES = {
    "application/sparql-results+json": "json",
    "application/json": "json",
    "application/sparql-results+xml": "xml",
    "application/xml": "xml",
    "text/xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
}
TRIPLE_TYPES = {
    "text/turtle": "turtle",
    "application/n-triples": "ntriples",
    "application/rdf+xml": "rdfxml",
    "application/ld+json": "jsonld",
    "application/xml": "rdfxml",
    "text/plain": "ntriples",
    "application/json": "jsonld",
}
GRAPH_TYPES = {
    "text/turtle": "turtle",
    "application/n-triples": "ntriples",
    "application/rdf+xml": "rdfxml",
    "application/ld+json": "jsonld",
}
DATASET_TYPES = {
    "application/n-quads": "nquads",
    "application/trig": "trig",
    "application/ld+json": "jsonld",
}
_FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 100
_SD = "http://www.w3.org/ns/sparql-service-description#"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to the endpoint. Without a query it asks what the service is."""

    query: str = ""
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    syntax: str = ""


def read_request(method: str, query_string: bytes, content_type: str, body: bytes) -> Asked:
    """Return what a request asks (SPARQL 1.1 Protocol, 2.1). Raises RefusedError with 400, 403, 415."""
    fields = _fields(query_string)
    if method == "POST":
        media, _, parameters = content_type.partition(";")
        media = media.strip().lower()
        _check_charset(parameters)
        if media == _FORM:
            fields += _fields(body)
        elif media == "application/sparql-query":
            fields.append(("query", _text(body)))
        elif media == "application/sparql-update":
            raise RefusedError(403, "updates are refused: this endpoint only answers")
        else:
            raise RefusedError(
                415, f"'{media or 'nothing'}' is not a way to ask; use {_FORM} or application/sparql-query"
            )
    values: dict[str, list[str]] = {}
    for name, value in fields:
        values.setdefault(name, []).append(value)
    if "update" in values:
        raise RefusedError(403, "updates are refused: this endpoint only answers")
    if len(values.get("query", ())) > 1:
        raise RefusedError(400, "more than one query")
    if method == "POST" and not values.get("query"):
        raise RefusedError(400, "there is no query in it")
    return Asked(
        query=values.get("query", [""])[0],
        default=tuple(values.get("default-graph-uri", ())),
        named=tuple(values.get("named-graph-uri", ())),
        syntax=values.get("format", [""])[0],
    )


def chosen_syntax(types: Mapping[str, str], accept: str, asked: str = "") -> tuple[str, str]:
    """Return the media type and the syntax that are wanted most, both empty when none of the types is.

    `asked` wins over the Accept header: a media type, or a syntax by its short name.
    """
    if asked:
        media = next((media for media, syntax in types.items() if asked.strip().lower() in {media, syntax}), "")
    else:
        media = best(accept, tuple(types))
    return media, types.get(media, "")


def job_for(asked: Asked, accept: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the job for a worker, and the media type that goes with each syntax it may answer in."""
    rows_type, rows = chosen_syntax(ANSWER_TYPES, accept, asked.syntax)
    triples_type, triples = chosen_syntax(TRIPLE_TYPES, accept, asked.syntax)
    job = {"do": "query", "query": asked.query, "rows": rows, "triples": triples}
    return job | {"default": asked.default, "named": asked.named}, {rows: rows_type, triples: triples_type}


def service_description(endpoint: str, graphs: Sequence[str], services: Sequence[str], syntax: str) -> str:
    """Return what the service is and has, in the terms of SPARQL 1.1 Service Description, as RDF."""
    service, dataset = f"{endpoint}#service", f"{endpoint}#dataset"
    kind = iri(expand("rdf:type"))
    formats = "http://www.w3.org/ns/formats/"
    results = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV")
    rdf = ("Turtle", "N-Triples", "RDF_XML", "JSON-LD")
    features = ["UnionDefaultGraph", *(["BasicFederatedQuery"] if services else [])]
    triples = [
        (iri(service), kind, _sd("Service")),
        (iri(service), _sd("endpoint"), iri(endpoint)),
        (iri(service), _sd("supportedLanguage"), _sd("SPARQL11Query")),
        *((iri(service), _sd("feature"), _sd(name)) for name in features),
        *((iri(service), _sd("resultFormat"), iri(formats + name)) for name in (*results, *rdf)),
        (iri(service), _sd("defaultDataset"), iri(dataset)),
        (iri(dataset), kind, _sd("Dataset")),
        (iri(dataset), _sd("defaultGraph"), iri(f"{dataset}-union")),
        (iri(f"{dataset}-union"), kind, _sd("Graph")),
    ]
    for number, name in enumerate(graphs, 1):
        graph = iri(f"{dataset}-{number}")
        triples += [
            (iri(dataset), _sd("namedGraph"), graph),
            (graph, kind, _sd("NamedGraph")),
            (graph, _sd("name"), iri(name)),
        ]
    out = io.BytesIO()
    lines = (f"{subject} {predicate} {value} .\n" for subject, predicate, value in triples)
    write_rdf(lines, syntax, out, prefixes=NAMESPACES | {"sd": _SD})
    return out.getvalue().decode()


def _sd(name: str) -> str:
    return iri(_SD + name)


def _fields(text: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except UnicodeDecodeError as error:
        raise RefusedError(400, "what was sent is not UTF-8") from error
    except ValueError as error:
        raise RefusedError(400, f"what was sent cannot be read: {error}") from error


def _check_charset(parameters: str) -> None:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip(' "').lower() not in {"utf-8", "utf8", "us-ascii"}:
            raise RefusedError(415, f"charset {value.strip()} is not supported; send UTF-8")


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RefusedError(400, "the query is not UTF-8") from error
