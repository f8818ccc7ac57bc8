"""The links of a project: those people accepted or rejected, and the queue of those nobody has judged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ...extract import InputError, Problem, Project
from ...extract.problems import nearest
from ..assemble import Assembler
from .mapping import Link
from .sssom import SUFFIX, Header, read_sssom, write_sssom
from .targets import targets

__all__ = ["FOLDER", "QUEUE", "Links", "header_of", "link_files", "read_links", "write_links"]

#: Where a project keeps its links, and the proposals that wait for a decision.
FOLDER, QUEUE = "links", "links/proposed"


@dataclass(frozen=True, slots=True)
class Links:
    """What a project's link files hold. `warnings` can be lived with."""

    accepted: tuple[Link, ...] = ()
    rejected: tuple[Link, ...] = ()
    proposed: tuple[Link, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @property
    def decided(self) -> tuple[Link, ...]:
        """Everything people judged."""
        return (*self.accepted, *self.rejected)


def link_files(root: Path, folder: str = FOLDER) -> list[Path]:
    """Return the link files of a project's folder, in order of name."""
    return sorted(path for path in (root / folder).glob(f"*{SUFFIX}") if not path.name.startswith((".", "~")))


def header_of(project: Project) -> Header:
    """Return what the head of the project's link files says."""
    return Header(project.settings.base, project.settings.title, project.settings.license)


def read_links(project: Project) -> Links:
    """Read the link files of a project.

    Raises InputError with every problem of all of them: rows that cannot be read, entities that do not exist,
    identifiers that cannot be right, two rows that say the same or the contrary.
    """
    problems: list[Problem] = []
    decided = _read(project, FOLDER, problems)
    proposed = _read(project, QUEUE, problems)
    problems += _contradictions(decided)
    problems += _doubles([link for link in decided if not link.negated])
    if errors := [problem for problem in problems if not problem.warning]:
        raise InputError(errors)
    accepted = tuple(link for link in decided if not link.negated)
    rejected = tuple(link for link in decided if link.negated)
    return Links(accepted, rejected, tuple(proposed), tuple(problems))


def write_links(project: Project, folder: str, links: Iterable[Link]) -> list[str]:
    """Write links into a folder of the project, one file a target; a file that would be empty is removed.

    Links that were read from a file of another name stay in that file. Returns the files that changed.
    """
    by_file: dict[str, list[Link]] = {path.name: [] for path in link_files(project.root, folder)}
    for link in links:
        name = Path(link.origin.path).name if Path(link.origin.path).parent.as_posix() == folder else ""
        by_file.setdefault(name or f"{link.target.name if link.target else 'other'}{SUFFIX}", []).append(link)
    changed = []
    for name, rows in sorted(by_file.items()):
        path = project.root / folder / name
        before = path.read_bytes() if path.is_file() else b""
        if rows:
            write_sssom(path, rows, header_of(project))
        else:
            path.unlink(missing_ok=True)
        if not rows or path.read_bytes() != before:
            changed.append(f"{folder}/{name}")
    return changed


def _read(project: Project, folder: str, problems: list[Problem]) -> list[Link]:
    entities = {Assembler(project).names.entity(entity.type, name) for name, entity in project.entities.items()}
    found: list[Link] = []
    for path in link_files(project.root, folder):
        shown = path.relative_to(project.root).as_posix()
        for link in read_sssom(path, header_of(project), shown_as=shown, problems=problems):
            wrong = _misfits(link, entities, project.settings.base)
            problems += wrong
            found += [] if wrong else [link]
    return found


def _misfits(link: Link, entities: set[str], base: str) -> list[Problem]:
    """Return what cannot be right about a link: a subject that is no entity, an object that is no identifier."""
    place = link.origin.path, link.origin.line, 1
    if link.subject not in entities:
        short = link.subject.removeprefix(base)
        known = nearest(short, (name.removeprefix(base) for name in entities))
        fix = known or "subject_id is this:type/id of a row of entities.tsv"
        return [Problem(*place, "the link is of no entity of this project", short, fix)]

    for target in targets().values():
        if link.object.startswith(target.iri) and link.target is None:
            value = link.object[len(target.iri) :]
            return [Problem(*place, f"not an identifier of {target.title}", value, f"it looks like {target.pattern}")]
    return []


def _contradictions(links: list[Link]) -> list[Problem]:
    first: dict[tuple[str, str, str], Link] = {}
    problems = []
    for link in links:
        other = first.setdefault(link.key, link)
        if other is not link:
            there = f"{other.origin.path}:{other.origin.line}"
            message = "two rows for one link" if other.negated == link.negated else "accepted and rejected at once"
            problems.append(Problem(link.origin.path, link.origin.line, 1, message, fix=f"see {there}; remove one"))
    return problems


def _doubles(links: list[Link]) -> list[Problem]:
    """Return a warning for each entity that is said to be exactly two things of one dataset."""
    groups: Mapping[tuple[str, str], list[Link]] = defaultdict(list)
    for link in links:
        if link.predicate == "exactMatch" and link.target:
            groups[link.subject, link.target.name].append(link)
    return [
        Problem(
            link.origin.path, link.origin.line, 1, f"a second exact match in {name}", link.identifier,
            f"{group[0].origin.path}:{group[0].origin.line} has {group[0].identifier}; is one of them closeMatch?",
            warning=True,
        )
        for (_, name), group in groups.items()
        for link in group[1:]
    ]  # fmt: skip
