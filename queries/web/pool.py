"""A pool of workers: jobs wait a little for a free one, and a job that takes too long ends with its process."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from .nursery import Nursery, Process
from .worker import REPLY, pack_jobs

__all__ = ["Limits", "Pool", "Reply"]

#: How long a process may take to say that it is ready, in seconds.
_START = 120
#: How often the clocks of jobs are looked at, in seconds; and from which age on it is asked whether somebody still
#: waits for one.
_TICK = 0.05
_LONG = 0.25
#: The most jobs that a worker is handed at once, and how long they may take together as far as can be told, in
#: seconds: a job waits behind the others while a worker becomes free.
_BATCH = 16
_BATCH_SECONDS = 0.01
#: How a process ends that has used up its processor time.
_OVERRUN = -signal.SIGPROF if hasattr(signal, "SIGPROF") else None


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
    #: Processor time of a query in seconds, none where it is 0.
    processor: float = 0.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a job: an HTTP status; a note, which says why where it failed; a body; whether time ran out."""

    status: int
    note: str = ""
    body: bytes = b""
    late: bool = False


class _Job:
    """Something to be done, and who waits for it."""

    __slots__ = ("gone", "reply", "since", "what")

    def __init__(self, what: Mapping[str, Any], gone: Callable[[], Awaitable[bool]] | None) -> None:
        self.what = what
        self.gone = gone
        self.reply: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self.since = time.monotonic()

    def done(self, reply: Reply) -> None:
        if not self.reply.done():
            self.reply.set_result(reply)


class _Worker(asyncio.Protocol):
    """A process, the jobs it was handed, and the line to it. The first job is the one it works on, `since` when."""

    def __init__(self, replied: Callable[[_Worker, Reply], None], lost: Callable[[_Worker], None]) -> None:
        self.process: Process | None = None
        self.jobs: deque[_Job] = deque()
        self.since = 0.0
        self.late = False
        self.ready: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._replied = replied
        self._lost = lost
        self._buffer = bytearray()
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)

    def give(self, jobs: list[_Job]) -> None:
        """Hand over jobs, to be done in turn."""
        assert self._transport is not None
        self.jobs.extend(jobs)
        self.since = time.monotonic()
        self._transport.write(pack_jobs([job.what for job in jobs]))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        start = 0
        while len(self._buffer) - start >= REPLY.size:
            status, note, body = REPLY.unpack_from(self._buffer, start)
            middle = start + REPLY.size + note
            end = middle + body
            if len(self._buffer) < end:
                break
            text = self._buffer[middle - note : middle].decode(errors="replace")
            reply = Reply(status, text, bytes(self._buffer[middle:end]))
            start = end
            if self.ready.done():
                self._replied(self, reply)
            else:
                self.ready.set_result(reply)
        del self._buffer[:start]

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - whatever it was, the worker is no more
        if not self.ready.done():
            self.ready.set_result(Reply(500, "a worker did not start; what is wrong stands above"))
        self._lost(self)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()

    def close(self) -> None:
        """Let it end when it has nothing more to do, and kill it where it does not listen."""
        if self._transport is not None:
            self._transport.close()
        self.kill()


