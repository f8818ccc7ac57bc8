"""The verb link serve: the reconciliation service over a name index."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from socket import AF_INET, AF_INET6, create_server, socket
from typing import Annotated

import typer

from ..extract import MachineError, UsageError
from .link import IndexFile, link

__all__ = ["serve_"]


@link.command("serve")
def serve_(
    index: IndexFile = Path("names.index"),
    dumps: Annotated[list[str] | None, typer.Option("--dump", metavar="KEY", help="Dumps to offer; all.")] = None,
    host: Annotated[str, typer.Option(help="Address to listen at.", metavar="HOST")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 takes any that is free.", metavar="PORT", min=0, max=65535)] = 8712,
) -> None:
    """Offer an index to OpenRefine and others as W3C reconciliation services, until stopped with Ctrl-C."""
    import uvicorn

    from ..graph.link.index import Index
    from ..graph.link.targets import targets
    from ..queries.reconcile import reconciliation_app

    with Index.open(index) as opened:
        chosen = tuple(opened.dump(key) for key in dumps) if dumps else opened.dumps
        closed = [d.key for d in chosen if d.name in targets() and targets()[d.name].identifier_only]
        if closed and not _is_here(host):
            raise UsageError(
                f"the terms of {', '.join(closed)} forbid to pass names on; leave --host out, or say --dump"
            )
        config = uvicorn.Config(reconciliation_app(opened, chosen), host=host, port=port, log_level="warning")
        server = uvicorn.Server(config)
        with listening(host, port) as (door, address):
            for dump in chosen:
                print(f"{address}/{dump.key}", file=sys.stderr)
            server.run(sockets=[door])


@contextmanager
def listening(host: str, port: int) -> Iterator[tuple[socket, str]]:
    """Give a socket that listens and the address it is reached at. Raises MachineError when the port is taken."""
    try:
        taken = create_server((host, port), family=AF_INET6 if ":" in host else AF_INET)
    except OSError as error:
        fix = "try: --port 0"
        raise MachineError(f"{host}:{port} cannot be listened at: {error.strerror or error}; {fix}") from error
    shown = f"[{host}]" if ":" in host else host
    with taken:
        yield taken, f"http://{shown}:{taken.getsockname()[1]}"


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
