"""The nursery: a process that has loaded what a worker needs, and forks one in some milliseconds when it is asked to.

A worker that was ended is no loss then. The server and the nursery talk over a socket in lines: `fork NUMBER SETTINGS`,
with the socket of the worker to be, and `kill PID`; back come `born NUMBER PID` and `died PID CODE`. The nursery ends
with the server, and all workers with the nursery. Where processes cannot be forked (Windows), each is started anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, cast

from ...graph.store import query_prefixes
from .worker import work

__all__ = ["Nursery", "Process"]

#: The most that is read at once, in bytes and in sockets.
_MESSAGE = 1 << 16
_SOCKETS = 64


class Process:
    """A worker process, as the server sees it."""

    def __init__(self, pid: int, kill: Callable[[], None]) -> None:
        self.pid = pid
        self.kill = kill
        #: Its exit code, once it has ended: the negative number of a signal that ended it.
        self.code: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def ended(self, code: int) -> None:
        """Note how it ended."""
        if not self.code.done():
            self.code.set_result(code)


class Nursery:
    """Starts workers, and another nursery where one has died."""

    def __init__(self, *, forks: bool = hasattr(os, "fork")) -> None:
        self._forks = forks
        self._control: socket.socket | None = None
        self._nursery: asyncio.subprocess.Process | None = None
        self._lines = b""
        self._opening = asyncio.Lock()
        self._numbers = count()
        self._births: dict[int, asyncio.Future[Process]] = {}
        self._children: dict[int, Process] = {}

    async def start(self, settings: Mapping[str, Any], protocol: asyncio.Protocol) -> Process:
        """Start a worker whose bytes come to a protocol. Raises OSError when there is none to be had."""
        if not self._forks:
            return await _spawn(settings, protocol)
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                process = await self._fork(settings, theirs)
        except BaseException:
            ours.close()
            raise
        await asyncio.get_running_loop().create_unix_connection(lambda: protocol, sock=ours)
        return process

    async def stop(self) -> None:
        """End the nursery, and with it what is left of its workers."""
        if self._nursery is not None:
            self._lost()
            await self._nursery.wait()

    async def _fork(self, settings: Mapping[str, Any], theirs: socket.socket) -> Process:
        async with self._opening:
            if self._control is None:
                await self._open()
        assert self._control is not None
        number = next(self._numbers)
        self._births[number] = asyncio.get_running_loop().create_future()
        try:
            line = f"fork {number} {json.dumps(settings)}\n".encode()
            socket.send_fds(self._control, [line], [theirs.fileno()])
            return await self._births[number]
        finally:
            del self._births[number]

    async def _open(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._nursery = await asyncio.create_subprocess_exec(sys.executable, "-m", __name__, stdin=theirs.fileno())
        ours.setblocking(False)
        self._control = ours
        asyncio.get_running_loop().add_reader(ours, self._told)

    def _kill(self, pid: int) -> None:
        if self._control is not None and pid in self._children:
            self._control.send(f"kill {pid}\n".encode())

    def _told(self) -> None:
        """Take what the nursery says."""
        assert self._control is not None
        try:
            data = self._control.recv(_MESSAGE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._lost()
            return
        *lines, self._lines = (self._lines + data).split(b"\n")
        for line in lines:
            what, number, told = line.split()
            if what == b"died":
                if child := self._children.pop(int(number), None):
                    child.ended(int(told))
                continue
            child = self._children[int(told)] = self._child(int(told))
            # One that nobody waits for any more finds its socket closed, and ends.
            if (birth := self._births.get(int(number))) and not birth.done():
                birth.set_result(child)

    def _child(self, pid: int) -> Process:
        return Process(pid, lambda: self._kill(pid))

    def _lost(self) -> None:
        """Part from the nursery, which ends without us, as its workers do."""
        if self._control is None:
            return
        asyncio.get_running_loop().remove_reader(self._control)
        self._control.close()
        self._control, self._lines = None, b""
        for birth in self._births.values():
            if not birth.done():
                birth.set_exception(OSError("the process that starts workers ended; what is wrong stands above"))
        for pid, child in self._children.items():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)  # should the nursery itself have been killed
            child.ended(-signal.SIGKILL)
        self._children.clear()


class _Piped(asyncio.SubprocessProtocol):
    """Makes the pipes of a process look like a socket."""

    def __init__(self, inner: asyncio.Protocol) -> None:
        self._inner = inner
        self.ended: Callable[[], None] = lambda: None

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        if fd == 1:
            self._inner.data_received(data)

    def process_exited(self) -> None:
        self.ended()
        self._inner.connection_lost(None)


async def _spawn(settings: Mapping[str, Any], protocol: asyncio.Protocol) -> Process:
    command = (sys.executable, "-m", f"{__package__}.worker", json.dumps(settings))
    transport, piped = await asyncio.get_running_loop().subprocess_exec(lambda: _Piped(protocol), *command, stderr=None)

    def kill() -> None:
        with contextlib.suppress(ProcessLookupError):
            transport.kill()

    def ended() -> None:
        process.ended(transport.get_returncode() or 0)
        transport.close()

    process = Process(transport.get_pid(), kill)
    piped.ended = ended
    protocol.connection_made(cast("asyncio.Transport", transport.get_pipe_transport(0)))
    return process


def main() -> None:
    """Fork workers until the server has gone."""
    control = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)  # a stray print is for the log
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server says when to end
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    query_prefixes()  # reads the vocabulary, which no worker need do again
    gc.collect()
    gc.freeze()
    children: set[int] = set()
    sockets: list[int] = []
    lines = b""
    with control, contextlib.suppress(BrokenPipeError, ConnectionResetError):
        while True:
            ready, _, _ = select.select([control.fileno(), woken], [], [])
            if woken in ready:
                os.read(woken, 1000)
                _reap(control, children)
            if control.fileno() in ready:
                data, came, _, _ = socket.recv_fds(control, _MESSAGE, _SOCKETS)
                sockets += came
                if not data:
                    break
                *complete, lines = (lines + data).split(b"\n")
                for line in complete:
                    _obey(line, control, sockets, children)
    for pid in children:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _reap(control: socket.socket, children: set[int]) -> None:
    for pid in sorted(children):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            children.discard(pid)
            control.sendall(f"died {pid} {os.waitstatus_to_exitcode(status)}\n".encode())


def _obey(line: bytes, control: socket.socket, sockets: list[int], children: set[int]) -> None:
    what, _, rest = line.partition(b" ")
    if what == b"kill":
        if int(rest) in children:
            os.kill(int(rest), signal.SIGKILL)
        return
    number, _, settings = rest.partition(b" ")
    own = sockets.pop(0)
    pid = os.fork()
    if pid == 0:
        control.close()
        _live(json.loads(settings), own)
    os.close(own)
    children.add(pid)
    control.sendall(f"born {int(number)} {pid}\n".encode())


def _live(settings: Mapping[str, Any], own: int) -> None:
    """Be a worker until there are no more jobs, and never return."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        with os.fdopen(own, "rb") as jobs, os.fdopen(os.dup(own), "wb") as replies:
            work(settings, jobs, replies)
        code = 0
    except BrokenPipeError:
        pass  # the server has gone
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
