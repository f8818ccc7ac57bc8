"""What a machine or a project lacks: the checks behind `wildgraph doctor`."""

from __future__ import annotations

import importlib.metadata
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..extract import WildgraphError, open_project
from ..extract.project import SETTINGS_FILE
from ..graph.evidence import local_documents
from ..ontology import vocabulary

__all__ = ["Sign", "diagnose"]

_REQUIRED = ("pyoxigraph", "rdflib", "pyshacl", "typer", "rich", "openpyxl")
_OPTIONAL = {
    "polars": "answers as polars tables",
    "pandas": "answers as pandas tables",
    "pyarrow": "Arrow tables",
}


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing looked at: `state` is ok, absent (something works less well) or missing (it does not work)."""

    state: Literal["ok", "absent", "missing"]
    what: str
    found: str
    fix: str = ""


def diagnose(folder: Path) -> list[Sign]:
    """Look at the interpreter, the packages, the disk and, where there is one, the project in a folder."""
    return [*_machine(folder), *_packages(), _vocabulary(), *_project(folder)]


def _machine(folder: Path) -> Iterator[Sign]:
    version = ".".join(map(str, sys.version_info[:3]))
    state: Literal["ok", "missing"] = "ok" if sys.version_info >= (3, 11) else "missing"
    yield Sign(state, "Python", version, "" if state == "ok" else "install Python 3.11 or later")
    free = shutil.disk_usage(folder if folder.is_dir() else Path.cwd()).free
    enough = free > 100_000_000
    yield Sign(
        "ok" if enough else "missing",
        "free disk",
        f"{free / 1e9:.1f} GB",
        "" if enough else "free some space",
    )


def _packages() -> Iterator[Sign]:
    for name in _REQUIRED:
        found = _version(name)
        yield Sign("ok" if found else "missing", name, found, "" if found else f"pip install {name}")
    for name, purpose in _OPTIONAL.items():
        found = _version(name)
        yield Sign("ok" if found else "absent", name, found, "" if found else f"for {purpose}: pip install {name}")


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _vocabulary() -> Sign:
    known = vocabulary()
    concepts = sum(len(scheme.concepts) for scheme in known.schemes.values())
    return Sign(
        "ok",
        "vocabulary",
        f"{len(known.schemes)} schemes, {concepts} concepts, {len(known.predicates)} predicates",
    )


def _project(folder: Path) -> Iterator[Sign]:
    if not (folder / SETTINGS_FILE).is_file():
        yield Sign("absent", "project", "none here", f"wildgraph init {folder}/my-dataset")
        return
    try:
        project = open_project(folder)
    except WildgraphError as error:
        first = str(error).splitlines()[0]
        yield Sign("missing", "project", first, f"wildgraph build {folder} lists every problem")
        return
    yield Sign("ok", "project", f"{project.settings.title}: {len(project.claims)} claims")
    local = local_documents(project)
    for source in project.sources.values():
        at_hand = source.id in local
        fix = "" if at_hand else f"its evidence stays unverified here; put a copy in {source.file or 'documents/'}"
        yield Sign(
            "ok" if at_hand else "absent",
            f"source {source.id}",
            source.file if at_hand else "not at hand",
            fix,
        )
