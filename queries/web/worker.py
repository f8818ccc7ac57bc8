"""A worker: a process of its own that answers queries, or writes pages, one after the other, until it is ended.

Batches of jobs come in and replies go out as frames: a batch is its length in four bytes and a JSON list; a reply is
its status, the lengths of a note and of a body, and both. The note is the reason of a refusal or the syntax of an
answer. The first reply says whether the worker is ready.
"""

from __future__ import annotations

import io
import json
import os
import signal
import struct
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from ...extract import MachineError, UsageError, WildgraphError
from ...extract.online import online_settings
from ...graph.build import BUILD
from ...graph.service import clauses, mentions_service
from ...graph.store import Graph
from .stamp import stamp

__all__ = ["REPLY", "RefusedError", "main", "pack_jobs", "work"]

_BATCH = struct.Struct(">I")
REPLY = struct.Struct(">HHI")
#: How long replies may be kept to be sent together, in seconds.
_FLUSH = 0.002
#: How much those who come second leave to others; the kernel gives them a tenth of what others have.
_SECOND = 10
#: The most of a note that is told, in bytes.
_NOTE = 8000
_MIB = 1 << 20

#: What stands between or before rows and never in a value, which would be escaped; and how many there are more than
#: rows. In CSV a line end may stand in a value, in quotes.
_MARKS = {"json": (b"}},{", -1), "xml": (b"<result>", 0), "tsv": (b"\n", 1), "csv": (b"\r\n", 1)}

#: Status, note and body.
Reply = tuple[int, str, bytes]


class RefusedError(Exception):
    """An answer that will not be given, with the status and the reason to tell."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def pack_jobs(jobs: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the frame of a batch."""
    document = json.dumps(jobs).encode()
    return _BATCH.pack(len(document)) + document


def main(arguments: list[str]) -> None:
    """Work on standard input and output, where no nursery can be had."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a stray print must not end up among the replies
    work(json.loads(arguments[0]), sys.stdin.buffer, replies)


def work(settings: Mapping[str, Any], jobs: BinaryIO, replies: BinaryIO) -> None:
    """Answer jobs until there are no more.

    `settings` has the `project`, the `kind` of jobs (`queries` or `pages`), the `stamp` of the build that it is to be,
    whether it comes `second` where there are too few processors, and the limits of a job: `seconds`, `cpu` seconds
    (0 for no limit), `rows`, `memory` and `answer` in MiB.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server ends its workers itself
    if settings["second"] and hasattr(os, "nice"):
        os.nice(_SECOND)
    try:
        answer = _opened(settings)
        replies.write(_pack(200, "", b""))
    except WildgraphError as error:
        replies.write(_pack(500, str(error), b""))
    replies.flush()
    for batch in _batches(jobs):
        _work(answer, batch, replies, settings)


def _opened(settings: Mapping[str, Any]) -> Callable[[dict[str, Any]], Reply]:
    project = Path(settings["project"])
    answer = _Queries(project, settings) if settings["kind"] == "queries" else _Pages(project)
    if stamp(project) != settings["stamp"]:
        raise MachineError("another build has taken its place")
    return answer


def _work(
    answer: Callable[[dict[str, Any]], Reply], batch: list[Any], replies: BinaryIO, settings: Mapping[str, Any]
) -> None:
    flushed = time.monotonic()
    for job in batch:
        _limit_time(settings["seconds"], settings["cpu"])
        replies.write(_pack(*_reply(answer, job)))
        if (now := time.monotonic()) - flushed > _FLUSH:
            replies.flush()
            flushed = now
    _limit_time(0, 0)
    replies.flush()


def _batches(file: BinaryIO) -> Iterator[list[Any]]:
    while len(length := file.read(_BATCH.size)) == _BATCH.size:
        yield json.loads(file.read(_BATCH.unpack(length)[0]))


def _pack(status: int, note: str, body: bytes) -> bytes:
    text = note.encode()[:_NOTE]
    return REPLY.pack(status, len(text), len(body)) + text + body


def _reply(answer: Callable[[dict[str, Any]], Reply], job: dict[str, Any]) -> Reply:
    try:
        return answer(job)
    except RefusedError as refusal:
        return refusal.status, str(refusal), b""
    except UsageError as error:
        return 400, str(error), b""


def _limit_time(seconds: float, processor: float) -> None:
    """Let the kernel end this process: when it has used too much processor time, or the server died meanwhile."""
    if hasattr(signal, "alarm"):
        signal.alarm(int(seconds) + 5 if seconds else 0)
        signal.setitimer(signal.ITIMER_PROF, processor)


