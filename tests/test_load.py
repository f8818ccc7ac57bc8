"""Loading into servers: real ones hold what was sent; whatever goes wrong is said, and taken up again."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
import wildgraph
from wildgraph import MachineError, UsageError
from wildgraph.graph.remote import Loaded, Target, load, target_of

sys.path.insert(0, str(Path(__file__).parent))
from servers import Address, Fault, free_port, gateway, oxigraph, virtuoso

quick = partial(load, wait=0.01, batch=1000)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    with oxigraph(tmp_path_factory.mktemp("oxigraph")) as address:
        yield address


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    with virtuoso(tmp_path_factory.mktemp("virtuoso")) as address:
        yield address


@pytest.fixture(autouse=True)
def no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("WILDGRAPH_LOAD_USER", "WILDGRAPH_LOAD_PASSWORD", "WILDGRAPH_LOAD_TOKEN"):
        monkeypatch.delenv(name, raising=False)


def triples(loaded: Loaded) -> dict[str, int]:
    return {name.rpartition("/graph/")[2]: count for name, count in loaded.graphs.items()}


def expected(project: Path) -> dict[str, int]:
    return dict(json.loads((project / "build/summary.json").read_text())["triples"])


def on_server(server: Address) -> set[str]:
    """Return the reference dataset as the server has it."""
    data = httpx.get(server.graph_store, headers={"Accept": "application/n-quads"}, timeout=60).content
    found = {str(quad) for quad in ox.parse(data, format=ox.RdfFormat.N_QUADS)}
    return {quad for quad in found if "<https://w3id.org/wildgraph/amur-leopard/graph/" in quad}


def in_build(project: Path) -> set[str]:
    """Return a dataset as Oxigraph keeps it: numbers in its own canonical form."""
    store = ox.Store()
    store.bulk_load(path=str(project / "build/dataset.nq"), format=ox.RdfFormat.N_QUADS)
    return set(map(str, store))


def failing(fault: Fault, server: Address, project: Path) -> str:
    """Return what a load says when a server misbehaves."""
    with gateway(server, fault) as front, pytest.raises(MachineError) as caught:
        quick(project, Target(front.query, front.update))
    return str(caught.value)


@pytest.mark.parametrize("way", ["update", "graph_store"])
def test_the_server_has_the_dataset(way: str, server: Address, reference: Path) -> None:
    target = Target(server.query, **{way: getattr(server, way)})
    assert triples(quick(reference, target)) == expected(reference)
    assert on_server(server) == in_build(reference)


def test_a_graph_takes_the_place_of_the_older_one(server: Address, reference: Path) -> None:
    stale = "INSERT DATA { GRAPH <https://w3id.org/wildgraph/amur-leopard/graph/derived> { <urn:a> <urn:b> <urn:c> } }"
    httpx.post(server.update, content=stale, headers={"Content-Type": "application/sparql-update"}).raise_for_status()
    quick(reference, Target(server.query, server.update))
    assert on_server(server) == in_build(reference)


@pytest.mark.parametrize("way", ["update", "graph_store"])
def test_virtuoso(way: str, other: Address, reference: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WILDGRAPH_LOAD_USER", "dba")
    monkeypatch.setenv("WILDGRAPH_LOAD_PASSWORD", "dba")
    target = Target(other.query, **{way: getattr(other, way)})
    assert triples(load(reference, target, wait=0.01)) == expected(reference)


def test_virtuoso_wants_to_know_who_writes(other: Address, reference: Path) -> None:
    with pytest.raises(MachineError, match=r"401 .*set WILDGRAPH_LOAD_USER and"):
        load(reference, Target(other.query, other.update), wait=0.01)


def test_a_load_goes_on_where_it_stopped(server: Address, reference_copy: Path) -> None:
    def fails_once(number: int, _: bytes) -> tuple[int, dict[str, str], bytes] | None:
        return (500, {}, b"out of luck") if number == 6 else None

    with gateway(server, fails_once) as front:
        target = Target(front.query, front.update)
        with pytest.raises(MachineError, match=r"500 .*its own log says why \(the server says: out of luck\)"):
            quick(reference_copy, target)
        loaded = quick(reference_copy, target, resume=True)
    assert 0 < loaded.skipped < sum(loaded.graphs.values())
    assert on_server(server) == in_build(reference_copy)


def test_a_new_build_is_loaded_from_the_start(server: Address, project: Path) -> None:
    target = Target(server.query, server.update)
    wildgraph.build(project)
    assert quick(project, target).skipped == 0
    assert quick(project, target, resume=True).skipped > 0
    wildgraph.build(project)
    assert quick(project, target, resume=True).skipped == 0


def test_batches_that_are_too_large_are_halved(server: Address, reference: Path) -> None:
    def narrow(_: int, body: bytes) -> tuple[int, dict[str, str], bytes] | None:
        return (413, {}, b"") if len(body) > 50_000 else None

    with gateway(server, narrow) as front:
        load(reference, Target(front.query, front.update), wait=0.01)
    assert on_server(server) == in_build(reference)


def test_a_busy_server_gets_time(server: Address, reference: Path) -> None:
    def busy(number: int, _: bytes) -> tuple[int, dict[str, str], bytes] | None:
        return (503, {"Retry-After": "0"}, b"") if number % 3 else None

    with gateway(server, busy) as front:
        assert triples(quick(reference, Target(front.query, front.update))) == expected(reference)


def test_a_server_that_loses_triples(server: Address, reference: Path) -> None:
    def lossy(_: int, body: bytes) -> tuple[int, dict[str, str], bytes] | None:
        return (204, {}, b"") if b"PopulationClaim> .\n" in body else None

    said = failing(lossy, server, reference)
    assert re.search(
        r"does not have what it was sent: https://\S+/graph/ontology: [\d,]+ sent, [\d,]+ there; try again", said
    )


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (401, "401 Unauthorized; the server wants to know who you are: set WILDGRAPH_LOAD_USER"),
        (403, "403 Forbidden; you may not write there"),
        (404, "404 Not Found; there is no such address"),
        (405, "405 Method Not Allowed; the address does not take this kind of request"),
        (413, "413 Request Entity Too Large: a single triple is too large"),
        (415, "415 Unsupported Media Type; the server does not take N-Triples there"),
        (500, "500 Internal Server Error; the server failed"),
        (503, "503 Service Unavailable; try again later with --resume"),
        (507, "507 Insufficient Storage; the server's disk is full"),
    ],
)
def test_what_a_server_refuses(status: int, message: str, server: Address, reference: Path) -> None:
    assert message in failing(lambda _number, _body: (status, {}, b""), server, reference)


def test_a_server_that_is_not_there(reference: Path) -> None:
    address = f"http://127.0.0.1:{free_port()}/query"
    with pytest.raises(MachineError, match=rf"{address} cannot be reached: .*; is the server running"):
        quick(reference, Target(address))


def test_an_address_that_is_no_query_endpoint(server: Address, reference: Path) -> None:
    page = server.query.removesuffix("query")
    with pytest.raises(
        MachineError, match=r"--endpoint is the address for queries|404 Not Found; there is no such address"
    ):
        quick(reference, Target(page, server.update))


@pytest.mark.parametrize(
    ("addresses", "message"),
    [
        (("localhost:7878", None, None), "'localhost:7878' is no address of a server; write http://"),
        (("http://a/q", "http://a/u", "http://a/s"), "give --update or --graph-store"),
    ],
)
def test_addresses_that_are_wrong(addresses: tuple[str, str | None, str | None], message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        target_of(*addresses)


def test_credentials_from_the_environment_and_from_netrc(
    server: Address, reference: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def guarded(_: int, body: bytes) -> tuple[int, dict[str, str], bytes] | None:
        seen.append(body.decode()[:4])
        return None

    with gateway(server, guarded) as front:
        (tmp_path / "netrc").write_text("machine 127.0.0.1 login ann password secret\n")
        quick(reference, Target(front.query, front.update))
        (tmp_path / "netrc").write_text("machine 127.0.0.1 logn ann\n")
        with pytest.raises(UsageError, match=r"netrc:1: bad follower token"):
            quick(reference, Target(front.query, front.update))
        monkeypatch.setenv("WILDGRAPH_LOAD_TOKEN", "let-me-in")
        quick(reference, Target(front.query, front.update))
    assert seen


def test_the_command(server: Address, reference: Path) -> None:
    command = [sys.executable, "-m", "wildgraph", "load", str(reference), "--endpoint", server.query]
    done = subprocess.run([*command, "--update", server.update, "--json"], capture_output=True, text=True, check=True)
    assert triples(Loaded(**json.loads(done.stdout))) == expected(reference)
    wrong = subprocess.run([*command, "--update", "localhost"], capture_output=True, text=True, check=False)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "'localhost' is no address of a server" in wrong.stderr
