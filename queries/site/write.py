"""Writing a static site: each page and file of a build, what pages load, and the dataset for the browser's engine."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ...extract import MachineError, UsageError
from ...graph.build import BUILD, read_summary
from ...graph.dataset import pieces
from ...graph.gate import open_gate
from ...graph.replace import replacement
from ...graph.store import query_prefixes
from ..web import Pages
from ..web.static import asset_files, vendored
from .names import name_index
from .part import write_part, write_text

__all__ = ["Site", "write_site"]

#: From how many files on several processes write them: each has to open the build first.
_MANY = 2000
_MARK = "data/engine.json"  # what tells a folder written here from one that a person filled


@dataclass(frozen=True, slots=True)
class Site:
    """What was written. `complete` says that search and queries work, for which the code of others is needed."""

    folder: Path
    pages: int
    files: int
    bytes: int
    complete: bool


def write_site(
    project: str | Path,
    out: str | Path,
    *,
    private: bool = False,
    processes: int = 0,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> Site:
    """Write the site of a built project into a folder, which it replaces as a whole when all is written.

    The same build gives the same bytes, however many `processes` write it; 0 stands for as many as there are
    processors, or one where there are few files. All links are relative. Raises UsageError when the project is not
    built, when it holds what others' terms forbid to pass on, unless the site is `private`, and when the folder holds
    what was not written by this; MachineError when it cannot be written.
    """
    pages = Pages.open(project)
    if not private and (notes := _withheld(Path(project))):
        raise UsageError(f"{'; '.join(notes)}. Leave the source out, or try: wildgraph site --private {out}")
    target = Path(out).absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    with replacement(target, mark=_MARK) as folder:
        _write_data(pages, folder / "data", Path(project))
        count = _write_all(pages, Path(project), folder, processes, progress)
        _copy_assets(folder)
        sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return Site(Path(out), count, len(sizes) - count, sum(sizes), vendored())


def _withheld(project: Path) -> list[str]:
    """Return what an export of the project would withhold, in words."""
    folder = project / BUILD
    gate = open_gate(project, folder, read_summary(folder).base)
    for piece in pieces(folder / "dataset.nq"):
        gate.passing(piece)
    return gate.notes()


def _write_all(
    pages: Pages, project: Path, folder: Path, processes: int, progress: Callable[[str, int, int], None]
) -> int:
    """Write the pages and the files beside them, in some processes where there are many, and return how many pages."""
    paths, files = [*pages.paths()], [*pages.files()]
    many = len(paths) + len(files) >= _MANY
    share = processes or (os.cpu_count() if many else 1) or 1
    program = f"import sys; from {__package__}.part import main; main(sys.argv[1:])"
    command = [sys.executable, "-c", program, str(project), str(folder)]
    others = [subprocess.Popen([*command, str(number), str(share)]) for number in range(1, share)]
    try:
        for done in write_part(pages, folder, 0, share):
            progress("pages", done * share, len(paths) + len(files))
        if any(process.wait() for process in others):
            raise MachineError("a process that wrote pages ended early; what is wrong stands above")
    finally:
        for process in others:
            process.kill()
            process.wait()
    return len(paths)


def _write_data(pages: Pages, folder: Path, project: Path) -> None:
    """Write the dataset for the engine, and the names for search."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        (project / BUILD / "dataset.nq").open("rb") as quads,
        (folder / "dataset.nq.gz").open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=raw, mtime=0) as packed,
    ):
        shutil.copyfileobj(quads, packed)
    write_text(folder / "engine.json", json.dumps({"prefixes": query_prefixes()}, indent=1, sort_keys=True) + "\n")
    write_text(folder / "names.json", name_index(pages.index.entries.values()))


def _copy_assets(folder: Path) -> None:
    for name, path in asset_files().items():
        # A service worker answers for the folder that it is in.
        target = folder / "sw.js" if name == "sw.js" else folder / "assets" / name
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(path, target)
