"""The service: workers over the newest build, replaced as a whole when a new build has taken its place."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import hashlib
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...graph.build import BUILD, SUMMARY
from .pool import Limits, Pool, Reply

__all__ = ["Service"]

#: How often the build folder is looked at, in seconds.
_LOOK = 0.5
#: How much of written pages is kept, in bytes.
_KEPT = 64 << 20
#: Processes that write pages, and how long a page may take and wait for its turn, in seconds.
_PAGE_WORKERS = 2
_PAGE_SECONDS = 15.0
#: How many queries are handed to a worker at a time, at most.
_BATCH = 16


class _Generation:
    """What is running over one build, and the pages it has written."""

    def __init__(self, project: Path, limits: Limits, stamp: str, log: Callable[[str], None]) -> None:
        self.stamp = stamp
        self.queries = Pool(project, "queries", limits, batch=_BATCH, log=log)
        pages = dataclasses.replace(limits, workers=_PAGE_WORKERS, seconds=_PAGE_SECONDS, wait=_PAGE_SECONDS)
        self.pages = Pool(project, "pages", pages, log=log)
        self.graphs: list[str] = []
        self.validation = ""
        self._kept: OrderedDict[tuple[str, str], Reply] = OrderedDict()
        self._size = 0

    @property
    def tag(self) -> str:
        """What tells a page of this build, and what is known of it, from others."""
        return f"{self.stamp}-{len(self.validation)}"

    async def start(self) -> None:
        await asyncio.gather(self.queries.start(), self.pages.start())
        reply = await self.queries.ask({"do": "graphs"})
        self.graphs = list((reply.head or {}).get("graphs", ()))

    async def stop(self) -> None:
        await asyncio.gather(self.queries.stop(), self.pages.stop())

    async def validate(self, project: Path) -> None:
        """Let a process of its own check the build, and tell the outcome on the front page from then on."""
        command = (sys.executable, "-m", "wildgraph", "check", str(project), "--json")
        process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE)
        if hasattr(os, "setpriority"):
            os.setpriority(os.PRIO_PROCESS, process.pid, 19)  # those who are served come first
        try:
            out, wrong = await process.communicate()
        except asyncio.CancelledError:
            process.kill()
            await process.wait()
            raise
        self.validation = _outcome(out) if process.returncode in {0, 1} else f"not checked: {_last_line(wrong)}"
        if old := self._kept.pop(("index.html", ""), None):
            self._size -= len(old.body)

    async def page(self, path: str, query: Mapping[str, Sequence[str]], key: str) -> Reply:
        """Return a page or a file beside one; those written before are kept, the oldest go first."""
        if found := self._kept.get((path, key)):
            self._kept.move_to_end((path, key))
            return found
        asked = {name: list(values) for name, values in query.items()}
        reply = await self.pages.ask({"do": "page", "path": path, "query": asked, "validation": self.validation})
        if reply.status == 200:
            self._kept[path, key] = reply
            self._size += len(reply.body)
            while self._size > _KEPT:
                _, old = self._kept.popitem(last=False)
                self._size -= len(old.body)
        return reply


class Service:
    """Answers jobs from the newest build. A build that cannot be opened is reported, and the one before stays."""

    def __init__(self, project: Path, limits: Limits, *, log: Callable[[str], None]) -> None:
        self.limits = limits
        self._project = project
        self._log = log
        self._current: _Generation | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def current(self) -> _Generation:
        """What is running. Raises RuntimeError before `start`."""
        if self._current is None:
            raise RuntimeError("the service was not started")
        return self._current

    async def start(self) -> None:
        """Start the workers and watch for a new build. Raises OSError with the reason when they cannot start."""
        self._current = await self._opened()
        self._keep(self._watched())
        self._keep(self._current.validate(self._project))

    async def stop(self) -> None:
        """Finish what is under way, then end all processes."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, *([self._current.stop()] if self._current else []), return_exceptions=True)

    async def query(self, job: Mapping[str, Any], gone: Callable[[], Awaitable[bool]] | None = None) -> Reply:
        """Run a job of the query workers."""
        return await self.current.queries.ask(job, gone=gone)

    def status(self) -> dict[str, Any]:
        """Return what the service is doing, in numbers."""
        found = {"build": self.current.stamp, "validation": self.current.validation}
        pools = {"queries": self.current.queries, "pages": self.current.pages}
        return found | {n: {"busy": p.busy, "waiting": p.waiting, "ended": p.ended} for n, p in pools.items()}

    async def _opened(self) -> _Generation:
        """Return workers that have all opened the same build."""
        while True:
            stamp = _stamp(self._project)
            generation = _Generation(self._project, self.limits, stamp, self._log)
            try:
                await generation.start()
            except OSError:
                await generation.stop()
                raise
            if stamp and _stamp(self._project) == stamp:
                return generation
            await generation.stop()  # another build took its place while they started

    async def _watched(self) -> None:
        failed = ""
        while True:
            await asyncio.sleep(_LOOK)
            stamp = _stamp(self._project)
            if stamp in {"", self.current.stamp, failed}:
                continue
            try:
                fresh = await self._opened()
            except OSError as error:
                failed = stamp
                self._log(f"the new build cannot be opened ({error}); still serving the one before")
                continue
            old, self._current = self.current, fresh
            self._log("a new build is being served")
            self._keep(old.stop())
            self._keep(fresh.validate(self._project))

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._log(f"{type(error).__name__}: {error}")


def _outcome(out: bytes) -> str:
    """Return what `wildgraph check --json` found, in words."""
    found = json.loads(out)
    counts = Counter(finding["severity"] for finding in found["findings"])
    words = ", ".join(f"{counts[name]:,} {name}{'' if counts[name] == 1 else 's'}" for name in ("violation", "warning"))
    return f"{'conforms to' if found['conforms'] else 'violates'} the shapes: {words} (engine: {found['engine']})"


def _last_line(text: bytes) -> str:
    lines = text.decode(errors="replace").strip().splitlines()
    return lines[-1].removeprefix("wildgraph: ") if lines else "no reason given"


def _stamp(project: Path) -> str:
    """Return what tells a build from the one before, empty while there is none."""
    with contextlib.suppress(OSError):
        found = (project / BUILD / SUMMARY).stat()
        return hashlib.sha256(f"{found.st_ino} {found.st_mtime_ns} {found.st_size}".encode()).hexdigest()[:16]
    return ""
