"""Reviewing in a terminal: one candidate at a time, a key for each decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from ..extract.agreement import Agreement
from ..extract.candidate import Candidate
from ..extract.curated import CLAIMS
from ..extract.ledger import Decision
from ..extract.passage import passages
from ..extract.problems import InputError, Problem, UsageError, nearest
from ..extract.reanchor import Reanchoring
from ..extract.session import Session, Status

__all__ = ["review", "show_agreement", "show_reanchoring", "show_status"]

_KEYS = {"a": "accept", "r": "reject", "e": "edit", "n": "new entity", "s": "skip", "u": "undo", "q": "quit"}
_HELP = Text.assemble(*(part for key, word in _KEYS.items() for part in ((f" {key} ", "reverse"), f" {word}   ")))


def review(session: Session, console: Console, key: Callable[[], str]) -> None:
    """Show candidates until all are decided or the curator quits; `key` waits for a key and returns it."""
    with suppress(KeyboardInterrupt, EOFError):  # every decision is saved already
        _loop(session, console, key)
    left = len(session.queue) - session.at
    saved = f"saved in {session.path}" if session.path.exists() else "nothing was decided"
    console.print(f"{session.decided} of {len(session.all)} decided, {left} left in this session; {saved}")


def _loop(session: Session, console: Console, key: Callable[[], str]) -> None:
    shown = -1
    while (candidate := session.current) is not None:
        if shown != session.at:
            _show(session, candidate, console)
            shown = session.at
        console.print(_HELP)
        pressed = _KEYS.get(key().lower(), "")
        if pressed == "quit":
            break
        _act(pressed, session, candidate, console)


def _act(pressed: str, session: Session, candidate: Candidate, console: Console) -> None:
    if pressed == "skip":
        session.skip()
    elif pressed == "undo" and not session.undo():
        console.print("nothing to take back", style="yellow")
    elif pressed == "reject":
        session.decide("reject")
    elif pressed == "new entity":
        _admit(session, candidate, console)
    elif pressed == "accept":
        _decide(session, session.cells(candidate), "accept", console)
    elif pressed == "edit":
        cells = _edited(session, session.cells(candidate), console)
        if cells is not None:
            _decide(session, cells, "edit", console)


def _admit(session: Session, candidate: Candidate, console: Console) -> None:
    rows = session.newcomers(candidate)
    try:
        line = session.admit(candidate)
    except (InputError, UsageError) as error:
        console.print(str(error), style="yellow")
        return
    for number, row in enumerate(rows, start=line - len(rows) + 1):
        said = ", ".join(f"{column} {cell}" for column, cell in row.items() if column != "id")
        console.print(f"entities.tsv:{number}  {row['id']}: {said}", soft_wrap=True)
    if not rows:
        console.print("every entity of this claim is known", style="yellow")


def _decide(session: Session, cells: Mapping[str, str], verdict: str, console: Console) -> None:
    try:
        session.decide(verdict, cells=cells)
    except InputError as error:
        _problems(error.problems, console)
        console.print(
            "not a claim yet: edit it (e), add what is missing (n), or correct the file named, and accept again (a)",
            style="yellow",
        )
        try:
            session.refresh()
        except InputError as broken:
            _problems(broken.problems, console)


def _edited(session: Session, cells: dict[str, str], console: Console) -> dict[str, str] | None:
    """Ask for columns and values until an empty line; None when nothing was changed."""
    changed = dict(cells)
    console.print("column=value changes a cell, column= empties it, an empty line ends", style="dim")
    while line := console.input("edit> ").strip():
        column, equals, value = (part.strip() for part in line.partition("="))
        if column not in CLAIMS.columns or not equals:
            fix = nearest(column, CLAIMS.columns) or f"columns: {', '.join(CLAIMS.columns)}"
            console.print(f"no column '{column}'; {fix}", style="yellow")
            continue
        changed = {name: cell for name, cell in (changed | {column: value}).items() if cell}
        console.print(_row(changed, session.adopter.problems(changed)))
    return changed if changed != cells else None


def _show(session: Session, candidate: Candidate, console: Console) -> None:
    number = len(session.all) - len(session.queue) + session.at + 1
    place = f"{number} of {len(session.all)}, {session.decided} decided"
    console.print()
    console.print(Rule(Text(place), align="right", style="dim"))
    rule = candidate.rule or candidate.extractor or "no rule"
    console.print(Text.assemble((candidate.doc.file, "bold"), f"  {rule}  ", (candidate.confidence, "dim")))
    text = session.text(candidate)
    shown = passages(candidate, text) if text else []
    for passage in shown:
        words = Text.assemble(*((_plain(part), "bold black on yellow" if marked else "") for part, marked in passage))
        console.print(Padding(words, (1, 2, 0, 2)))
    if not shown:
        spans = ", ".join(f"{span.start}-{span.end}" for span in candidate.evidence)
        console.print(Padding(Text(f"{spans} (the source is not at hand)", style="dim"), (1, 2, 0, 2)))
    cells = session.cells(candidate)
    console.print(Padding(_row(cells, session.adopter.problems(cells)), (1, 2)))


def _plain(words: str) -> str:
    """Return words without what would steer the terminal."""
    return "".join(c if c.isprintable() else " " for c in words)


def _row(cells: Mapping[str, str], problems: list[Problem]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for name, cell in cells.items():
        table.add_row(name, Text(cell, style="bold" if name in {"subject", "predicate", "object"} else ""))
    for problem in problems:
        table.add_row("", Text(_said(problem), style="yellow"))
    return table


def _problems(problems: Sequence[Problem], console: Console) -> None:
    for problem in problems:
        console.print(_said(problem), style="yellow")


def _said(problem: Problem) -> str:
    value = f" '{problem.value}'" if problem.value else ""
    return f"{problem.message}{value}" + (f": {problem.fix}" if problem.fix else "")


def show_status(status: Status, console: Console) -> None:
    """Print how far a review is, the record of each rule, and the decisions to look at again."""
    given = ", ".join(f"{count} {verdict}" for verdict, count in status.verdicts.items()) or "none"
    console.print(f"{status.candidates} candidates, {status.waiting} waiting; decisions: {given}")
    if status.rules:
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column("rule")
        table.add_column("accepted", justify="right")
        for rule, (accepted, decided) in status.rules.items():
            table.add_row(rule or "(no rule)", f"{accepted} of {decided}")
        console.print(Padding(table, (1, 0)))
    for decision in status.changed:
        console.print(f"{_where(decision)} rests on another version of {decision.cells.get('source')}", style="yellow")
    for decision in status.gone:
        console.print(f"{_where(decision)} is on a candidate that is no longer found", style="yellow")
    for made in status.disputed:
        said = ", ".join(f"{decision.curator}: {decision.verdict}" for decision in made)
        console.print(f"{_where(made[0])} is disputed: {said}", style="yellow")
    if status.changed or status.gone:
        console.print("next: wildgraph review --reanchor")


def _where(decision: Decision) -> str:
    return f"{decision.origin.path}:{decision.origin.line}"


def show_agreement(found: Agreement, console: Console) -> None:
    """Print how far two ledgers agree, and where they do not."""
    only = f"{found.only_first} only in the first, {found.only_second} only in the second"
    console.print(f"{found.both} candidates decided by both, {only}")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("first", "second", ""):
        table.add_column(name, justify="right" if not name else "left")
    for (first, second), count in found.table.items():
        table.add_row(first, second, str(count), style="" if first == second else "yellow")
    console.print(Padding(table, (1, 0)))
    kappa = "undefined: chance alone would agree on everything" if found.kappa is None else f"{found.kappa:.2f}"
    observed = "-" if found.observed is None else f"{found.observed:.0%}"
    console.print(f"agreement {observed}, Cohen's kappa {kappa}")
    for pair in found.differences:
        console.print()
        console.print(Text(f"{pair[0].candidate}  {pair[0].rule}", style="bold"))
        for decision in pair:
            said = " ".join(decision.cells.get(name, "") for name in _TOLD if decision.cells.get(name))
            console.print(f"  {_where(decision)}  {decision.verdict}: {said}", soft_wrap=True)


_TOLD = ("subject", "predicate", "object", "hedge", "estimate", "lower", "upper", "unit", "place", "when")


def show_reanchoring(result: Reanchoring, console: Console) -> None:
    """Print what moved, what is lost, and what may stand in its place."""
    if not result.changed:
        console.print("no source changed")
    for moved in result.spans:
        anchor = moved.anchor
        if anchor.state == "same":
            continue
        old, where = f"{anchor.old.start}-{anchor.old.end}", f"{moved.origin.path}:{moved.origin.line}"
        if anchor.new is None:
            console.print(f"{where}  {old} orphaned: its words are no longer in {moved.source}", style="yellow")
            for proposal in moved.proposals:
                span = f"{proposal.span.start}-{proposal.span.end}:{proposal.span.hash}"
                console.print(f"    {proposal.score:.0f} % alike: {span}", soft_wrap=True)
            continue
        more = f", the nearest of {anchor.places} places" if anchor.places > 1 else ""
        console.print(f"{where}  {old} moved to {anchor.new.start}-{anchor.new.end}{more}")
    counts = ", ".join(f"{result.count(state)} {state}" for state in ("same", "moved", "orphaned"))
    if result.changed:
        console.print(f"{', '.join(result.changed)}: {counts}")
    for old, new in result.renamed.items():
        console.print(f"the decision on {old} goes with {new}")
    for name in result.written:
        console.print(f"{name} corrected")
    if (result.count("moved") or result.renamed) and not result.written:
        console.print("next: wildgraph review --reanchor --write")
