"""Prints how servers of SPARQL bear many clients: wildgraph, and beside it Oxigraph's own and rdflib-endpoint.

    python benchmarks/serving.py PROJECT [--clients 200] [--seconds 60] [--rivals FOLDER_OF_A_VENV]

PROJECT is built; `wrk` (Debian) sends the queries, because a client in Python takes more processor time than the
servers do. Each of its connections sends its next query as soon as it has the answer to the last. The point queries are
the same for all, about things taken at random with a fixed seed; in the first round none comes twice. Answers are
compared: some hundred by their hash between the servers, and ten a second under load with what they were before.
Oxigraph runs as it does by default, without a limit of time: with `--timeout-s` version 0.5.13 makes a thread for each
query that lives as long as the limit, and ended itself after some 16,000 queries.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from wildgraph import Graph
from wildgraph.graph.build import read_summary

POINT_QUERIES = (
    "SELECT ?label WHERE {{ <{0}> <http://www.w3.org/2004/02/skos/core#prefLabel> ?label }}",
    "SELECT ?p ?o WHERE {{ <{0}> ?p ?o }}",
    "SELECT ?claim ?source WHERE {{ ?claim <https://w3id.org/wildgraph/ns#object> <{0}> ;"
    " <http://www.w3.org/ns/prov#hadPrimarySource> ?source }} ORDER BY ?claim ?source LIMIT 20",
)
RUNAWAY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (?c = ?e && ?f = ?h) }"


@dataclass
class Seen:
    """What clients saw: the milliseconds of each answer by status, and rows of a few answers."""

    times: dict[int, list[float]] = field(default_factory=dict)
    broken: int = 0

    def add(self, status: int, seconds: float) -> None:
        """Note an answer."""
        self.times.setdefault(status, []).append(1000 * seconds)

    def quantile(self, share: float) -> float:
        """Return the milliseconds within which a share of the answers with status 200 came."""
        times = sorted(self.times.get(200, [0.0]))
        return times[min(int(share * len(times)), len(times) - 1)]

    @property
    def statuses(self) -> str:
        """The statuses with their numbers."""
        counts = [f"{len(times):,} × {status}" for status, times in sorted(self.times.items())]
        return ", ".join(counts + ([f"{self.broken} broken"] if self.broken else []))


class Client:
    """One connection that is kept open."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def get(self, path: str, accept: str = "application/sparql-results+json") -> tuple[int, bytes]:
        """Return status and body."""
        if self.reader is None or self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
        self.writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {accept}\r\n\r\n".encode())
        head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        status = int(head[9:12])
        if b"transfer-encoding: chunked" in head:
            body = await self._chunks()
        else:
            length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
            body = await self.reader.readexactly(int(length or 0))
        if b"connection: close" in head:
            self.close()
        return status, body

    async def _chunks(self) -> bytes:
        assert self.reader is not None
        body = b""
        while size := int((await self.reader.readline()).split(b";")[0], 16):
            body += await self.reader.readexactly(size)
            await self.reader.readline()
        await self.reader.readline()
        return body

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


def load(port: int, paths: list[str], *, clients: int, seconds: float, again: bool) -> dict[str, float]:
    """Let clients ask one query after the other for a time, each only once or `again` and again; see serving.lua."""
    script = Path(__file__).with_suffix(".lua")
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(paths) + "\n")
        file.flush()
        command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds:g}s", "--timeout", "30s", "-s", str(script)]
        address = f"http://127.0.0.1:{port}"
        run = subprocess.Popen(
            [*command, address, "--", file.name, "same" if again else "new"], stdout=subprocess.PIPE, text=True
        )
        wrong = asyncio.run(checked(port, paths, run))
        told = run.communicate()[0]
    return {**json.loads(told[told.rindex("{") :]), **wrong}


async def checked(port: int, paths: list[str], run: subprocess.Popen[str]) -> dict[str, float]:
    """While it runs, compare answers with those of before, ten a second."""
    client, chosen = Client(port), random.Random(5)
    known: dict[str, str] = {}
    seen = wrong = 0
    while run.poll() is None:
        path = chosen.choice(paths[:60])
        with contextlib.suppress(OSError, EOFError, TimeoutError, ValueError):
            status, body = await asyncio.wait_for(client.get(path), 30)
            if status == 200:
                seen += 1
                wrong += known.setdefault(path, digest(body)) != digest(body)
        await asyncio.sleep(0.1)
    client.close()
    return {"checked": seen, "wrong": wrong}


