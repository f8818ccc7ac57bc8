"""Origins: in which row each claim, entity, source and span was written, and what it is in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ..extract import Origin, Project
from .describe import sentence
from .identify import Names

__all__ = ["Known", "known", "origin_rows", "write_origins"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Known:
    """What a build knows of an IRI besides its triples: words for it and the row it came from."""

    label: str
    origin: Origin


def origin_rows(project: Project, names: Names) -> Iterator[tuple[str, Known]]:
    """Yield every IRI of a project that a row stands for; evidence comes from the row of its claim."""
    for claim in project.claims:
        words = Known(sentence(claim, project), claim.origin)
        yield names.claim(claim), words
        for span in claim.evidence:
            yield names.evidence(claim.source, span), words
    for entity in project.entities.values():
        yield names.entity(entity.type, entity.id), Known(entity.label.text, entity.origin)
    for source in project.sources.values():
        yield names.source(source.id), Known(source.title, source.origin)


def write_origins(path: Path, rows: Iterable[tuple[str, Known]]) -> None:
    """Write IRI, file, line and words, tab-separated, in order of IRI; of several rows for one, the first."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        last = ""
        for name, row in sorted(rows, key=lambda item: (item[0], item[1].origin.path, item[1].origin.line)):
            if name != last:
                file.write(f"{name}\t{row.origin.path}\t{row.origin.line}\t{' '.join(row.label.split())}\n")
            last = name


def known(path: Path, values: Iterable[T], name: Callable[[T], str]) -> Iterator[tuple[T, Known | None]]:
    """Join values, sorted by the IRI that `name` gives, with a file of origins; neither is held in memory."""
    with path.open(encoding="utf-8") as file:
        here, row = "", None
        for value in values:
            wanted = name(value)
            while here < wanted:
                here, _, rest = file.readline().rstrip("\n").partition("\t")
                if not here:
                    here = "\U0010ffff"  # past the last row: after every IRI
                    break
                where, line, label = rest.split("\t")
                row = Known(label, Origin(where, int(line)))
            yield value, row if here == wanted else None
