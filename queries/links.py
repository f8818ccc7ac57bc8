"""What the terminal shows of links: what came of asking, what waits, how far a project is linked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from ..extract import Project
from ..graph.link.coverage import Coverage
from ..graph.link.decide import Waiting, decide, waiting
from ..graph.link.propose import Proposed
from ..graph.link.targets import targets

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["review_links", "show_coverage", "show_proposed", "show_waiting"]


def show_proposed(dump: str, proposed: Proposed, console: Console) -> None:
    """Print one line: how many were asked about, with what outcome, and what is new in the queue."""
    outcomes = ", ".join(f"{count} {name}" for name, count in proposed.outcomes.items()) or "nothing to ask"
    known = f", {proposed.known} decided before" if proposed.known else ""
    lost = f", {proposed.nameless} left out: the dump has no IRIs (link index --iri)" if proposed.nameless else ""
    line = f"{dump}: {proposed.asked} asked: {outcomes}; {len(proposed.links)} proposed{known}{lost}"
    console.print(line, soft_wrap=True)


def show_waiting(groups: Sequence[Waiting], console: Console, *, numbered: bool = False) -> None:
    """Print the queue, an entity and dataset at a time, each candidate with its handle or its number."""
    if not groups:
        console.print("nothing waits for a decision")
        return
    for group in groups:
        title = targets()[group.target].title if group.target in targets() else "another dataset"
        several = f"  ({len(group.links)} candidates)" if group.ambiguous else ""
        console.print(Text.assemble((group.label, "bold"), f"  {title}", (several, "yellow")), soft_wrap=True)
        for number, link in enumerate(group.links, start=1):
            mark = f"{number:>8}" if numbered else link.handle
            confidence = "" if link.confidence is None else f"{link.confidence:.2f}"
            label = f"  {link.object_label}" if link.object_label else ""
            line = f"  {mark}  {link.predicate:12} {confidence:>4}  {link.identifier}{label}"
            console.print(line, soft_wrap=True)
            console.print(Text(f"{'':12}{link.release}: {link.comment}", style="dim"), soft_wrap=True)


def review_links(
    project: Project, console: Console, read: Callable[[str], str], *, by: str, date: str
) -> tuple[int, int]:
    """Go through the queue with a person, who answers each question in a line; each decision is written at once.

    `3` accepts the third candidate, `-3` rejects it, `0` rejects all, an empty line goes on, `q` stops. Returns how
    many were accepted and rejected.
    """
    accepted = rejected = 0
    for group in waiting(project):
        show_waiting([group], console, numbered=True)
        while words := read("accept N, reject -N or all with 0, Enter goes on, q stops: ").split():
            if words == ["q"]:
                return accepted, rejected
            chosen = _chosen(group, words)
            if chosen is None:
                console.print(f"numbers from 1 to {len(group.links)}, with - to reject; each once")
                continue
            done = decide(project, accept=chosen[0], reject=chosen[1], by=by, date=date)
            accepted, rejected = accepted + len(done.accepted), rejected + len(done.rejected)
            break
    return accepted, rejected


def _chosen(group: Waiting, words: list[str]) -> tuple[list[str], list[str]] | None:
    """Return the handles to accept and to reject, None where the words do not say."""
    handles = [link.handle for link in group.links]
    if words == ["0"]:
        return [], handles
    numbers = {word.removeprefix("-") for word in words}
    known = {str(number): handle for number, handle in enumerate(handles, start=1)}
    if len(numbers) < len(words) or not numbers <= set(known):
        return None
    yes = [known[word] for word in words if word in known]
    return yes, [known[word[1:]] for word in words if word.startswith("-")]


def show_coverage(found: Coverage, console: Console) -> None:
    """Print a row a dataset for each kind of entity, and the figure for the whole."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("", "dataset"):
        table.add_column(name, no_wrap=True)
    for name in ("all", "linked", "ambiguous", "proposed", "unmatched", "share"):
        table.add_column(name, justify="right")
    for kind, rows in groupby(found.rows, key=lambda row: row.type):
        for number, row in enumerate(rows):
            counts = (row.entities, row.linked, len(row.ambiguous), len(row.proposed), len(row.unmatched))
            cells = map(str, counts)
            table.add_row("" if number else kind, row.target, *cells, f"{row.percent:.0f} %")
    console.print(table)
    share = f"{found.linked} of {found.entities} entities have an accepted link ({found.percent:.0f} %)"
    console.print(f"{share}; {len(found.rejected)} rejected")
