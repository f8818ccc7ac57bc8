"""The verbs for candidates: score."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .base import AsJson, app, console, print_json

__all__ = ["score"]


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
