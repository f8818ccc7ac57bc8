"""The built dataset as text: its lines sorted and distinct, with their graphs or of all graphs together."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from ..extract import UsageError
from ..extract.project import SETTINGS_FILE
from ..ontology.terms import NAMESPACES
from .build import BUILD, DATASET, read_summary
from .gate import Gate, open_gate
from .replace import recover
from .sorting import sorted_lines

__all__ = ["Dataset", "spelt"]

_TYPE = f"<{NAMESPACES['rdf']}type> "
#: Stands for rdf:type while lines are sorted: what a thing is comes first of what is said of it.
_FIRST = "! "


class Dataset:
    """The lines of a built dataset that may be passed on, sorted: with their graphs, or of all graphs together."""

    def __init__(self, path: Path, gate: Gate, *, with_ontology: bool) -> None:
        self.path = path
        self.gate = gate
        self.base = base = gate.base
        self._left_out = None if with_ontology else f"<{base}graph/ontology>"

    @classmethod
    def open(cls, project: Path, *, with_ontology: bool) -> Dataset:
        recover(project / BUILD)
        path = project / BUILD / DATASET
        if not path.is_file():
            hint = f"wildgraph build {project}" if (project / SETTINGS_FILE).is_file() else f"wildgraph init {project}"
            raise UsageError(f"{project} has not been built; try: {hint}")
        gate = open_gate(project, project / BUILD, read_summary(project / BUILD).base)
        return cls(path, gate, with_ontology=with_ontology)

    def triples(self) -> Iterator[str]:
        """Yield `S P O .` in order of subject, types first as `S ! O .`, without repetition."""
        return sorted_lines(f"{subject} {rest} .\n" for subject, rest, _ in self._statements())

    def graphs(self) -> Iterator[tuple[str, Iterator[str]]]:
        """Yield each graph's name in brackets, and its lines as `triples` has them."""
        lines = sorted_lines(f"{graph} {subject} {rest} .\n" for subject, rest, graph in self._statements())
        for graph, found in groupby(lines, key=_first):
            start = len(graph) + 1
            yield graph, (line[start:] for line in found)

    def nquads(self) -> Iterator[str]:
        """Yield N-Quads in order of graph and subject."""
        for graph, lines in self.graphs():
            end = f"{graph} .\n"
            for line in map(spelt, lines):
                yield line[:-2] + end

    def _statements(self) -> Iterator[tuple[str, str, str]]:
        """Yield subject, the rest without its dot, and graph of each line, in N-Triples form."""
        skip = len(_TYPE)
        with self.path.open(encoding="utf-8", newline="\n") as file:
            for line in self.gate.passing(file):
                subject, _, rest = line.partition(" ")
                cut = rest.rindex(" <")
                graph = rest[cut + 1 : -3]
                if graph != self._left_out:
                    yield subject, _FIRST + rest[skip:cut] if rest.startswith(_TYPE) else rest[:cut], graph


def _first(line: str) -> str:
    return line[: line.index(" ")]


def spelt(line: str) -> str:
    """Return a line with rdf:type in place of what stood for it."""
    start = line.index(" ") + 1
    return f"{line[:start]}{_TYPE}{line[start + 2 :]}" if line.startswith(_FIRST, start) else line
