"""The table sources of a build: each made anew or taken over from the last build, and put into the dataset."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

from ...extract import InputError, MachineError, Project
from ...extract.tables import describe, read_mapping
from ...extract.tables.declared import TableSource
from ...ontology.terms import expand
from ...ontology.vocabulary import ontology_files
from ..identify import Names
from ..quads import Quad, iri, literal, wg
from .compile import Context
from .engines import EMBEDDED
from .source import write_source

__all__ = ["QUARANTINE", "TableSections", "table_source_quads"]

QUARANTINE = "quarantine"
_CHUNK = 4 << 20
_EDTF = "http://id.loc.gov/datatypes/edtf/EDTF-level1"
#: How much space a build needs for each byte of input: the tables unpacked and staged, the quads twice, the store.
_SPACE = 12

Step = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class _Section:
    """Where the quads of a source are in a dataset file."""

    start: int
    size: int
    lines: int


class TableSections:
    """Writes the sections of the table sources of one build. `entries` is what its summary keeps of them."""

    def __init__(self, project: Project, previous: Path, fresh: Path, step: Step, *, engine: str = EMBEDDED) -> None:
        self.project = project
        self.previous = previous
        self.fresh = fresh
        self.step = step
        self.engine = engine
        self.names = Names(project.settings.base)
        self.hashes = {source.id: hash_of(source.path(project.root)) for source in project.tables}
        self.entries: dict[str, dict[str, Any]] = {}

    def write(self, file: BinaryIO, before: Mapping[str, Mapping[str, Any]], dataset: str) -> Iterator[tuple[str, int]]:
        """Append the sources to the open dataset file; yield the name of each graph and its number of lines.

        `before` is what the last build's summary kept; its dataset is read where nothing changed.
        """
        old = self.previous / dataset
        for source in self.project.tables:
            fingerprint = self._fingerprint(source)
            entry = before.get(source.id, {})
            if entry.get("fingerprint") == fingerprint and self._take_over(source, entry, old, file):
                made = self.entries[source.id]
            else:
                made = self.entries[source.id] = {"fingerprint": fingerprint, **self._make(source, file)}
            yield f"source/{source.id}", made["source"]["lines"]
            yield "derived", made["derived"]["lines"]

    def _take_over(self, source: TableSource, entry: Mapping[str, Any], old: Path, file: BinaryIO) -> bool:
        """Copy a source's quads from the last build; False when they are not all there any more."""
        quarantine = self.previous / QUARANTINE / f"{source.id}.tsv"
        sizes = [entry[graph]["start"] + entry[graph]["size"] for graph in ("source", "derived")]
        if not old.is_file() or old.stat().st_size < max(sizes) or not quarantine.is_file():
            return False
        self.step(f"{source.id} has not changed", 0, 1)
        made = dict(entry)
        with old.open("rb") as past:
            for graph in ("source", "derived"):
                section = _Section(**entry[graph])
                past.seek(section.start)
                made[graph] = asdict(_Section(file.tell(), section.size, section.lines))
                _copy(past, file, section.size)
        self._keep_quarantine(source, quarantine)
        self.entries[source.id] = made
        return True

    def _make(self, source: TableSource, file: BinaryIO) -> dict[str, Any]:
        path = source.path(self.project.root)
        _check_space(self.fresh, path)
        with tempfile.TemporaryDirectory(prefix="tables-", dir=self.fresh) as name:
            folder = Path(name)
            unpacked, work, out = (folder / part for part in ("unpacked", "work", "out"))
            for made in (unpacked, work, out):
                made.mkdir()
            package = describe(path, unpacked)
            if errors := [note for note in package.notes if not note.warning]:
                raise InputError(errors)
            mapping = read_mapping(source.mapping_path(self.project.root))
            sections = {graph: _Section(0, 0, 0) for graph in ("source", "derived")}

            def put(graph: str, part: Path) -> None:
                sections[graph] = _append(part, file, sections[graph])

            counts, problems = write_source(
                package, mapping, self._context(source), work, out, step=self.step, engine=self.engine, put=put
            )
            self._keep_quarantine(source, out / "quarantine.tsv")
            entry: dict[str, Any] = {"counts": asdict(counts)}
            entry["notes"] = [
                str(note).replace(str(folder), "").replace(str(path), path.name).strip()
                for note in (*package.notes, *problems)
            ]
        return entry | {graph: asdict(section) for graph, section in sections.items()}

    def _keep_quarantine(self, source: TableSource, path: Path) -> None:
        (self.fresh / QUARANTINE).mkdir(exist_ok=True)
        shutil.copyfile(path, self.fresh / QUARANTINE / f"{source.id}.tsv")

    def _context(self, source: TableSource) -> Context:
        settings = self.project.settings
        return Context(
            self.names, source.id, source.language or settings.language, source.title, self.project.vocabulary
        )

    def _fingerprint(self, source: TableSource) -> str:
        """Return a hash of all that the quads of a source depend on: its bytes, mapping, ontology, tool, settings."""
        found = hashlib.sha256()
        settings = self.project.settings
        parts = [self.hashes[source.id], settings.base, settings.language, source.id, source.title, source.language]
        parts += [version("wildgraph"), source.mapping_path(self.project.root).read_text(encoding="utf-8")]
        parts += [hash_of(path) for path in ontology_files()]
        parts += [hash_of(path) for path in _CODE]
        for part in parts:
            found.update(part.encode() + b"\0")
        return found.hexdigest()


