"""The verb link: an index of names from dumps, and what it answers."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..extract import UsageError
from .base import AsJson, app, console, print_json, progress

if TYPE_CHECKING:
    from ..graph.link.answer import Match

__all__ = ["explain_name", "index_", "link"]

link = typer.Typer(
    help="Link names to the records of external datasets.",
    invoke_without_command=True,
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(link, name="link")

DEFAULT = Path("names.index")
IndexFile = Annotated[Path, typer.Option("--index", metavar="PATH", help="Index to look in.")]
Kind = Annotated[str, typer.Option(help="taxon, organization, place or habitat; any when left out.", metavar="KIND")]


@link.callback()
def _link(
    context: typer.Context,
    explain: Annotated[str, typer.Option("--explain", metavar="NAME", help="Show every rung tried for a name.")] = "",
    index: IndexFile = DEFAULT,
    as_json: AsJson = False,
) -> None:
    """Link names to the records of external datasets."""
    if context.invoked_subcommand is not None:
        return
    if not explain:
        raise UsageError("say what to do; try: wildgraph link --help")
    explain_name(explain, index=index, as_json=as_json)


@link.command("index")
def index_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Dumps: archives, tables, folders.")],
    out: Annotated[Path, typer.Option(metavar="PATH", help="Index to make or to add to.")] = DEFAULT,
    name: Annotated[str, typer.Option("--id", metavar="NAME", help="What to call the one dump, such as col.")] = "",
    release: Annotated[str, typer.Option(help="Its release, where it does not say.", metavar="TEXT")] = "",
    licence: Annotated[str, typer.Option(help="Its licence, where it does not say.", metavar="TEXT")] = "",
    date: Annotated[str, typer.Option(help="The date of its release.", metavar="DATE")] = "",
    iri: Annotated[str, typer.Option(help="Template of its IRIs, with {id}.", metavar="TEMPLATE")] = "",
    fresh: Annotated[bool, typer.Option("--fresh", help="Leave out what the index holds already.")] = False,
    as_json: AsJson = False,
) -> None:
    """Build an index of names from dumps, or add dumps to one."""
    from ..graph.link.build import build_index
    from ..graph.link.dumps import Release

    if iri and "{id}" not in iri:
        raise UsageError(f"--iri '{iri}' has no {{id}} in it; for example https://example.org/taxon/{{id}}")
    said = Release(name=name, release=release, licence=licence, date=date, iri=iri)
    with progress() as step:
        built = build_index(files, out, said=said if said != Release() else None, fresh=fresh, progress=step)
    if as_json:
        print_json({"path": built.path, "size": built.size, "dumps": [asdict(d) | {"key": d.key} for d in built.dumps]})
        return
    for dump in built.dumps:
        mark = "+" if dump in built.added else " "
        skipped = f", {dump.skipped:,} skipped" if dump.skipped else ""
        print(f"{mark} {dump.key:32} {dump.records:>11,} {dump.kind:12} {dump.licence or 'no licence said'}{skipped}")
    print(
        f"{built.path}: {built.size / 1e6:,.1f} MB\n\nnext: wildgraph link explain NAME --index {out}", file=sys.stderr
    )


@link.command("explain")
def explain_name(
    name: Annotated[str, typer.Argument(help="Name to look for.")],
    index: IndexFile = DEFAULT,
    dump: Annotated[str, typer.Option(help="Dump to look in; all when left out.", metavar="KEY")] = "",
    kind: Kind = "",
    author: Annotated[str, typer.Option(help="Authorship.", metavar="TEXT")] = "",
    rank: Annotated[str, typer.Option(help="Rank.", metavar="TEXT")] = "",
    kingdom: Annotated[str, typer.Option(help="Kingdom.", metavar="TEXT")] = "",
    family: Annotated[str, typer.Option(help="Family.", metavar="TEXT")] = "",
    code: Annotated[str, typer.Option(help="Nomenclatural code: ICZN, ICN, ICNP, ICTV.", metavar="CODE")] = "",
    country: Annotated[str, typer.Option(help="Country, ISO 3166-1 alpha-2.", metavar="CODE")] = "",
    locality: Annotated[str, typer.Option(help="Where it is, for an organisation or a place.", metavar="TEXT")] = "",
    type_: Annotated[str, typer.Option("--type", help="Type within its kind.", metavar="TEXT")] = "",
    as_json: AsJson = False,
) -> None:
    """Show every rung of the ladder for a name, in each dump of an index."""
    from ..graph.link.answer import Query
    from ..graph.link.index import Index
    from ..graph.link.match import match

    asked = Query(name, author, rank, kingdom, family, code, locality, country, type_)
    with Index.open(index) as opened:
        dumps = [d for d in opened.dumps if not kind or d.kind == kind]
        dumps = [opened.dump(dump)] if dump else dumps
        if not dumps:
            known = ", ".join(sorted({d.kind for d in opened.dumps}))
            raise UsageError(f"{index} holds no {kind}; it holds: {known}")
        matches = [match(opened, asked._replace(kind=d.kind), dump=d.key) for d in dumps]
    if as_json:
        print_json([_json(found) for found in matches])
        return
    from ..queries.matches import show_match

    for found in matches:
        show_match(found, console())


def _json(found: Match) -> dict[str, Any]:
    return {
        "query": found.query._asdict(),
        "dump": found.dump,
        "outcome": found.outcome,
        "candidates": [candidate._asdict() for candidate in found.candidates],
        "rungs": [rung._asdict() for rung in found.rungs],
    }
