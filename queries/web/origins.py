"""Origins: which file and line of the project a thing was written in, found without reading the whole list."""

from __future__ import annotations

import mmap
from pathlib import Path

from ...extract import Origin
from ...graph.build import ORIGINS

__all__ = ["Origins"]


class Origins:
    """Looks into `origins.tsv`, whose lines are sorted by IRI, by halving."""

    def __init__(self, build: Path) -> None:
        self._lines: mmap.mmap | bytes = b""
        path = build / ORIGINS
        if path.is_file() and path.stat().st_size:
            with path.open("rb") as file:
                self._lines = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def find(self, iri: str) -> Origin | None:
        """Return where a thing was written, or None when that is not known."""
        wanted = iri.encode()
        low, high = 0, len(self._lines)
        while low < high:
            middle = self._lines.rfind(b"\n", 0, (low + high) // 2) + 1
            end = self._lines.find(b"\n", middle)
            name, path, line = self._lines[middle : end if end >= 0 else len(self._lines)].split(b"\t")[:3]
            if name == wanted:
                return Origin(path.decode(), int(line))
            # Names are sorted as text, by code point, which UTF-8 keeps.
            if name < wanted:
                low = end + 1
            else:
                high = middle
        return None
