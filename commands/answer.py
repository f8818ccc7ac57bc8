"""The verbs that answer from a built graph: query, explain, plot."""

from __future__ import annotations

import sys
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from ..extract import UsageError, open_project
from .base import HERE, AsJson, InProject, app, console, print_json

__all__ = ["explain", "plot", "query"]

#: How many rows of an answer are printed for people unless they ask for all.
SHOWN = 1_000


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
    labels: Annotated[bool, typer.Option("--labels", help="CSV with labels in place of IRIs.")] = False,
    every: Annotated[bool, typer.Option("--all", help=f"Every row of a table, not {SHOWN:,}.")] = False,
    project: InProject = HERE,
    as_json: AsJson = False,
) -> None:
    """Ask a question of the catalogue, of a file, or in SPARQL; without a name, list the questions."""
    from ..queries.ask import ask, catalogue

    if question is None and sparql is None:
        listed = catalogue(project)
        if as_json:
            print_json([entry.as_json() for entry in listed])
        else:
            from ..queries.report import show_catalogue

            show_catalogue(listed, console())
        return
    wanted = AnswerFormat.JSON if as_json else output
    if labels and wanted is not AnswerFormat.CSV:
        raise UsageError("--labels goes with --format csv; a table has labels, and the other formats are for programs")
    limit = SHOWN if wanted is AnswerFormat.TABLE and not every else None
    answer = ask(project, question=question, sparql=sparql, limit=limit, **_pairs(values or []))
    if wanted is AnswerFormat.TABLE:
        answer.show(console())
    else:
        sys.stdout.write(answer.csv(labels=True) if labels else answer.format(wanted.value))


def _pairs(values: list[str]) -> dict[str, Any]:
    if wrong := next((value for value in values if "=" not in value), None):
        raise UsageError(f"'{wrong}' is no parameter; write name=value")
    return {name: text for name, _, text in (value.partition("=") for value in values)}


@app.command()
def explain(
    name: Annotated[str, typer.Argument(metavar="NAME", help="An IRI, an id or a label.")],
    project: InProject = HERE,
    as_json: AsJson = False,
) -> None:
    """Say in plain words what is known of an entity, a claim or a source, and on what evidence."""
    from ..queries.explain import explain as explain_

    told = explain_(open_project(project), name)
    if as_json:
        print_json(asdict(told))
        return
    from ..queries.report import show_explanation

    show_explanation(told, console())


class Kind(StrEnum):
    """What `plot` can draw."""

    POPULATION = "population"
    STATUS = "status"
    CHAIN = "chain"
    WEB = "web"
    MAP = "map"
    COVERAGE = "coverage"


@app.command()
def plot(
    thing: Annotated[str | None, typer.Argument(metavar="TAXON", help="An IRI, an id or a label.")] = None,
    kind: Annotated[Kind, typer.Option(help="What to draw; coverage needs no taxon.")] = Kind.CHAIN,
    project: InProject = HERE,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.svg|.png", help="File to write instead of SVG to stdout.")
    ] = None,
    dark: Annotated[bool, typer.Option("--dark", help="PNG in dark colours; SVG follows its reader.")] = False,
) -> None:
    """Draw a taxon's figures over time, status, chain of threats, web of prey, or map; or the dataset's coverage."""
    from ..queries.ask import Asker
    from ..queries.pictures import draw

    if thing is None and kind is not Kind.COVERAGE:
        raise UsageError(f"say of what to draw the {kind.value}; try: wildgraph plot TAXON --kind {kind.value}")
    if out is not None and out.suffix.lower() not in {".svg", ".png"}:
        raise UsageError(f"'{out}' is neither .svg nor .png")
    picture = draw(Asker.open(project), thing or "", kind=kind.value)
    if out is None:
        sys.stdout.write(picture.svg)
    elif out.suffix.lower() == ".png":
        out.write_bytes(picture.png(dark=dark))
    else:
        out.write_text(picture.svg, encoding="utf-8", newline="\n")
