"""The verb that writes the pages of a build as files: site."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from .base import HERE, AsJson, InProject, app, print_json, progress

__all__ = ["site"]


@app.command()
def site(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder to write; an older site in it is replaced.")],
    project: InProject = HERE,
    private: Annotated[
        bool, typer.Option("--private", help="Write what others' terms forbid to publish, for a site that is not.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write the pages as files for any web host, with search and SPARQL in the visitor's browser."""
    from ..queries.site import write_site

    with progress() as step:
        written = write_site(project, out, private=private, progress=step)
    if as_json:
        print_json(asdict(written))
    else:
        print(f"{out}: {written.pages:,} pages, {written.files:,} other files, {written.bytes / 1e6:.1f} MB")
    if not written.complete:
        print(
            "search and queries need code of others that is not here; "
            "try: python -m wildgraph.queries.web.vendor, and write the site again",
            file=sys.stderr,
        )
    print(f"\nnext: python -m http.server --directory {out}", file=sys.stderr)
