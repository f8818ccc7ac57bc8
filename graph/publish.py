"""Publishing: the built dataset in the syntaxes people use, the same bytes every time, in bounded memory."""

from __future__ import annotations

import multiprocessing
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from ..extract import MachineError
from ..extract.whole import written_whole
from ..ontology import vocabulary
from ..ontology.terms import NAMESPACES
from .dataset import Dataset, Map, Part
from .gate import Gate
from .grouped import Section, Writer
from .jsonld import DatasetWriter, entity_documents
from .scratch import scratch
from .store import write_rdf
from .turtle import TurtleWriter

__all__ = ["export", "export_entities", "prefixes"]

#: Texts written at once.
_BLOCK = 10_000


def export(
    project: str | Path, syntax: str, out: Path | None = None, *, with_ontology: bool = False, processes: int = 1
) -> Gate:
    """Write the built dataset in a syntax (`turtle`, `trig`, `ntriples`, `nquads`, `rdfxml`, `jsonld`).

    Subjects come in order of IRI with what is said of each together; Turtle and the like have prefixes, one for
    each concept scheme among them. Memory does not grow with the dataset; the folder of `out` needs free space of
    twice the dataset. A file is replaced only when it is whole. The bytes are the same whatever the number of
    processes. Returns the licence gate, which knows what was withheld. Raises UsageError, MachineError.
    """
    dataset = Dataset.open(Path(project), with_ontology=with_ontology)
    with _output(out) as file, scratch(".export-", out and out.parent) as folder:
        if syntax == "rdfxml":
            _rdfxml(dataset, folder, file)
        else:
            _in_parts(dataset, syntax, folder, file, min(processes, dataset.pays))
    return dataset.gate


def export_entities(project: str | Path, out: Path) -> list[str]:
    """Write one JSON-LD document for each entity, with its claims and their evidence inside, into a folder.

    Returns the files' names, `taxon/amur-leopard.jsonld`.
    """
    dataset = Dataset.open(Path(project), with_ontology=True)
    lines = (line for _, lines in dataset.graphs() for line in lines)
    written = []
    for name, document in entity_documents(lines, dataset.base):
        path = out / f"{name}.jsonld"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(document, encoding="utf-8", newline="\n")
        written.append(f"{name}.jsonld")
    return written


class _LineWriter(Writer):
    """Writes N-Triples, or N-Quads where lines are in graphs."""

    def texts(self, section: Section) -> Iterator[bytes]:
        lines = iter(section.lines())
        end = b" %b .\n" % section.graph if section.graph else b" .\n"
        while block := list(islice(lines, _BLOCK)):
            yield end.join([*block, b""])


#: The syntaxes that say of each statement in which graph it is.
_WITH_GRAPHS = {"trig", "nquads", "jsonld"}


def _writer_of(syntax: str, base: str) -> Writer:
    if syntax == "jsonld":
        return DatasetWriter(base)
    return TurtleWriter(prefixes(base)) if syntax in {"turtle", "trig"} else _LineWriter()


def _in_parts(dataset: Dataset, syntax: str, folder: Path, file: BinaryIO, processes: int) -> None:
    """Write each part of the sorted dataset to a file of its own, perhaps in several processes, and all in order."""
    graphs = syntax in _WITH_GRAPHS
    with (
        _mapped(processes, syntax, dataset.base) as run,
        dataset.sorted(graphs=graphs, folder=folder, run=run) as parts,
    ):
        paths = [folder / f"{number}" for number in range(len(parts))]
        used: set[bytes] = set()
        for found in run(_write, zip(parts, paths, strict=True)):
            used |= found
        writer = _writer_of(syntax, dataset.base)
        file.write(writer.head(used))
        for number, (part, path) in enumerate(zip(parts, paths, strict=True)):
            if number and part.opens:
                file.write(writer.between)
            with path.open("rb") as text:
                shutil.copyfileobj(text, file, 1 << 20)
            path.unlink()
        file.write(writer.tail)


@contextmanager
def _mapped(processes: int, syntax: str, base: str) -> Iterator[Map]:
    """Yield a `map`, in other processes when there are to be several, which all have a writer."""
    if processes <= 1:
        _start(syntax, base)
        yield map
        return
    context = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(processes, context, initializer=_start, initargs=(syntax, base)) as pool:
            yield pool.map
    except BrokenProcessPool as error:
        raise MachineError(
            "a process that wrote a part was ended, perhaps for want of memory; try: --jobs 1"
        ) from error


_writer: Writer | None = None


def _start(syntax: str, base: str) -> None:
    global _writer  # one for the process: it remembers terms
    _writer = _writer_of(syntax, base)


def _write(job: tuple[Part, Path]) -> set[bytes]:
    """Write a part to a file; return the prefixes that were used so far."""
    part, path = job
    assert _writer is not None
    texts = _writer.texts(part)
    with path.open("wb") as file:
        while block := b"".join(islice(texts, _BLOCK)):
            file.write(block)
    return _writer.used


def _rdfxml(dataset: Dataset, folder: Path, file: BinaryIO) -> None:
    with dataset.sorted(graphs=False, folder=folder) as parts:
        lines = (f"{line.decode()} .\n" for part in parts for line in part.lines())
        write_rdf(lines, "rdfxml", file, prefixes=NAMESPACES)


def prefixes(base: str) -> dict[str, str]:
    """Return the prefixes of an export: the usual ones, one a scheme and one a kind of thing of the dataset."""
    known = vocabulary()
    own = {name: f"{base}{name}/" for name in (*known.entity_types, "source", "claim", "evidence", "conflict", "link")}
    schemes = {token: f"{scheme.iri}/" for token, scheme in known.schemes.items()}
    return NAMESPACES | schemes | own


@contextmanager
def _output(out: Path | None) -> Iterator[BinaryIO]:
    if out is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with written_whole(out) as file:
        yield file
