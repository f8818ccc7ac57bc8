"""What a project asks of an index or a service: each entity as a query, with all that is known of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from ...extract import Entity, Project
from .answer import Kind, Match, Query
from .files import Links
from .http import Client, ServiceError
from .index import Dump, Index
from .match import match
from .services import Asker
from .targets import targets

__all__ = ["KINDS", "ask_index", "ask_service", "first_found", "newest", "queries_of", "wanted"]

#: The kinds of entity that can be linked.
KINDS: tuple[Kind, ...] = ("taxon", "organization", "place", "habitat")
#: After how many failures in a row a service is taken to be down.
_GIVE_UP = 3


def queries_of(project: Project, entity: Entity) -> list[Query]:
    """Return what to ask about an entity: a taxon by its scientific name, anything else by each of its names.

    A taxon without a scientific name is not asked about: what a common name means depends on who says it.
    """
    if entity.type not in KINDS:
        return []
    kind: Kind = entity.type
    if kind == "taxon":
        if not entity.scientific_name:
            return []
        above = {up.rank: up.scientific_name for up in _parents(project, entity) if up.rank}
        return [
            Query(
                entity.scientific_name,
                authorship=entity.authorship,
                rank=entity.rank,
                kingdom=above.get("kingdom", ""),
                family=above.get("family", ""),
            )
        ]
    country = entity.countries[0] if len(entity.countries) == 1 else ""
    names = dict.fromkeys((entity.label.text, *(label.text for label in entity.alt_labels)))
    return [Query(name, country=country, kind=kind) for name in names]


def wanted(project: Project, links: Links, target: str, *, again: bool = False) -> list[Entity]:
    """Return the entities that a dataset could hold and that have no exact or close match in it yet, in order of id.

    `again` asks about matched ones too. A dataset that is not in the list of targets could hold anything.
    """
    known = targets().get(target)
    matched = [link for link in links.accepted if link.predicate in {"exactMatch", "closeMatch"} and link.target]
    done = {link.subject for link in matched if link.target and link.target.name == target}
    base = project.settings.base
    return [
        entity
        for _, entity in sorted(project.entities.items())
        if entity.type in (known.types if known else KINDS)
        and (again or f"{base}{entity.type}/{entity.id}" not in done)
        and queries_of(project, entity)
    ]


def newest(dumps: Iterable[Dump]) -> list[Dump]:
    """Return the newest release of each dataset, by its date or else by the name of the release."""
    latest: dict[str, Dump] = {}
    for dump in sorted(dumps, key=lambda dump: (dump.date, dump.release)):
        latest[dump.name] = dump
    return [latest[name] for name in sorted(latest)]


def ask_index(project: Project, index: Index, dump: Dump, entities: Iterable[Entity]) -> Iterator[tuple[Entity, Match]]:
    """Match entities of the dump's kind against a dump."""
    for entity in entities:
        if entity.type == dump.kind:
            queries = queries_of(project, entity)
            yield entity, first_found(queries, lambda query: match(index, query, dump=dump.key))


def ask_service(
    project: Project, client: Client, service: Asker, entities: Iterable[Entity]
) -> Iterator[tuple[Entity, Match]]:
    """Match entities with a service, one of `SERVICES`.

    An entity that the service fails on is noticed and left out, so that one odd name does not cost a long run.
    Raises ServiceError when it fails on several in a row or on all, and UsageError for a missing token or contact.
    """
    failures: list[ServiceError] = []
    in_a_row = answered = 0
    for entity in entities:
        try:
            answer = first_found(queries_of(project, entity), lambda query: service(client, query))
        except ServiceError as error:
            failures.append(error)
            in_a_row += 1
            if in_a_row == _GIVE_UP:
                raise
            client.notices.append(f"{entity.id} was left out: {error}")
            continue
        in_a_row, answered = 0, answered + 1
        yield entity, answer
    if failures and not answered:
        raise failures[0]


def first_found(queries: Sequence[Query], ask: Callable[[Query], Match]) -> Match:
    """Return the answer to the first name that has one; names that lead to different things are ambiguous."""
    answers = [ask(query) for query in queries]
    found = [answer for answer in answers if answer.outcome != "none"]
    if not found:
        return answers[0]
    best = found[0]
    others = [c for answer in found[1:] for c in answer.candidates if answer.linked or answer.outcome == "ambiguous"]
    known = {candidate.id for candidate in best.candidates}
    different = [other for other in dict.fromkeys(others) if other.id not in known]
    if different and best.linked:
        return best._replace(outcome="ambiguous", candidates=(best.candidates[0], *different))
    return best


def _parents(project: Project, entity: Entity) -> Iterator[Entity]:
    while entity.parent and entity.parent in project.entities:
        entity = project.entities[entity.parent]
        yield entity
