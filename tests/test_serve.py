"""The server, asked over a socket: protocol, negotiation, limits, and what must not happen."""

from __future__ import annotations

import concurrent.futures
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import wildgraph

ENTITIES = "https://w3id.org/wildgraph/amur-leopard/graph/entities"
DERIVED = "https://w3id.org/wildgraph/amur-leopard/graph/derived"
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
NAMED = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"
#: Pairs every triple with every other and sorts by what none of them has: it does not end in an hour.
RUNAWAY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (?c = ?e && ?f = ?h) }"
JSON = {"accept": "application/sparql-results+json"}


class Served:
    """A server process and where it listens."""

    def __init__(self, folder: Path, *options: str) -> None:
        command = [sys.executable, "-m", "wildgraph", "serve", str(folder), "--port", "0", *options]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert self.process.stderr is not None
        self.log = []
        for line in self.process.stderr:
            self.log.append(line)
            if line.startswith("serving "):
                break
        else:
            raise AssertionError("".join(self.log))
        self.url = line.split()[1]

    def stop(self) -> str:
        """End the server as Ctrl-C does, and return what it had written."""
        self.process.send_signal(signal.SIGINT)
        _, rest = self.process.communicate(timeout=30)
        return "".join(self.log) + rest


@contextlib.contextmanager
def serving(folder: Path, *options: str) -> Iterator[Served]:
    served = Served(folder, *options)
    try:
        yield served
    finally:
        if served.process.poll() is None:
            served.stop()


@pytest.fixture(scope="module")
def server(reference: Path) -> Iterator[str]:
    with serving(reference, "--timeout", "2", "--memory", "256", "--rows", "5000") as served:
        yield served.url


@pytest.fixture(scope="module")
def client(server: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server, timeout=30) as found:
        yield found


def number(response: httpx.Response) -> int:
    assert response.status_code == 200, response.text
    return int(response.json()["results"]["bindings"][0]["n"]["value"])


# The protocol. The cases are those of the W3C's SPARQL 1.1 protocol tests that ask and do not write.


def test_query_by_get_and_by_both_kinds_of_post(client: httpx.Client) -> None:
    answers = [
        client.get("sparql", params={"query": "ASK {}"}),
        client.post("sparql", data={"query": "ASK {}"}),
        client.post("sparql", content="ASK {}", headers={"content-type": "application/sparql-query"}),
    ]
    for answer in answers:
        assert answer.json() == {"head": {}, "boolean": True}


def test_post_of_a_query_in_utf_8(client: httpx.Client) -> None:
    query = 'SELECT ?x { BIND ("léopard – 豹" AS ?x) }'
    answer = client.post("sparql", content=query.encode(), headers={"content-type": "application/sparql-query"})
    assert answer.json()["results"]["bindings"][0]["x"]["value"] == "léopard – 豹"


def test_the_default_graph_is_the_union_of_all(client: httpx.Client) -> None:
    assert number(client.get("sparql", params={"query": COUNT}, headers=JSON)) > 8000


def test_default_and_named_graphs_of_the_request(client: httpx.Client) -> None:
    default = {"default-graph-uri": [ENTITIES]}
    both = {"default-graph-uri": [ENTITIES, DERIVED]}
    entities = number(client.get("sparql", params={"query": COUNT, **default}, headers=JSON))
    assert entities == 344
    assert number(client.get("sparql", params={"query": COUNT, **both}, headers=JSON)) == 344 + 125
    assert number(client.get("sparql", params={"query": NAMED, **default}, headers=JSON)) == 0
    assert number(client.get("sparql", params={"query": NAMED, "named-graph-uri": DERIVED}, headers=JSON)) == 125
    assert number(client.get("sparql", params={"query": COUNT, "named-graph-uri": DERIVED}, headers=JSON)) == 0
    assert number(client.post("sparql", data={"query": COUNT, **default}, headers=JSON)) == 344
    posted = client.post(
        "sparql", params=default, content=COUNT, headers={**JSON, "content-type": "application/sparql-query"}
    )
    assert number(posted) == 344


def test_the_datasets_of_the_request_win_over_the_query_and_the_query_over_the_union(client: httpx.Client) -> None:
    query = f"SELECT (COUNT(*) AS ?n) FROM <{ENTITIES}> WHERE {{ ?s ?p ?o }}"
    assert number(client.get("sparql", params={"query": query}, headers=JSON)) == 344
    request = {"query": query, "default-graph-uri": DERIVED}
    assert number(client.get("sparql", params=request, headers=JSON)) == 125


