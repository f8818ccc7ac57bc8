"""Writing a static site: each page and file of a build, what pages load, and the dataset for the browser's engine."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ...extract import UsageError
from ...graph.build import BUILD, read_summary
from ...graph.dataset import pieces
from ...graph.gate import open_gate
from ...graph.replace import replacement
from ...graph.store import query_prefixes
from ..web import Pages
from ..web.static import asset_files, vendored
from .names import name_index

__all__ = ["Site", "write_site"]

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
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> Site:
    """Write the site of a built project into a folder, which it replaces as a whole when all is written.

    The same build gives the same bytes. All links are relative. Raises UsageError when the project is not built, when
    it holds what others' terms forbid to pass on, unless the site is `private`, and when the folder holds what was
    not written by this; MachineError when it cannot be written.
    """
    pages = Pages.open(project)
    if not private and (notes := _withheld(Path(project))):
        raise UsageError(f"{'; '.join(notes)}. Leave the source out, or try: wildgraph site --private {out}")
    target = Path(out).absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    with replacement(target, mark=_MARK) as folder:
        count = _write_pages(pages, folder, progress)
        for path, text in _data(pages, folder / "data", Path(project)):
            _write(folder / path, text)
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


def _write_pages(pages: Pages, folder: Path, progress: Callable[[str, int, int], None]) -> int:
    paths = list(pages.paths())
    for number, path in enumerate(paths):
        progress("pages", number, len(paths))
        html = pages.html(path)
        assert html is not None, path
        _write(folder / path, html)
    return len(paths)


def _data(pages: Pages, folder: Path, project: Path) -> Iterator[tuple[str, str]]:
    """Write the dataset for the engine, and yield the other files by path: beside pages, and for search."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        (project / BUILD / "dataset.nq").open("rb") as quads,
        (folder / "dataset.nq.gz").open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=raw, mtime=0) as packed,
    ):
        shutil.copyfileobj(quads, packed)
    yield _MARK, json.dumps({"prefixes": query_prefixes()}, indent=1, sort_keys=True) + "\n"
    yield "data/names.json", name_index(pages.index.entries.values())
    for path in pages.files():
        if (text := pages.data(path)) is not None:
            yield path, text


def _copy_assets(folder: Path) -> None:
    for name, path in asset_files().items():
        # A service worker answers for the folder that it is in.
        target = folder / "sw.js" if name == "sw.js" else folder / "assets" / name
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(path, target)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
