"""The command line: each verb reads its arguments, calls one function and prints the answer."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .extract import InputError, MachineError, UsageError, WildgraphError, open_project
from .graph import Check, Severity, build, check_files, check_project

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["app", "main"]

app = typer.Typer(
    help="Build, check, query and publish knowledge-graph datasets for wildlife conservation.",
    epilog="Exit codes: 0 fine, 1 findings, 2 wrong use, 3 the machine cannot, 4 bad input.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # Rich help takes twice the time that the whole of --help may
    pretty_exceptions_enable=False,
)

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Project folder.", show_default="the current folder")]
InProject = Annotated[Path, typer.Option("--project", metavar="DIR", help="Project folder.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON (docs/commands.md has the schemas).")]
HERE = Path()
INTERRUPTED = 130  # what typer makes of Ctrl-C, and shells of a process that SIGINT ended


def main() -> None:
    """Run the command line and exit as docs/commands.md says, without a traceback for anything a user did."""
    try:
        code = app(standalone_mode=False)
        sys.stdout.flush()
    except InputError as error:
        from .queries.report import show_problems

        show_problems(error.problems, _console(stderr=True))
        count = len(error.problems)
        _fail(f"{count} problem{'' if count == 1 else 's'} in the input; nothing was changed", error.exit_code)
    except WildgraphError as error:
        _fail(str(error), error.exit_code)
    except (BrokenPipeError, SystemExit):
        # The reader of our output went away (`| head`), which typer makes a SystemExit of: nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(0)
    except OSError as error:
        _fail(f"{error.filename or 'the system'}: {error.strerror or error}", MachineError.exit_code)
    except Exception as error:  # typer's own errors have no public base class
        if not hasattr(error, "format_message"):
            raise
        _fail(f"{error.format_message()}; try: wildgraph --help", UsageError.exit_code)
    if code == INTERRUPTED:
        _fail("stopped; nothing was changed", INTERRUPTED)
    sys.exit(code if isinstance(code, int) else 0)


def _fail(message: str, code: int) -> None:
    print(f"wildgraph: {message}", file=sys.stderr)
    sys.exit(code)


def _console(*, stderr: bool = False) -> Console:
    from rich.console import Console  # a tenth of a second that --help need not pay

    class Output(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # to `main`, where it is no error; Rich would exit with 1

    return Output(stderr=stderr, highlight=False, emoji=False, markup=False)


def _print_json(value: object) -> None:
    print(json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, default=str))


@app.command("init")
def init_(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make.")],
    example: Annotated[bool, typer.Option("--example", help="Copy the Amur leopard reference dataset.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write a small working project, or a copy of the reference dataset."""
    from .extract.scaffold import init

    files = init(folder, example=example)
    if as_json:
        _print_json({"folder": folder, "files": files})
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
    from .extract.stamp import stamp_evidence

    if not stamp:
        raise UsageError("say what to add; try: wildgraph add --stamp")
    changed = stamp_evidence(folder)
    if as_json:
        _print_json({"stamped": changed})
        return
    for name, count in changed.items():
        print(f"{count:6} {name}")
    print(f"{sum(changed.values())} hashes written", file=sys.stderr)


