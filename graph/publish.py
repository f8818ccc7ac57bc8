"""Publishing: the built dataset in the syntaxes people use, the same bytes every time, in bounded memory."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from ..extract.whole import written_whole
from ..ontology import vocabulary
from ..ontology.terms import NAMESPACES
from .dataset import Dataset, spelt
from .gate import Gate
from .jsonld import DatasetWriter, entity_documents
from .store import write_rdf
from .turtle import TurtleWriter

__all__ = ["export", "export_entities", "prefixes"]

#: Lines written at once.
_BLOCK = 10_000


def export(project: str | Path, syntax: str, out: Path | None = None, *, with_ontology: bool = False) -> Gate:
    """Write the built dataset in a syntax (`turtle`, `trig`, `ntriples`, `nquads`, `rdfxml`, `jsonld`).

    Subjects come in order of IRI with what is said of each together; Turtle and the like have prefixes, one for
    each concept scheme among them. Memory does not grow with the dataset; the folder of `out` needs free space of
    twice the dataset. A file is replaced only when it is whole. Returns the licence gate, which knows what was
    withheld. Raises UsageError, MachineError.
    """
    dataset = Dataset.open(Path(project), with_ontology=with_ontology)
    write = {"turtle": _turtle, "trig": _trig, "ntriples": _ntriples, "nquads": _nquads, "jsonld": _jsonld}
    with _output(out) as file:
        write.get(syntax, _rdfxml)(dataset, file)
    return dataset.gate


def export_entities(project: str | Path, out: Path) -> list[str]:
    """Write one JSON-LD document for each entity, with its claims and their evidence inside, into a folder.

    Returns the files' names, `taxon/amur-leopard.jsonld`.
    """
    dataset = Dataset.open(Path(project), with_ontology=True)
    written = []
    for name, document in entity_documents(dataset.nquads(), dataset.base):
        path = out / f"{name}.jsonld"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(document, encoding="utf-8", newline="\n")
        written.append(f"{name}.jsonld")
    return written


def _ntriples(dataset: Dataset, file: BinaryIO) -> None:
    _write(map(spelt, dataset.triples()), file)


def _nquads(dataset: Dataset, file: BinaryIO) -> None:
    _write(dataset.nquads(), file)


def _rdfxml(dataset: Dataset, file: BinaryIO) -> None:
    write_rdf(map(spelt, dataset.triples()), "rdfxml", file, prefixes=NAMESPACES)


def _turtle(dataset: Dataset, file: BinaryIO) -> None:
    writer = TurtleWriter(prefixes(dataset.base))
    _headed(writer.turtle(dataset.triples()), writer.head, file)


def _trig(dataset: Dataset, file: BinaryIO) -> None:
    writer = TurtleWriter(prefixes(dataset.base))
    _headed(writer.trig(dataset.graphs()), writer.head, file)


def _jsonld(dataset: Dataset, file: BinaryIO) -> None:
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