class _Queries:
    """Answers SPARQL and hands out graphs."""

    def __init__(self, project: Path, settings: Mapping[str, Any]) -> None:
        self.graph = Graph.open(project / BUILD)
        self.rows: int = settings["rows"]
        self.size: int = settings["answer"] * _MIB
        self.online = online_settings(project)
        _limit(settings["memory"] * _MIB, sockets=bool(self.online.endpoints))

    def __call__(self, job: dict[str, Any]) -> Reply:
        if job["do"] == "graphs":
            return 200, "", json.dumps(self.graph.graphs()).encode()
        return self._graph(job) if job["do"] == "graph" else self._query(job)

    def _query(self, job: dict[str, Any]) -> Reply:
        query = self._local(job["query"])
        out = _Capped(self.size, self.rows, job["rows"])
        syntax = self.graph.write_answer(
            query, out, rows=job["rows"], triples=job["triples"], default=job["default"], named=job["named"]
        )
        if not syntax:
            raise RefusedError(406, "no syntax that is acceptable goes with this kind of query")
        return 200, syntax, out.getvalue()

    def _graph(self, job: dict[str, Any]) -> Reply:
        out = _Capped(self.size, 0, "")
        if job["union"]:
            query = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
            self.graph.write_answer(query, out, rows="", triples=job["syntax"], default=(), named=())
        elif not self.graph.write_graph(job["name"], out, job["syntax"]):
            raise RefusedError(404, f"there is no graph {job['name']}")
        return 200, job["syntax"], out.getvalue()

    def _local(self, query: str) -> str:
        """Return a query with the answers of the endpoints that it asks, those that the project allows, in place."""
        if not mentions_service(query):
            return query
        if not self.online.endpoints:
            # Nothing more may be imported: this process has no file descriptor left to open a file with.
            for clause in clauses(query):
                fix = "whoever runs this server can list it under [federation] in wildgraph.toml"
                raise RefusedError(403, f"SERVICE <{clause.address}>: queries do not leave this machine; {fix}")
            return query
        from ...graph.federate import federate  # brings httpx, which few queries need

        try:
            return federate(query, self.graph, self.online).query
        except MachineError as error:
            raise RefusedError(502, str(error)) from error
        except UsageError as error:
            raise RefusedError(403, str(error)) from error


class _Pages:
    """Writes pages and finds names."""

    def __init__(self, project: Path) -> None:
        from .pages import Pages  # query workers have no use for templates

        self.pages = Pages.open(project, live=True)
        # What is counted or read once is so before anybody asks.
        self.pages.search.find("a")
        self.pages.html("index.html")
        if taxa := self.pages.index.by_kind.get("taxon"):
            self.pages.html(max(taxa, key=lambda entry: (entry.claims, entry.page)).page)

    def __call__(self, job: dict[str, Any]) -> Reply:
        path = job["path"]
        if job["do"] == "search":
            return 200, "", self._search(" ".join(job["query"].get("q", ())))
        if job["do"] == "known":
            return 200, "", b"" if self.pages.knows(path) else self.pages.missing(path).encode()
        self.pages.validation = job.get("validation", "")
        html = path.endswith(".html")
        text = self.pages.html(path, job["query"]) if html else self.pages.data(path)
        if text is None:
            return 404, "", self.pages.missing(path).encode()
        return 200, "", text.encode()

    def _search(self, words: str) -> bytes:
        hits = self.pages.search.find(words[:200], limit=8)
        found = [
            {"label": h.entry.label, "name": h.name, "kind": h.entry.kind, "page": h.entry.page, "iri": h.entry.iri}
            for h in hits
        ]
        return json.dumps({"hits": found}, ensure_ascii=False).encode()


class _Capped(io.BytesIO):
    """Takes an answer up to a size and a number of rows, which it tells by what parts them in the syntax."""

    def __init__(self, size: int, rows: int, syntax: str) -> None:
        super().__init__()
        self._size = size
        self._rows = rows
        self._mark, before_first = _MARKS.get(syntax, (b"", 0)) if rows else (b"", 0)
        self._left = rows + before_first
        self._tail = b""
        self._quoted = False

    def write(self, data: Any) -> int:
        written = super().write(data)
        if self.tell() > self._size:
            raise RefusedError(422, f"the answer is larger than {self._size // _MIB} MiB; ask for less, or add LIMIT")
        if self._mark:
            self._left -= self._count(bytes(data))
            if self._left < 0:
                raise RefusedError(422, f"the answer has more than {self._rows:,} rows; ask for less, or add LIMIT")
        return written

    def _count(self, data: bytes) -> int:
        if self._mark == _MARKS["csv"][0]:
            parts = data.split(b'"')
            outside = parts[1::2] if self._quoted else parts[::2]
            self._quoted ^= len(parts) % 2 == 0
            return sum(part.count(b"\n") for part in outside)
        text = self._tail + data
        self._tail = text[len(text) - len(self._mark) + 1 :] if len(self._mark) > 1 else b""
        return text.count(self._mark)


def _limit(memory: int, *, sockets: bool) -> None:
    """Bound the memory of this process, and leave it no file descriptor that a connection could be made with."""
    try:
        import resource  # not on Windows, where the server's time limit is all there is
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if not sockets:
        free = os.dup(0)
        os.close(free)
        resource.setrlimit(resource.RLIMIT_NOFILE, (free, free))


if __name__ == "__main__":
    main(sys.argv[1:])
