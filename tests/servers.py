"""Real SPARQL servers for tests, each on a free port of this machine, and a gateway that makes one misbehave."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

OXIGRAPH = Path(sys.executable).with_name("oxigraph")

#: What the gateway does with a request: the number of the write and its body give a status, or None to pass it on.
Fault = Callable[[int, bytes], tuple[int, dict[str, str], bytes] | None]


@dataclass(frozen=True)
class Address:
    """Where a server answers."""

    query: str
    update: str
    graph_store: str


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(command: list[str], ready: str, folder: Path, *, seconds: float = 40) -> Iterator[None]:
    """Run a server until the block ends; it is up when the address answers at all."""
    with (
        (folder / "server.log").open("wb") as log,
        subprocess.Popen(command, cwd=folder, stdout=log, stderr=log) as run,
    ):
        try:
            end = time.monotonic() + seconds
            while True:
                try:
                    httpx.get(ready, timeout=2)
                    break
                except httpx.TransportError:
                    if run.poll() is not None or time.monotonic() > end:
                        pytest.fail((folder / "server.log").read_text(errors="replace")[-2000:])
                    time.sleep(0.1)
            yield
        finally:
            run.terminate()
            try:
                run.wait(15)
            except subprocess.TimeoutExpired:
                run.kill()


@contextmanager
def oxigraph(folder: Path) -> Iterator[Address]:
    """The `oxigraph` server of PyPI."""
    if not OXIGRAPH.is_file():
        pytest.skip("needs the PyPI package oxigraph, which ships the server")
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    command = [str(OXIGRAPH), "serve", "--location", str(folder / "data"), "--bind", f"127.0.0.1:{port}"]
    with process(command, base, folder):
        yield Address(f"{base}/query", f"{base}/update", f"{base}/store")


_VIRTUOSO = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
[Parameters]
ServerPort = {sql}
NumberOfBuffers = 10000
DirsAllowed = .
[HTTPServer]
ServerPort = {http}
ServerRoot = {folder}
ServerThreads = 5
[SPARQL]
ResultSetMaxRows = 10000
"""


@contextmanager
def virtuoso(folder: Path) -> Iterator[Address]:
    """Virtuoso 7, Debian's virtuoso-opensource-7-bin; user and password are `dba`."""
    binary = shutil.which("virtuoso-t")
    if binary is None:
        pytest.skip("needs Virtuoso: apt-get install virtuoso-opensource-7-bin")
    sql, http = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(_VIRTUOSO.format(folder=folder, sql=sql, http=http))
    base = f"http://127.0.0.1:{http}"
    with process([binary, "+foreground", "+configfile", str(folder / "virtuoso.ini")], f"{base}/sparql", folder):
        yield Address(f"{base}/sparql", f"{base}/sparql-auth", f"{base}/sparql-graph-crud-auth")


@contextmanager
def gateway(server: Address, fault: Fault) -> Iterator[Address]:
    """A server between: passes queries and writes on to a real one, except where `fault` has an answer of its own."""
    writes = 0

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            nonlocal writes
            body = self.rfile.read(int(self.headers["Content-Length"]))
            path = self.path.partition("?")[0]
            answer = None
            if path != "/query":
                writes += 1
                answer = fault(writes, body)
            if answer is None:
                origin = getattr(server, {"/query": "query", "/update": "update", "/store": "graph_store"}[path])
                query = self.path.partition("?")[2]
                kept = {
                    k: v for k, v in self.headers.items() if k.lower() in {"content-type", "accept", "authorization"}
                }
                whole = f"{origin}?{query}" if query else origin
                passed = httpx.request(self.command, whole, content=body, headers=kept, timeout=60)
                answer = (
                    passed.status_code,
                    {"Content-Type": passed.headers.get("content-type", "text/plain")},
                    passed.content,
                )
            status, headers, content = answer
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_PUT = do_POST  # noqa: N815 (the names are http.server's)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as front:
        thread = threading.Thread(target=front.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        base = f"http://127.0.0.1:{front.server_port}"
        try:
            yield Address(f"{base}/query", f"{base}/update", f"{base}/store")
        finally:
            front.shutdown()
            thread.join()
