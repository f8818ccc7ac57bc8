"""The verbs that make, judge and publish the graph: build, check, export."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TextIO

import typer

from ..extract import UsageError
from ..graph import Check, Severity, build, check_files, check_project
from ..graph.build import BUILD
from ..graph.findings import SHOWN, grouped
from ..graph.tables.engines import EMBEDDED
from ..graph.validate import shapes_in_words
from ..queries.findings import write_csv, write_json, write_sarif
from ..queries.findings_page import write_html
from .base import HERE, AsJson, Folder, app, console, print_json, progress

__all__ = ["build_", "check", "export"]


@app.command("build")
def build_(
    folder: Folder = HERE,
    engine: Annotated[
        str, typer.Option(metavar="NAME", help="What makes graphs of tables: duckdb, spark or spark://HOST:7077.")
    ] = EMBEDDED,
    as_json: AsJson = False,
) -> None:
    """Turn the files of a project into a graph in its build folder."""
    with progress() as step:
        built = build(folder, progress=step, engine=engine)
    if as_json:
        print_json(asdict(built.summary))
        return
    from ..queries.report import show_build, show_problems

    show_problems(built.project.warnings, console(stderr=True))
    show_build(built, console())
    print(f"\nnext: wildgraph check {folder}", file=sys.stderr)


class CheckFormat(StrEnum):
    """What `check` can print."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    SARIF = "sarif"
    HTML = "html"
    TURTLE = "turtle"
    NTRIPLES = "ntriples"
    RDFXML = "rdfxml"
    JSONLD = "jsonld"


_REPORTS = {CheckFormat.TURTLE, CheckFormat.NTRIPLES, CheckFormat.RDFXML, CheckFormat.JSONLD}
_WRITERS: dict[CheckFormat, Callable[[Check, TextIO], None]] = {
    CheckFormat.JSON: write_json,
    CheckFormat.CSV: write_csv,
    CheckFormat.SARIF: write_sarif,
    CheckFormat.HTML: write_html,
}


class Level(StrEnum):
    """From which severity on `check` fails."""

    VIOLATION = "violation"
    WARNING = "warning"
    INFO = "info"


class Engine(StrEnum):
    """What validates: the fast engine audited by pyshacl, pyshacl alone, or both compared in full."""

    FAST = "fast"
    PYSHACL = "pyshacl"
    BOTH = "both"


@app.command()
def check(
    target: Annotated[Path, typer.Argument(metavar="DIR|FILE", help="A built project, or any RDF file.")] = HERE,
    shapes: Annotated[list[Path] | None, typer.Option(help="Shapes for an RDF file.", metavar="FILE")] = None,
    output: Annotated[
        CheckFormat, typer.Option("--format", help="text, json, csv, sarif, html, or the SHACL report in RDF.")
    ] = (CheckFormat.TEXT),
    fail_on: Annotated[Level, typer.Option(help="Exit with 1 from this severity on.")] = Level.VIOLATION,
    engine: Annotated[Engine, typer.Option(help="SHACL engine; both compares them in full.")] = Engine.FAST,
    inference: Annotated[bool, typer.Option("--inference", help="Validate what follows by OWL 2 RL as well.")] = False,
    incremental: Annotated[
        bool, typer.Option("--incremental", help="Take findings over from the last such check where nothing changed.")
    ] = False,
    in_words: Annotated[bool, typer.Option("--shapes-in-words", help="Say what the shapes ask, and stop.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Show every finding, hints too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Validate a built graph, or any RDF file, with SHACL, and run the lints."""
    if in_words:
        print(shapes_in_words(target))
        return
    output = CheckFormat.JSON if as_json else output
    with progress() as step:
        step("validating", 0, 0)
        found = _check(
            target,
            shapes or [],
            engine,
            report=output in _REPORTS,
            inference=inference,
            incremental=incremental,
        )
    if output is CheckFormat.TEXT:
        from ..queries.report import show_check

        full = None if everything else _full_list(found, target)
        show_check(found, console(), everything=everything, full=full)
    elif output in _REPORTS:
        print(found.report.serialize(output.value), end="")
    else:
        _WRITERS[output](found, sys.stdout)
    if any(finding.severity >= Severity[fail_on.name] for finding in found.findings):
        raise typer.Exit(1)


def _check(
    target: Path, shapes: list[Path], engine: Engine, *, report: bool, inference: bool, incremental: bool
) -> Check:
    if target.is_dir() or not target.exists():
        if shapes:
            raise UsageError("--shapes goes with an RDF file; a project's own shapes are in its shapes folder")
        return check_project(target, engine=engine.value, report=report, inference=inference, incremental=incremental)
    if incremental:
        raise UsageError("--incremental goes with a built project, which keeps its graphs apart; leave it out")
    return check_files([target], shapes, engine=engine.value, report=report, inference=inference)


def _full_list(found: Check, target: Path) -> Path | None:
    """Write all findings beside the build when there are more than a screen shows."""
    if not target.is_dir() or all(group.count <= SHOWN for group in grouped(found.findings)):
        return None
    path = target / BUILD / "findings.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        write_csv(found, file)
    return path


class ExportFormat(StrEnum):
    """The syntaxes that `export` writes."""

    TURTLE = "turtle"
    TRIG = "trig"
    NTRIPLES = "ntriples"
    NQUADS = "nquads"
    RDFXML = "rdfxml"
    JSONLD = "jsonld"


@app.command()
def export(
    folder: Folder = HERE,
    syntax: Annotated[ExportFormat, typer.Option("--format", help="RDF syntax.")] = ExportFormat.TURTLE,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="File to write instead of stdout.")] = None,
    entities: Annotated[Path | None, typer.Option(metavar="DIR", help="Write one JSON-LD file per entity.")] = None,
    with_ontology: Annotated[bool, typer.Option(help="Include the vocabulary and the schemes.")] = False,
    jobs: Annotated[int | None, typer.Option("--jobs", min=1, help="Processes.", show_default="one a core")] = None,
    as_json: AsJson = False,
) -> None:
    """Write the built dataset as Turtle, TriG, N-Triples, N-Quads, RDF/XML or JSON-LD."""
    from ..graph.publish import export as export_
    from ..graph.publish import export_entities

    if entities is not None:
        written = export_entities(folder, entities)
        if as_json:
            print_json({"files": written})
        print(f"{len(written)} files in {entities}", file=sys.stderr)
        return
    gate = export_(folder, syntax.value, out, with_ontology=with_ontology, processes=jobs or os.cpu_count() or 1)
    for note in gate.notes():
        print(note, file=sys.stderr)
    if as_json and out is not None:
        print_json({"files": [out]})
