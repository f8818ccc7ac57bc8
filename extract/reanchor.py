"""Re-anchoring: when the copy of a source changed, the spans of claims and decisions are found again in it."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from .adopt import span_text
from .anchor import Anchor, Proposal, find_spans, propose
from .candidate import Candidate
from .claim import Origin, Span
from .curated import CLAIMS
from .equal import Names
from .ledger import LEDGER, REVIEW, Decision, read_ledger, write_ledger
from .problems import UsageError
from .project import Project, open_project
from .source import Document, Source, open_document
from .table import Row, read_table, tables_in
from .whole import write_whole

__all__ = ["Moved", "Reanchoring", "reanchor"]


@dataclass(frozen=True, slots=True)
class Moved:
    """One span of a row: where it was and where it is, with proposals when its words are no longer there."""

    source: str
    origin: Origin
    anchor: Anchor
    proposals: tuple[Proposal, ...] = ()


@dataclass(frozen=True, slots=True)
class Reanchoring:
    """What became of every span of the sources that changed, and which decisions go with which candidate now.

    `renamed` gives the new id of candidates whose id changed with the document.
    """

    changed: tuple[str, ...]
    spans: tuple[Moved, ...]
    renamed: Mapping[str, str]
    written: tuple[str, ...] = ()

    def count(self, state: str) -> int:
        """How many spans are `same`, `moved` or `orphaned`."""
        return sum(moved.anchor.state == state for moved in self.spans)


def reanchor(
    root: Path, candidates: Sequence[Candidate] = (), *, before: Path | None = None, write: bool = False
) -> Reanchoring:
    """Find the spans of all sources whose local copy is not the version that sources.tsv names.

    `before` is a folder with the older copies, from which words of orphaned spans are taken for proposals; without it
    they are looked for in git. `candidates` are those of the new version: decisions go with the one that says the same
    at the same place. With `write`, spans, hashes of sources and ids of candidates are corrected; orphaned spans stay
    as they are, and the build names them. Raises UsageError when a file to be written is a spreadsheet.
    """
    project = open_project(root, any_version=True)
    texts = {source.id: document for source in project.sources.values() if (document := _changed(project, source))}
    spans = [moved for name in sorted(texts) for moved in _moved(project, name, texts[name], before)]
    places = {(moved.source, moved.anchor.old): moved.anchor for moved in spans}
    renamed = _renamed(project, candidates, places)
    result = Reanchoring(tuple(sorted(texts)), tuple(spans), renamed)
    if not write:
        return result
    return replace(result, written=tuple(_write(project, texts, places, renamed)))


def _changed(project: Project, source: Source) -> Document | None:
    document = open_document(project.root, source)
    if document is None or not source.canonical_sha256 or document.canonical_sha256 == source.canonical_sha256:
        return None
    return document


def _moved(project: Project, name: str, document: Document, before: Path | None) -> list[Moved]:
    rows = [row for row in _rows(project) if row.get("source") == name]
    anchors = find_spans((span for row in rows for span in _spans(row.cells)), document.text)
    old = _old_text(project, project.sources[name], before)
    names = Names(project.vocabulary, project.entities.values())
    found = []
    for row in rows:
        for span in _spans(row.cells):
            anchor = anchors[span]
            words = old[span.start : span.end] or _wording(row, names)
            proposals = propose(words, document.text) if anchor.state == "orphaned" else []
            found.append(Moved(name, Origin(row.path, row.line), anchor, tuple(proposals)))
    return sorted(found, key=lambda m: (m.origin.path, m.origin.line, m.anchor.old.start))


def _rows(project: Project) -> Iterator[Row]:
    """Yield every row that has evidence: of the claim files and of the ledgers. That they can be read is known."""
    for folder, sheet in (("claims", CLAIMS), (REVIEW, LEDGER)):
        for path in tables_in(project.root / folder):
            yield from read_table(path, sheet, shown_as=path.relative_to(project.root).as_posix(), problems=[])


def _spans(cells: Mapping[str, str]) -> tuple[Span, ...]:
    found = []
    for part in cells.get("evidence", "").split("|"):
        place, _, digest = part.strip().partition(":")
        start, dash, end = place.partition("-")
        if dash and start.isdigit() and end.isdigit():
            found.append(Span(int(start), int(end), digest))
    return tuple(found)


def _wording(row: Row, names: Names) -> str:
    """Return words that a span of a row is likely to hold, for lack of the span itself."""
    return row.get("wording") or max(names.labels(row.get("object")), key=len, default="")


def _old_text(project: Project, source: Source, before: Path | None) -> str:
    """Return the version of a source that sources.tsv names: from a folder of older copies, else from git."""
    path = Path(source.file)
    copies = [before / path, before / path.name] if before else []
    contents = [copy.read_bytes() for copy in copies if copy.is_file()]
    if not contents:
        command = ["git", "-C", str(project.root), "show", f"HEAD:./{source.file}"]
        try:
            contents = [subprocess.run(command, capture_output=True, check=False, timeout=30).stdout]
        except (OSError, subprocess.TimeoutExpired):
            contents = []
    documents = [Document(path, content) for content in contents]
    return next((d.text for d in documents if d.canonical_sha256 == source.canonical_sha256), "")


def _renamed(
    project: Project, candidates: Sequence[Candidate], places: Mapping[tuple[str, Span], Anchor]
) -> dict[str, str]:
    """Return the candidates that decisions go with now, where the id they were made on is gone."""
    known = {candidate.id for candidate in candidates}
    taken = {decision.candidate for decision in project.decisions}
    found: dict[str, str] = {}
    for decision in project.decisions:
        if decision.candidate in known:
            continue
        name = decision.cells.get("source", "")
        now = [places[name, span].new if (name, span) in places else span for span in _spans(decision.cells)]
        here = {(span.start, span.end) for span in now if span}
        fitting = [c.id for c in candidates if c.id not in taken and _fits(c, decision, here)]
        if len(fitting) == 1:
            found[decision.candidate] = fitting[0]
    # Two decisions cannot both go with one candidate: then a curator has to look.
    wanted = Counter(found.values())
    return {old: new for old, new in sorted(found.items()) if wanted[new] == 1}


def _fits(candidate: Candidate, decision: Decision, places: set[tuple[int, int]]) -> bool:
    here = {(span.start, span.end) for span in candidate.evidence}
    named = decision.cells.get("predicate") == candidate.predicate or "predicate" in decision.edited
    return bool(here & places) and candidate.rule == decision.rule and named


def _write(
    project: Project,
    texts: Mapping[str, Document],
    places: Mapping[tuple[str, Span], Anchor],
    renamed: Mapping[str, str],
) -> Iterable[str]:
    edits: dict[str, dict[int, dict[str, str]]] = {}
    for row in _rows(project):
        spans = _spans(row.cells)
        now = tuple(_now(places, row.get("source"), span) for span in spans)
        if now != spans and not row.path.startswith(f"{REVIEW}/"):
            edits.setdefault(row.path, {})[row.line] = {"evidence": " | ".join(span_text(span) for span in now)}
    for name, document in texts.items():
        origin = project.sources[name].origin
        hashes = {"sha256": document.sha256, "canonical_sha256": document.canonical_sha256}
        edits.setdefault(origin.path, {})[origin.line] = hashes
    ledgers = sorted({decision.origin.path for decision in project.decisions})
    if sheet := next((name for name in (*edits, *ledgers) if name.endswith(".xlsx")), None):
        raise UsageError(f"{sheet} is a spreadsheet, which is not written to; export it as .tsv first")
    for name, rows in sorted(edits.items()):
        _edit(project.root / name, rows)
        yield name
    for name in ledgers:
        ledger = read_ledger(project.root / name)
        corrected = [_corrected(decision, texts, places, renamed) for decision in ledger]
        if corrected != ledger:
            write_ledger(project.root / name, corrected)
            yield name


def _now(places: Mapping[tuple[str, Span], Anchor], source: str, span: Span) -> Span:
    anchor = places.get((source, span))
    return anchor.new if anchor and anchor.new else span


def _corrected(
    decision: Decision,
    texts: Mapping[str, Document],
    places: Mapping[tuple[str, Span], Anchor],
    renamed: Mapping[str, str],
) -> Decision:
    name = decision.cells.get("source", "")
    spans = [_now(places, name, span) for span in _spans(decision.cells)]
    whole = all(places[name, s].new for s in _spans(decision.cells) if (name, s) in places)
    seen = texts[name].canonical_sha256[:16] if name in texts and whole else decision.document
    cells = dict(decision.cells)
    if spans:
        cells["evidence"] = " | ".join(span_text(span) for span in spans)
    return replace(decision, cells=cells, document=seen, candidate=renamed.get(decision.candidate, decision.candidate))


def _edit(path: Path, rows: Mapping[int, Mapping[str, str]]) -> None:
    """Write cells of a table by line and column; every other byte stays as it is."""
    lines = path.read_bytes().decode("utf-8").split("\n")
    columns = next(line for line in lines if line.strip() and not line.startswith("#")).rstrip("\r").split("\t")
    columns[0] = columns[0].removeprefix("\ufeff")
    for number, cells in rows.items():
        ending = "\r" if lines[number - 1].endswith("\r") else ""
        row = lines[number - 1].rstrip("\r").split("\t")
        row += [""] * (len(columns) - len(row))
        for column, cell in cells.items():
            if column in columns:
                row[columns.index(column)] = cell
        lines[number - 1] = "\t".join(row) + ending
    write_whole(path, "\n".join(lines))
