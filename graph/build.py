"""Building: a project becomes a folder with the graph, its store and a summary, or nothing changes at all."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, fields, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

from ..extract import Claim, Document, InputError, Project, UsageError, open_project
from ..extract.project import input_files
from ..ontology.terms import expand, read_turtle
from ..ontology.vocabulary import ontology_files
from .assemble import Assembler
from .called import write_called
from .compare import Conflict, conflict_quads, find_conflicts
from .contested import open_contest
from .coverage import coverage_quads
from .derive import derived_quads
from .evidence import local_documents, span_problems, verification_quads
from .findings import Finding, Severity
from .growing import growing
from .link.assemble import link_quads, target_quads
from .link.files import Links, read_links
from .lint import run_lints
from .origins import Known, origin_rows, write_origins
from .quads import Quad, iri, lines, literal, term
from .replace import replacement
from .settled import write_settled
from .stated import Stated, stated
from .store import PIECE, load_pieces
from .tables.engines import EMBEDDED
from .tables.section import TableSections, hash_of, table_source_quads

__all__ = ["BUILD", "CALLED", "Build", "Summary", "build", "input_hashes", "read_summary"]

#: The folder of a project that holds what was built, and what is in it.
BUILD = "build"
DATASET, STORE, ORIGINS, CALLED, SUMMARY = "dataset.nq", "store", "origins.tsv", "names.tsv", "summary.json"

#: Called with the name of a step, how much of it is done and how much there is.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a build holds, in numbers. Kept as `build/summary.json`; the same input gives the same bytes."""

    title: str
    base: str
    version: str
    license: str
    tool: str
    defaults: dict[str, str]
    inputs: dict[str, str]
    sources: int
    local_sources: int
    entities: dict[str, int]
    claims: dict[str, int]
    evidence: int
    verified: int
    conflicts: dict[str, int]
    lints: dict[str, int]
    triples: dict[str, int]
    links: dict[str, int] = field(default_factory=dict)
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    compared: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Build:
    """A finished build: where it is, what it holds, and what the reader and the lints had to say."""

    folder: Path
    project: Project
    summary: Summary
    findings: tuple[Finding, ...]


def build(root: str | Path, *, progress: Progress | None = None, engine: str = EMBEDDED) -> Build:
    """Build the project in a folder into its `build` folder, which is replaced only when all is written.

    `engine` makes the quads of tables: `duckdb`, `spark` or the address of a Spark master.
    Raises InputError with every problem of the input, among them spans that do not match a source at hand,
    and MachineError when the disk is full or not writable; the older build then stays as it was.
    """
    step = progress or (lambda _name, _done, _total: None)
    folder = Path(root)
    step("reading", 0, 1)
    project = open_project(folder)
    links = read_links(project)
    documents = local_documents(project)
    if problems := span_problems(project, documents):
        raise InputError(problems)
    step("comparing", 0, 1)
    conflicts = find_conflicts(project, links.accepted)
    findings = run_lints(project, conflicts, documents)
    writer = _Writer(project, links, documents, conflicts, findings, step, engine)
    with replacement(folder / BUILD, mark=SUMMARY) as fresh:
        summary = writer.write(fresh)
    project = replace(project, warnings=(*project.warnings, *links.warnings))
    return Build(folder / BUILD, project, summary, tuple(findings))


def input_hashes(project: Project) -> dict[str, str]:
    """Return the SHA-256 of every file that a build of the project depends on, by its path in the project."""
    paths = {path.relative_to(project.root).as_posix(): path for path in input_files(project.root)}
    paths |= {source.file: project.root / source.file for source in project.sources.values() if source.file}
    found = {name: path for name, path in sorted(paths.items()) if path.is_file()}
    hashes = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found.items()}
    return hashes | {table.file: hash_of(table.path(project.root)) for table in project.tables}


def read_summary(folder: Path) -> Summary:
    """Return the summary of a build folder. Raises UsageError when another version of wildgraph has built it."""
    found = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
    if found.keys() != {field.name for field in fields(Summary)}:
        made = found.get("tool", "another version of wildgraph")
        raise UsageError(f"{folder} was built by {made}, which kept it otherwise; try: wildgraph build {folder.parent}")
    return Summary(**found)


