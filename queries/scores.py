"""What the terminal shows of a comparison with a gold standard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..extract.score import Scores

__all__ = ["show_scores"]

_GROUPS = {"tiers": "tier", "predicates": "predicate", "documents": "document"}


def show_scores(scores: Scores, console: Console, *, errors: bool = False) -> None:
    """Print precision, recall and F1 by both rules, with what was missed and what is wrong if asked for."""
    figures = scores.as_json()
    for rule in ("lenient", "strict"):
        console.print(_table(rule, figures[rule]))
        console.print()
    said = [f"{name} {same} of {total}" for name, (same, total) in scores.details.items()]
    console.print(f"the same in the lenient pairs: {', '.join(said) or 'nothing to compare'}", style="dim")
    for name, count in scores.unscored.items():
        console.print(f"not scored: {count} predictions in {name}, outside of what the gold standard covers")
    for name in scores.versions:
        console.print(f"{name} was read as another text than the gold standard counts in", style="yellow")
    for name in scores.silent:
        console.print(f"nothing was predicted for {name}: is it the same version of the document?", style="yellow")
    if errors:
        _errors(figures, console)


def _table(rule: str, figures: Mapping[str, Any]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(rule, overflow="fold", min_width=10)  # the one that gives way on a narrow terminal
    for name in ("gold", "said", "both", "precision", "recall", "F1"):
        table.add_column(name, justify="right", no_wrap=True)
    _row(table, "all", figures["all"])
    # By the strict rule only the tiers: predicates and documents are in the JSON.
    for group, name in _GROUPS.items() if rule == "lenient" else [("tiers", "tier")]:
        table.add_row(Text(name, style="dim"))
        for key, count in figures[group].items():
            _row(table, f"  {key}", count)
    return table


def _row(table: Table, name: str, count: Mapping[str, Any]) -> None:
    cells = [str(count[key]) for key in ("gold", "predicted", "found")]
    cells += [_share(count[key], count[f"{key}Interval"]) for key in ("precision", "recall", "f1")]
    table.add_row(name, *cells, style="bold" if name == "all" else "")


def _share(value: float | None, interval: Sequence[float]) -> str:
    low, high = (f"{bound:.2f}".removeprefix("0") for bound in interval)
    return "-" if value is None else f"{value:.2f} {low}-{high}"


def _errors(figures: Mapping[str, Any], console: Console) -> None:
    for kind, style in (("missed", "yellow"), ("wrong", "red")):
        console.print(f"\n{kind}", style="bold")
        for entry in sorted(figures[kind], key=lambda e: (e["file"], e["start"], e["end"])):
            place = f"{entry['file']}:{entry['start']}-{entry['end']}"
            line = Text.assemble(
                (f"{place}  ", "dim"), (entry["predicate"], style), f" {entry['object']}  {entry['id']}"
            )
            console.print(line, soft_wrap=True)
