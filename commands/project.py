"""The verbs for a project's own files: init, add, doctor."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ..extract import UsageError
from .base import HERE, AsJson, Folder, InProject, app, console, print_json

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
    target: Annotated[
        Path,
        typer.Argument(metavar="FILE|DIR", help="Document, tables; with --stamp: the project.", show_default=False),
    ] = HERE,
    stamp: Annotated[bool, typer.Option("--stamp", help="Write missing evidence hashes from local sources.")] = False,
    project: InProject = HERE,
    name: Annotated[str, typer.Option("--id", metavar="ID", help="Name of the source in the project.")] = "",
    mapping: Annotated[str, typer.Option(metavar="NAME|FILE", help="Mapping to use instead of the proposed one.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    as_json: AsJson = False,
) -> None:
    """Add a document, or a file, archive or folder of tables, or complete the claim files (--stamp)."""
    if stamp:
        _stamp(target, as_json=as_json)
        return
    if target == HERE:
        raise UsageError("say what to add; try: wildgraph add FILE, or wildgraph add --stamp")
    from ..extract.enlist import is_document

    if not mapping and is_document(target):
        _enlist(target, project, name, dry_run=dry_run, as_json=as_json)
        return
    from ..extract.tables.add import add_tables

    added = add_tables(target, project, name=name, mapping=mapping, dry_run=dry_run)
    if as_json:
        meanings = [asdict(meaning) for meaning in added.proposal.meanings]
        found = {"format": added.proposal.package.format, "why": added.proposal.why, "columns": meanings}
        print_json({"source": asdict(added.source), "files": added.files, **found})
        return
    from ..queries.tables import show_added

    show_added(added, console(), project)


def _enlist(document: Path, project: Path, name: str, *, dry_run: bool, as_json: bool) -> None:
    from ..extract.enlist import enlist_document

    made = enlist_document(document, project, name=name, dry_run=dry_run)
    if as_json:
        print_json(asdict(made))
        return
    from ..queries.report import show_enlisted

    show_enlisted(made, console(), project)


def _stamp(folder: Path, *, as_json: bool) -> None:
    from ..extract.stamp import stamp_evidence

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
