"""Adding a table source to a project: detected, its mapping proposed and explained, and declared in the settings."""

from __future__ import annotations

import json
import os
import re
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from ..problems import InputError, Problem, UsageError
from ..whole import write_whole
from .declared import TableSource
from .detect import describe
from .mapping import read_mapping, shipped_mappings
from .propose import Proposal, propose

__all__ = ["Added", "add_tables"]

_LICENSES = {
    "publicdomain/zero": "CC0-1.0", "cc0": "CC0-1.0", "licenses/by/4.0": "CC-BY-4.0", "licenses/by/3.0": "CC-BY-3.0",
    "licenses/by-nc/4.0": "CC-BY-NC-4.0", "licenses/by-sa/4.0": "CC-BY-SA-4.0", "cc-by-4.0": "CC-BY-4.0",
    "cc-by-nc-4.0": "CC-BY-NC-4.0", "cc by 4.0": "CC-BY-4.0",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Added:
    """What was added: the source as declared, the proposal, and the files that were written or changed."""

    source: TableSource
    proposal: Proposal
    files: tuple[str, ...]
    rows: tuple[tuple[str, int], ...] = ()


def add_tables(path: Path, project: Path, *, name: str = "", mapping: str = "", dry_run: bool = False) -> Added:
    """Declare a file, archive or folder of tables as a source of a project. The tables stay where they are.

    A folder that is no project yet gets settings. Writes the mapping to `mappings/{id}.toml` unless a shipped one
    fits. Raises UsageError and InputError; then nothing was written.
    """
    settings = project / "wildgraph.toml"
    with tempfile.TemporaryDirectory(prefix="wildgraph-") as scratch:
        package = describe(path, Path(scratch) / "unpacked")
        if errors := [_shown(note, Path(scratch), path) for note in package.notes if not note.warning]:
            raise InputError(errors)
        notes = tuple(_shown(note, Path(scratch), path) for note in package.notes)
        proposal = propose(replace(package, notes=notes))
    identifier = name or _slug(path.name.partition(".")[0] if path.is_file() else path.resolve().name)
    text = settings.read_text(encoding="utf-8") if settings.is_file() else ""
    if re.search(rf'^id\s*=\s*"{re.escape(identifier)}"', text, re.MULTILINE):
        raise UsageError(f"{settings} has a table source {identifier} already; give another name with --id")
    wanted = mapping or proposal.mapping or f"mappings/{identifier}.toml"
    if mapping and mapping not in shipped_mappings():
        read_mapping(project / mapping)
    data = package.metadata
    source = TableSource(
        id=identifier,
        file=Path(os.path.relpath(path.resolve(), project.resolve())).as_posix(),
        mapping=wanted,
        title=" ".join((data.get("title") or path.name).split()),
        license=_license(data),
        publisher=data.get("publisher", ""),
    )
    files = () if dry_run else _write(project, source, proposal if not mapping else None, text)
    return Added(source, proposal, files)


def _write(project: Path, source: TableSource, proposal: Proposal | None, text: str) -> tuple[str, ...]:
    written = []
    settings = project / "wildgraph.toml"
    project.mkdir(parents=True, exist_ok=True)
    if proposal and not proposal.mapping:
        target = project / source.mapping
        if target.exists():
            raise UsageError(f"{target} is there already; remove it, or name it with --mapping")
        target.parent.mkdir(exist_ok=True)
        target.write_text(proposal.text, encoding="utf-8", newline="\n")
        written.append(source.mapping)
    entries = {n: getattr(source, n) for n in ("id", "file", "mapping", "title", "license", "publisher")}
    block = "[[tables]]\n" + "".join(f"{n} = {_toml(v)}\n" for n, v in entries.items() if v)
    head = text or _settings(source)
    write_whole(settings, f"{head.rstrip()}\n\n{block}")
    return (*written, "wildgraph.toml")


def _settings(source: TableSource) -> str:
    base = f"https://example.org/{source.id}/"
    lines = (f"title = {_toml(source.title)}", f"base = {_toml(base)}  # start of every IRI: put your own here")
    return "\n".join(["[dataset]", *lines, f"license = {_toml(source.license or 'unknown')}", 'version = "0.1.0"'])


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _license(data: object) -> str:
    assert isinstance(data, dict)
    stated = f"{data.get('license_url', '')} {data.get('license', '')}".lower()
    return next((spdx for mark, spdx in _LICENSES.items() if mark in stated), "")


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-") or "tables"


def _shown(note: Problem, scratch: Path, path: Path) -> Problem:
    place = note.path.replace(str(scratch / "unpacked"), str(path))
    return Problem(place, note.line, note.column, note.message, note.value, note.fix, note.warning)
