"""The built dataset as text: its lines sorted and distinct, graph by graph or of all graphs together, in parts."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, compress, groupby, pairwise
from operator import ne
from pathlib import Path
from typing import Any

from ..extract import UsageError
from ..extract.project import SETTINGS_FILE
from .build import BUILD, DATASET, read_summary
from .gate import Gate, open_gate
from .replace import recover
from .scratch import scratch
from .spool import Run, merged, write_run

__all__ = ["Dataset", "Map", "Part", "pieces"]

#: Bytes sorted at once; lines take twice that in memory.
_PIECE = 32 << 20
#: Bytes read at once: little enough for the processor's cache, where splitting takes half the time.
_BLOCK = 1 << 20
#: Pages of runs in a part, some 50 MB of lines.
_PAGES = 500

#: A `map` whose calls may run elsewhere.
Map = Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]


@dataclass(frozen=True, slots=True)
class Part:
    """Sorted lines from `start` to before `end`, of a graph or, where that is empty, of all graphs together.

    A subject is in one part; `opens` and `closes` say whether a graph begins and ends here.
    """

    graph: bytes
    runs: tuple[Run[bytes], ...]
    start: bytes
    end: bytes | None

    @property
    def opens(self) -> bool:
        return not self.start

    @property
    def closes(self) -> bool:
        return self.end is None

    def blocks(self) -> Iterator[list[bytes]]:
        """Yield lists of lines, `S P O` in N-Triples form, without repetition."""
        return map(_distinct, merged([self._pages(run) for run in self.runs]))

    def lines(self) -> Iterator[bytes]:
        """Yield the lines one by one."""
        return chain.from_iterable(self.blocks())

    def _pages(self, run: Run[bytes]) -> Iterator[list[bytes]]:
        for page in run.pages():
            end = len(page) if self.end is None else bisect_left(page, self.end)
            if inside := page[bisect_left(page, self.start) : end]:
                yield inside


@dataclass(frozen=True)
class Dataset:
    """The lines of a built dataset that may be passed on. `withheld` of the gate is known when they are sorted."""

    path: Path
    gate: Gate
    left_out: bytes

    @classmethod
    def open(cls, project: Path, *, with_ontology: bool) -> Dataset:
        recover(project / BUILD)
        path = project / BUILD / DATASET
        if not path.is_file():
            hint = f"wildgraph build {project}" if (project / SETTINGS_FILE).is_file() else f"wildgraph init {project}"
            raise UsageError(f"{project} has not been built; try: {hint}")
        gate = open_gate(project, project / BUILD, read_summary(project / BUILD).base)
        return cls(path, gate, b"" if with_ontology else f"<{gate.base}graph/ontology>".encode())

    @property
    def base(self) -> str:
        """What the IRIs of its things begin with."""
        return self.gate.base

    @property
    def pays(self) -> int:
        """How many processes are worth starting for it."""
        return max(1, self._size // (2 * _PIECE))

    @property
    def _size(self) -> int:
        return self.path.stat().st_size

    @contextmanager
    def sorted(self, *, graphs: bool, folder: Path | None = None, run: Map = map) -> Iterator[list[Part]]:
        """Sort the lines and yield the parts they come in, by graph and subject, or by subject.

        What is sorted goes to files in `folder`, as large as the dataset, until the context ends. `run` maps a
        function that may be run in another process.
        """
        with scratch(".sorting-", folder) as place:
            pieces = [(start, start + _PIECE) for start in range(0, self._size, _PIECE)]
            found: dict[bytes, list[Run[bytes]]] = {}
            for runs, withheld in run(partial(_sort, self, place, graphs), pieces):
                self.gate.withheld.update(withheld)
                for graph, made in runs:
                    found.setdefault(graph, []).append(made)
            yield [part for graph in sorted(found) for part in _parts(graph, tuple(found[graph]))]

    def graphs(self) -> Iterator[tuple[str, Iterator[str]]]:
        """Yield the IRI of each graph and its lines, `S P O .`; they are to be read before the next graph is."""
        with self.sorted(graphs=True) as parts:
            for graph, found in groupby(parts, key=lambda part: part.graph):
                lines = chain.from_iterable(part.lines() for part in found)
                yield graph[1:-1].decode(), (f"{line.decode()} .\n" for line in lines)


def pieces(path: Path, start: int = 0, end: int | None = None) -> Iterator[bytes]:
    """Yield the lines of a file that begin from one byte to before another, a megabyte at a time."""
    with path.open("rb") as file:
        if start:
            file.seek(start - 1)
            file.readline()
        while text := file.read(_BLOCK if end is None else max(0, min(_BLOCK, end - file.tell()))):
            yield text if text.endswith(b"\n") else text + file.readline()


def _sort(
    dataset: Dataset, folder: Path, graphs: bool, piece: tuple[int, int]
) -> tuple[list[tuple[bytes, Run[bytes]]], Counter[str]]:
    """Write the lines of a piece as sorted runs, one a graph or one for all; return them with what was withheld."""
    gate = replace(dataset.gate, withheld=Counter())
    found: dict[bytes, list[bytes]] = {}
    for text in pieces(dataset.path, *piece):
        for graph, lines in _sections(gate.passing(text)):
            if graph != dataset.left_out:
                found.setdefault(graph if graphs else b"", []).extend(lines)
    path = folder / f"{piece[0]}"
    return [(graph, write_run(_distinct(sorted(lines)), path)) for graph, lines in found.items()], gate.withheld


def _sections(text: bytes) -> Iterator[tuple[bytes, list[bytes]]]:
    """Yield graphs and their lines without graph and dot, `S P O`; a graph may come again."""
    if not text:
        return
    graph = _graph(text[: text.index(b"\n")])
    whole = text.split(b" %b .\n" % graph)
    if len(whole) == text.count(b"\n") + 1:  # all of one graph, as most pieces of a big dataset are
        yield graph, whole[:-1]
        return
    for graph, lines in groupby(text.split(b"\n")[:-1], key=_graph):
        cut = -len(graph) - 3
        yield graph, [line[:cut] for line in lines]


def _graph(line: bytes) -> bytes:
    return line[line.rfind(b" <") + 1 : -2]


def _distinct(lines: list[bytes]) -> list[bytes]:
    return [*lines[:1], *compress(lines[1:], map(ne, lines[1:], lines))]


def _parts(graph: bytes, runs: tuple[Run[bytes], ...]) -> Iterator[Part]:
    marks = sorted(first for run in runs for first in run.firsts)[_PAGES::_PAGES]
    cuts = [b"", *sorted({mark[: mark.index(b" ") + 1] for mark in marks}), None]
    for start, end in pairwise(cuts):
        yield Part(graph, tuple(run.within(start, end) for run in runs), start or b"", end)
