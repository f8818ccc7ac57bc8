"""The verb that finds candidate claims in documents: extract."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..extract import InputError, UsageError
from .base import app, console, progress
from .reanchor import reanchor_project

if TYPE_CHECKING:
    from ..extract.text.files import FileResult

__all__ = ["extract"]


@app.command()
def extract(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE...", help="Documents, or folders of documents.")
    ] = None,
    project: Annotated[
        Path | None,
        typer.Option("--project", metavar="DIR", help="Project whose entities, sources and rules are used too."),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write JSON Lines to a file.")] = None,
    jobs: Annotated[int | None, typer.Option("--jobs", min=1, help="Processes.", show_default="one a core")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print candidates as JSON Lines (docs/extraction.md).")
    ] = False,
    again: Annotated[
        bool, typer.Option("--reanchor", help="Find spans again in sources of the project that changed.")
    ] = False,
) -> None:
    """Find candidate claims in documents, for a curator to judge."""
    if project is None and Path("wildgraph.toml").is_file():
        project = Path()
    if not files and not again:
        raise UsageError("no document named; try: wildgraph extract FILE...")
    results = _read(files or [], project, jobs or os.cpu_count() or 1, any_version=again)
    if again:
        if project is None:
            raise UsageError("--reanchor is for a project; name it with --project DIR")
        found = [candidate for result in results for candidate in result.candidates]
        reanchor_project(project, found, as_json=as_json)
    else:
        _told(results, out, as_json=as_json)
    if problems := [result.problem for result in results if result.problem]:
        raise InputError(problems)


def _read(files: list[Path], project: Path | None, jobs: int, *, any_version: bool) -> list[FileResult]:
    """Return what files give, or the documents of a project's sources where none are named."""
    from ..extract.text.files import extract_files, find_documents, read_setting

    setting = read_setting(project, any_version=any_version)
    paths = find_documents(files or setting.documents)
    results = []
    with progress() as report:
        for result in extract_files(paths, setting=setting, jobs=jobs):
            results.append(result)
            report(Path(result.file).name, len(results), len(paths))
    return results


def _told(results: list[FileResult], out: Path | None, *, as_json: bool) -> None:
    from ..extract.whole import write_whole

    lines = _lines(results)
    if out is not None:
        write_whole(out, "".join(lines))
    if as_json:
        sys.stdout.writelines(lines)
    else:
        _show(results, stderr=out is not None)


def _lines(results: Iterable[FileResult]) -> list[str]:
    from ..extract.candidate import candidate_json

    return [candidate_json(candidate) + "\n" for result in results for candidate in result.candidates]


def _show(results: list[FileResult], *, stderr: bool) -> None:
    from collections import Counter

    from rich.table import Table

    table = Table("file", "about", "candidates", "kinds", box=None, pad_edge=False)
    for result in results:
        kinds = Counter(candidate.predicate for candidate in result.candidates)
        shown = ", ".join(
            f"{count} {name}" for name, count in sorted(kinds.items(), key=lambda kind: (-kind[1], kind[0]))
        )
        notes = "; ".join([*result.notes, *(["cannot be read"] if result.problem else [])])
        table.add_row(result.file, result.subject, str(len(result.candidates)), shown or notes)
    console(stderr=stderr).print(table)
    for result in results:
        for note in result.notes if result.candidates else ():
            print(f"{result.file}: {note}", file=sys.stderr)
