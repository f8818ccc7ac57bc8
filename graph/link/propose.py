"""Proposing: what a match suggests becomes rows of a queue, never a link; what people decided is not asked again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib.metadata import version

from ...extract import Entity, Project
from .answer import Candidate, Match
from .files import QUEUE, read_links, write_links
from .mapping import Link, rejected
from .targets import target_of, targets

__all__ = ["Proposed", "links_of", "propose"]

_PREDICATES = {"exact": "exactMatch", "close": "closeMatch", "broad": "broadMatch"}


@dataclass(frozen=True, slots=True)
class Proposed:
    """What came of asking: how many answers of each kind, which links wait now, which files changed.

    `known` counts what was decided before, `nameless` what cannot be linked because its dump has no IRIs.
    """

    asked: int
    outcomes: dict[str, int]
    links: tuple[Link, ...]
    known: int
    nameless: int
    changed: tuple[str, ...]


def propose(project: Project, answers: Iterable[tuple[Entity, Match]], *, date: str) -> Proposed:
    """Put what some answers suggest into the queue of the project.

    Rows of the queue for an entity and dataset that were asked about again give way to the new ones; a row that says
    the same as before keeps its date. What is accepted already, as whatever relation, or was rejected, is not
    proposed; `known` counts it.
    """
    links = read_links(project)
    outcomes: Counter[str] = Counter()
    fresh: dict[tuple[str, str, str], Link] = {}
    renewed: set[tuple[str, str]] = set()
    nameless = 0
    for entity, answer in answers:
        outcomes[answer.outcome] += 1
        renewed.add((_subject(project, entity), answer.dump.partition("@")[0]))
        for link in links_of(project, entity, answer, date=date):
            if link.object:
                fresh.setdefault(link.key, link)
                renewed.add((link.subject, link.target.name if link.target else ""))
            else:
                nameless += 1
    ruled_out = rejected(links.rejected)
    linked = {(link.subject, link.object) for link in links.accepted}
    before = {link.key: link for link in links.proposed}
    open_ = {k: one for k, one in fresh.items() if k not in ruled_out and (one.subject, one.object) not in linked}
    new = [_as_before(link, before.get(key)) for key, link in open_.items()]
    kept = [link for link in links.proposed if not _gives_way(link, renewed) and link.key not in fresh]
    changed = write_links(project, QUEUE, [*kept, *new])
    count = sum(outcomes.values())
    return Proposed(count, dict(sorted(outcomes.items())), tuple(new), len(fresh) - len(new), nameless, tuple(changed))


def links_of(project: Project, entity: Entity, answer: Match, *, date: str) -> list[Link]:
    """Return the links that an answer suggests: the choice, or all candidates where none was chosen.

    A synonym suggests a second link, to the accepted taxon of that release. A link whose `object` is empty is to
    a thing that has no IRI.
    """
    if answer.outcome == "none":
        return []
    candidates = answer.candidates if answer.outcome == "ambiguous" else answer.candidates[:1]
    why = answer.rungs[-1].why if answer.rungs else ""
    if len(candidates) > 1:
        why = f"one of {len(candidates)}: {why}"
    found = []
    for candidate in candidates:
        link = _link(project, entity, answer, candidate, date=date, why=why)
        found.append(link)
        if candidate.accepted_id and candidate.accepted_id != candidate.id:
            found.append(_to_accepted(link, candidate))
    return found


def _link(project: Project, entity: Entity, answer: Match, candidate: Candidate, *, date: str, why: str) -> Link:
    fuzzy = answer.outcome == "fuzzy"
    name = " ".join(part for part in (candidate.name, candidate.authorship) if part)
    return Link(
        subject=_subject(project, entity),
        predicate=_PREDICATES[candidate.relation],
        object=_iri(candidate.dump, candidate.id, candidate.iri),
        justification="LexicalSimilarityThresholdMatching" if fuzzy else "LexicalMatching",
        confidence=round(candidate.score, 3),
        subject_label=entity.scientific_name or entity.label.text,
        object_label=name,
        release=candidate.dump.partition("@")[2],
        tool="wildgraph",
        tool_version=version("wildgraph"),
        date=date,
        comment=why,
    )


def _to_accepted(link: Link, candidate: Candidate) -> Link:
    """Return the link to the taxon that a synonym belongs to: close, or broader where that stands above."""
    above = len(candidate.accepted_name.split()) < len(candidate.name.split())
    kind = "broadMatch" if above or link.predicate == "broadMatch" else "closeMatch"
    return replace(
        link,
        predicate=kind,
        object=_iri(candidate.dump, candidate.accepted_id, candidate.accepted_iri),
        object_label=candidate.accepted_name,
        comment=f"the accepted taxon of a synonym; {link.comment}",
    )


def _iri(dump: str, identifier: str, iri: str) -> str:
    """Return the IRI of an identifier as `targets.toml` writes it, else as the dump does; empty where it has none."""
    found = target_of(iri.rstrip("/"))
    if found:
        return found[0].iri + found[1]
    target = targets().get(dump.partition("@")[0])
    local = identifier.rpartition("/")[2].rpartition(":")[2]
    return target.iri + local if target and target.fits(local) else iri


def _subject(project: Project, entity: Entity) -> str:
    return f"{project.settings.base}{entity.type}/{entity.id}"


def _gives_way(link: Link, renewed: set[tuple[str, str]]) -> bool:
    return (link.subject, link.target.name if link.target else "") in renewed


def _as_before(link: Link, before: Link | None) -> Link:
    if before is None:
        return link
    dated = replace(link, date=before.date, origin=before.origin, extra=before.extra)
    return before if dated.without_content() == replace(before, origin=dated.origin) else replace(dated, date=link.date)
