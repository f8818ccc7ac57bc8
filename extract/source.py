"""Sources: the documents that say things, known by the hashes of their bytes and of their text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from .cells import Cells
from .claim import NOWHERE, Origin
from .documents import Document
from .period import Period
from .problems import Problem
from .table import Sheet

__all__ = ["SOURCES", "Document", "Source", "hash_problems", "open_document", "read_source"]

SOURCES = Sheet(
    "sources",
    (
        "id", "title", "publisher", "published", "published_basis", "retrieved", "url", "license", "language",
        "sha256", "canonical_sha256", "file",
    ),
    ("id", "title"),
)  # fmt: skip

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Source:
    """A document that makes claims. `file` is where the project keeps a copy, which need not be there."""

    id: str
    title: str
    publisher: str = ""
    published: Period | None = None
    retrieved: Period | None = None
    url: str = ""
    license: str = ""
    language: str = ""
    sha256: str = ""
    canonical_sha256: str = ""
    file: str = ""
    origin: Origin = NOWHERE


def open_document(root: Path, source: Source) -> Document | None:
    """Return the local copy of a source, or None when it is not at hand."""
    path = root / source.file
    if not source.file or not path.is_file():
        return None
    return Document(path, path.read_bytes())


def read_source(cells: Cells) -> Source:
    """Read one row of `sources.tsv`."""
    for column in ("sha256", "canonical_sha256"):
        if cells.text(column) and not _SHA256.fullmatch(cells.text(column)):
            cells.note(column, "not a SHA-256", fix="64 hexadecimal digits in lower case, as `sha256sum FILE` prints")
    basis = cells.choice("published_basis", ("stated", "inferred"), "stated")
    return Source(
        id=cells.id("id"),
        title=cells.text("title"),
        publisher=cells.entity_or_none("publisher", ("organization", "stakeholder")) or "",
        published=cells.period("published", inferred=basis == "inferred"),
        retrieved=cells.period("retrieved"),
        url=cells.iri("url"),
        license=cells.text("license"),
        language=cells.text("language"),
        sha256=cells.text("sha256"),
        canonical_sha256=cells.text("canonical_sha256"),
        file=_file(cells),
        origin=Origin(cells.row.path, cells.row.line),
    )


def _file(cells: Cells) -> str:
    name = cells.text("file")
    if name.startswith(("/", "~")) or "\\" in name or ".." in name.split("/"):
        cells.note(
            "file", "file is not a path in the project", fix="copy the source to documents/private and name that"
        )
        return ""
    return name


def hash_problems(source: Source, document: Document, row_path: str) -> list[Problem]:
    """Return what is wrong between a source's row and its local copy."""
    line = source.origin.line
    try:
        hashes = {"sha256": document.sha256, "canonical_sha256": document.canonical_sha256}
    except ValueError as error:
        return [Problem(source.file, 0, 0, f"the source cannot be read: {error}", fix="save a copy as plain text")]
    stated = {"sha256": source.sha256, "canonical_sha256": source.canonical_sha256}
    found = []
    for name, actual in hashes.items():
        if not stated[name]:
            message, fix = f"the source {source.id} has a local copy but no {name}", f"write {actual}"
            found.append(Problem(row_path, line, 0, message, fix=fix, warning=True))
        elif stated[name] != actual:
            fix = f"the file now has {actual}: put the old copy back, or update the row and check every span"
            message = f"wrong {name} for {source.file}"
            found.append(Problem(row_path, line, 0, message, stated[name], fix))
    return found
