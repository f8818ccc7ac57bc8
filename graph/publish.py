"""Publishing: the built dataset in the syntaxes people use, the same bytes every time, in bounded memory."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby, islice
from pathlib import Path
from typing import BinaryIO

from ..extract import MachineError, UsageError
from ..extract.project import SETTINGS_FILE
from ..ontology import vocabulary
from ..ontology.terms import NAMESPACES
from .build import BUILD, DATASET, read_summary
from .jsonld import DatasetWriter, entity_documents
from .replace import recover
from .sorting import sorted_lines
from .store import write_rdf
from .turtle import TurtleWriter

__all__ = ["export", "export_entities"]

_TYPE = f"<{NAMESPACES['rdf']}type> "
#: Stands for rdf:type while lines are sorted: what a thing is comes first of what is said of it.
_FIRST = "! "
#: Lines written at once.
_BLOCK = 10_000


def export(project: str | Path, syntax: str, out: Path | None = None, *, with_ontology: bool = False) -> None:
    """Write the built dataset in a syntax (`turtle`, `trig`, `ntriples`, `nquads`, `rdfxml`, `jsonld`).

    Subjects come in order of IRI with what is said of each together; Turtle and the like have prefixes, one for
    each concept scheme among them. Memory does not grow with the dataset; the folder of `out` needs free space of
    twice the dataset. A file is replaced only when it is whole. Raises UsageError, MachineError.
    """
    dataset = _Dataset.open(Path(project), with_ontology=with_ontology)
    write = {"turtle": _turtle, "trig": _trig, "ntriples": _ntriples, "nquads": _nquads, "jsonld": _jsonld}
    with _output(out) as file:
        write.get(syntax, _rdfxml)(dataset, file)


def export_entities(project: str | Path, out: Path) -> list[str]:
    """Write one JSON-LD document for each entity, with its claims and their evidence inside, into a folder.

    Returns the files' names, `taxon/amur-leopard.jsonld`.
    """
    dataset = _Dataset.open(Path(project), with_ontology=True)
    written = []
    for name, document in entity_documents(dataset.nquads(), dataset.base):
        path = out / f"{name}.jsonld"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(document, encoding="utf-8", newline="\n")
        written.append(f"{name}.jsonld")
    return written


class _Dataset:
    """The lines of a built dataset, sorted: with their graphs, or of all graphs together."""

    def __init__(self, path: Path, base: str, *, with_ontology: bool) -> None:
        self.path = path
        self.base = base
        self._left_out = None if with_ontology else f"<{base}graph/ontology>"

    @classmethod
    def open(cls, project: Path, *, with_ontology: bool) -> _Dataset:
        recover(project / BUILD)
        path = project / BUILD / DATASET
        if not path.is_file():
            hint = f"wildgraph build {project}" if (project / SETTINGS_FILE).is_file() else f"wildgraph init {project}"
            raise UsageError(f"{project} has not been built; try: {hint}")
        return cls(path, read_summary(project / BUILD).base, with_ontology=with_ontology)

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
            for line in map(_spelt, lines):
                yield line[:-2] + end

    def _statements(self) -> Iterator[tuple[str, str, str]]:
        """Yield subject, the rest without its dot, and graph of each line, in N-Triples form."""
        skip = len(_TYPE)
        with self.path.open(encoding="utf-8", newline="\n") as file:
            for line in file:
                subject, _, rest = line.partition(" ")
                cut = rest.rindex(" <")
                graph = rest[cut + 1 : -3]
                if graph != self._left_out:
                    yield subject, _FIRST + rest[skip:cut] if rest.startswith(_TYPE) else rest[:cut], graph


def _first(line: str) -> str:
    return line[: line.index(" ")]


def _spelt(line: str) -> str:
    """Return a line with rdf:type in place of what stood for it."""
    start = line.index(" ") + 1
    return f"{line[:start]}{_TYPE}{line[start + 2 :]}" if line.startswith(_FIRST, start) else line


def _ntriples(dataset: _Dataset, file: BinaryIO) -> None:
    _write(map(_spelt, dataset.triples()), file)


def _nquads(dataset: _Dataset, file: BinaryIO) -> None:
    _write(dataset.nquads(), file)


def _rdfxml(dataset: _Dataset, file: BinaryIO) -> None:
    write_rdf(map(_spelt, dataset.triples()), "rdfxml", file, prefixes=NAMESPACES)


def _turtle(dataset: _Dataset, file: BinaryIO) -> None:
    writer = TurtleWriter(_prefixes(dataset.base))
    _headed(writer.turtle(dataset.triples()), writer.head, file)


def _trig(dataset: _Dataset, file: BinaryIO) -> None:
    writer = TurtleWriter(_prefixes(dataset.base))
    _headed(writer.trig(dataset.graphs()), writer.head, file)


def _jsonld(dataset: _Dataset, file: BinaryIO) -> None:
    writer = DatasetWriter(dataset.base)
    _headed(writer.body(dataset.graphs()), writer.head, file)


def _headed(body: Iterable[str], head: Callable[[], str], file: BinaryIO) -> None:
    """Write a text whose head, which declares what the body uses, is known only after the body."""
    with tempfile.TemporaryFile() as rest:
        _write(body, rest)
        rest.seek(0)
        file.write(head().encode())
        shutil.copyfileobj(rest, file, 1 << 20)


def _write(texts: Iterable[str], file: BinaryIO) -> None:
    source = iter(texts)
    while block := "".join(islice(source, _BLOCK)):
        file.write(block.encode())


def _prefixes(base: str) -> dict[str, str]:
    """Return the prefixes of an export: the usual ones, one a scheme and one a kind of thing of the dataset."""
    known = vocabulary()
    own = {name: f"{base}{name}/" for name in (*known.entity_types, "source", "claim", "evidence", "conflict")}
    schemes = {token: f"{scheme.iri}/" for token, scheme in known.schemes.items()}
    return NAMESPACES | schemes | own


@contextmanager
def _output(out: Path | None) -> Iterator[BinaryIO]:
    if out is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    fresh = out.with_name(f".{out.name}.new")
    try:
        with fresh.open("wb") as file:
            yield file
        fresh.replace(out)
    except OSError as error:
        raise MachineError(f"{out} cannot be written: {error.strerror or error}") from error
    finally:
        fresh.unlink(missing_ok=True)
