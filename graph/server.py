"""A SPARQL 1.1 server over HTTP: asking it, sending it triples, and saying plainly what went wrong."""

from __future__ import annotations

import os
import time
from collections.abc import Generator
from netrc import NetrcParseError, netrc
from typing import Any
from urllib.parse import urlsplit

import httpx

from ..extract import MachineError, UsageError

__all__ = ["Server", "TooLargeError"]

#: Where credentials come from; without them, from ~/.netrc.
USER, PASSWORD, TOKEN = "WILDGRAPH_LOAD_USER", "WILDGRAPH_LOAD_PASSWORD", "WILDGRAPH_LOAD_TOKEN"
#: How often something is tried before it is given up.
_TRIES = 6
#: Answers of a server that may answer otherwise in a moment.
_BUSY = {408, 425, 429, 502, 503, 504}
_ADVICE = {
    400: "the server does not understand the request; is this the right address for writing?",
    401: f"the server wants to know who you are: set {USER} and {PASSWORD}, or {TOKEN}, or write a line in ~/.netrc",
    403: f"you may not write there: look at the rights of the account in {USER} or {TOKEN}",
    404: "there is no such address: look at the server's manual for its query, update and graph store addresses",
    405: "the address does not take this kind of request: --update and --graph-store say where to write to",
    415: "the server does not take N-Triples there: try --update in place of --graph-store",
    500: "the server failed; its own log says why",
    507: "the server's disk is full",
}
_RESULTS = "application/sparql-results+json"


class TooLargeError(Exception):
    """A server said that a batch is too large; a smaller one may pass."""


class Server:
    """A connection to one server. Writes by SPARQL Update, or by the Graph Store Protocol where there is an address."""

    def __init__(self, query: str, update: str, graph_store: str, *, wait: float) -> None:
        self._query = query
        self._update = update
        self._graph_store = graph_store
        self._wait = wait
        self._client = httpx.Client(auth=_auth(query), timeout=httpx.Timeout(600, connect=10), follow_redirects=True)

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def ask(self) -> None:
        """Make sure that the server answers queries. Raises MachineError."""
        self._select("ASK { ?s ?p ?o }", tries=1)

    def count(self, graph: str) -> int:
        """Return how many triples a named graph has."""
        answer = self._select(f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}")
        return int(answer["results"]["bindings"][0]["n"]["value"])

    def send(self, graph: str, triples: str, *, replace: bool) -> None:
        """Add N-Triples to a named graph, or put them in its place. Raises TooLargeError and MachineError."""
        if self._graph_store:
            method = "PUT" if replace else "POST"
            headers = {"Content-Type": "application/n-triples"}
            self._request(method, self._graph_store, params={"graph": graph}, content=triples.encode(), headers=headers)
            return
        clear = f"DROP SILENT GRAPH <{graph}> ;\n" if replace else ""
        text = f"{clear}INSERT DATA {{ GRAPH <{graph}> {{\n{triples}}} }}"
        headers = {"Content-Type": "application/sparql-update"}
        self._request("POST", self._update, content=text.encode(), headers=headers)

    def _select(self, sparql: str, *, tries: int = _TRIES) -> dict[str, Any]:
        response = self._request("POST", self._query, data={"query": sparql}, headers={"Accept": _RESULTS}, tries=tries)
        kind = response.headers.get("content-type", "nothing").partition(";")[0]
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict) or not {"boolean", "results"} & answer.keys():
            what = f"{self._query} answers a query with {kind}, not with SPARQL results"
            raise MachineError(f"{what}; --endpoint is the address for queries, often .../query or .../sparql")
        return answer

    def _request(self, method: str, address: str, *, tries: int = _TRIES, **parts: Any) -> httpx.Response:
        """Send a request until it is answered; a server that is busy or away gets time."""
        for number in range(tries):
            last = number == tries - 1
            try:
                response = self._client.request(method, address, **parts)
            except httpx.InvalidURL as error:
                raise UsageError(f"'{address}' is no address of a server: {error}") from error
            except httpx.TransportError as error:
                if last or isinstance(error, httpx.UnsupportedProtocol):
                    raise MachineError(f"{address} cannot be reached: {error}; is the server running?") from error
                time.sleep(self._wait * 2**number)
                continue
            if response.status_code not in _BUSY or last:
                return self._judged(method, address, response)
            time.sleep(_delay(response, self._wait * 2**number))
        raise AssertionError("the last try returns or raises")

    def _judged(self, method: str, address: str, response: httpx.Response) -> httpx.Response:
        if response.is_success:
            return response
        code = response.status_code
        said = " ".join(response.text[:300].split())
        message = f"{method} {address}: {code} {response.reason_phrase}"
        # Virtuoso has no status of its own for a request that its compiler finds too long
        if code == 413 or (code in {400, 500} and any(sign in said for sign in _TOO_LONG)):
            raise TooLargeError(f"{message}: a single triple is too large for the server ({said})")
        advice = _ADVICE.get(code) or ("try again later with --resume" if code in _BUSY else "look at what it says")
        raise MachineError(f"{message}; {advice}{f' (the server says: {said})' if said else ''}")


#: How Virtuoso says that a request has too many lines or nodes.
_TOO_LONG = ("memory exhausted", "SQ199", "SQ200", "SP031", "SR483", "Maximum size", "Max row length")


def _delay(response: httpx.Response, otherwise: float) -> float:
    asked = response.headers.get("retry-after", "")
    return float(asked) if asked.isdigit() else otherwise


def _auth(address: str) -> httpx.Auth | None:
    """Return the credentials for a server. Raises UsageError when ~/.netrc cannot be read."""
    if token := os.environ.get(TOKEN):
        return _Bearer(token)
    if user := os.environ.get(USER):
        return _Login(user, os.environ.get(PASSWORD, ""))
    try:
        found = netrc(os.environ.get("NETRC")).authenticators(urlsplit(address).hostname or "")
    except OSError:
        return None
    except NetrcParseError as error:
        raise UsageError(f"{error.filename}:{error.lineno}: {error.msg}") from error
    return _Login(found[0], found[2] or "") if found else None


class _Bearer(httpx.Auth):
    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


class _Login(httpx.Auth):
    """A user and a password, sent the way that the server's first refusal asks for: Digest or Basic."""

    def __init__(self, user: str, password: str) -> None:
        self._basic = httpx.BasicAuth(user, password)
        self._digest = httpx.DigestAuth(user, password)
        self._scheme: httpx.Auth | None = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if self._scheme is None:
            response = yield request
            if response.status_code not in {401, 403}:
                return
            asked = response.headers.get("www-authenticate", "")
            self._scheme = self._digest if asked.lower().startswith("digest") else self._basic
        yield from self._scheme.auth_flow(request)
