"""The guard: what every request passes: limits on its size and time, headers that keep a browser in, the access log."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any, cast

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .static import content_policy

__all__ = ["POLICY", "Guard", "GuardedProtocol"]

#: What pages may load: what this server gives, and nothing from anywhere else.
POLICY = f"{content_policy()}; frame-ancestors 'none'"
_HEADERS = [
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
]
#: The most that the line and the headers of a request may have, in bytes, and the time they may take, in seconds.
_HEAD_BYTES = 32 << 10
_HEAD_SECONDS = 10.0


class Guard:
    """Adds the headers and writes the access log."""

    def __init__(self, app: ASGIApp, log: Callable[[str], None] | None) -> None:
        self._app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start = time.perf_counter()
        status, size = 500, 0

        async def guarded(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *_HEADERS]
            else:
                size += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, guarded)
        finally:
            if self._log:
                self._log(_line(scope, status, size, time.perf_counter() - start))


def _line(scope: Scope, status: int, size: int, seconds: float) -> str:
    """Return a line of the access log, in the common format with the milliseconds taken at the end."""
    client = scope["client"][0] if scope.get("client") else "-"
    query = b"?" + scope["query_string"] if scope["query_string"] else b""
    path = (scope.get("raw_path", b"") + query).decode("latin-1")[:2000].replace('"', "%22")
    when = _clock(int(time.time()))
    return f'{client} - - [{when}] "{scope["method"]} {path}" {status} {size} {1000 * seconds:.1f}'


@lru_cache(maxsize=1)  # the same for all requests of a second
def _clock(second: int) -> str:
    return time.strftime("%d/%b/%Y:%H:%M:%S %z", time.localtime(second))


class _Corked:
    """A transport that sends what is written in one turn of the loop together, as head and body of an answer are."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._parts: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if not self._parts:
            self._loop.call_soon(self._send)
        self._parts.append(data)

    def close(self) -> None:
        self._send()
        self._transport.close()

    def _send(self) -> None:
        if self._parts:
            self._transport.write(b"".join(self._parts))
            self._parts.clear()


class GuardedProtocol(HttpToolsProtocol):
    """HTTP with a limit on the request line and headers, which uvicorn and httptools do not have."""

    _head = 0
    _reading_head = True
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(cast("asyncio.Transport", _Corked(transport, self.loop)))
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        # The parser keeps a header to itself until it ends, so what came in meanwhile is counted here.
        if self._reading_head and not self.transport.is_closing():
            self._head += len(data)
            if self._head > _HEAD_BYTES:
                self._refuse(b"431 Request Header Fields Too Large")
            elif self._timer is None:
                self._await_head()

    def on_message_begin(self) -> None:
        self._reading_head, self._head = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._reading_head = False
        self._stop_timer()
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > _HEAD_BYTES:
            self._refuse(b"414 URI Too Long" if len(self.url) > size // 2 else b"431 Request Header Fields Too Large")
            return
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        if not self.transport.is_closing():
            super().on_message_complete()

    def on_body(self, body: bytes) -> None:
        if not self.transport.is_closing():
            super().on_body(body)

    def _await_head(self) -> None:
        self._timer = self.loop.call_later(_HEAD_SECONDS, self._refuse, b"408 Request Timeout")

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self, status: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(b"HTTP/1.1 " + status + b"\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
            self.transport.close()