@pytest.mark.parametrize(
    ("status", "request_"),
    [
        (405, {"method": "PUT", "url": "sparql?query=ASK%20%7B%7D"}),
        (405, {"method": "DELETE", "url": "sparql"}),
        (400, {"method": "GET", "url": "sparql?query=ASK%20%7B%7D&query=SELECT%20%2A%20%7B%7D"}),
        (400, {"method": "GET", "url": "sparql?query=SELEC"}),
        (400, {"method": "GET", "url": "sparql?query=%FF%FE"}),
        (400, {"method": "POST", "url": "sparql", "data": {"other": "1"}}),
        (415, {"method": "POST", "url": "sparql", "content": "ASK {}", "headers": {"content-type": "text/plain"}}),
        (415, {"method": "POST", "url": "sparql", "content": "ASK {}"}),
        (
            415,
            {
                "method": "POST",
                "url": "sparql",
                "content": "ASK {}".encode("utf-16"),
                "headers": {"content-type": "application/sparql-query; charset=UTF-16"},
            },
        ),
        (
            400,
            {
                "method": "POST",
                "url": "sparql",
                "content": b"ASK { ?s ?p '\xff' }",
                "headers": {"content-type": "application/sparql-query"},
            },
        ),
        (403, {"method": "POST", "url": "sparql", "data": {"update": "CLEAR ALL"}}),
        (403, {"method": "GET", "url": "sparql?update=CLEAR%20ALL"}),
        (
            403,
            {
                "method": "POST",
                "url": "sparql",
                "content": "CLEAR ALL",
                "headers": {"content-type": "application/sparql-update"},
            },
        ),
        (400, {"method": "POST", "url": "sparql", "data": {"query": "DROP ALL"}}),
    ],
)
def test_what_is_no_query_is_refused_with_a_reason(client: httpx.Client, status: int, request_: dict) -> None:  # type: ignore[type-arg]
    answer = client.request(**request_)
    assert answer.status_code == status
    assert len(answer.text) > 15


def test_updates_change_nothing(client: httpx.Client) -> None:
    before = number(client.get("sparql", params={"query": COUNT}, headers=JSON))
    client.post("sparql", data={"update": "CLEAR ALL"})
    assert number(client.get("sparql", params={"query": COUNT}, headers=JSON)) == before


# Negotiation


