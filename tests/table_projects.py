"""Projects of small invented tables, built for the tests of what their rows become."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import wildgraph
from wildgraph.extract.tables.add import Added, add_tables

__all__ = ["ask", "built", "counts", "left_out"]


def built(folder: Path, files: dict[str, str], *, mapping: str = "", add: str = "") -> tuple[Path, Added]:
    """Write some files into a folder, add them as the source `t`, build; return the project and what was added.

    `add` names the one file to be added, else the folder is. `mapping` is the text of one of the project's own.
    """
    data, project = folder / "data", folder / "project"
    project.mkdir(parents=True)
    for name, text in files.items():
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_text(text, encoding="utf-8", newline="")
    if mapping:
        (project / "own.toml").write_text(mapping, encoding="utf-8")
    added = add_tables(data / add, project, name="t", mapping="own.toml" if mapping else "")
    wildgraph.build(project)
    return project, added


def ask(project: Path, where: str, *names: str) -> list[str]:
    """Return the values of ?x, or of some variables with a bar between them, sorted."""
    asked = names or ("x",)
    rows = wildgraph.ask(project, sparql=f"SELECT {' '.join(f'?{n}' for n in asked)} WHERE {{ {where} }}").rows
    return sorted(" | ".join(cell.text if cell else "-" for cell in row) for row in rows)


def counts(project: Path) -> dict[str, Any]:
    """Return what the build's summary counts of the source, with its notes."""
    entry = json.loads((project / "build/summary.json").read_text(encoding="utf-8"))["tables"]["t"]
    return {**entry["counts"], "notes": entry["notes"]}


def left_out(project: Path) -> list[str]:
    """Return the lines of the quarantine file: table, row, column, value, reason, and what became of the row."""
    lines = (project / "build/quarantine/t.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return [line.replace("\t", " | ") for line in lines]
