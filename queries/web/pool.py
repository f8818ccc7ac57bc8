"""A pool of workers: jobs wait a little for a free one, and a job that takes too long ends with its process."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .worker import FRAME, pack

__all__ = ["Limits", "Pool", "Reply"]

#: How long a process may take to say that it is ready, in seconds.
_START = 120
#: The largest reply that is read in one piece before the sender has to wait, in bytes.
_BUFFER = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What a query may cost: `seconds` of time, `memory` and `answer` in MiB, `rows`; `wait` seconds for a turn
    among `queue` others, and `workers` processes."""

    seconds: float = 10.0
    memory: int = 1024
    answer: int = 64
    rows: int = 200_000
    workers: int = 2
    queue: int = 128
    wait: float = 2.0
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a job: an HTTP status, a reason where it failed, and what a worker said."""

    status: int
    reason: str = ""
    head: Mapping[str, Any] | None = None
    body: bytes = b""


class _Worker:
    """A process and the pipes to it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    @classmethod
    async def start(cls, project: Path, kind: str, limits: Limits) -> _Worker:
        """Start a process, which is to be waited for with `ready`."""
        settings = json.dumps(asdict(limits))
        module = f"{__package__}.worker"
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, str(project), kind, settings,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=_BUFFER,
        )  # fmt: skip
        return cls(process)

    async def ready(self) -> None:
        """Wait until it can work. Raises OSError with the reason when it cannot."""
        try:
            head, _ = await asyncio.wait_for(self._receive(), _START)
        except (EOFError, TimeoutError) as error:
            raise OSError("a worker did not start; what is wrong stands above") from error
        if not head.get("ready"):
            raise OSError(str(head.get("reason", "")))

    async def ask(self, job: Mapping[str, Any], seconds: float) -> tuple[dict[str, Any], bytes]:
        """Raises TimeoutError, and EOFError when the process died."""
        assert self.process.stdin is not None
        self.process.stdin.write(pack({**job, "seconds": seconds}))
        async with asyncio.timeout(seconds):
            return await self._receive()

    async def _receive(self) -> tuple[dict[str, Any], bytes]:
        assert self.process.stdout is not None
        lengths = FRAME.unpack(await self.process.stdout.readexactly(FRAME.size))
        both = await self.process.stdout.readexactly(sum(lengths))
        return json.loads(both[: lengths[0]]), both[lengths[0] :]

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()


class Pool:
    """Workers of one kind over one build, and one more that is warm and takes the place of one that was ended."""

    def __init__(self, project: Path, kind: str, limits: Limits, *, log: Callable[[str], None]) -> None:
        self._project = project
        self._kind = kind
        self._limits = limits
        self._log = log
        self._idle: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()
        self._spare: _Worker | None = None
        self._all: set[_Worker] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        self.waiting = 0
        self.busy = 0
        self.ended = 0

    async def start(self) -> None:
        """Start the processes. Raises OSError with the reason when they cannot."""
        for worker in await asyncio.gather(*(self._new() for _ in range(self._limits.workers))):
            self._idle.put_nowait(worker)
        self._later(self._refill())

    async def ask(self, job: Mapping[str, Any], *, gone: Callable[[], Any] | None = None) -> Reply:
        """Run a job. `gone` is awaited now and then and tells whether anybody still wants to know."""
        worker = await self._turn()
        if isinstance(worker, Reply):
            return worker
        self.busy += 1
        task = asyncio.ensure_future(worker.ask(job, self._limits.seconds))
        try:
            head, body = await self._watched(task, gone)
        except (TimeoutError, EOFError, OSError, asyncio.CancelledError) as error:
            task.cancel()
            self._end(worker)
            if isinstance(error, asyncio.CancelledError):
                raise
            return await self._failed(worker, error)
        finally:
            self.busy -= 1
        self._idle.put_nowait(worker)
        return Reply(head["status"], head.get("reason", ""), head, body)

    async def stop(self) -> None:
        """Let those who work finish within the time limit, then end all processes."""
        self._closing = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._limits.seconds):
                while self.busy or self.waiting:
                    await asyncio.sleep(0.02)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for worker in self._all:
            worker.kill()
        await asyncio.gather(*(worker.process.wait() for worker in self._all))

    async def _turn(self) -> _Worker | Reply:
        """Return a free worker, or the refusal where too many wait or none becomes free in time."""
        with contextlib.suppress(asyncio.QueueEmpty):
            return self._idle.get_nowait()
        if self.waiting >= self._limits.queue:
            return Reply(503, f"busy: {self.waiting} requests wait already; try again in a moment")
        self.waiting += 1
        try:
            async with asyncio.timeout(self._limits.wait):
                return await self._idle.get()
        except TimeoutError:
            return Reply(503, f"busy: no worker became free within {self._limits.wait:g} s; try again in a moment")
        finally:
            self.waiting -= 1

    async def _watched(
        self, task: asyncio.Future[tuple[dict[str, Any], bytes]], gone: Callable[[], Any] | None
    ) -> tuple[dict[str, Any], bytes]:
        if gone is None:
            return await task
        while True:
            done, _ = await asyncio.wait({task}, timeout=0.25)
            if done:
                return task.result()
            if await gone():
                raise asyncio.CancelledError

    async def _failed(self, worker: _Worker, error: BaseException) -> Reply:
        if isinstance(error, TimeoutError):
            seconds = self._limits.seconds
            return Reply(503, f"timeout: it took longer than {seconds:g} s and was ended; ask for less, or add LIMIT")
        code = await worker.process.wait()
        if code == -signal.SIGABRT:
            reason = f"memory: it needed more than {self._limits.memory} MiB and was ended; ask for less"
        else:
            reason = f"the process that worked on it ended ({code}); try again"
        return Reply(503, reason)

    def _end(self, worker: _Worker) -> None:
        """End a process and let the warm one take its place."""
        self.ended += 1
        worker.kill()
        self._all.discard(worker)
        if self._spare is not None:
            self._idle.put_nowait(self._spare)
            self._spare = None
            self._later(self._refill())
        else:
            self._later(self._replace())

    async def _replace(self) -> None:
        while not self._closing:
            try:
                self._idle.put_nowait(await self._new())
                return
            except OSError as error:
                self._log(f"{error}; trying again")
                await asyncio.sleep(1)

    async def _refill(self) -> None:
        with contextlib.suppress(OSError):  # the next one that is missed says why
            worker = await self._new()
            if self._spare is None:
                self._spare = worker
            else:
                self._idle.put_nowait(worker)

    async def _new(self) -> _Worker:
        worker = await _Worker.start(self._project, self._kind, self._limits)
        self._all.add(worker)
        try:
            await worker.ready()
        except OSError:
            self._all.discard(worker)
            worker.kill()
            raise
        return worker

    def _later(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
