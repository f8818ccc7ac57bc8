"""The verb that shows the built graph in a browser and answers SPARQL: serve."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from .base import HERE, Folder, app

__all__ = ["serve"]


@app.command()
def serve(
    folder: Folder = HERE,
    host: Annotated[str, typer.Option(help="Address to listen on; this machine only, if not changed.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535)] = 8000,
    timeout: Annotated[float, typer.Option(help="Seconds a query may take.", min=0.1, max=3600)] = 10,
    memory: Annotated[int, typer.Option(help="MiB a query may need.", min=128)] = 1024,
    rows: Annotated[int, typer.Option(help="Rows an answer may have.", min=1)] = 200_000,
    answer: Annotated[int, typer.Option(help="MiB an answer may have.", min=1)] = 64,
    workers: Annotated[int, typer.Option(help="Queries answered at once.", min=1)] = max(2, os.cpu_count() or 2),
    cors: Annotated[str, typer.Option(help="Web sites that may ask: *, one origin, or none.")] = "*",
    quiet: Annotated[bool, typer.Option("--quiet", help="Write no access log.")] = False,
) -> None:
    """Show the built graph in a browser, with search, downloads and a SPARQL endpoint, until Ctrl-C."""
    from ..queries.web.pool import Limits  # the web server takes a fifth of a second that other verbs need not pay
    from ..queries.web.server import serve as serve_

    limits = Limits(timeout, memory, answer, rows, workers)
    origins = "" if cors == "none" else cors
    serve_(folder, limits, host=host, port=port, origins=origins, quiet=quiet, ready=_tell)


def _tell(address: str) -> None:
    print(f"serving {address} (Ctrl-C stops)", file=sys.stderr, flush=True)
