"""The server: the application on a port of this machine, until it is told to stop."""

from __future__ import annotations

import dataclasses
import gc
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from ...extract import MachineError
from ...extract.online import online_settings
from ...graph.build import BUILD, read_summary
from ...graph.replace import recover
from ...graph.store import Graph
from .app import application
from .guard import GuardedProtocol
from .log import AccessLog
from .pool import Limits

__all__ = ["serve"]

_MOST_CONNECTIONS = 2000


def serve(
    project: Path,
    limits: Limits,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    origins: str = "*",
    quiet: bool = False,
    ready: Callable[[str], None],
) -> None:
    """Serve a built project until SIGINT or SIGTERM; requests under way are finished first.

    `ready` is told the address once requests are answered. The access log goes to stderr, or nowhere if `quiet`.
    Raises UsageError when the project is not built, InputError for its settings, MachineError for the port.
    """
    recover(project / BUILD)
    Graph.open(project / BUILD)
    read_summary(project / BUILD)
    limits = dataclasses.replace(limits, services=tuple(online_settings(project).endpoints.values()))
    access_log = AccessLog()
    app = application(project, limits, origins=origins, log=_tell, access_log=None if quiet else access_log)
    config = uvicorn.Config(
        app, host=host, port=port, http=GuardedProtocol, ws="none", access_log=False, log_level="warning",
        server_header=False, limit_concurrency=_MOST_CONNECTIONS, timeout_graceful_shutdown=int(limits.seconds) + 5,
        proxy_headers=False,
    )  # fmt: skip
    try:
        listening = socket.create_server((host, port), family=_family(host), backlog=2048)
    except OSError as error:
        raise MachineError(f"{host}:{port} cannot be listened on: {error.strerror}; try: --port 0") from error
    with listening, access_log:
        server = _Server(config)
        shown = f"[{host}]" if ":" in host else host
        server.started_at = lambda: ready(f"http://{shown}:{listening.getsockname()[1]}/")
        server.run([listening])
    if not server.started:
        raise MachineError("the server did not start; what is wrong stands above")


class _Server(uvicorn.Server):
    """Says when it answers, and ends well when told to."""

    started_at: Callable[[], None]

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        with super().capture_signals():
            yield
            # Being told to stop is how a server ends well, and no signal to raise again.
            self._captured_signals.clear()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            # What is there now stays: to look through it for garbage again and again takes longer than the answers.
            gc.collect()
            gc.freeze()
            gc.set_threshold(10_000, 20, 20)
            self.started_at()


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
