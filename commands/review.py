"""The verbs for candidates: review, score."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..extract import UsageError, open_project
from .base import HERE, AsJson, Folder, app, console, print_json
from .reanchor import reanchor_project

if TYPE_CHECKING:
    from ..extract.extractors import Intake
    from ..extract.session import Filter

__all__ = ["review", "score"]


@app.command()
def review(
    folder: Folder = HERE,
    files: Annotated[
        list[Path] | None,
        typer.Option("--candidates", metavar="FILE", help="Candidates (default: candidates/*.jsonl)."),
    ] = None,
    rule: Annotated[str, typer.Option(metavar="RULE", help="Only candidates of a rule.")] = "",
    predicate: Annotated[str, typer.Option(metavar="NAME", help="Only candidates with a predicate.")] = "",
    document: Annotated[str, typer.Option(metavar="SOURCE", help="Only candidates of a source.")] = "",
    curator: Annotated[str, typer.Option(metavar="NAME", help="Who decides (default: git's user.name).")] = "",
    day: Annotated[str, typer.Option("--date", metavar="DATE", help="Date of the decisions (default: today).")] = "",
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the review as a page instead.")] = None,
    links: Annotated[bool, typer.Option("--links", help="Decide on proposed links instead.")] = False,
    private: Annotated[bool, typer.Option("--private", help="Show words of sources of any licence.")] = False,
    show_state: Annotated[bool, typer.Option("--status", help="Say how far it is; 1 if something is stale.")] = False,
    agree: Annotated[
        tuple[Path, Path] | None, typer.Option("--agreement", metavar="A.tsv B.tsv", help="Compare two ledgers.")
    ] = None,
    take: Annotated[Path | None, typer.Option("--import", metavar="FILE", help="Take a model's candidates.")] = None,
    run: Annotated[str, typer.Option("--run", metavar="NAME", help="Run an installed extractor.")] = "",
    again: Annotated[bool, typer.Option("--reanchor", help="Find spans again in sources that changed.")] = False,
    before: Annotated[Path | None, typer.Option(metavar="DIR", help="With --reanchor: the older copies.")] = None,
    write: Annotated[bool, typer.Option("--write", help="With --reanchor: correct the files.")] = False,
    as_json: AsJson = False,
) -> None:
    """Turn candidates into claims: accept, edit or reject each; decisions are kept in review/*.tsv."""
    from ..extract.session import Filter

    if links:
        _links(folder, curator, day)
    elif agree:
        _agreement(*agree, as_json=as_json)
    elif take or run:
        _intake(folder, take, run, as_json=as_json)
    elif again:
        _reanchor(folder, files or [], before, write=write, as_json=as_json)
    elif show_state:
        _status(folder, files or [], as_json=as_json)
    else:
        only = Filter(rule, predicate, document)
        _session(folder, files or [], only, curator, day, html, private=private, as_json=as_json)


def _session(
    folder: Path,
    files: list[Path],
    only: Filter,
    curator: str,
    day: str,
    html: Path | None,
    *,
    private: bool,
    as_json: bool,
) -> None:
    from ..extract.session import Session, read_candidates

    project = open_project(folder)
    found = read_candidates(project, files)
    reading = html is not None or as_json
    who = curator or ("" if reading else _curator())
    session = Session(project, found, curator=who, date=day or date.today().isoformat(), only=only)
    if html is not None:
        from ..queries.review_page import review_page

        html.write_text(review_page(session, private=private), encoding="utf-8", newline="\n")
        print(f"{len(session.all)} candidates in {html}", file=sys.stderr)
    elif as_json:
        print_json([{"candidate": c.id, "rule": c.rule, "cells": session.cells(c)} for c in session.queue])
    elif not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("a review needs a terminal; try: wildgraph review --html review.html, or --status")
    else:
        from ..queries.reviewing import review as in_terminal

        in_terminal(session, console(), typer.getchar)


def _links(folder: Path, curator: str, day: str) -> None:
    from ..queries.links import review_links

    project = open_project(folder)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("a review needs a terminal; try: wildgraph link review --accept HANDLE --by NAME")
    who = curator or _curator()
    done = review_links(project, console(), input, by=who, date=day or date.today().isoformat())
    print(f"{done[0]} accepted, {done[1]} rejected", file=sys.stderr)


def _curator() -> str:
    try:
        command = ["git", "config", "user.name"]
        name = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10).stdout.strip()
    except OSError:
        name = ""
    if not name:
        raise UsageError("who decides? try: wildgraph review --curator NAME")
    return name


def _status(folder: Path, files: list[Path], *, as_json: bool) -> None:
    from ..extract.session import read_candidates, status
    from ..queries.reviewing import show_status

    project = open_project(folder, any_version=True)
    state = status(project, read_candidates(project, files))
    if as_json:
        print_json(state.as_json())
    else:
        show_status(state, console())
    if state.stale:
        raise typer.Exit(1)


def _agreement(first: Path, second: Path, *, as_json: bool) -> None:
    from ..extract.agreement import agreement
    from ..queries.reviewing import show_agreement

    found = agreement(first, second)
    if as_json:
        print_json(found.as_json())
    else:
        show_agreement(found, console())


def _intake(folder: Path, take: Path | None, run: str, *, as_json: bool) -> None:
    from ..extract.extractors import import_candidates, run_extractor

    project = open_project(folder)
    intake: Intake = import_candidates(project, take) if take else run_extractor(project, run)
    if as_json:
        print_json(asdict(intake))
        return
    print(f"{intake.passed:6} candidates in {intake.candidates}")
    print(f"{intake.stopped:6} stopped" + (f", in {intake.quarantine}" if intake.quarantine else ""))
    for kind, count in intake.reasons.items():
        print(f"{count:10} {kind}")


def _reanchor(folder: Path, files: list[Path], before: Path | None, *, write: bool, as_json: bool) -> None:
    from ..extract.session import read_candidates

    project = open_project(folder, any_version=True)
    try:
        found = read_candidates(project, files)
    except UsageError:
        found = []  # without candidates, spans are found all the same
    reanchor_project(folder, found, before=before, write=write, as_json=as_json)


@app.command()
def score(
    gold: Annotated[Path, typer.Argument(metavar="GOLD", help="A gold standard, JSON Lines.")],
    predictions: Annotated[Path, typer.Argument(metavar="PREDICTIONS", help="Candidates, JSON Lines.")],
    project: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Project whose names count too (default: the reference dataset).")
    ] = None,
    errors: Annotated[bool, typer.Option("--errors", help="List what was missed and what is wrong.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compare candidates with a gold standard: precision, recall and F1, lenient and strict."""
    from ..extract.score import score_files

    scores = score_files(gold, predictions, project=project)
    if as_json:
        print_json(scores.as_json())
        return
    from ..queries.scores import show_scores

    show_scores(scores, console(), errors=errors)
