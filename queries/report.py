"""What the terminal shows of new sources, builds, checks and problems."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ..extract import Problem
from ..extract.enlist import Enlisted
from ..graph import Build, Check, Finding, Severity, Summary
from ..graph.findings import Group, counted, grouped
from .doctor import Sign
from .explanation import Explanation, Statement
from .question import Question
from .tables import show_sources

__all__ = [
    "show_build",
    "show_catalogue",
    "show_check",
    "show_enlisted",
    "show_explanation",
    "show_problems",
    "show_signs",
]

_STYLES = {Severity.VIOLATION: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}


def show_problems(problems: Iterable[Problem], console: Console) -> None:
    """Print problems, each with its place, value and remedy."""
    for problem in problems:
        style = "yellow" if problem.warning else "red"
        head, _, rest = str(problem).partition("\n")
        console.print(Text(head, style=style), soft_wrap=True)
        if rest:
            console.print(Text(rest), soft_wrap=True, style="dim")


def show_enlisted(made: Enlisted, console: Console, project: Path) -> None:
    """Print the row of a new source, and what a person has to add to it."""
    grid = Table.grid(padding=(0, 2))
    for column, value in ((c, v) for c, v in made.cells.items() if not c.endswith("sha256")):
        grid.add_row(Text(f"  {column}", style="dim"), Text(value, overflow="fold"))
    console.print(Text(f"{made.table}:{made.line}", style="bold"))
    console.print(grid)
    for note in made.notes:
        console.print(Text(note, style="yellow"), soft_wrap=True)
    if made.copied:
        console.print("a copy is kept in documents/private, which git ignores", soft_wrap=True)
    if made.empty:
        console.print(f"to fill in, if known: {', '.join(made.empty)}", soft_wrap=True)
    out = project / "candidates" / f"{made.cells['id']}.jsonl"
    file = project / made.cells["file"]
    there = "" if project == Path() else f" --project {project}"
    console.print(f"\nnext: wildgraph extract {file}{there} --out {out}", soft_wrap=True)


def show_build(build: Build, console: Console) -> None:
    """Print what a build holds and where it is."""
    summary = build.summary
    console.print(Text.assemble((summary.title, "bold"), f"  version {summary.version}, {summary.license}"))
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", style="bold")
    table.add_column()
    for number, words in _figures(summary):
        table.add_row(f"{number:,}", words)
    console.print(Padding(table, (1, 0, 1, 2)))
    show_sources(summary, console, build.folder)
    files = Table.grid(padding=(0, 2))
    for name, words in (
        ("dataset.nq", "the graph, one quad a line"),
        ("store/", "the same, ready for SPARQL"),
        ("origins.tsv", "which row each claim came from"),
        ("summary.json", "these figures"),
    ):
        files.add_row(Text(f"{build.folder}/{name}", style="cyan"), words)
    console.print(files)


def _from_tables(summary: Summary, kind: str) -> int:
    made = [(name, n) for entry in summary.tables.values() for name, n in entry["counts"]["made"].items()]
    return sum(n for name, n in made if name[3:].startswith(kind) and not name.endswith("-derived"))


def _figures(summary: Summary) -> list[tuple[int, str]]:
    sources = f"sources, {summary.local_sources} of them at hand"
    evidence = f"spans of evidence, {summary.verified} verified against a source at hand"
    kinds = ", ".join(f"{n} {kind}" for kind, n in sorted(summary.entities.items(), key=lambda item: -item[1]))
    conflicts = ", ".join(f"{n} {kind}" for kind, n in summary.conflicts.items())
    claims = ", ".join(f"{n} {name}" for name, n in sorted(summary.claims.items(), key=lambda item: -item[1])[:6])
    rows = [
        (sum(summary.claims.values()), f"claims: {claims}, ..."),
        (_from_tables(summary, "claim"), "claims from rows of tables"),
        (_from_tables(summary, "entity"), "entities from rows of tables"),
        (summary.sources, sources),
        (sum(summary.entities.values()), f"entities: {kinds}"),
        (summary.evidence, evidence),
        (sum(summary.conflicts.values()), f"conflicts reported{': ' + conflicts if conflicts else ''}"),
        (summary.compared.get("cut", 0), "groups of claims with more conflicts than are told"),
        (sum(summary.lints.values()), "findings of the lints (wildgraph check shows them)"),
        (sum(summary.triples.values()), f"triples in {len(summary.triples)} graphs"),
    ]
    return [row for row in rows if row[0]]


def show_check(check: Check, console: Console, *, everything: bool = False, full: Path | None = None) -> None:
    """Print findings by rule and file, worst first; hints are only counted unless `everything`.

    Of each group a few are shown, or all with `everything`; `full` is where the whole list is.
    """
    groups = grouped(check.findings)
    if everything:
        for finding in check.findings:
            _show_finding(finding, console)
    else:
        for group in groups:
            _show_group(group, console)
    words = ", ".join(
        f"{n:,} {severity.name.lower()}{'' if n == 1 else 's'}" for severity, n in counted(groups).items()
    )
    good = check.report.conforms and not counted(groups)[Severity.VIOLATION]
    verdict = ("conforms", "bold green") if good else ("does not conform", "bold red")
    console.print(Text.assemble(verdict, f": {words}"))
    if full is not None:
        console.print(Text.assemble("all of them in ", (str(full), "cyan")), soft_wrap=True)
    console.print(Text(f"engine: {check.report.engine}", style="dim"))


def _show_group(group: Group, console: Console) -> None:
    first = group.first
    # A lint is known by its name, a shape by what it says.
    heading = f"{group.count:,} × {first.message if ':' in first.rule else first.rule}"
    where = f" in {group.path}, first at line {first.origin.line}" if first.origin and group.count > 1 else ""
    severity = (first.severity.name.lower(), _STYLES[first.severity])
    console.print(Text.assemble(severity, "  ", (heading, "bold"), where), soft_wrap=True)
    if first.fix:
        console.print(Padding(Text(first.fix, style="dim"), (0, 0, 0, 4)))
    if first.severity > Severity.INFO:
        for finding in group.shown:
            _show_finding(finding, console)
        if group.count > len(group.shown):
            console.print(Text(f"    ... and {group.count - len(group.shown):,} more (--all shows them)", style="dim"))


def _show_finding(finding: Finding, console: Console) -> None:
    where = f"{finding.origin.path}:{finding.origin.line}" if finding.origin else finding.focus
    value = f" [{finding.value}]" if finding.value else ""
    console.print(Text(f"    {where}", style="cyan"), soft_wrap=True)
    console.print(Padding(Text(f"{finding.label or finding.focus}"), (0, 0, 0, 6)))
    console.print(Padding(Text(f"{finding.message}{value}"), (0, 0, 0, 6)))


def show_explanation(told: Explanation, console: Console) -> None:
    """Print an explanation: the facts, then the claims by predicate with their evidence."""
    console.print(Text.assemble((told.title, "bold"), f"  {told.kind}"))
    console.print(Text(told.iri, style="dim"), soft_wrap=True)
    table = Table.grid(padding=(0, 2))
    for name, words in told.facts:
        table.add_row(Text(name, style="dim"), words)
    console.print(Padding(table, (1, 0, 1, 2)))
    for predicate, group in groupby(sorted(told.statements, key=lambda s: s.predicate), key=lambda s: s.predicate):
        console.print(Text(predicate, style="bold"))
        for statement in group:
            _show_statement(statement, console)


def _show_statement(statement: Statement, console: Console) -> None:
    rank = "" if statement.rank == "normal" else f" ({statement.rank})"
    console.print(Padding(Text(f"{statement.words}{rank}"), (0, 0, 0, 2)))
    said = f"{statement.source}, {statement.asserted or 'not dated'}; {statement.origin}"
    console.print(Padding(Text(said, style="dim"), (0, 0, 0, 4)))
    for witness in statement.evidence:
        words = witness.text or "(the source is not at hand)"
        console.print(Padding(Text(f"{witness.start}-{witness.end}  {words}", style="cyan"), (0, 0, 0, 4)))


def show_catalogue(questions: Iterable[Question], console: Console) -> None:
    """Print the questions with their parameters, one line each."""
    table = Table.grid(padding=(0, 2))
    for question in questions:
        parameters = " ".join(f"{name}=" for name in question.parameters)
        table.add_row(Text(question.name, style="bold"), Text(parameters, style="cyan"), question.title)
    console.print(table)


def show_signs(signs: Iterable[Sign], console: Console) -> None:
    """Print what the doctor saw, one line each, with what to do."""
    styles = {"ok": "green", "absent": "yellow", "missing": "red"}
    table = Table.grid(padding=(0, 2))
    for sign in signs:
        found = Text(sign.found)
        if sign.fix:
            found.append(f"{'; ' if sign.found else ''}{sign.fix}", style="dim")
        table.add_row(Text(sign.state, style=styles[sign.state]), sign.what, found)
    console.print(table)