@pytest.mark.parametrize(
    ("accept", "query", "given"),
    [
        ("*/*", "SELECT * {}", "application/sparql-results+json"),
        ("application/sparql-results+xml", "SELECT * {}", "application/sparql-results+xml"),
        ("text/csv;q=0.5, application/*;q=0.9", "SELECT * {}", "application/sparql-results+json"),
        ("application/json;q=0.1, text/tab-separated-values", "ASK {}", "text/tab-separated-values; charset=utf-8"),
        ("text/csv, */*;q=0", "SELECT * {}", "text/csv; charset=utf-8"),
        ("text/turtle", "CONSTRUCT WHERE { ?s a <urn:x> }", "text/turtle; charset=utf-8"),
        ("application/ld+json", "DESCRIBE <urn:x>", "application/ld+json"),
        ("application/rdf+xml", "CONSTRUCT WHERE { ?s a <urn:x> }", "application/rdf+xml"),
        ("text/csv, application/n-triples;q=0.1", "CONSTRUCT WHERE { ?s a <urn:x> }", "application/n-triples"),
    ],
)
def test_answers_come_in_the_type_that_is_liked_best(client: httpx.Client, accept: str, query: str, given: str) -> None:
    answer = client.get("sparql", params={"query": query}, headers={"accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, given)
    assert "Accept" in answer.headers["vary"]


@pytest.mark.parametrize(
    ("accept", "query"),
    [("image/png", "ASK {}"), ("text/turtle", "SELECT * {}"), ("text/csv", "DESCRIBE <urn:x>"), ("*/*;q=0", "ASK {}")],
)
def test_a_type_that_cannot_be_had_is_not_acceptable(client: httpx.Client, accept: str, query: str) -> None:
    answer = client.get("sparql", params={"query": query}, headers={"accept": accept})
    assert answer.status_code == 406
    assert "text/csv" in answer.text


def test_the_service_describes_itself(client: httpx.Client) -> None:
    answer = client.get("sparql", headers={"accept": "application/n-triples"})
    assert f"<http://www.w3.org/ns/sparql-service-description#name> <{ENTITIES}>" in answer.text
    assert "UnionDefaultGraph" in answer.text


def test_other_sites_may_ask(client: httpx.Client) -> None:
    assert client.get("sparql", params={"query": "ASK {}"}).headers["access-control-allow-origin"] == "*"
    preflight = client.options("sparql", headers={"access-control-request-method": "POST", "origin": "http://x.org"})
    assert preflight.status_code == 204
    assert "POST" in preflight.headers["access-control-allow-methods"]


def test_graph_store_protocol_for_reading(client: httpx.Client) -> None:
    accept = {"accept": "application/n-triples"}
    one = client.get("data", params={"graph": ENTITIES}, headers=accept)
    assert one.text.count(" .\n") == 344
    assert client.head("data", params={"graph": ENTITIES}, headers=accept).status_code == 200
    assert client.get("data?default", headers=accept).text.count(" .\n") > 8000
    assert client.get("data", headers={"accept": "application/n-quads"}).text.count(" .\n") > 8000
    assert client.get("data", params={"graph": "urn:none"}).status_code == 404
    assert client.get("data", params={"graph": ENTITIES}, headers={"accept": "image/png"}).status_code == 406
    for method in ("PUT", "POST", "DELETE", "PATCH"):
        assert client.request(method, "data", params={"graph": ENTITIES}).status_code == 405


# Pages


def test_identifiers_lead_to_the_page_or_the_data(client: httpx.Client) -> None:
    for accept, target in [
        ("text/html,*/*;q=0.8", "taxon/amur-leopard.html"),
        ("text/turtle", "taxon/amur-leopard.ttl"),
        ("application/ld+json, text/turtle;q=0.5", "taxon/amur-leopard.jsonld"),
        ("application/n-triples", "taxon/amur-leopard.nt"),
    ]:
        answer = client.get("id/taxon/amur-leopard", headers={"accept": accept})
        assert answer.status_code == 303
        assert str(answer.next_request.url if answer.next_request else "") == f"{client.base_url}{target}"
    assert client.get("id/taxon/no-such", headers={"accept": "text/turtle"}).status_code == 404
    assert client.get("id/taxon/amur-leopard", headers={"accept": "image/png"}).status_code == 406
    assert client.get("taxon/amur-leopard").status_code == 303


def test_data_of_a_thing_parses(client: httpx.Client, tmp_path: Path) -> None:
    for suffix in ("ttl", "nt", "jsonld"):
        path = tmp_path / f"leopard.{suffix}"
        path.write_bytes(client.get(f"taxon/amur-leopard.{suffix}").content)
        graph = wildgraph.Graph.load(path)
        assert graph.select("ASK { ?claim wg:evidence/oa:hasSelector/oa:start ?n }").rows[0][0].text == "true"  # type: ignore[union-attr]


def test_search_offers_names_as_typed_and_mistyped(client: httpx.Client) -> None:
    for words in ("amur leo", "panthera pardus orient", "Léopard de l'Am", "amur lepoard", "Far Estern leopard"):
        hits = client.get("search.json", params={"q": words}).json()["hits"]
        assert hits[0]["page"] == "taxon/amur-leopard.html", words
    assert client.get("search.json", params={"q": '" OR * NEAR('}).status_code == 200


def test_pages_may_load_nothing_from_outside(client: httpx.Client) -> None:
    answer = client.get("taxon/amur-leopard.html")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert client.get("taxon/amur-leopard.html", headers={"if-none-match": answer.headers["etag"]}).status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../app.py", "/assets/%2e%2e/app.py", "/assets/..%2fapp.py", "/../../etc/passwd",
        "/..%2f..%2fetc/passwd", "/taxon/..%2f..%2fwildgraph.toml", "/%2e%2e/wildgraph.toml",
        "/taxon/amur%00leopard.html", "/assets//etc/passwd",
        "/sources.tsv", "/build/summary.json", "/id/../../etc/passwd",
    ],
)  # fmt: skip
def test_no_path_leads_out_of_the_site(server: str, path: str) -> None:
    host, _, port = server.removeprefix("http://").rstrip("/").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 404"), answer[:200]
    assert b"root:" not in answer


# Limits


def test_a_query_that_takes_too_long_ends_with_a_reason(client: httpx.Client) -> None:
    start = time.monotonic()
    answer = client.get("sparql", params={"query": RUNAWAY})
    assert answer.status_code == 503
    assert answer.text.startswith("timeout: ")
    assert "retry-after" in answer.headers
    assert 1.9 < time.monotonic() - start < 5


