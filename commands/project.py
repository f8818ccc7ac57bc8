"""The verbs for a project's own files: init, add, doctor."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ..extract import UsageError
from .base import HERE, AsJson, Folder, app, console, print_json

__all__ = ["add", "doctor", "init_"]


@app.command("init")
def init_(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make.")],
    example: Annotated[bool, typer.Option("--example", help="Copy the Amur leopard reference dataset.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write a small working project, or a copy of the reference dataset."""
    from ..extract.scaffold import init

    files = init(folder, example=example)
    if as_json:
        print_json({"folder": folder, "files": files})
        return
    for name in files:
        print(folder / name)
    print(f"\nnext: wildgraph build {folder}", file=sys.stderr)


@app.command()
def add(
    folder: Folder = HERE,
    stamp: Annotated[bool, typer.Option("--stamp", help="Write missing evidence hashes from local sources.")] = False,
    as_json: AsJson = False,
) -> None:
    """Complete the claim files from the sources at hand."""
    from ..extract.stamp import stamp_evidence

    if not stamp:
        raise UsageError("say what to add; try: wildgraph add --stamp")
    changed = stamp_evidence(folder)
    if as_json:
        print_json({"stamped": changed})
        return
    for name, count in changed.items():
        print(f"{count:6} {name}")
    print(f"{sum(changed.values())} hashes written", file=sys.stderr)


@app.command()
def doctor(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """Tell what this machine and this project lack."""
    from ..queries.doctor import diagnose

    signs = diagnose(folder)
    if as_json:
        print_json([asdict(sign) for sign in signs])
    else:
        from ..queries.report import show_signs

        show_signs(signs, console())
    if any(sign.state == "missing" for sign in signs):
        raise typer.Exit(3)
