"""The service: workers over the newest build, replaced as a whole when a new build has taken its place.

A query begins in the quick lane, whose workers give it a tenth of a second of processor time. One that needs more is
begun anew in the slow lane, which has all the time that the limits allow and comes second with the processors. So
queries that run away leave the quick ones a way, and pages have workers of their own.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

from .kept import Kept
from .nursery import Nursery
from .pool import Limits, Pool, Reply
from .stamp import stamp

__all__ = ["Service"]

#: How often the build folder is looked at, in seconds.
_LOOK = 0.5
#: How much is kept of pages, and of answers, and the largest answer that is kept, in bytes.
_PAGES_KEPT = 64 << 20
_ANSWERS_KEPT = 32 << 20
_LARGEST = 64 << 10
#: Processes that write pages, and how long a page may take and wait for its turn, in seconds.
_PAGE_WORKERS = 2
_PAGE_SECONDS = 15.0
#: The quick lane: how many workers it has at most, and what a query may take in it, in seconds of the processor and of
#: the clock.
_QUICK_WORKERS = 4
_QUICK_PROCESSOR = 0.1
_QUICK_SECONDS = 1.0
#: How many queries are remembered that were not quick.
_SLOW_KNOWN = 1000


class _Generation:
    """What is running over one build, and what it has answered."""

    def __init__(self, project: Path, limits: Limits, nursery: Nursery, log: Callable[[str], None]) -> None:
        self.stamp = stamp(project)
        quick = dataclasses.replace(
            limits,
            workers=min(limits.workers, _QUICK_WORKERS),
            seconds=min(limits.seconds, _QUICK_SECONDS),
            processor=_QUICK_PROCESSOR,
        )
        pages = dataclasses.replace(limits, workers=_PAGE_WORKERS, seconds=_PAGE_SECONDS, wait=_PAGE_SECONDS)
        build = {"project": str(project.absolute()), "stamp": self.stamp}
        self.quick = Pool(nursery, build | {"kind": "queries", "second": False}, quick, log)
        self.slow = Pool(nursery, build | {"kind": "queries", "second": True}, limits, log)
        self.pages = Pool(nursery, build | {"kind": "pages", "second": False}, pages, log)
        self.graphs: list[str] = []
        self.validation = ""
        self._pages_kept = Kept(_PAGES_KEPT, _PAGES_KEPT)
        self._answers_kept = Kept(_ANSWERS_KEPT, _LARGEST)
        self._known_slow: dict[bytes, None] = {}

    @property
    def pools(self) -> dict[str, Pool]:
        """The pools by name."""
        return {"quick": self.quick, "slow": self.slow, "pages": self.pages}

    @property
    def tag(self) -> str:
        """What tells a page of this build, and what is known of it, from others."""
        return f"{self.stamp}-{len(self.validation)}"

    async def start(self) -> None:
        await asyncio.gather(*(pool.start() for pool in self.pools.values()))
        reply = await self.slow.ask({"do": "graphs"})
        self.graphs = json.loads(reply.body or b"[]")

    async def stop(self) -> None:
        await asyncio.gather(*(pool.stop() for pool in self.pools.values()))

    async def query(self, job: Mapping[str, Any], gone: Callable[[], Awaitable[bool]] | None) -> Reply:
        """Return the answer to a query, if need be from the slow lane."""
        key = blake2b(repr(job).encode(), digest_size=16).digest()
        if kept := self._answers_kept.get(key):
            return kept
        if key not in self._known_slow:
            reply = await self.quick.ask(job, gone)
            if reply.status == 200:
                self._answers_kept.keep(key, reply)
            if not reply.late:
                return reply
            self._known_slow[key] = None
            if len(self._known_slow) > _SLOW_KNOWN:
                del self._known_slow[next(iter(self._known_slow))]
        reply = await self.slow.ask(job, gone)
        if reply.status == 200:
            self._answers_kept.keep(key, reply)
        return reply

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
        self._pages_kept.drop(("index.html", ""))

    async def page(self, path: str, query: Mapping[str, Sequence[str]], key: str) -> Reply:
        """Return a page or a file beside one; those written before are kept, the oldest go first."""
        if kept := self._pages_kept.get((path, key)):
            return kept
        asked = {name: list(values) for name, values in query.items()}
        reply = await self.pages.ask({"do": "page", "path": path, "query": asked, "validation": self.validation})
        if reply.status == 200:
            self._pages_kept.keep((path, key), reply)
        return reply


class Service:
    """Answers jobs from the newest build. A build that cannot be opened is reported, and the one before stays."""

    def __init__(self, project: Path, limits: Limits, *, log: Callable[[str], None]) -> None:
        self.limits = limits
        self._project = project
        self._log = log
        self._nursery = Nursery()
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
        await self._nursery.stop()

    async def query(self, job: Mapping[str, Any], gone: Callable[[], Awaitable[bool]] | None = None) -> Reply:
        """Return the answer to a query."""
        return await self.current.query(job, gone)

    async def graph(self, job: Mapping[str, Any]) -> Reply:
        """Return all of a graph."""
        return await self.current.slow.ask(job)

    def status(self) -> dict[str, Any]:
        """Return what the service is doing, in numbers."""
        found = {"build": self.current.stamp, "validation": self.current.validation}
        pools = self.current.pools
        return found | {n: {"busy": p.busy, "waiting": p.waiting, "ended": p.ended} for n, p in pools.items()}

    async def _opened(self) -> _Generation:
        """Return workers that have all opened the same build."""
        while True:
            generation = _Generation(self._project, self.limits, self._nursery, self._log)
            try:
                await generation.start()
            except OSError:
                await generation.stop()
                if stamp(self._project) in {"", generation.stamp}:
                    raise
                continue  # another build took its place while they started
            return generation

    async def _watched(self) -> None:
        failed = ""
        while True:
            await asyncio.sleep(_LOOK)
            found = stamp(self._project)
            if found in {"", self.current.stamp, failed}:
                continue
            try:
                fresh = await self._opened()
            except OSError as error:
                failed = found
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
