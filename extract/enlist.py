"""Enlisting: a document becomes a source of a project, with its hashes and what it says of itself."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from .documents import FORMATS, Document
from .problems import InputError, Problem, UsageError
from .project import Project, open_project
from .table import append_rows
from .tables.text import encoding_of, first_lines, sniff, split_line
from .text.language import language_of

__all__ = ["Enlisted", "enlist_document", "is_document"]

#: Columns that a row of a document fills.
_COLUMNS = ("id", "title", "publisher", "published", "language", "sha256", "canonical_sha256", "file")
#: What nobody but a person can tell.
_ASKED = ("publisher", "published", "url", "license")


@dataclass(frozen=True, slots=True)
class Enlisted:
    """A new row of `sources.tsv`: its cells, the line it stands in, and the columns left for a person to fill."""

    cells: dict[str, str]
    table: Path
    line: int
    copied: bool
    empty: tuple[str, ...]
    notes: tuple[str, ...] = ()


def is_document(path: Path) -> bool:
    """Tell a page, an article or a book from a table, by what is in the file; plain text may be either."""
    ending = path.suffix.lower()
    if not path.is_file() or ending not in {e for endings in FORMATS.values() for e in endings if e}:
        return False
    if ending in FORMATS["jats"]:
        head = path.read_bytes()[:4096].lower()
        return b"<article" in head or b"<html" in head
    if ending not in FORMATS["text"]:
        return True
    lines = [line for line in first_lines(path, encoding_of(path)) if line.strip()][:20]
    delimiter = sniff(lines).delimiter
    widths = {len(split_line(line, delimiter, '"')) for line in lines}
    tabular = "\t" in "".join(lines[:1]) or (len(lines) > 1 and len(widths) == 1 and widths != {1})
    return not tabular


def enlist_document(path: Path, root: Path, *, name: str = "", dry_run: bool = False) -> Enlisted:
    """Add a document to the sources of a project. From elsewhere it is copied to `documents/private`, out of git.

    Raises InputError when the document or the project cannot be read, and UsageError when the project has the
    document already or writes its sources in a spreadsheet; then nothing was written.
    """
    project = open_project(root)
    table = root / "sources.tsv"
    document = Document(path, path.read_bytes())
    try:
        made, hashes = document.converted, (document.sha256, document.canonical_sha256)
    except ValueError as error:
        raise InputError([Problem(str(path), 0, 0, f"cannot be read: {error}", fix="save it as plain text")]) from error
    if not made.text.strip():
        raise InputError([Problem(str(path), 0, 0, "there is no text in it", fix="save the page again, as text")])
    identifier = name or re.sub(r"[^a-z0-9]+", "-", path.stem.casefold()).strip("-") or "document"
    _refuse_known(project, identifier, hashes[0])
    inside = path.resolve().is_relative_to(root.resolve())
    target = path.resolve().relative_to(root.resolve()) if inside else Path("documents/private") / path.name
    if not inside and (root / target).exists():
        raise UsageError(f"{root / target} is there already; rename one of the two")
    values = (
        identifier,
        _title(document) or path.stem,
        _publisher(project, made.publisher),
        made.year if re.fullmatch(r"\d{4}", made.year) else "",
        made.language or ("" if language_of(made.text) else "en"),
        *hashes,
        target.as_posix(),
    )
    cells = {column: value for column, value in zip(_COLUMNS, values, strict=True) if value}
    line = append_rows(table, [cells], dry_run=dry_run)
    if not inside and not dry_run:
        (root / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, root / target)
    empty = tuple(column for column in _ASKED if column not in cells)
    return Enlisted(cells, table, line, not inside, empty, made.notes)


def _refuse_known(project: Project, identifier: str, sha256: str) -> None:
    if same := next((s for s in project.sources.values() if s.sha256 == sha256), None):
        raise UsageError(f"the document is a source already: {same.id} ({same.origin.path}:{same.origin.line})")
    if identifier in {*project.sources, *project.entities}:
        raise UsageError(f"the id {identifier} is taken; give another with --id")


def _title(document: Document) -> str:
    made = document.converted
    heading = next((made.text[m.start : m.end] for m in made.marks or () if m.kind == "heading"), "")
    first = next((line.strip("#*= \t") for line in made.text.splitlines() if line.strip("#*= \t")), "")
    return " ".join((made.title or heading or first[:120]).split())


def _publisher(project: Project, stated: str) -> str:
    publishers = (e for e in project.entities.values() if e.type in {"organization", "stakeholder"})
    named = {label.text.casefold(): entity.id for entity in publishers for label in (*entity.alt_labels, entity.label)}
    return named.get(stated.casefold(), "")