def test_a_query_that_needs_too_much_memory_ends_with_a_reason(reference: Path) -> None:
    query = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f } ORDER BY ?a ?f"
    with serving(reference, "--timeout", "90", "--memory", "256") as served:
        answer = httpx.get(f"{served.url}sparql", params={"query": query}, timeout=120)
        assert answer.status_code == 503
        assert answer.text.startswith("memory: ")
        assert httpx.get(f"{served.url}sparql", params={"query": "ASK {}"}, timeout=30).status_code == 200


@pytest.mark.parametrize("accept", ["application/json", "text/csv", "text/tab-separated-values", "application/xml"])
def test_an_answer_with_too_many_rows_is_refused_and_not_cut_off(client: httpx.Client, accept: str) -> None:
    rows = "SELECT ?s ?p ?o WHERE { ?s ?p ?o } LIMIT %d"
    assert client.get("sparql", params={"query": rows % 5000}, headers={"accept": accept}).status_code == 200
    refused = client.get("sparql", params={"query": rows % 5001}, headers={"accept": accept})
    assert (refused.status_code, "5,000 rows" in refused.text) == (422, True)


def test_line_ends_within_values_are_no_rows(client: httpx.Client) -> None:
    query = 'SELECT ?x WHERE { ?s ?p ?o BIND ("a\\r\\n\\"b\\"\\r\\nc" AS ?x) } LIMIT 4000'
    assert client.get("sparql", params={"query": query}, headers={"accept": "text/csv"}).status_code == 200


def test_what_is_too_large_is_refused(client: httpx.Client, server: str) -> None:
    assert client.post("sparql", data={"query": "#" + "x" * (1 << 20)}).status_code == 413
    assert client.get("sparql", params={"query": "#" + "x" * 40000}).status_code == 414
    assert client.get("sparql", headers={"x-long": "x" * 40000}).status_code == 431
    host, _, port = server.removeprefix("http://").rstrip("/").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nX-Endless: ")
        with contextlib.suppress(OSError):
            for _ in range(200):
                connection.sendall(b"x" * 1000)
        assert b"431" in connection.recv(100)


def test_services_are_asked_only_if_listed(client: httpx.Client) -> None:
    query = "SELECT * WHERE { SERVICE <http://127.0.0.1:9999/sparql> { ?s ?p ?o } }"
    answer = client.get("sparql", params={"query": query})
    assert answer.status_code == 403
    assert "wildgraph.toml" in answer.text
    hidden = "SELECT * WHERE { <http://x/\\u0020#> ?p ?o . SERVICE ?where { ?s ?p ?o } }"
    assert client.get("sparql", params={"query": hidden}).status_code in {400, 403}


def test_pages_and_quick_queries_answer_while_twenty_others_run_away(reference: Path) -> None:
    def ask(number: int) -> tuple[int, str]:
        query = f"{RUNAWAY} # {number}"
        answer = httpx.get(f"{served.url}sparql", params={"query": query}, timeout=60)
        return answer.status_code, answer.text.partition(":")[0]

    point = "SELECT ?name WHERE { <%staxon/amur-leopard> skos:prefLabel ?name } # %d"
    with (
        serving(reference, "--timeout", "8") as served,
        httpx.Client(base_url=served.url, timeout=30) as client,
        concurrent.futures.ThreadPoolExecutor(20) as pool,
    ):
        running = [pool.submit(ask, number) for number in range(20)]
        while client.get("status.json").json()["slow"]["busy"] < 2:
            time.sleep(0.05)
        time.sleep(2)
        for path in ("", "taxon/amur-leopard.html", "browse.html", "search.json?q=leop", "taxon/amur-tiger.ttl"):
            assert client.get(path).status_code == 200
        for number in range(50):
            query = point % ("https://w3id.org/wildgraph/amur-leopard/", number)
            answer = client.get("sparql", params={"query": query}, headers=JSON)
            assert answer.json()["results"]["bindings"][0]["name"]["value"] == "Amur leopard"
        assert not all(future.done() for future in running)
        assert {future.result() for future in running} == {(503, "timeout"), (503, "busy")}


def test_a_query_that_was_slow_once_begins_in_the_slow_lane(client: httpx.Client) -> None:
    query = f"{RUNAWAY} # again"
    before = client.get("status.json").json()["quick"]["ended"]
    assert client.get("sparql", params={"query": query}).text.startswith("timeout: ")
    assert client.get("status.json").json()["quick"]["ended"] == before + 1
    assert client.get("sparql", params={"query": query}).text.startswith("timeout: ")
    assert client.get("status.json").json()["quick"]["ended"] == before + 1


