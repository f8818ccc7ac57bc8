"""Deciding: a person accepts or rejects what waits in the queue; the decision is a row that git can merge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ...extract import Project, UsageError
from ...extract.claim import NOWHERE
from ...extract.problems import nearest
from .files import FOLDER, QUEUE, read_links, write_links
from .mapping import PREDICATES, Link, rejected, sort_key

__all__ = ["Decided", "Waiting", "decide", "undo", "waiting"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """The candidates that wait for one entity and one dataset. More than one is ambiguous."""

    subject: str
    label: str
    target: str
    links: tuple[Link, ...]

    @property
    def ambiguous(self) -> bool:
        """Whether a person has to choose: several things are said to be exactly, or closely, the same."""
        return sum(link.predicate in {"exactMatch", "closeMatch"} for link in self.links) > 1


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided, and the files that changed."""

    accepted: tuple[Link, ...]
    rejected: tuple[Link, ...]
    changed: tuple[str, ...]


def waiting(project: Project) -> list[Waiting]:
    """Return the queue of a project, grouped, in order of entity and dataset."""
    groups: dict[tuple[str, str], list[Link]] = {}
    for link in sorted(read_links(project).proposed, key=sort_key):
        groups.setdefault((link.subject, link.target.name if link.target else ""), []).append(link)
    return [Waiting(key[0], links[0].subject_label, key[1], tuple(links)) for key, links in groups.items()]


def decide(
    project: Project,
    *,
    accept: Iterable[str] = (),
    reject: Iterable[str] = (),
    by: str,
    date: str,
    predicate: str = "",
    note: str = "",
) -> Decided:
    """Accept and reject proposals by their handles (the eight digits that `waiting` shows, or the first of them).

    `predicate` accepts them as another relation than proposed, or rejects more: `relatedMatch` says that the two have
    nothing to do with each other. Raises UsageError for handles that are unknown, unclear or given twice, and for a
    relation that is none.
    """
    if not by.strip():
        raise UsageError('say who decides: --by "Your Name" or --by orcid:0000-0002-1825-0097')
    if predicate and predicate not in PREDICATES:
        raise UsageError(f"'{predicate}' is no relation; {nearest(predicate, PREDICATES) or ', '.join(PREDICATES)}")
    links = read_links(project)
    yes, no = _find(links.proposed, list(accept)), _find(links.proposed, list(reject))
    if both := {link.handle for link in yes} & {link.handle for link in no}:
        raise UsageError(f"{', '.join(sorted(both))}: accepted and rejected at once")
    judged = {"reviewer": by.strip(), "reviewed": date, "predicate": predicate, "comment": note}
    facts = {name: value for name, value in judged.items() if value}
    accepted = tuple(replace(link, **facts, origin=NOWHERE) for link in yes)  # type: ignore[arg-type]
    refused = tuple(replace(link, **facts, negated=True, origin=NOWHERE) for link in no)  # type: ignore[arg-type]
    done = {link.key for link in (*yes, *no)}
    ruled_out = rejected(refused)
    rest = [link for link in links.proposed if link.key not in done and link.key not in ruled_out]
    decided = _merged([*links.decided, *accepted, *refused])
    changed = write_links(project, FOLDER, decided) + write_links(project, QUEUE, rest)
    return Decided(accepted, refused, tuple(changed))


def undo(project: Project, handles: Sequence[str]) -> list[str]:
    """Take decisions back, by the handles of decided links; they wait again. Returns the files that changed."""
    links = read_links(project)
    taken = _find(links.decided, list(handles))
    keys = {(link.key, link.negated) for link in taken}
    rest = [link for link in links.decided if (link.key, link.negated) not in keys]
    again = [replace(link, negated=False, reviewer="", reviewed="", origin=NOWHERE) for link in taken]
    waits = {link.key for link in links.proposed}
    changed = write_links(project, FOLDER, rest)
    return changed + write_links(project, QUEUE, [*links.proposed, *(link for link in again if link.key not in waits)])


def _find(links: Sequence[Link], handles: Sequence[str]) -> list[Link]:
    found = []
    for handle in dict.fromkeys(handles):
        matches = [link for link in links if link.handle.startswith(handle.lower())] if handle else []
        if len(matches) != 1:
            what = "belongs to several links; give more of it" if matches else "is the handle of no link here"
            hint = nearest(handle, [link.handle for link in links]) or "wildgraph link review lists them"
            raise UsageError(f"'{handle}' {what}; {hint}")
        found += matches
    return found


def _merged(links: Iterable[Link]) -> list[Link]:
    """Return the links with the last decision on each key: who accepts what was rejected has changed their mind."""
    return list({link.key: link for link in links}.values())
