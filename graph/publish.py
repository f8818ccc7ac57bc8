"""Publishing: the built dataset in the syntaxes people use, the same bytes every time."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ..extract import MachineError, UsageError
from ..extract.project import SETTINGS_FILE
from ..ontology import vocabulary
from ..ontology.terms import NAMESPACES
from .build import BUILD, DATASET, read_summary
from .gate import Gate, open_gate
from .jsonld import dataset_document, entity_documents
from .replace import recover
from .store import write_rdf

__all__ = ["export", "export_entities", "prefixes"]

#: Syntaxes that keep the named graphs; the others get the union of the graphs.
_WITH_GRAPHS = {"trig", "nquads", "jsonld"}
_TYPE = f" <{NAMESPACES['rdf']}type> "
_GRAPH = re.compile(r" <([^<>]*)> \.\n$")


def export(project: str | Path, syntax: str, out: Path | None = None, *, with_ontology: bool = False) -> Gate:
    """Write the built dataset in a syntax (`turtle`, `trig`, `ntriples`, `nquads`, `rdfxml`, `jsonld`).

    Subjects come in order of IRI with what is said of each together; Turtle and the like have prefixes, one for
    each concept scheme among them. A file is replaced only when it is whole. Returns the licence gate, which knows
    what was withheld. Raises UsageError, MachineError.
    """
    lines, gate = _lines(Path(project), syntax, with_ontology=with_ontology)
    base = read_summary(Path(project) / BUILD).base
    with _output(out) as file:
        if syntax == "jsonld":
            file.write(dataset_document(lines, base).encode())
        elif syntax in {"ntriples", "nquads"}:
            file.writelines(line.encode() for line in lines)
        else:
            write_rdf(lines, syntax, file, prefixes=prefixes(base))
    return gate


def export_entities(project: str | Path, out: Path) -> list[str]:
    """Write one JSON-LD document for each entity, with its claims and their evidence inside, into a folder.

    Returns the files' names, `taxon/amur-leopard.jsonld`.
    """
    lines, _ = _lines(Path(project), "nquads", with_ontology=True)
    written = []
    for name, document in entity_documents(lines, read_summary(Path(project) / BUILD).base):
        path = out / f"{name}.jsonld"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(document, encoding="utf-8", newline="\n")
        written.append(f"{name}.jsonld")
    return written


def _lines(project: Path, syntax: str, *, with_ontology: bool) -> tuple[list[str], Gate]:
    """Return the lines that may be passed on, sorted and distinct; those of a triple syntax have lost their graph."""
    recover(project / BUILD)
    path = project / BUILD / DATASET
    if not path.is_file():
        hint = f"wildgraph build {project}" if (project / SETTINGS_FILE).is_file() else f"wildgraph init {project}"
        raise UsageError(f"{project} has not been built; try: {hint}")
    base = read_summary(project / BUILD).base
    ontology = f" <{base}graph/ontology> .\n"
    gate = open_gate(project, project / BUILD, base)
    with path.open(encoding="utf-8", newline="\n") as file:
        kept = gate.passing(line for line in file if with_ontology or not line.endswith(ontology))
        if syntax in _WITH_GRAPHS:
            return sorted(kept, key=lambda line: (_graph(line), _order(line))), gate
        return sorted({_GRAPH.sub(" .\n", line) for line in kept}, key=_order), gate


def _order(line: str) -> str:
    """Return what lines of a graph are sorted by: the subject, then its types, then the rest."""
    return line.replace(_TYPE, " !", 1)


def _graph(line: str) -> str:
    match = _GRAPH.search(line)
    return match[1] if match else ""


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
    fresh = out.with_name(f".{out.name}.new")
    try:
        with fresh.open("wb") as file:
            yield file
        fresh.replace(out)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise MachineError(f"{out} cannot be written: {error.strerror or error}") from error
