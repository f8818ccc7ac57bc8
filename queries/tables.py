"""What the terminal shows of table sources: what was added and why, and what became of their rows in a build."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..extract.tables.add import Added
from ..graph import Summary

__all__ = ["show_added", "show_sources"]

#: How many notes on a source the terminal shows.
_NOTES = 10
#: Of so many columns beside each other that become the same, only the first and the last are named.
_ALIKE = 4


def show_added(added: Added, console: Console, project: Path) -> None:
    """Print what a package was found to be and what becomes of each of its columns."""
    proposal = added.proposal
    source = added.source
    console.print(
        Text.assemble((source.title, "bold"), f"  {proposal.package.format}, {source.license or 'licence not stated'}")
    )
    console.print(Text(f"mapping {source.mapping}: {proposal.why}"), soft_wrap=True)
    for name, meanings in groupby(proposal.meanings, key=lambda meaning: meaning.table):
        found = list(meanings)
        grid = Table.grid(padding=(0, 2))
        for (becomes, why), same in groupby((m for m in found if m.becomes), key=lambda m: (m.becomes, m.why)):
            names = [meaning.column for meaning in same]
            shown = ", ".join(names) if len(names) < _ALIKE else f"{names[0]} ... {names[-1]}, {len(names)} columns"
            grid.add_row(f"  {shown}", Text(becomes, style="cyan"), Text(why, style="dim"))
        console.print(Text(f"\n{name}", style="bold"))
        console.print(grid)
        if unread := [meaning.column for meaning in found if not meaning.becomes]:
            console.print(Text(f"  not read: {', '.join(unread)}", style="yellow"), soft_wrap=True)
    for note in (*proposal.package.notes, *proposal.package.left_out[:_NOTES]):
        console.print(Text(str(note), style="yellow"), soft_wrap=True)
    console.print(Text("\n" + "".join(f"{project / name}\n" for name in added.files)), end="")
    console.print(f"the tables stay where they are: {source.file}", soft_wrap=True)
    first = "" if proposal.ready else f"fill in {project / source.mapping}, then "
    console.print(f"\nnext: {first}wildgraph build {project}", soft_wrap=True)


def show_sources(summary: Summary, console: Console, folder: Path) -> None:
    """Print, for each table source, its rows in and out."""
    for name, entry in summary.tables.items():
        counts = entry["counts"]
        rows, rejected, kept = (sum(counts[k].values()) for k in ("rows", "rejected", "kept"))
        words = f"{name}: {rows:,} rows in, {rejected:,} rejected, {kept:,} kept without one of their values"
        console.print(words, soft_wrap=True)
        if counts["merged"]:
            console.print(f"  {counts['merged']:,} rows say the same as another row and were merged", soft_wrap=True)
        for file, columns in counts["unmapped"].items():
            console.print(f"  not read in {file}: {', '.join(columns)}", soft_wrap=True)
        for note in entry["notes"][:_NOTES]:
            console.print(Text(f"  {note}", style="yellow"), soft_wrap=True)
        if (more := len(entry["notes"]) - _NOTES) > 0:
            console.print(f"  ... and {more:,} more in {folder}/summary.json", soft_wrap=True)
        if counts["unread"]:
            console.print(f"  no rule reads {', '.join(counts['unread'])}", soft_wrap=True)
        if rejected or kept:
            console.print(f"  see {folder}/quarantine/{name}.tsv", soft_wrap=True)
