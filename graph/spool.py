"""A spool: sorted values that may be too many for memory."""

from __future__ import annotations

import heapq
import pickle
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

__all__ = ["Spool"]

T = TypeVar("T")

#: How many values are kept in memory; more go to a temporary file in sorted runs, which are merged when read.
_BATCH = 20_000
#: How many values of a run are read at once.
_PAGE = 500


class Spool(Generic[T]):
    """Values in the order of a key, to be read again and again; memory is bounded, whatever their number."""

    def __init__(self, values: Iterable[T], key: Callable[[T], Any]) -> None:
        self._key = key
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - read as long as the spool lives
        weakref.finalize(self, self._file.close)
        self._runs: list[tuple[int, int]] = []
        self._rest: list[T] = []
        for value in values:
            self._rest.append(value)
            if len(self._rest) == _BATCH:
                self._write()
        self._rest.sort(key=key)
        self._count = len(self._runs) * _BATCH + len(self._rest)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[T]:
        return heapq.merge(*(self._read(start, end) for start, end in self._runs), self._rest, key=self._key)

    def _write(self) -> None:
        self._rest.sort(key=self._key)
        start = self._file.seek(0, 2)
        for first in range(0, len(self._rest), _PAGE):
            pickle.dump(self._rest[first : first + _PAGE], self._file)
        self._runs.append((start, self._file.tell()))
        self._rest = []

    def _read(self, place: int, end: int) -> Iterator[T]:
        """Yield one run; every reader keeps its own place."""
        while place < end:
            self._file.seek(place)
            page = pickle.load(self._file)
            place = self._file.tell()
            yield from page