class _Writer:
    """Writes the files of one build."""

    def __init__(
        self,
        project: Project,
        links: Links,
        documents: dict[str, Document],
        conflicts: list[Conflict],
        findings: list[Finding],
        step: Progress,
        engine: str = EMBEDDED,
    ) -> None:
        self.engine = engine
        self.project = project
        self.links = links
        self.documents = documents
        self.conflicts = conflicts
        self.findings = findings
        self.step = step
        self.assembler = Assembler(project)
        self.names = self.assembler.names
        self.by_source: dict[str, list[Claim]] = defaultdict(list)
        for claim in project.claims:
            self.by_source[claim.source].append(claim)
        self.handles = {claim.handle: claim for claim in project.claims if claim.handle}
        self.triples: Counter[str] = Counter()
        self.inputs = input_hashes(project)
        self.kinds = Counter(conflict.kind for conflict in conflicts)
        self.compared: dict[str, int] = {}

    def write(self, folder: Path) -> Summary:
        tables = TableSections(self.project, self.project.root / BUILD, folder, self.step, engine=self.engine)
        # loading takes longer than all the rest, so it begins with the first lines
        with growing(folder / DATASET, partial(load_pieces, folder / STORE), piece=PIECE) as file:
            for name, section in self._sections():
                self._append(file, name, section)
            for name, count in tables.write(file, _last_tables(self.project.root / BUILD), DATASET):
                self.triples[name] += count
            file.flush()
            with stated(folder / DATASET, self.names) as claims:
                covered = list(coverage_quads(claims, self.names))
                if self.project.tables:
                    self.step("comparing rows of tables", 0, 1)
                    self._append(file, "derived", self._over_tables(claims, folder))
            write_called(folder / DATASET, folder / CALLED)
            # Last, because it counts the others.
            self._append(file, "build", lines([*covered, *self._build_quads()]))
            self.step("loading the store", 0, 1)
        links = ((self.names.link(link.digest), Known(link.words, link.origin)) for link in self.links.decided)
        write_origins(folder / ORIGINS, [*origin_rows(self.project, self.names), *links])
        summary = self._summary(tables.entries)
        text = json.dumps(asdict(summary), indent=2, sort_keys=True, ensure_ascii=False)
        (folder / SUMMARY).write_text(text + "\n", encoding="utf-8", newline="\n")
        return summary

    def _sections(self) -> Iterator[tuple[str, Iterable[str]]]:
        """Yield the graphs in a fixed order, each as lines in a fixed order and without a repetition."""
        follows = derived_quads(self.assembler, settled=not self.project.tables)
        yield "derived", lines([*follows, *conflict_quads(self.conflicts, self.assembler)])
        yield "entities", lines(self._entity_quads())
        yield "links", lines(self._link_quads())
        yield "ontology", lines(_ontology_quads(iri(self.names.graph("ontology"))))
        done = 0
        for source in sorted(self.by_source):
            claims = self.by_source[source]
            yield f"source/{source}", self._source_lines(claims, done)
            done += len(claims)

    def _append(self, file: BinaryIO, name: str, section: Iterable[str]) -> None:
        for row in section:
            file.write(row.encode())
            self.triples[name] += 1

    def _over_tables(self, claims: Stated, folder: Path) -> Iterator[str]:
        """Yield what follows from claims of tables and of curated rows together, and not from one alone."""
        contest = open_contest(claims, self.assembler, linked=self._linked())
        settled = folder / "settled"
        write_settled(contest, settled)
        with settled.open(encoding="utf-8", newline="\n") as file:
            yield from file
        settled.unlink()
        for conflicts in contest.conflicts():
            self.kinds.update(conflict.kind for conflict in conflicts)
            yield from lines(conflict_quads(conflicts, self.assembler))
        self.compared = {"claims": contest.looked_at, "cut": contest.cut}

    def _linked(self) -> bool:
        """Say whether links or mappings may say of two things that they are the same."""
        mappings = (table.mapping_path(self.project.root).read_text(encoding="utf-8") for table in self.project.tables)
        stated = any(name in text for text in mappings for name in ("exactMatch", "sameAs"))
        return stated or any(link.predicate == "exactMatch" for link in self.links.accepted)

    def _source_lines(self, claims: list[Claim], done: int) -> Iterator[str]:
        """Yield a source's claims in order of IRI, then its evidence, keeping only one claim's lines."""
        total = len(self.project.claims)
        for count, claim in enumerate(sorted(claims, key=self.names.claim)):
            if count % 1000 == 0:
                self.step("assembling", done + count, total)
            yield from lines(self.assembler.claim(claim, self.handles))
        spans = {span for claim in claims for span in claim.evidence}
        for span in sorted(spans, key=lambda span: (span.start, span.end)):
            yield from lines(self.assembler.evidence(claims[0].source, span))

    def _entity_quads(self) -> Iterator[Quad]:
        for entity in self.project.entities.values():
            yield from self.assembler.entity(entity)
        for source in self.project.sources.values():
            yield from self.assembler.source(source)
        hashes = {source.id: self.inputs[source.file] for source in self.project.tables}
        yield from table_source_quads(self.project, hashes)

    def _link_quads(self) -> Iterator[Quad]:
        settings, graph = self.project.settings, self.names.graph("links")
        yield from link_quads(self.links.decided, settings.base, graph, same_as=settings.online.same_as)
        yield from target_quads(self.links.decided, graph)

    def _build_quads(self) -> Iterator[Quad]:
        yield from verification_quads(self.project, self.documents)
        graph = iri(self.names.graph("build"))
        for subject, predicate, value in self._description():
            yield Quad(subject, iri(expand(predicate)), value, graph)

    def _description(self) -> Iterator[tuple[str, str, str]]:
        settings = self.project.settings
        dataset, activity = iri(settings.base), iri(f"{settings.base}build")
        for kind in ("dcat:Dataset", "void:Dataset", "prov:Entity"):
            yield dataset, "rdf:type", iri(expand(kind))
        texts = {
            "dcterms:title": literal(settings.title, language=settings.language),
            "dcterms:description": settings.description and literal(settings.description, language=settings.language),
            "dcterms:license": literal(settings.license),
            "dcat:version": literal(settings.version),
            "dcterms:issued": settings.issued and literal(settings.issued),
            "schema:url": settings.homepage and iri(settings.homepage),
            "void:triples": literal(str(sum(self.triples.values())), datatype="xsd:integer"),
            "prov:wasGeneratedBy": activity,
        }
        for predicate, value in texts.items():
            if value:
                yield dataset, predicate, value
        for creator in settings.creators:
            yield dataset, "dcterms:creator", literal(creator)
        yield activity, "rdf:type", iri(expand("prov:Activity"))
        yield activity, "wg:toolVersion", literal(_tool())
        for path, digest in self.inputs.items():
            node = iri(f"{settings.base}input/{path.replace('%', '%25')}")
            yield activity, "prov:used", node
            yield node, "rdf:type", iri(expand("prov:Entity"))
            yield node, "dcterms:title", literal(path)
            yield node, "wg:sha256", literal(digest)

    def _summary(self, tables: dict[str, dict[str, Any]]) -> Summary:
        spans = [(claim.source, span) for claim in self.project.claims for span in claim.evidence]
        settings = self.project.settings
        return Summary(
            title=settings.title,
            base=settings.base,
            version=settings.version,
            license=settings.license,
            tool=_tool(),
            defaults=dict(settings.defaults),
            inputs=self.inputs,
            sources=len(self.project.sources) + len(self.project.tables),
            local_sources=len(self.documents) + len(self.project.tables),
            entities=_count(entity.type for entity in self.project.entities.values()),
            claims=_count(claim.predicate.name for claim in self.project.claims),
            evidence=len(spans),
            verified=sum(1 for source, span in spans if span.hash and source in self.documents),
            conflicts=dict(sorted(self.kinds.items())),
            lints=_count(finding.rule for finding in self.findings if finding.severity > Severity.INFO),
            triples=dict(sorted(self.triples.items())),
            links=_count("rejected" if link.negated else link.predicate for link in self.links.decided),
            tables=tables,
            compared=self.compared,
        )


def _last_tables(folder: Path) -> dict[str, dict[str, Any]]:
    """Return what the last build kept of its table sources, nothing when there is none that can be read."""
    try:
        return read_summary(folder).tables
    except (OSError, ValueError, UsageError):
        return {}


def _ontology_quads(graph: str) -> Iterator[Quad]:
    for path in ontology_files():
        for subject, predicate, value in read_turtle(path):
            yield Quad(term(subject), iri(predicate), term(value), graph)


def _tool() -> str:
    return f"wildgraph {version('wildgraph')}"


def _count(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))
