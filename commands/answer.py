"""The verbs that answer from a built graph: query, explain, plot."""

from __future__ import annotations

import sys
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ..extract import open_project
from .base import HERE, AsJson, InProject, app, console, print_json

__all__ = ["explain", "plot", "query"]


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
    answer = ask(project, question=question, sparql=sparql, values=values or [])
    if wanted is AnswerFormat.TABLE:
        answer.show(console())
    else:
        sys.stdout.write(answer.format(wanted.value))


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


@app.command()
def plot(
    taxon: Annotated[str, typer.Argument(metavar="TAXON", help="An IRI, an id or a label.")],
    project: InProject = HERE,
    out: Annotated[Path | None, typer.Option(metavar="FILE.svg", help="File to write instead of stdout.")] = None,
) -> None:
    """Draw who does what against which threat of a taxon, and what the threats cause, as SVG."""
    from ..queries.picture import chain_svg

    picture = chain_svg(project, taxon)
    if out is None:
        sys.stdout.write(picture)
    else:
        out.write_text(picture, encoding="utf-8", newline="\n")
