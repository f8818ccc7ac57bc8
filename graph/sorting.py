"""Sorting more lines than memory holds: in pieces on disk that are merged by blocks."""

from __future__ import annotations

import tempfile
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import compress, islice
from operator import ne
from pathlib import Path
from typing import TextIO

__all__ = ["sorted_lines"]

#: Characters sorted at once. A line takes its length and 50 bytes in memory.
_PIECE = 48_000_000
#: Lines between two looks at how much there is.
_STEP = 10_000


def sorted_lines(lines: Iterable[str], *, folder: Path | None = None, piece: int = _PIECE) -> Iterator[str]:
    """Yield the distinct lines by code point. `piece` characters are sorted at once.

    What is more goes to temporary files in `folder`, as large as the input together; they go when all is read.
    """
    with ExitStack() as files:
        runs: list[TextIO] = []
        rest: list[str] = []
        for chunk, last in _chunks(lines, piece):
            rest = _distinct(chunk)
            if runs or not last:
                run = files.enter_context(
                    tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n", dir=folder, prefix=".sorting-")
                )
                for start in range(0, len(rest), _STEP):
                    run.write("".join(rest[start : start + _STEP]))
                run.seek(0)
                runs.append(run)
        if runs:
            yield from _merged(runs, piece // len(runs))
        else:
            yield from rest


def _chunks(lines: Iterable[str], piece: int) -> Iterator[tuple[list[str], bool]]:
    """Yield lists of some `piece` characters, and whether each is the last."""
    source = iter(lines)
    chunk: list[str] = []
    size = 0
    while part := list(islice(source, _STEP)):
        if size >= piece:
            yield chunk, False
            chunk, size = [], 0
        chunk += part
        size += sum(map(len, part))
    yield chunk, True


def _distinct(lines: list[str]) -> list[str]:
    lines.sort()
    return [*lines[:1], *compress(lines[1:], map(ne, lines[1:], lines))]


def _merged(runs: list[TextIO], block: int) -> Iterator[str]:
    """Merge sorted files. Sorting what is due of all together is several times as fast as a heap of lines."""
    buffers = [run.readlines(block) for run in runs]
    while any(buffers):
        bound = min(buffer[-1] for buffer in buffers if buffer)
        due: list[str] = []
        for number, buffer in enumerate(buffers):
            cut = bisect_right(buffer, bound)
            due += buffer[:cut]
            buffers[number] = buffer[cut:] or runs[number].readlines(block)
        yield from _distinct(due)
