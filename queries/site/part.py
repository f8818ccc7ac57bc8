"""A part of a static site: every so many-th of its pages and files, so that several processes can write one site."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from ..web import Pages

__all__ = ["main", "write_part", "write_text"]


def main(arguments: list[str]) -> None:
    """Write part NUMBER OF so many of the site of PROJECT into FOLDER."""
    project, folder, number, parts = arguments
    for _ in write_part(Pages.open(project), Path(folder), int(number), int(parts)):
        pass


def write_part(pages: Pages, folder: Path, number: int, parts: int) -> Iterator[int]:
    """Write every `parts`-th file, from the one of a number on, and yield how many are written."""
    for done, path in enumerate(islice(chain(pages.paths(), pages.files()), number, None, parts)):
        text = pages.html(path) if path.endswith(".html") else pages.data(path)
        assert text is not None, path
        write_text(folder / path, text)
        yield done


def write_text(path: Path, text: str) -> None:
    """Write a file, in a folder that is made if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
