"""The tables of a project: which files are table sources, under which mapping and licence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from ..period import Period, parse_period
from ..problems import Problem, nearest
from .mapping import shipped_mappings

__all__ = ["TableSource", "read_table_sources"]

_ID = re.compile(r"[a-z0-9][a-z0-9-]*")
_NEEDED = ("id", "file", "mapping", "title")


@dataclass(frozen=True, slots=True)
class TableSource:
    """A file, archive or folder of tables that a project builds from.

    `file` is relative to the project. `mapping` is a file of the project or the name of a shipped mapping.
    """

    id: str
    file: str
    mapping: str
    title: str
    license: str = ""
    publisher: str = ""
    retrieved: str = ""
    url: str = ""
    language: str = ""
    published: str = ""

    def path(self, root: Path) -> Path:
        """Return where the file is."""
        return root / self.file

    def mapping_path(self, root: Path) -> Path:
        """Return where its mapping is."""
        return shipped_mappings().get(self.mapping, root / self.mapping)

    def period(self, name: str) -> Period | None:
        """Return `retrieved` or `published` as a period."""
        text = getattr(self, name)
        return parse_period(text) if text else None


_NAMES = tuple(field.name for field in fields(TableSource))


def read_table_sources(
    document: Mapping[str, Any], root: Path, text: str, taken: Mapping[str, object], problems: list[Problem]
) -> Iterator[TableSource]:
    """Yield the [[tables]] of a project's settings; what is wrong with them is added to `problems`.

    `text` is that of the settings, for line numbers; `taken` are the ids of the project's other sources.
    """
    lines = text.splitlines()
    seen: set[str] = set()
    entries = document.get("tables", [])
    if not isinstance(entries, list):
        problems.append(Problem("wildgraph.toml", 0, 0, "tables is no list", "", "write [[tables]] for each source"))
        return
    for number, entry in enumerate(entries):
        starts = [n for n, line in enumerate(lines, 1) if line.strip() == "[[tables]]"]
        place = starts[number] if number < len(starts) else 0

        def note(message: str, value: object = "", fix: str = "", line: int = place) -> None:
            problems.append(Problem("wildgraph.toml", line, 1 if line else 0, message, str(value), fix))

        before = len(problems)
        for name in (n for n in entry if n not in _NAMES):
            note("unknown key in [[tables]]", name, nearest(name, _NAMES) or f"known: {', '.join(_NAMES)}")
        for name in (n for n in _NEEDED if not entry.get(n)):
            note(f"[[tables]] lacks {name}", fix=f'add {name} = "..."')
        source = TableSource(**{n: str(entry.get(n, "")) for n in _NAMES})
        if source.id and not _ID.fullmatch(source.id):
            note("not an id", source.id, "use a-z, 0-9 and hyphens")
        if source.id in seen or source.id in taken:
            note("the id is used twice", source.id, "give each source an id of its own")
        if source.file and not source.path(root).exists():
            note("the file is not there", source.file, "put it back, or correct file")
        if source.mapping and not source.mapping_path(root).is_file():
            known = [*shipped_mappings(), *(p.relative_to(root).as_posix() for p in root.glob("mappings/*.toml"))]
            note("unknown mapping", source.mapping, nearest(source.mapping, known) or f"known: {', '.join(known)}")
        for name in ("retrieved", "published"):
            try:
                source.period(name)
            except ValueError as error:
                note(f"{name} cannot be read", getattr(source, name), str(error))
        seen.add(source.id)
        if len(problems) == before:
            yield source
