"""The verb that puts a built graph into a SPARQL server: load."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Annotated

import typer

from .base import HERE, AsJson, Folder, app, print_json, progress

__all__ = ["load"]


@app.command()
def load(
    folder: Folder = HERE,
    endpoint: Annotated[str, typer.Option(metavar="URL", help="Where the server answers queries.")] = ...,  # type: ignore[assignment]
    update: Annotated[str | None, typer.Option(metavar="URL", help="Its SPARQL Update address, if another.")] = None,
    graph_store: Annotated[
        str | None, typer.Option(metavar="URL", help="Its Graph Store address, to write there instead.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where the last load stopped.")] = False,
    batch: Annotated[int, typer.Option(min=1, metavar="N", help="Triples sent at once.")] = 10_000,
    as_json: AsJson = False,
) -> None:
    """Put the named graphs of a build into a SPARQL 1.1 server, in place of those it has, and count them there."""
    from ..graph.remote import load as load_
    from ..graph.remote import target_of

    target = target_of(endpoint, update, graph_store)
    with progress() as step:
        loaded = load_(folder, target, resume=resume, batch=batch, progress=step)
    if as_json:
        print_json(asdict(loaded))
        return
    for name, count in loaded.graphs.items():
        print(f"{count:>12,}  {name}")
    there = f", {loaded.skipped:,} of them there before" if loaded.skipped else ""
    total = sum(loaded.graphs.values())
    print(f"{total:,} triples in {len(loaded.graphs)} graphs at {loaded.target}{there}", file=sys.stderr)
