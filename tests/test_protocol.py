"""The SPARQL 1.1 Protocol over a socket: the cases of the W3C's suite, under their names there, as requests of our own.

The suite writes its graphs before it asks for them. Here nothing can be written: graphs of the reference dataset stand
in their place, and each update is to be refused. What the suite expects of updates is listed as not reached.
"""

from __future__ import annotations

import http.client
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

BASE = "https://w3id.org/wildgraph/amur-leopard/graph/"
ENTITIES, DERIVED, LINKS = (f"{BASE}{name}" for name in ("entities", "derived", "links"))
FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
ROWS = {
    "application/sparql-results+xml", "application/sparql-results+json", "text/tab-separated-values", "text/csv",
}  # fmt: skip
TRIPLES = {"application/rdf+xml", "application/n-triples", "text/turtle", "application/ld+json"}

#: What the suite's tests of updates end with, and this endpoint, which only answers, does not.
NOT_REACHED = dict.fromkeys(
    (
        "update_dataset_default_graph", "update_dataset_default_graphs", "update_dataset_named_graphs",
        "update_dataset_full", "update_post_form", "update_post_direct", "update_base_uri",
    ),
    "the endpoint only answers, and refuses updates with 403",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A request, and what is to come back: a status or the start of it, the answer to an ASK, one of some types."""

    name: str
    method: str = "POST"
    fields: Mapping[str, str | list[str]] | None = None
    body: bytes = b""
    content_type: str = ""
    accept: str = ""
    status: str = "2"
    answer: str = ""
    types: frozenset[str] = frozenset()


def ask(*patterns: str) -> str:
    """Return a query that is true where all the patterns hold."""
    return f"ASK {{ {' '.join(patterns)} }}"


def form(query: str, **more: str) -> bytes:
    """Return the body of a form."""
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in {"query": query, **more}.items()).encode()


#: Something that the entities say and the others do not, and something that only the derived graph says.
LABEL = "<https://w3id.org/wildgraph/amur-leopard/threat/poaching> skos:prefLabel ?label ."
THREAT = "<https://w3id.org/wildgraph/amur-leopard/taxon/amur-leopard> wg:threatenedBy ?threat ."
BOTH = ask(LABEL, THREAT)
NAMED = ask(f"GRAPH <{ENTITIES}> {{ {LABEL} }} GRAPH <{DERIVED}> {{ {THREAT} }}")
FULL = ask(LABEL, f"GRAPH <{DERIVED}> {{ {THREAT} }} FILTER NOT EXISTS {{ GRAPH <{ENTITIES}> {{ ?s ?p ?o }} }}")
FROM = f"ASK FROM <{LINKS}> {{ {LABEL} }}"

CASES = (
    Case("query_post_form", body=form("ASK {}"), content_type=FORM, answer="true"),
    Case("query_get", "GET", {"query": "ASK {}"}, answer="true"),
    Case("query_post_direct", body=b"ASK {}", content_type=QUERY, answer="true"),
    Case(
        "query_dataset_default_graphs_get", "GET", {"query": BOTH, "default-graph-uri": [ENTITIES, DERIVED]},
        answer="true",
    ),
    Case(
        "query_dataset_default_graphs_post", fields={"default-graph-uri": [ENTITIES, DERIVED]}, body=BOTH.encode(),
        content_type=QUERY, answer="true",
    ),
    Case("query_dataset_default_graph_alone", "GET", {"query": BOTH, "default-graph-uri": ENTITIES}, answer="false"),
    Case(
        "query_dataset_named_graphs_get", "GET", {"query": NAMED, "named-graph-uri": [ENTITIES, DERIVED]},
        answer="true",
    ),
    Case(
        "query_dataset_named_graphs_post", fields={"named-graph-uri": [ENTITIES, DERIVED]}, body=NAMED.encode(),
        content_type=QUERY, answer="true",
    ),
    Case("query_dataset_named_graph_alone", "GET", {"query": NAMED, "named-graph-uri": ENTITIES}, answer="false"),
    Case(
        "query_dataset_full", "GET", {"query": FULL, "default-graph-uri": ENTITIES, "named-graph-uri": DERIVED},
        answer="true",
    ),
    Case("query_multiple_dataset", "GET", {"query": FROM, "default-graph-uri": ENTITIES}, answer="true"),
    Case("query_multiple_dataset_without", "GET", {"query": FROM}, answer="false"),
    Case("query_content_type_select", "GET", {"query": "SELECT (1 AS ?x) {}"}, types=frozenset(ROWS)),
    Case("query_content_type_ask", "GET", {"query": "ASK {}"}, types=frozenset(ROWS)),
    Case("query_content_type_describe", "GET", {"query": "DESCRIBE <urn:x>"}, types=frozenset(TRIPLES)),
    Case(
        "query_content_type_construct", "GET", {"query": "CONSTRUCT { <urn:s> <urn:p> 1 } WHERE {}"},
        types=frozenset(TRIPLES),
    ),
    Case("bad_query_method", "PUT", {"query": "ASK {}"}, status="405"),
    Case("bad_multiple_queries", "GET", {"query": ["ASK {}", "SELECT * {}"]}, status="400"),
    Case("bad_multiple_queries_post", body=b"query=ASK%20%7B%7D&query=ASK%20%7B%7D", content_type=FORM, status="400"),
    Case("bad_query_wrong_media_type", body=b"ASK {}", content_type="text/plain", status="415"),
    Case("bad_query_missing_form_type", body=form("ASK {}"), status="415"),
    Case("bad_query_missing_direct_type", body=b"ASK {}", status="415"),
    Case(
        "bad_query_non_utf8", body="ASK {}".encode("utf-16"), content_type=f"{QUERY}; charset=UTF-16", status="415",
    ),
    Case("bad_query_non_utf8_unsaid", body="ASK {}".encode("utf-16"), content_type=QUERY, status="400"),
    Case("bad_query_syntax", "GET", {"query": "ASK {"}, status="400"),
    Case("bad_query_empty_form", body=b"", content_type=FORM, status="400"),
    Case("bad_query_format", "GET", {"query": "ASK {}", "format": "image/png"}, status="406"),
    Case("update_dataset_default_graph", fields={"using-graph-uri": ENTITIES}, body=b"CLEAR ALL", content_type=UPDATE),
    Case(
        "update_dataset_default_graphs", fields={"using-graph-uri": [ENTITIES, DERIVED]}, body=b"CLEAR ALL",
        content_type=UPDATE,
    ),
    Case(
        "update_dataset_named_graphs", fields={"using-named-graph-uri": [ENTITIES]}, body=b"CLEAR ALL",
        content_type=UPDATE,
    ),
    Case(
        "update_dataset_full", fields={"using-graph-uri": ENTITIES, "using-named-graph-uri": DERIVED},
        body=b"CLEAR ALL", content_type=UPDATE,
    ),
    Case("update_post_form", body=b"update=CLEAR%20ALL", content_type=FORM),
    Case("update_post_direct", body=b"CLEAR ALL", content_type=UPDATE),
    Case("update_base_uri", body=b"INSERT DATA { <#s> <#p> 1 }", content_type=UPDATE),
    Case("bad_update_get", "GET", {"update": "CLEAR ALL"}, status="4"),
    Case("bad_multiple_updates", body=b"update=CLEAR%20ALL&update=CLEAR%20ALL", content_type=FORM, status="4"),
    Case("bad_update_wrong_media_type", body=b"CLEAR ALL", content_type="text/plain", status="4"),
    Case("bad_update_missing_form_type", body=b"update=CLEAR%20ALL", status="4"),
    Case(
        "bad_update_non_utf8", body="CLEAR ALL".encode("utf-16"), content_type=f"{UPDATE}; charset=UTF-16", status="4",
    ),
    Case("bad_update_syntax", body=b"CLEAR", content_type=UPDATE, status="4"),
    Case("bad_update_dataset_conflict", body=b"update=CLEAR&using-graph-uri=urn:x", content_type=FORM, status="4"),
)  # fmt: skip


@pytest.fixture(scope="module")
def endpoint(reference: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "wildgraph", "serve", str(reference), "--port", "0", "--quiet"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        line = next(line for line in process.stderr if line.startswith("serving "))
        yield f"{line.split()[1]}sparql"
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


def send(endpoint: str, case: Case) -> tuple[int, str, str]:
    """Return status, media type and body of the answer to a request that is sent as it stands, and nothing more."""
    address = urlsplit(endpoint)
    fields = [
        (n, v) for n, values in (case.fields or {}).items() for v in ([values] if isinstance(values, str) else values)
    ]
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in fields)
    headers = {"Content-Length": str(len(case.body))} if case.method == "POST" else {}
    headers |= {name: value for name, value in (("Content-Type", case.content_type), ("Accept", case.accept)) if value}
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
    try:
        connection.putrequest(
            case.method, f"{address.path}?{query}" if query else address.path, skip_accept_encoding=True
        )
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders(case.body)
        answer = connection.getresponse()
        return answer.status, answer.headers.get_content_type(), answer.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_protocol(endpoint: str, case: Case) -> None:
    status, media, body = send(endpoint, case)
    if case.name in NOT_REACHED:
        assert (status, len(body) > 15) == (403, True)
        return
    assert str(status).startswith(case.status), body
    assert not case.types or media in case.types
    assert not case.answer or f'"boolean":{case.answer}' in body
    assert status < 400 or len(body) > 15, "a refusal says why"


def test_updates_have_changed_nothing(endpoint: str) -> None:
    for case in CASES:
        if case.name.startswith(("update", "bad_update")):
            send(endpoint, case)
    assert '"boolean":true' in send(endpoint, Case("after", "GET", {"query": BOTH}))[2]