def test_the_death_of_what_starts_workers_is_survived(reference: Path) -> None:
    with serving(reference) as served, httpx.Client(base_url=served.url, timeout=30) as client:
        children = Path(f"/proc/{served.process.pid}/task/{served.process.pid}/children")
        if not children.exists():
            pytest.skip("needs /proc to see the processes of a server")
        [nursery] = [p for p in children.read_text().split() if "nursery" in Path(f"/proc/{p}/cmdline").read_text()]
        os.kill(int(nursery), signal.SIGKILL)
        statuses = {client.get("sparql", params={"query": f"{COUNT} # {number}"}).status_code for number in range(20)}
        assert statuses <= {200, 503}
        assert number(client.get("sparql", params={"query": COUNT}, headers=JSON)) > 8000
        assert client.get("taxon/amur-leopard.html").status_code == 200


# What is served


def test_a_label_that_is_script_is_text(reference_copy: Path) -> None:
    shutil.rmtree(reference_copy / "build")
    evil = "<script>alert(1)</script>\"'&{{7*7}}"
    table = reference_copy / "entities.tsv"
    lines = table.read_text(encoding="utf-8").replace("\tAmur leopard\t", f"\t{evil}\t", 1)
    table.write_text(lines, encoding="utf-8")
    wildgraph.build(reference_copy)
    with serving(reference_copy) as served:
        for path in (
            "",
            "taxon/amur-leopard.html",
            "browse.html",
            "list/taxon.html",
            "search.html?q=script",
            "conflicts.html",
        ):
            page = httpx.get(served.url + path, timeout=30).text
            assert "<script>alert(1)" not in page, path
            assert "{{7*7}}" in page, path
        echoed = httpx.get(f"{served.url}search.html", params={"q": "<script>alert(2)</script>"}, timeout=30).text
        assert "<script>alert(2)" not in echoed
        missing = httpx.get(f"{served.url}%3Cscript%3Ealert(3)%3C/script%3E.html", timeout=30)
        assert missing.status_code == 404
        assert "<script>alert(3)" not in missing.text


def test_a_new_build_is_served_without_a_failed_request(reference_copy: Path) -> None:
    with serving(reference_copy) as served, httpx.Client(base_url=served.url, timeout=30) as client:
        assert "Amur leopard reference dataset" in client.get("").text
        settings = reference_copy / "wildgraph.toml"
        text = settings.read_text(encoding="utf-8")
        settings.write_text(text.replace('title = "Amur leopard reference', 'title = "Another'), encoding="utf-8")
        builder = subprocess.Popen(
            [sys.executable, "-m", "wildgraph", "build", str(reference_copy)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        statuses = set()
        deadline = time.monotonic() + 60
        seen = False
        while not seen and time.monotonic() < deadline:
            page = client.get("index.html")
            statuses |= {page.status_code, client.get("sparql", params={"query": COUNT}).status_code}
            statuses.add(client.get("data", headers={"accept": "application/n-quads"}).status_code)
            seen = "Another dataset" in page.text
        assert builder.wait(timeout=30) == 0
        assert (seen, statuses) == (True, {200})


def test_stopping_finishes_what_is_under_way_and_leaves_no_process(reference: Path) -> None:
    with serving(reference, "--timeout", "3") as served:
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            slow = pool.submit(httpx.get, f"{served.url}sparql", params={"query": RUNAWAY}, timeout=30)
            while httpx.get(f"{served.url}status.json").json()["slow"]["busy"] == 0:
                time.sleep(0.05)
            children = Path(f"/proc/{served.process.pid}/task/{served.process.pid}/children")
            started = children.read_text().split() if children.exists() else []
            log = served.stop()
            assert slow.result().status_code == 503
        assert served.process.returncode == 0
        assert f'"GET /sparql?query={RUNAWAY[:6]}' in log
        for process in started:
            with pytest.raises(ProcessLookupError):
                os.kill(int(process), 0)


def test_a_log_that_nobody_reads_stops_nobody(reference: Path) -> None:
    with serving(reference) as served, httpx.Client(base_url=served.url, timeout=30) as client:
        for number in range(1500):  # a pipe takes some 700 lines before it is full
            assert client.get("sparql", params={"query": f"ASK {{}} # {number}"}).status_code == 200
        assert served.stop().count('"GET /sparql?query=ASK') == 1500


def test_the_front_page_tells_what_validation_found(client: httpx.Client) -> None:
    deadline = time.monotonic() + 120
    while "conforms to the shapes" not in client.get("").text:
        assert time.monotonic() < deadline, client.get("").text
        time.sleep(0.5)


def test_status_is_json(client: httpx.Client) -> None:
    found = json.loads(client.get("status.json").text)
    assert found["quick"]["waiting"] == 0
