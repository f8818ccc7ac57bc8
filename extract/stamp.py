"""Stamping: evidence hashes that are missing in claim files are written from the sources at hand."""

from __future__ import annotations

from pathlib import Path

from .claim import Claim, token_hash
from .problems import UsageError
from .project import open_project
from .source import open_document
from .whole import write_whole

__all__ = ["stamp_evidence"]


def stamp_evidence(root: Path) -> dict[str, int]:
    """Add the hash of every span that lacks one and whose source is at hand; other bytes stay as they are.

    Returns how many were written in each file. Raises InputError when the project cannot be read, and UsageError
    for spreadsheets, which wildgraph reads but never writes.
    """
    project = open_project(root)
    texts = {}
    for source in project.sources.values():
        if document := open_document(project.root, source):
            texts[source.id] = document.text
    todo: dict[str, list[Claim]] = {}
    for claim in project.claims:
        if claim.source in texts and any(not span.hash for span in claim.evidence):
            todo.setdefault(claim.origin.path, []).append(claim)
    if sheet := next((name for name in todo if name.endswith(".xlsx")), None):
        raise UsageError(f"{sheet} is a spreadsheet, which is not written to; export it as .tsv first")
    return {name: _stamp(root / name, claims, texts) for name, claims in sorted(todo.items())}


def _stamp(path: Path, claims: list[Claim], texts: dict[str, str]) -> int:
    rows = path.read_bytes().decode("utf-8").split("\n")
    count = 0
    for claim in claims:
        # The header may follow comments; the column is found in the first line that has it.
        header = next(row for row in rows if "evidence" in row.split("\t")).rstrip("\r").split("\t")
        cells = rows[claim.origin.line - 1].split("\t")
        column = header.index("evidence")
        for span in claim.evidence:
            bare = f"{span.start}-{span.end}"
            if not span.hash:
                parts = [part.strip() for part in cells[column].split("|")]
                parts[parts.index(bare)] = f"{bare}:{token_hash(texts[claim.source][span.start : span.end])}"
                cells[column] = " | ".join(parts)
                count += 1
        rows[claim.origin.line - 1] = "\t".join(cells)
    write_whole(path, "\n".join(rows))
    return count
