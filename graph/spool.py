"""A spool: sorted values that may be too many for memory, in runs on disk that are merged page by page."""

from __future__ import annotations

import pickle
import shutil
import tempfile
import weakref
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

__all__ = ["Run", "Spool", "merged", "write_run"]

T = TypeVar("T")

#: How many values a spool keeps in memory; more go to temporary files in sorted runs, which are merged when read.
_BATCH = 20_000
#: How many values of a run are read at once.
_PAGE = 500
_NONE: list[Any] = []


@dataclass(frozen=True, slots=True)
class Run(Generic[T]):
    """Sorted values in a file: `places` has where each page of them starts, `firsts` the first value of each."""

    path: Path
    places: tuple[int, ...]
    firsts: tuple[T, ...]

    def pages(self) -> Iterator[list[T]]:
        """Yield all values, a page at a time."""
        return map(self._page, range(len(self.places)))

    def within(self, start: Any, end: Any) -> Run[T]:
        """Return the pages that may have values from `start` to before `end`, None for the last; there is no key."""
        first = max(bisect_left(self.firsts, start) - 1, 0)
        after = len(self.firsts) if end is None else bisect_left(self.firsts, end)
        return Run(self.path, self.places[first:after], self.firsts[first:after])

    def _page(self, number: int) -> list[T]:
        # Opened anew each time: a merge has more runs than a process may have open files.
        with self.path.open("rb") as file:
            file.seek(self.places[number])
            page: list[T] = pickle.load(file)
        return page


def write_run(values: list[T], path: Path) -> Run[T]:
    """Append sorted values to a file, as a run."""
    places = []
    with path.open("ab") as file:
        for start in range(0, len(values), _PAGE):
            places.append(file.tell())
            pickle.dump(values[start : start + _PAGE], file, pickle.HIGHEST_PROTOCOL)
    return Run(path, tuple(places), tuple(values[::_PAGE]))


def merged(sources: Iterable[Iterator[list[T]]], key: Callable[[T], Any] | None = None) -> Iterator[list[T]]:
    """Merge sorted pages to sorted lists. What is equal comes in one list, as long as no source has it twice.

    Sorting what is due of all sources together is several times as fast as a heap of values.
    """
    rank: Callable[[Any], Any] = key or _itself
    by: Any = key
    pages = [(page, source) for source in sources if (page := next(source, _NONE))]
    while pages:
        bound = min(rank(page[-1]) for page, _ in pages)
        due: list[T] = []
        rest = []
        for page, source in pages:
            cut = bisect_right(page, bound, key=by)
            due += page[:cut]
            if left := page[cut:] or next(source, _NONE):
                rest.append((left, source))
        pages = rest
        due.sort(key=by)
        yield due


class Spool(Generic[T]):
    """Values in the order of a key, to be read again and again; memory is bounded, whatever their number."""

    def __init__(self, values: Iterable[T], key: Callable[[T], Any]) -> None:
        self._key = key
        self._runs: list[Run[T]] = []
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
        sources = [*(run.pages() for run in self._runs), iter([self._rest])]
        for page in merged(sources, self._key):
            yield from page

    def _write(self) -> None:
        if not self._runs:
            self._folder = Path(tempfile.mkdtemp(prefix="spool-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._rest.sort(key=self._key)
        self._runs.append(write_run(self._rest, self._folder / f"{len(self._runs)}"))
        self._rest = []


def _itself(value: T) -> T:
    return value
