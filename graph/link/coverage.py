"""How far a project is linked: for each kind of entity and each dataset, what is linked, what waits, what lacks."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from ...extract import Entity, Project
from .decide import Waiting, waiting
from .files import read_links
from .mapping import Link
from .targets import targets

__all__ = ["Coverage", "Row", "coverage"]


@dataclass(frozen=True, slots=True)
class Row:
    """Entities of one kind against one dataset, by id. Each entity is in one of the five lists.

    `exact` have an exact match, `other` another accepted link; `ambiguous` wait with several candidates, `proposed`
    with one; `unmatched` have nothing. `nameless` of the unmatched are taxa without a scientific name.
    """

    type: str
    target: str
    exact: tuple[str, ...]
    other: tuple[str, ...]
    ambiguous: tuple[str, ...]
    proposed: tuple[str, ...]
    unmatched: tuple[str, ...]
    nameless: tuple[str, ...]

    @property
    def entities(self) -> int:
        """How many there are."""
        return sum(map(len, (self.exact, self.other, self.ambiguous, self.proposed, self.unmatched)))

    @property
    def linked(self) -> int:
        """How many have an accepted link."""
        return len(self.exact) + len(self.other)

    @property
    def percent(self) -> float:
        """The share that has an accepted link."""
        return 100 * self.linked / self.entities if self.entities else 0.0


@dataclass(frozen=True, slots=True)
class Coverage:
    """The rows by kind and dataset, the queue, what was rejected, and how many entities have any link at all."""

    title: str
    rows: tuple[Row, ...]
    queue: tuple[Waiting, ...]
    rejected: tuple[Link, ...]
    entities: int
    linked: int

    @property
    def percent(self) -> float:
        """The share of entities that could be linked and have an accepted link to at least one dataset."""
        return 100 * self.linked / self.entities if self.entities else 0.0


def coverage(project: Project) -> Coverage:
    """Return how far a project is linked. Raises InputError when its link files are wrong."""
    links = read_links(project)
    queue = waiting(project)
    rows = []
    kinds = sorted({kind for target in targets().values() for kind in target.types})
    for kind in kinds:
        entities = [entity for _, entity in sorted(project.entities.items()) if entity.type == kind]
        names = [target.name for target in targets().values() if kind in target.types]
        rows += [_row(project, kind, name, entities, links.accepted, queue) for name in names if entities]
    able = {f"{project.settings.base}{e.type}/{e.id}" for e in project.entities.values() if e.type in kinds}
    linked = able & {link.subject for link in links.accepted}
    return Coverage(project.settings.title, tuple(rows), tuple(queue), links.rejected, len(able), len(linked))


def _row(
    project: Project, kind: str, target: str, entities: list[Entity], accepted: tuple[Link, ...], queue: list[Waiting]
) -> Row:
    linked: dict[str, set[str]] = defaultdict(set)
    for link in accepted:
        if link.target and link.target.name == target:
            linked[link.subject].add(link.predicate)
    waits = {group.subject: group.ambiguous for group in queue if group.target == target}
    lists: dict[str, list[str]] = defaultdict(list)
    for entity in entities:
        subject = f"{project.settings.base}{entity.type}/{entity.id}"
        if subject in linked:
            lists["exact" if "exactMatch" in linked[subject] else "other"].append(entity.id)
        elif subject in waits:
            lists["ambiguous" if waits[subject] else "proposed"].append(entity.id)
        else:
            lists["unmatched"].append(entity.id)
            if kind == "taxon" and not entity.scientific_name:
                lists["nameless"].append(entity.id)
    names = ("exact", "other", "ambiguous", "proposed", "unmatched", "nameless")
    return Row(kind, target, *(tuple(lists[name]) for name in names))
