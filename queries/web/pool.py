"""A pool of workers: jobs wait a little for a free one, and a job that takes too long ends with its process."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .worker import FRAME, SLOW, pack

__all__ = ["Limits", "Pool", "Reply"]

#: How long a process may take to say that it is ready, in seconds.
_START = 120
#: After how long without a reply the jobs behind a slow one are given to others, in seconds. A busy machine may well
#: keep a process waiting for some tens of milliseconds, which is no reason to do its jobs twice.
_PATIENCE = 5 * SLOW
#: How often is looked whether somebody still waits for a slow reply, in seconds.
_LOOK = 0.25
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
    queue: int = 256
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
        self._buffer = bytearray()

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
            head, _ = await asyncio.wait_for(self.receive(), _START)
        except (EOFError, TimeoutError) as error:
            raise OSError("a worker did not start; what is wrong stands above") from error
        if not head.get("ready"):
            raise OSError(str(head.get("reason", "")))

    def send(self, jobs: Sequence[Mapping[str, Any]], seconds: float) -> None:
        """Hand over some jobs, to be done in turn."""
        assert self.process.stdin is not None
        self.process.stdin.write(pack({"jobs": jobs, "seconds": seconds}))

    def received(self) -> tuple[dict[str, Any], bytes] | None:
        """Return the next reply if all of it is there already."""
        if len(self._buffer) < FRAME.size:
            return None
        head, body = FRAME.unpack_from(self._buffer)
        end = FRAME.size + head + body
        if len(self._buffer) < end:
            return None
        reply = json.loads(self._buffer[FRAME.size : FRAME.size + head]), bytes(self._buffer[FRAME.size + head : end])
        del self._buffer[:end]
        return reply

    async def receive(self) -> tuple[dict[str, Any], bytes]:
        """Return the next reply. Raises EOFError when the process died."""
        assert self.process.stdout is not None
        while (reply := self.received()) is None:
            part = await self.process.stdout.read(_BUFFER)
            if not part:
                raise EOFError
            self._buffer += part
        return reply

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()


class _Job:
    """Something to be done, and who waits for it."""

    def __init__(self, what: Mapping[str, Any], gone: Callable[[], Awaitable[bool]] | None) -> None:
        self.what = what
        self.gone = gone
        self.reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        #: Who works on it, once it has taken longer than most do.
        self.worker: _Worker | None = None
        #: What ends its waiting.
        self.timer: asyncio.TimerHandle | None = None

    def done(self, reply: Reply) -> None:
        if not self.reply.done():
            self.reply.set_result(reply)


class Pool:
    """Workers of one kind over one build, and one more that is warm and takes the place of one that was ended.

    Under load a worker is handed up to `batch` jobs at a time, because handing over takes longer than most queries.
    Those behind one that turns out to be slow are given to others.
    """

    def __init__(self, project: Path, kind: str, limits: Limits, *, batch: int = 1, log: Callable[[str], None]) -> None:
        self._project = project
        self._kind = kind
        self._limits = limits
        self._batch = batch
        self._log = log
        self._waiting: deque[_Job] = deque()
        self._idle: list[_Worker] = []
        self._spare: _Worker | None = None
        self._all: set[_Worker] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        self.busy = 0
        self.ended = 0

    @property
    def waiting(self) -> int:
        """How many jobs wait for a worker."""
        return len(self._waiting)

    async def start(self) -> None:
        """Start the processes. Raises OSError with the reason when they cannot."""
        self._idle = list(await asyncio.gather(*(self._new() for _ in range(self._limits.workers))))
        self._later(self._refill())

    async def ask(self, what: Mapping[str, Any], *, gone: Callable[[], Awaitable[bool]] | None = None) -> Reply:
        """Run a job. `gone` is awaited now and then and tells whether nobody wants to know any more."""
        if len(self._waiting) >= self._limits.queue:
            return Reply(503, f"busy: {self.waiting} requests wait already; try again in a moment")
        job = _Job(what, gone)
        self._queue(job)
        self._dispatch()
        try:
            return await job.reply
        finally:
            if not job.reply.done() or job.reply.cancelled():
                self._drop(job)

    async def stop(self) -> None:
        """Let those who work finish within the time limit, then end all processes."""
        self._closing = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._limits.seconds + 1):
                while self.busy or self._waiting:
                    await asyncio.sleep(0.02)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for worker in self._all:
            worker.kill()
        await asyncio.gather(*(worker.process.wait() for worker in self._all))

    def _queue(self, job: _Job) -> None:
        self._waiting.append(job)
        self._limit_wait(job)

    def _requeue(self, jobs: Iterable[_Job]) -> None:
        """Put jobs that a worker did not come to back to the head of the queue."""
        for job in reversed([job for job in jobs if not job.reply.done()]):
            self._waiting.appendleft(job)
            self._limit_wait(job)

    def _limit_wait(self, job: _Job) -> None:
        job.timer = asyncio.get_running_loop().call_later(self._limits.wait, self._expire, job)

    def _expire(self, job: _Job) -> None:
        with contextlib.suppress(ValueError):
            self._waiting.remove(job)
            job.done(Reply(503, f"busy: no worker became free within {self._limits.wait:g} s; try again in a moment"))

    def _drop(self, job: _Job) -> None:
        """Forget a job that nobody waits for; a process that has been at it for long is ended."""
        job.reply.cancel()
        with contextlib.suppress(ValueError):
            self._waiting.remove(job)
        if job.worker is not None:
            job.worker.kill()

    def _dispatch(self) -> None:
        while self._idle and self._waiting:
            share = -(-len(self._waiting) // len(self._idle))
            jobs = [self._waiting.popleft() for _ in range(min(share, self._batch))]
            for job in jobs:
                if job.timer is not None:
                    job.timer.cancel()
            self._later(self._work(self._idle.pop(), jobs))

    async def _work(self, worker: _Worker, jobs: list[_Job]) -> None:
        """Hand jobs to a worker and their replies to those who wait."""
        self.busy += 1
        try:
            worker.send([job.what for job in jobs], self._limits.seconds)
            await self._replies(worker, deque(jobs))
            self._idle.append(worker)
        except (EOFError, OSError, asyncio.CancelledError):
            self._end(worker)
        finally:
            self.busy -= 1
        self._dispatch()

    async def _replies(self, worker: _Worker, jobs: deque[_Job]) -> None:
        """Take replies until the worker is through. Raises EOFError where it was ended or died."""
        while True:
            try:
                head, body = await self._reply(worker, jobs)
            except (TimeoutError, EOFError) as error:
                if jobs:
                    jobs.popleft().done(await self._failure(worker, error))
                self._requeue(jobs)
                raise EOFError from error
            if head.get("through"):
                self._requeue(jobs)
                return
            if jobs:  # else it is the reply to one that was given to another
                job = jobs.popleft()
                job.worker = None
                job.done(Reply(head["status"], head.get("reason", ""), head, body))

    async def _reply(self, worker: _Worker, jobs: deque[_Job]) -> tuple[dict[str, Any], bytes]:
        """Return the next reply. If it does not come soon, the jobs behind the first are given to others."""
        if reply := worker.received():
            return reply
        receiving = asyncio.ensure_future(worker.receive())
        try:
            if not (await asyncio.wait({receiving}, timeout=_PATIENCE))[0]:
                while len(jobs) > 1:
                    self._requeue([jobs.pop()])
                self._dispatch()
                await self._watch(worker, receiving, jobs)
            return receiving.result()
        finally:
            receiving.cancel()

    async def _watch(self, worker: _Worker, receiving: asyncio.Future[Any], jobs: deque[_Job]) -> None:
        """Wait for a slow reply as long as time allows and somebody wants it. Raises TimeoutError."""
        for job in jobs:
            job.worker = worker
        end = time.monotonic() + self._limits.seconds - _PATIENCE
        while (left := end - time.monotonic()) > 0:
            if (await asyncio.wait({receiving}, timeout=min(left, _LOOK)))[0]:
                return
            if any([job.gone and await job.gone() for job in jobs]):
                worker.kill()
        raise TimeoutError

    async def _failure(self, worker: _Worker, error: BaseException) -> Reply:
        if isinstance(error, TimeoutError):
            worker.kill()
            seconds = self._limits.seconds
            return Reply(503, f"timeout: it took longer than {seconds:g} s and was ended; ask for less, or add LIMIT")
        code = await worker.process.wait()
        if code == -signal.SIGABRT:
            return Reply(503, f"memory: it needed more than {self._limits.memory} MiB and was ended; ask for less")
        return Reply(503, f"the process that worked on it ended ({code}); try again")

    def _end(self, worker: _Worker) -> None:
        """End a process and let the warm one take its place."""
        self.ended += 1
        worker.kill()
        self._all.discard(worker)
        if self._spare is not None:
            self._idle.append(self._spare)
            self._spare = None
            self._later(self._refill())
        else:
            self._later(self._replace())

    async def _replace(self) -> None:
        while not self._closing:
            try:
                self._idle.append(await self._new())
                self._dispatch()
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
                self._idle.append(worker)
                self._dispatch()

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