class Pool:
    """Workers of one kind over one build. One that was ended is replaced."""

    def __init__(
        self, nursery: Nursery, settings: Mapping[str, Any], limits: Limits, log: Callable[[str], None]
    ) -> None:
        self._nursery = nursery
        self._limits = limits
        self._log = log
        self._settings = {**settings} | {
            "seconds": limits.seconds, "cpu": limits.processor, "rows": limits.rows, "memory": limits.memory,
            "answer": limits.answer,
        }  # fmt: skip
        self._waiting: deque[_Job] = deque()
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._starting: set[_Worker] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._clock: asyncio.TimerHandle | None = None
        self._dispatching = False
        self._closing = False
        #: What a job takes, as far as has been seen lately, in seconds.
        self._usual = 0.0
        self.ended = 0

    @property
    def waiting(self) -> int:
        """How many jobs wait for a worker."""
        return len(self._waiting)

    @property
    def busy(self) -> int:
        """How many workers work."""
        return sum(1 for worker in self._all if worker.jobs)

    async def start(self) -> None:
        """Start the processes. Raises OSError with the reason when they cannot."""
        started = await asyncio.gather(*(self._new() for _ in range(self._limits.workers)), return_exceptions=True)
        for error in started:
            if error is not None:
                raise error

    async def ask(self, what: Mapping[str, Any], gone: Callable[[], Awaitable[bool]] | None = None) -> Reply:
        """Run a job. `gone` is awaited now and then and tells whether nobody wants to know any more."""
        if len(self._waiting) >= self._limits.queue:
            return Reply(503, f"busy: {self.waiting} requests wait already; try again in a moment")
        job = _Job(what, gone)
        self._waiting.append(job)
        self._dispatch_soon()
        try:
            return await job.reply
        except asyncio.CancelledError:
            self._drop(job)
            raise

    async def stop(self) -> None:
        """Let those who work finish within the time limit, then end all processes."""
        self._closing = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._limits.seconds + 1):
                while self._waiting or self.busy:
                    await asyncio.sleep(0.02)
        if self._clock:
            self._clock.cancel()
        for worker in self._all | self._starting:
            worker.close()
        codes = [worker.process.code for worker in self._all if worker.process]
        await asyncio.gather(*codes, *self._tasks, return_exceptions=True)

    def _dispatch_soon(self) -> None:
        # What comes in together is handed over together.
        if not self._dispatching:
            self._dispatching = True
            asyncio.get_running_loop().call_soon(self._dispatch)

    def _dispatch(self) -> None:
        self._dispatching = False
        while self._idle and self._waiting:
            share = -(-len(self._waiting) // len(self._idle))
            most = max(1, min(_BATCH, int(_BATCH_SECONDS / self._usual) if self._usual else 1))
            self._idle.pop().give([self._waiting.popleft() for _ in range(min(share, most))])
        if self._clock is None:
            self._clock = asyncio.get_running_loop().call_later(_TICK, self._tick)

    def _tick(self) -> None:
        """End what has waited or worked for too long."""
        self._clock = None
        now = time.monotonic()
        while self._waiting and now - self._waiting[0].since > self._limits.wait:
            seconds = self._limits.wait
            reply = Reply(503, f"busy: no worker became free within {seconds:g} s; try again in a moment")
            self._waiting.popleft().done(reply)
        for worker in self._all:
            if worker.jobs and now - worker.since > self._limits.seconds:
                worker.late = True
                worker.kill()
            elif worker.jobs and worker.jobs[0].gone and now - worker.since > _LONG:
                self._later(self._look(worker, worker.jobs[0]))
        if self._waiting or self.busy:
            self._clock = asyncio.get_running_loop().call_later(_TICK, self._tick)

    async def _look(self, worker: _Worker, job: _Job) -> None:
        """End a worker whose job nobody waits for any more."""
        if job.gone and await job.gone() and worker.jobs and worker.jobs[0] is job:
            worker.kill()

    def _drop(self, job: _Job) -> None:
        """Forget a job that nobody waits for; a process that is at it is ended."""
        with contextlib.suppress(ValueError):
            self._waiting.remove(job)
        for worker in self._all:
            if worker.jobs and worker.jobs[0] is job:
                worker.kill()

    def _replied(self, worker: _Worker, reply: Reply) -> None:
        now = time.monotonic()
        self._usual += 0.05 * (now - worker.since - self._usual)
        worker.since = now
        worker.jobs.popleft().done(reply)
        if not worker.jobs:
            self._idle.append(worker)
            self._dispatch_soon()

    def _lost(self, worker: _Worker) -> None:
        """Tell what became of the job that ended with its process, and replace that."""
        if worker not in self._all:
            return
        if worker.jobs:
            self._later(self._fail(worker, [*worker.jobs]))
            worker.jobs.clear()
        if self._closing:
            return
        self._all.discard(worker)
        if worker in self._idle:
            self._idle.remove(worker)
        self.ended += 1
        self._later(self._replace())

    async def _fail(self, worker: _Worker, jobs: list[_Job]) -> None:
        assert worker.process is not None
        jobs[0].done(self._failure(worker, await worker.process.code))
        self._requeue(jobs[1:])

    def _requeue(self, jobs: Iterable[_Job]) -> None:
        """Put jobs that a worker did not come to back to the head of the queue."""
        self._waiting.extendleft(job for job in reversed(list(jobs)) if not job.reply.done())
        self._dispatch_soon()

    def _failure(self, worker: _Worker, code: int) -> Reply:
        if worker.late or code == _OVERRUN:
            seconds = self._limits.seconds
            reason = f"timeout: it took longer than {seconds:g} s and was ended; ask for less, or add LIMIT"
            return Reply(503, reason, late=True)
        if code == -signal.SIGABRT:
            return Reply(503, f"memory: it needed more than {self._limits.memory} MiB and was ended; ask for less")
        return Reply(503, f"the process that worked on it ended ({code}); try again")

    async def _replace(self) -> None:
        while not self._closing:
            try:
                await self._new()
                return
            except OSError as error:
                if not self._closing:
                    self._log(f"{error}; trying again")
                    await asyncio.sleep(1)

    async def _new(self) -> None:
        worker = _Worker(self._replied, self._lost)
        self._starting.add(worker)
        try:
            worker.process = await self._nursery.start(self._settings, worker)
            failure = await self._readiness(worker)
            if failure:
                worker.close()
                await worker.process.code
                raise OSError(failure)
        finally:
            self._starting.discard(worker)
        self._all.add(worker)
        self._idle.append(worker)
        self._dispatch_soon()

    async def _readiness(self, worker: _Worker) -> str:
        """Wait until a worker is ready, and return what keeps it from being so, if anything does."""
        if self._closing:
            return "nothing is started any more"
        try:
            ready = await asyncio.wait_for(worker.ready, _START)
        except TimeoutError:
            return f"a worker was not ready within {_START} s"
        return ready.note if ready.status != 200 else ""

    def _later(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