def digest(body: bytes) -> str:
    """Return a hash of the rows of an answer in JSON, whatever their order and however strings are typed."""
    plain = "http://www.w3.org/2001/XMLSchema#string"
    rows = [
        sorted(
            (name, t["type"].replace("typed-", ""), t["value"], t.get("xml:lang", "").lower(),
             t.get("datatype", "").replace(plain, ""))
            for name, t in row.items()
        )
        for row in json.loads(body)["results"]["bindings"]
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(sorted(rows)).encode()).hexdigest()[:16]


def memory(process: int) -> float:
    """Return the MiB that a process and those it started use, shared pages counted once each."""
    total = 0
    for number in [process, *_children(process)]:
        with contextlib.suppress(OSError):
            rollup = Path(f"/proc/{number}/smaps_rollup").read_text(encoding="ascii")
            total += int(rollup.partition("Pss:")[2].split()[0])
    return total / 1024


def processor(process: int) -> float:
    """Return the seconds of processor time that a process and those it started have used."""
    total = 0.0
    for number in [process, *_children(process)]:
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{number}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def _children(process: int) -> Iterator[int]:
    with contextlib.suppress(OSError):
        for text in Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split():
            yield int(text)
            yield from _children(int(text))


@contextlib.contextmanager
def running(command: list[str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends; it is there when it answers."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        start = time.perf_counter()
        while True:
            with contextlib.suppress(OSError, EOFError, TimeoutError):
                asyncio.run(asyncio.wait_for(Client(port).get("/"), 60))
                break
            if process.poll() is not None or time.perf_counter() - start > 600:
                raise SystemExit(f"{command[0]} does not listen")
            time.sleep(0.1)
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def servers(project: Path, rivals: Path | None) -> Iterator[tuple[str, list[str], int, str]]:
    """Yield name, command, port and path of the endpoint of each server."""
    port = free_port()
    yield (
        "wildgraph",
        [sys.executable, "-m", "wildgraph", "serve", str(project), "--port", str(port), "--quiet"],
        port,
        "/sparql",
    )
    if rivals:
        port = free_port()
        store = str(project / "build" / "store")
        options = ["--location", store, "--bind", f"127.0.0.1:{port}", "--union-default-graph"]
        yield "oxigraph", [str(rivals / "bin" / "oxigraph"), "serve-read-only", *options], port, "/query"
        port = free_port()
        data = str(project / "build" / "dataset.nq")
        options = ["--host", "127.0.0.1", "--port", str(port), data]
        yield "rdflib-endpoint", [str(rivals / "bin" / "rdflib-endpoint"), "serve", *options], port, "/"


async def digests(port: int, paths: list[str]) -> list[str]:
    """Return the hashes of answers, which are to be the same for all servers."""
    client = Client(port)
    found = []
    for path in paths:
        _, body = await asyncio.wait_for(client.get(path), 60)
        found.append(digest(body))
    client.close()
    return found


async def runaways(port: int, endpoint: str, paths: list[str]) -> tuple[Seen, Counter[str]]:
    """Let twenty runaway queries run, and meanwhile ask for others, one after the other."""
    seen, ends = Seen(), Counter[str]()

    async def run(number: int) -> None:
        try:
            query = quote(f"{RUNAWAY} # {number}")
            status, body = await asyncio.wait_for(Client(port).get(f"{endpoint}?query={query}"), 40)
            ends[f"{status} {body[:7].decode()}".strip() if status != 200 else "200"] += 1
        except (OSError, EOFError, ValueError):
            ends["cut off"] += 1
        except TimeoutError:
            ends["no end in 40 s"] += 1

    running = [asyncio.create_task(run(number)) for number in range(20)]
    await asyncio.sleep(0.5)
    client = Client(port)
    for path in paths * 5 if len(paths) < 100 else paths:
        start = time.perf_counter()
        try:
            status, _ = await asyncio.wait_for(client.get(path), 10)
            seen.add(status, time.perf_counter() - start)
        except (OSError, EOFError, ValueError, TimeoutError):
            seen.broken += 1
            client.close()
        if all(task.done() for task in running):
            break
        await asyncio.sleep(0.02)
    await asyncio.gather(*running)
    return seen, ends


async def pages(port: int, paths: list[str]) -> Seen:
    """Ask for pages, each for the first time, one after the other."""
    seen, client = Seen(), Client(port)
    for path in paths:
        start = time.perf_counter()
        status, _ = await client.get(path, "text/html")
        seen.add(status, time.perf_counter() - start)
    return seen


async def validated(port: int) -> None:
    """Wait until wildgraph has checked the build, which it does beside serving it."""
    client = Client(port)
    while not json.loads((await client.get("/status.json"))[1])["validation"]:
        await asyncio.sleep(1)


def measure(
    name: str, command: list[str], port: int, endpoint: str, things: list[str], arguments: argparse.Namespace
) -> list[str]:
    """Print the lines of one server and return the hashes of its answers."""
    queries = [f"{endpoint}?query={quote(q.format(iri))}" for iri in things[:20_000] for q in POINT_QUERIES]
    random.Random(8).shuffle(queries)
    with running(command, port) as process:
        if name == "wildgraph":
            asyncio.run(validated(port))
        found = asyncio.run(digests(port, queries[:120]))
        load(port, queries, clients=4, seconds=1, again=True)
        for again in (False, True) if name == "wildgraph" else (False,):
            under_load(f"{name}{', again' if again else ''}", process.pid, port, queries, arguments, again=again)
        meanwhile, ends = asyncio.run(runaways(port, endpoint, queries[:60]))
        told = ", ".join(f"{count} × {end}" for end, count in sorted(ends.items()))
        print(f"  20 runaway queries: {told}")
        print(f"  point queries meanwhile: {quantiles(meanwhile)}")
        if name == "wildgraph":
            page_times(port, things, arguments)
    return found


def under_load(
    name: str, process: int, port: int, queries: list[str], arguments: argparse.Namespace, *, again: bool
) -> None:
    """Print a line: what many clients saw, and what it cost."""
    before, used = memory(process), processor(process)
    seen = load(port, queries, clients=arguments.clients, seconds=arguments.seconds, again=again)
    after, used = memory(process), processor(process) - used
    print(
        f"{name:18} {seen['requests'] / seen['seconds']:8,.0f} {seen['p50']:8.1f} {seen['p99']:8.1f} "
        f"{1000 * used / max(seen['requests'], 1):8.2f} {before:8.0f} {after:8.0f}   "
        f"{seen['not_200']:g} not 200, {seen['broken']:g} broken; {seen['wrong']:g} of {seen['checked']:g} wrong",
        flush=True,
    )


def page_times(port: int, things: list[str], arguments: argparse.Namespace) -> None:
    """Print how long pages and search take, also while queries run away."""
    base = read_summary(Path(arguments.project) / "build").base
    shown = [f"/{iri.removeprefix(base)}.html" for iri in things[:300]]
    print(f"  entity pages, first time: {quantiles(asyncio.run(pages(port, shown)))}")
    print(f"  entity pages, again: {quantiles(asyncio.run(pages(port, shown)))}")
    while_running, _ = asyncio.run(runaways(port, "/sparql", [f"{path}?anew" for path in shown[:100]]))
    print(f"  entity pages, first time, during 20 runaway queries: {quantiles(while_running)}")
    words = [f"/search.json?q={word}" for word in ("amur%20lepoard", "gorila", "pan", "a")]
    print(f"  search: {quantiles(asyncio.run(pages(port, words * 25)))}")


def quantiles(seen: Seen) -> str:
    """Return what was seen in words."""
    return f"p50 {seen.quantile(0.5):.1f} ms, p99 {seen.quantile(0.99):.1f} ms, {seen.statuses}"


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("project", type=Path)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rivals", type=Path)
    parser.add_argument("--only", default="", help="part of the name of the servers to run")
    parser.add_argument("--without", default="", help="name of a server to leave out")
    arguments = parser.parse_args()
    graph = Graph.open(arguments.project / "build")
    query = "SELECT DISTINCT ?t WHERE { ?t skos:prefLabel ?l ; a ?c FILTER (STRSTARTS(STR(?c), STR(wg:))) } ORDER BY ?t"
    base = read_summary(arguments.project / "build").base
    things = [row[0].text for row in graph.select(query).rows if row[0] and row[0].text.startswith(base)]
    random.Random(7).shuffle(things)
    print(
        f"{len(graph):,} triples, {arguments.clients} clients, {arguments.seconds:g} s, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f} before"
    )
    print(f"{'':18} {'points/s':>8} {'p50 ms':>8} {'p99 ms':>8} {'CPU ms':>8} {'MiB':>8} {'MiB end':>8}")
    found: dict[str, list[str]] = {}
    for name, command, port, endpoint in servers(arguments.project, arguments.rivals):
        if arguments.only in name and name != arguments.without:
            found[name] = measure(name, command, port, endpoint, things, arguments)
    print("same answers from all:", "yes" if len({tuple(hashes) for hashes in found.values()}) == 1 else "NO")
    for other, hashes in found.items():
        ours = next(iter(found.values()))
        if hashes != ours:
            print(f"  {other}: {sum(a != b for a, b in zip(ours, hashes, strict=True))} of {len(ours)} differ")


if __name__ == "__main__":
    main()