#: What turns tables into quads; a changed word list or compiler makes other quads though the version is the same.
_CODE = tuple(
    path
    for folder in (Path(__file__).parent, *(Path(__file__).parents[2] / "extract" / n for n in ("tables", "normalise")))
    for path in sorted(folder.iterdir())
    if path.suffix in {".py", ".tsv", ".toml"}
)


def table_source_quads(project: Project, hashes: Mapping[str, str]) -> Iterator[Quad]:
    """Yield the quads of the sources that tables are, and of publishers that only they name."""
    names = Names(project.settings.base)
    graph, language = iri(names.graph("entities")), project.settings.language
    for source in project.tables:
        node = iri(names.source(source.id))
        pairs = [
            (iri(expand("rdf:type")), wg("Source")),
            (iri(expand("dcterms:title")), literal(source.title, language=source.language or language)),
            (wg("mapping"), literal(source.mapping)),
            (wg("sha256"), literal(hashes[source.id])),
        ]
        pairs += [(iri(expand("dcterms:license")), literal(source.license))] if source.license else []
        pairs += [(iri(expand("schema:url")), iri(source.url))] if source.url else []
        pairs += [(wg("retrieved"), literal(source.retrieved, datatype=_EDTF))] if source.retrieved else []
        pairs += (
            [(iri(expand("dcterms:issued")), literal(source.published, datatype=_EDTF))] if source.published else []
        )
        if source.publisher:
            publisher, described = _publisher(project, source.publisher, names)
            pairs.append((iri(expand("dcterms:publisher")), publisher))
            yield from (Quad(publisher, predicate, value, graph) for predicate, value in described)
        yield from (Quad(node, predicate, value, graph) for predicate, value in pairs)


def _publisher(project: Project, text: str, names: Names) -> tuple[str, list[tuple[str, str]]]:
    """Return the IRI of a publisher, and what describes it when it is no entity of the project."""
    if entity := project.entities.get(text):
        return iri(names.entity(entity.type, entity.id)), []
    slug = "-".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())
    organization = project.vocabulary.entity_types["organization"].iri
    label = literal(text, language=project.settings.language)
    kinds = [(iri(expand("rdf:type")), iri(organization)), (iri(expand("skos:prefLabel")), label)]
    return iri(names.entity("organization", slug)), kinds


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file, or of the names and hashes of the files of a folder."""
    found = hashlib.sha256()
    if path.is_dir():
        for part in sorted(p for p in path.rglob("*") if p.is_file()):
            found.update(f"{part.relative_to(path).as_posix()}\0{hash_of(part)}\n".encode())
        return found.hexdigest()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


def _check_space(folder: Path, path: Path) -> None:
    """Raise MachineError when the disk is plainly too small for what a source will come to."""
    size = sum(p.stat().st_size for p in path.rglob("*")) if path.is_dir() else path.stat().st_size
    packed = 10 if path.suffix.lower() in {".zip", ".gz", ".tgz", ".bz2", ".xz", ".parquet"} else 1
    needed, free = size * packed * _SPACE, shutil.disk_usage(folder).free
    if needed > free:
        message = (
            f"{path.name} will need about {needed >> 20:,} MiB of disk, {free >> 20:,} MiB are free in {folder.parent}"
        )
        raise MachineError(f"{message}; free some space, or build where there is more")


def _append(part: Path, file: BinaryIO, before: _Section) -> _Section:
    """Move a file of quads to the end of the dataset, where the section `before` ends; return the longer section."""
    start, lines = file.tell(), 0
    with part.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            lines += chunk.count(b"\n")
            file.write(chunk)
    file.flush()  # or the store would wait for these lines
    part.unlink()
    size = file.tell() - start
    return _Section(before.start if before.lines else start, before.size + size, before.lines + lines)


def _copy(source: BinaryIO, target: BinaryIO, size: int) -> None:
    while size and (chunk := source.read(min(_CHUNK, size))):
        target.write(chunk)
        size -= len(chunk)
