"""The verbs for links of a project: link propose, review, report."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date as calendar
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..extract import Project, UsageError, open_project
from ..extract.problems import nearest
from .base import HERE, AsJson, Folder, console, print_json
from .link import IndexFile, link

if TYPE_CHECKING:
    from ..graph.link.http import Client
    from ..graph.link.propose import Proposed

__all__ = ["propose", "report", "review"]

Day = Annotated[str, typer.Option("--date", metavar="DATE", help="Date of the rows.", show_default="today")]
#: Where the replies of services are kept, in the project; safe to delete.
CACHE = ".cache/services"


@link.command()
def propose(
    folder: Folder = HERE,
    index: IndexFile = Path("names.index"),
    dumps: Annotated[
        list[str] | None, typer.Option("--dump", metavar="KEY", help="Dumps of the index; the newest of each.")
    ] = None,
    online: Annotated[list[str] | None, typer.Option(metavar="SERVICE", help="Ask this service instead.")] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Take a service's replies from disk only.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Ask about linked entities too.")] = False,
    day: Day = "",
    as_json: AsJson = False,
) -> None:
    """Look for links of the entities of a project; what is found waits in links/proposed for a decision."""
    from ..queries.links import show_proposed

    project = open_project(folder)
    told = []
    asking = (
        _ask_services(project, online, offline, again, day) if online else _ask_index(project, index, dumps, again, day)
    )
    for name, proposed in asking:
        told.append({"dump": name} | {k: v for k, v in asdict(proposed).items() if k != "links"})
        if not as_json:
            show_proposed(name, proposed, console())
    if as_json:
        print_json(told)
    else:
        print(f"\nnext: wildgraph link review {folder}", file=sys.stderr)


def _ask_index(
    project: Project, path: Path, dumps: list[str] | None, again: bool, day: str
) -> Iterator[tuple[str, Proposed]]:
    from ..graph.link.ask import ask_index, newest, wanted
    from ..graph.link.files import read_links
    from ..graph.link.index import Index
    from ..graph.link.propose import propose as propose_

    links = read_links(project)
    with Index.open(path) as index:
        chosen = [index.dump(key) for key in dumps] if dumps else newest(index.dumps)
        for dump in chosen:
            entities = [e for e in wanted(project, links, dump.name, again=again) if e.type == dump.kind]
            answers = ask_index(project, index, dump, entities)
            yield dump.key, propose_(project, answers, date=_day(day))


def _ask_services(
    project: Project, names: list[str], offline: bool, again: bool, day: str
) -> Iterator[tuple[str, Proposed]]:
    from ..graph.link.ask import ask_service, wanted
    from ..graph.link.files import read_links
    from ..graph.link.propose import propose as propose_
    from ..graph.link.services import SERVICES

    for name in names:
        if name not in SERVICES:
            raise UsageError(f"no service is called '{name}'; {nearest(name, SERVICES) or ', '.join(SERVICES)}")
    links = read_links(project)
    client = _client(project, offline=offline)
    for name in names:
        target = "col" if name == "checklistbank" else name
        entities = wanted(project, links, target, again=again)
        yield name, propose_(project, ask_service(project, client, SERVICES[name], entities), date=_day(day))
    for notice in client.notices:
        print(notice, file=sys.stderr)


def _client(project: Project, *, offline: bool) -> Client:
    from ..graph.link.http import Client

    return Client(contact=project.settings.online.contact, cache=project.root / CACHE, offline=offline)


@link.command()
def review(
    folder: Folder = HERE,
    accept: Annotated[list[str] | None, typer.Option(metavar="HANDLE", help="Accept a proposal.")] = None,
    reject: Annotated[list[str] | None, typer.Option(metavar="HANDLE", help="Reject a proposal, for good.")] = None,
    undo: Annotated[list[str] | None, typer.Option(metavar="HANDLE", help="Take a decision back.")] = None,
    by: Annotated[str, typer.Option(metavar="NAME", envvar="WILDGRAPH_REVIEWER", help="Who decides.")] = "",
    relation: Annotated[str, typer.Option("--as", metavar="RELATION", help="exactMatch, closeMatch, ...")] = "",
    note: Annotated[str, typer.Option(metavar="TEXT", help="Why.")] = "",
    day: Day = "",
    as_json: AsJson = False,
) -> None:
    """List the proposals that wait, or accept and reject them."""
    from ..graph.link.decide import decide, waiting
    from ..graph.link.decide import undo as undo_
    from ..queries.links import show_waiting

    project = open_project(folder)
    if accept or reject:
        done = decide(
            project, accept=accept or (), reject=reject or (), by=by, date=_day(day), predicate=relation, note=note
        )
        counts = f"{len(done.accepted)} accepted, {len(done.rejected)} rejected"
        _tell(done.changed, counts, as_json=as_json)
    elif undo:
        _tell(undo_(project, undo), f"{len(undo)} taken back", as_json=as_json)
    elif as_json:
        print_json([asdict(group) | {"handles": [link.handle for link in group.links]} for group in waiting(project)])
    else:
        show_waiting(waiting(project), console())


def _tell(changed: list[str] | tuple[str, ...], counts: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"changed": list(changed)})
        return
    for name in changed:
        print(name)
    print(counts, file=sys.stderr)


@link.command()
def report(
    folder: Folder = HERE,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the page to work through as well.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say how far a project is linked: linked, ambiguous, proposed and unmatched, for each kind and dataset."""
    from ..graph.link.coverage import coverage
    from ..queries.links import show_coverage

    project = open_project(folder)
    found = coverage(project)
    if html is not None:
        from ..queries.link_page import link_page

        html.parent.mkdir(parents=True, exist_ok=True)
        html.write_text(link_page(project, found), encoding="utf-8", newline="\n")
    if as_json:
        rows = [asdict(row) | {"entities": row.entities, "linked": row.linked} for row in found.rows]
        print_json({"entities": found.entities, "linked": found.linked, "rejected": len(found.rejected), "rows": rows})
    else:
        show_coverage(found, console())


def _day(text: str) -> str:
    try:
        return calendar.fromisoformat(text).isoformat() if text else calendar.today().isoformat()
    except ValueError:
        raise UsageError(f"--date '{text}' is no day; for example 2026-11-21") from None