@app.command("build")
def build_(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """Turn the files of a project into a graph in its build folder."""
    with _progress() as progress:
        built = build(folder, progress=progress)
    if as_json:
        _print_json(asdict(built.summary))
        return
    from .queries.report import show_build, show_problems

    show_problems(built.project.warnings, _console(stderr=True))
    show_build(built, _console())
    print(f"\nnext: wildgraph check {folder}", file=sys.stderr)


class CheckFormat(StrEnum):
    """What `check` can print."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    SARIF = "sarif"
    TURTLE = "turtle"
    NTRIPLES = "ntriples"
    RDFXML = "rdfxml"
    JSONLD = "jsonld"


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
        CheckFormat, typer.Option("--format", help="text, json, csv, sarif, or the SHACL report in RDF.")
    ] = (CheckFormat.TEXT),
    fail_on: Annotated[Level, typer.Option(help="Exit with 1 from this severity on.")] = Level.VIOLATION,
    engine: Annotated[Engine, typer.Option(help="SHACL engine; both compares them in full.")] = Engine.FAST,
    everything: Annotated[bool, typer.Option("--all", help="Show every finding, hints too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Validate a built graph, or any RDF file, with SHACL, and run the lints."""
    with _progress() as progress:
        progress("validating", 0, 0)
        found = _check(target, shapes or [], engine)
    if as_json or output is CheckFormat.JSON:
        from .queries.findings import findings_json

        document = {"conforms": found.report.conforms, "engine": found.report.engine}
        _print_json(document | {"findings": findings_json(found.findings)})
    elif output in {CheckFormat.CSV, CheckFormat.SARIF}:
        from .queries.findings import findings_csv, findings_sarif

        write = findings_csv if output is CheckFormat.CSV else findings_sarif
        sys.stdout.write(write(found.findings))
    elif output is CheckFormat.TEXT:
        from .queries.report import show_check

        show_check(found, _console(), everything=everything)
    else:
        print(found.report.serialize(output.value), end="")
    if any(finding.severity >= Severity[fail_on.name] for finding in found.findings):
        raise typer.Exit(1)


def _check(target: Path, shapes: list[Path], engine: Engine) -> Check:
    if target.is_dir() or not target.exists():
        if shapes:
            raise UsageError("--shapes goes with an RDF file; a project's own shapes are in its shapes folder")
        return check_project(target, engine=engine.value)
    return check_files([target], shapes, engine=engine.value)


class AnswerFormat(StrEnum):
    """What `query` can print."""

    TABLE = "table"
    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    TURTLE = "turtle"
    JSONLD = "jsonld"


@app.command()
def query(
    question: Annotated[str | None, typer.Argument(metavar="NAME|FILE.rq", help="A question.")] = None,
    values: Annotated[list[str] | None, typer.Argument(metavar="PARAM=VALUE", help="What to ask about.")] = None,
    sparql: Annotated[str | None, typer.Option("-e", "--sparql", help="Any SPARQL query.")] = None,
    output: Annotated[AnswerFormat, typer.Option("--format", help="How to print the answer.")] = AnswerFormat.TABLE,
    project: InProject = HERE,
    as_json: AsJson = False,
) -> None:
    """Ask a question of the catalogue, of a file, or in SPARQL; without a name, list the questions."""
    from .queries.ask import ask, catalogue

    if question is None and sparql is None:
        listed = catalogue(project)
        if as_json:
            _print_json([entry.as_json() for entry in listed])
        else:
            from .queries.report import show_catalogue

            show_catalogue(listed, _console())
        return
    wanted = AnswerFormat.JSON if as_json else output
    answer = ask(project, question=question, sparql=sparql, values=values or [])
    if wanted is AnswerFormat.TABLE:
        answer.show(_console())
    else:
        sys.stdout.write(answer.format(wanted.value))


@app.command()
def explain(
    name: Annotated[str, typer.Argument(metavar="NAME", help="An IRI, an id or a label.")],
    project: InProject = HERE,
    as_json: AsJson = False,
) -> None:
    """Say in plain words what is known of an entity, a claim or a source, and on what evidence."""
    from .queries.explain import explain as explain_

    told = explain_(open_project(project), name)
    if as_json:
        _print_json(asdict(told))
        return
    from .queries.report import show_explanation

    show_explanation(told, _console())


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
    as_json: AsJson = False,
) -> None:
    """Write the built dataset as Turtle, TriG, N-Triples, N-Quads, RDF/XML or JSON-LD."""
    from .graph.publish import export as export_
    from .graph.publish import export_entities

    if entities is not None:
        written = export_entities(folder, entities)
        if as_json:
            _print_json({"files": written})
        print(f"{len(written)} files in {entities}", file=sys.stderr)
        return
    export_(folder, syntax.value, out, with_ontology=with_ontology)
    if as_json and out is not None:
        _print_json({"files": [out]})


@app.command()
def plot(
    taxon: Annotated[str, typer.Argument(metavar="TAXON", help="An IRI, an id or a label.")],
    project: InProject = HERE,
    out: Annotated[Path | None, typer.Option(metavar="FILE.svg", help="File to write instead of stdout.")] = None,
) -> None:
    """Draw who does what against which threat of a taxon, and what the threats cause, as SVG."""
    from .queries.picture import chain_svg

    picture = chain_svg(project, taxon)
    if out is None:
        sys.stdout.write(picture)
    else:
        out.write_text(picture, encoding="utf-8", newline="\n")


@app.command()
def doctor(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """Tell what this machine and this project lack."""
    from .queries.doctor import diagnose

    signs = diagnose(folder)
    if as_json:
        _print_json([asdict(sign) for sign in signs])
    else:
        from .queries.report import show_signs

        show_signs(signs, _console())
    if any(sign.state == "missing" for sign in signs):
        raise typer.Exit(3)


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """Show steps on stderr, when it is a terminal and the work takes more than a moment."""
    if not sys.stderr.isatty():
        yield lambda _name, _done, _total: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=_console(stderr=True), transient=True) as bar:
        task = bar.add_task("")
        yield lambda name, done, total: bar.update(task, description=name, completed=done, total=total or None)


if __name__ == "__main__":
    main()
