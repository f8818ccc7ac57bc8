"""Federation: what SERVICE clauses ask of other endpoints is fetched here and put into the query as a table.

Only endpoints that wildgraph.toml lists are asked, with a time-out, and only about what the clauses before found:
their bindings go along in VALUES, a hundred rows at a time. The store then answers a query without SERVICE.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from ..extract import UsageError
from ..extract.online import Online
from ..extract.problems import nearest
from ..ontology import vocabulary
from ..ontology.terms import NAMESPACES, Term
from .link.http import Client, Endpoint, ServiceError
from .quads import iri, literal
from .quads import term as written
from .service import Clause, clauses, prologue, read_words
from .store import Graph

__all__ = ["Federated", "federate"]

_ACCEPT = ("application/sparql-results+json", "application/json")
#: How many rows of bindings go along with one question, how many are asked about, and how many may come back.
_AT_ONCE = 100
_MOST_ASKED = 10_000
_MOST_FOUND = 100_000


@dataclass
class Federated:
    """A query without SERVICE. `requests` counts what was asked of each endpoint; `failed` what SILENT hid."""

    query: str
    requests: dict[str, int] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)


_Row = Mapping[str, str]


def federate(query: str, graph: Graph, online: Online, bindings: Mapping[str, Term] | None = None) -> Federated:
    """Answer the SERVICE clauses of a query and return the query with their answers in place.

    Raises UsageError for an endpoint that is not on the list, and ServiceError when one fails, unless SILENT.
    """
    found = clauses(query)
    for clause in found:
        _allow(clause.address, online)
    result = Federated(query)
    known = NAMESPACES | {token: f"{scheme.iri}/" for token, scheme in vocabulary().schemes.items()}
    prefixes = known | prologue(read_words(query))
    text, end = "", 0
    for clause in found:
        asking = _Asking(clause, graph, online, prefixes, bindings or {}, result)
        text += query[end : clause.span[0]] + asking.table()
        end = clause.span[1]
    result.query = text + query[end:]
    return result


def _allow(address: str, online: Online) -> None:
    if address in online.endpoints.values():
        return
    if not online.endpoints:
        fix = f'write under [federation] in wildgraph.toml: endpoints = {{ name = "{address}" }}'
        raise UsageError(f"queries do not leave this machine (SERVICE <{address}>); to allow it, {fix}")
    hint = nearest(address, online.endpoints.values()) or f"allowed are {', '.join(online.endpoints.values())}"
    raise UsageError(f"<{address}> is not among the endpoints of [federation] in wildgraph.toml; {hint}")


@dataclass
class _Asking:
    """One clause on its way: what is known before it, what is asked, what comes back."""

    clause: Clause
    graph: Graph
    online: Online
    prefixes: Mapping[str, str]
    bindings: Mapping[str, Term]
    result: Federated

    def table(self) -> str:
        """Return the answers as SPARQL: VALUES, or an empty group where a silent clause failed."""
        try:
            columns, rows = self._answers()
        except ServiceError as error:
            if not self.clause.silent:
                raise
            self.result.failed.append(str(error))
            return "{}"
        if not columns:
            return "{}" if rows else "FILTER(false)"
        names = " ".join(f"?{name}" for name in columns)
        lines = (" ".join(row.get(name, "UNDEF") for name in columns) for row in rows)
        return f"VALUES ({names}) {{ {' '.join(f'({line})' for line in lines)} }}"

    def _answers(self) -> tuple[list[str], list[_Row]]:
        columns: dict[str, None] = {}
        rows: list[_Row] = []
        for values in self._batches():
            names, found = self._ask(values)
            columns |= dict.fromkeys(names)
            rows += found
            if len(rows) > _MOST_FOUND:
                raise UsageError(f"<{self.clause.address}> answers with more than {_MOST_FOUND:,} rows; ask for less")
        return list(columns), rows

    def _batches(self) -> Iterator[str]:
        """Yield the VALUES that go along: what the clauses before found, for the variables that the service shares."""
        inside = [word.text[1:] for word in read_words(self.clause.body) if word.kind == "variable"]
        outside = {word.text[1:] for word in read_words(self.clause.before) if word.kind == "variable"}
        shared = [name for name in dict.fromkeys(inside) if name in outside or name in self.bindings]
        if not shared:
            yield ""
            return
        heads = "".join(f"PREFIX {prefix}: <{namespace}> " for prefix, namespace in self.prefixes.items())
        select = " ".join(f"?{name}" for name in shared)
        found = self.graph.select(
            f"{heads}SELECT DISTINCT {select} WHERE {{ {self.clause.before} }} LIMIT {_MOST_ASKED + 1}",
            {name: term for name, term in self.bindings.items() if name in shared},
        )
        if len(found.rows) > _MOST_ASKED:
            raise UsageError(
                f"more than {_MOST_ASKED:,} rows before SERVICE <{self.clause.address}>; narrow them down first"
            )
        for start in range(0, len(found.rows), _AT_ONCE):
            yield _values(shared, found.rows[start : start + _AT_ONCE])

    def _ask(self, values: str) -> tuple[list[str], list[_Row]]:
        used = {word.text.partition(":")[0] for word in read_words(self.clause.body) if word.kind == "name"}
        heads = "".join(f"PREFIX {name}: <{self.prefixes[name]}>\n" for name in sorted(used) if name in self.prefixes)
        text = f"{heads}SELECT * WHERE {{ {values} {self.clause.body} }}"
        address = self.clause.address
        self.result.requests[address] = self.result.requests.get(address, 0) + 1
        client = Client(
            contact=self._contact(), timeout=self.online.timeout, attempts=2, longest_wait=self.online.timeout
        )
        try:
            reply = client.ask(Endpoint(address, address, pause=0), "", {"query": text}, form=True, accept=_ACCEPT)
        finally:
            client.close()
        if reply is None:
            raise ServiceError(f"<{address}> is not there (status 404)")
        return _read(address, json.loads(reply.body))

    def _contact(self) -> str:
        """Return who asks; this machine need not tell itself."""
        here = urlsplit(self.clause.address).hostname in {"localhost", "127.0.0.1", "::1"}
        return self.online.contact or ("this machine" if here else "")


def _values(names: Sequence[str], rows: Sequence[Sequence[Term | None]]) -> str:
    lines = (" ".join(_bound(term) for term in row) for row in rows)
    return f"VALUES ({' '.join(f'?{name}' for name in names)}) {{ {' '.join(f'({line})' for line in lines)} }}"


def _bound(term: Term | None) -> str:
    return "UNDEF" if term is None or term.kind == "bnode" else written(term)


def _read(address: str, answer: Any) -> tuple[list[str], list[_Row]]:
    """Read SPARQL results in JSON (https://www.w3.org/TR/sparql11-results-json/)."""
    try:
        columns = [str(name) for name in answer["head"]["vars"]]
        rows: list[_Row] = [
            {name: _term(address, value) for name, value in row.items()} for row in answer["results"]["bindings"]
        ]
    except (KeyError, TypeError, AttributeError) as error:
        raise ServiceError(f"<{address}> answers with JSON that is no SPARQL result ({error!r})") from None
    return columns, rows


def _term(address: str, value: Mapping[str, str]) -> str:
    kind, text = value["type"], value["value"]
    if kind == "uri":
        return iri(text)
    if kind == "bnode":
        # A table cannot hold a blank node; what it is called is of no meaning outside the answer.
        return iri(f"urn:bnode:{urlsplit(address).netloc}:{text}")
    if kind not in {"literal", "typed-literal"}:
        raise ServiceError(f"<{address}> answers with a {kind}, which cannot be used here")
    return literal(text, language=value.get("xml:lang", ""), datatype=value.get("datatype", ""))
