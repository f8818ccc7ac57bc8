"""Extractors: whatever makes candidates. Plug-ins are found by entry point, models hand in files; all pass the gate."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from .candidate import Candidate, DocumentId, candidate_json, read_candidate
from .claim import Span, token_hash
from .equal import Names
from .gate import Gate, Refusal
from .problems import InputError, MachineError, Problem, UsageError, nearest
from .project import Project
from .source import open_document
from .verbatim import occurrences
from .whole import write_whole

__all__ = ["CANDIDATES", "GROUP", "Extractor", "Intake", "extractors", "import_candidates", "run_extractor"]

#: The entry-point group that an extractor's package names it in.
GROUP = "wildgraph.extractors"
#: The folder of a project that holds candidates; `quarantine` in it holds what the gate stopped.
CANDIDATES = "candidates"
#: Characters of a quote beyond which it is looked for no more.
_LONGEST = 5000


@runtime_checkable
class Extractor(Protocol):
    """What a plug-in offers: an object with a name and this one method."""

    name: str

    def extract(self, text: str, doc: DocumentId) -> Iterable[Candidate]:
        """Yield candidates of a document, whose evidence counts in this canonical text."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What came in: where the candidates were written, how many passed, and how many were stopped for what."""

    passed: int
    stopped: int
    reasons: Mapping[str, int]
    candidates: Path
    quarantine: Path | None


def extractors() -> dict[str, Extractor]:
    """Return the installed extractors by name. Raises MachineError for one that cannot be loaded."""
    found = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        try:
            made = entry.load()
            made = made() if isinstance(made, type) else made
        except Exception as error:  # a plug-in may fail in any way, and is named for it
            raise MachineError(f"the extractor {entry.name} ({entry.value}) cannot be loaded: {error}") from error
        if not isinstance(made, Extractor):
            raise MachineError(f"the extractor {entry.name} ({entry.value}) has no name or no method extract")
        found[entry.name] = made
    return found


def run_extractor(project: Project, name: str) -> Intake:
    """Run an installed extractor over the sources at hand, and its candidates through the gate."""
    known = extractors()
    if name not in known:
        hint = nearest(name, known) or (f"installed: {', '.join(known)}" if known else "none is installed")
        raise UsageError(f"no extractor is called {name}; {hint}")
    desk = _Desk(project, name)
    for doc, text in desk.documents:
        for candidate in known[name].extract(text, doc):
            made = replace(candidate, extractor=candidate.extractor or name)
            desk.take(made, json.loads(candidate_json(made)))
    return desk.close()


def import_candidates(project: Project, path: Path, *, name: str = "") -> Intake:
    """Read a file of candidates that a model made, put each through the gate, and keep those that pass.

    The file holds JSON Lines, a JSON array, or an object with an array `candidates`. What a record needs is in
    docs/review.md; one that is wrong goes to quarantine. Raises UsageError for a file that is not there, and
    InputError for one that is no JSON.
    """
    if not path.is_file():
        raise UsageError(f"there is no file {path}")
    desk = _Desk(project, name or path.stem)
    if path.resolve().parent == desk.folder.resolve():
        raise UsageError(f"{path} is where the candidates that pass are written; move it out of {CANDIDATES}")
    for record in _records(path):
        try:
            desk.take(desk.completed(record), record)
        except _StoppedError as stopped:
            desk.stop([stopped.refusal], record)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            desk.stop([Refusal("form", str(error))], record)
    return desk.close()


class _StoppedError(Exception):
    def __init__(self, kind: str, message: str) -> None:
        self.refusal = Refusal(kind, message)


class _Desk:
    """Takes records one by one and writes both files at the end."""

    def __init__(self, project: Project, name: str) -> None:
        self.name = name
        self.folder = project.root / CANDIDATES
        self.gate = Gate(project.vocabulary, Names(project.vocabulary, project.entities.values()))
        self.documents: list[tuple[DocumentId, str]] = []
        self._called: dict[str, int] = {}
        for source in project.sources.values():
            document = open_document(project.root, source)
            if document is not None:
                doc = DocumentId(source.file, document.sha256, document.canonical_sha256)
                for called in (doc.canonical_sha256, doc.sha256, doc.file, source.id, Path(source.file).name):
                    self._called.setdefault(called, len(self.documents))
                self.documents.append((doc, document.text))
        self.passed: dict[str, Candidate] = {}
        self.stopped: list[tuple[list[Refusal], Any]] = []

    def take(self, candidate: Candidate, record: object) -> None:
        """Let a candidate pass or stop it; equal statements are one candidate with all spans."""
        _, text = self._document(candidate.doc.canonical_sha256)
        if refusals := self.gate.refusals(candidate, text):
            self.stop(refusals, record)
            return
        spans = (Span(s.start, s.end, token_hash(text[s.start : s.end])) for s in candidate.evidence)
        first = self.passed.get(candidate.id)
        union = {*spans, *(first.evidence if first else ())}
        kept = tuple(sorted(union, key=lambda span: (span.start, span.end)))
        self.passed[candidate.id] = replace(first or candidate, evidence=kept)

    def stop(self, refusals: Sequence[Refusal], record: object) -> None:
        self.stopped.append((list(refusals), record))

    def completed(self, record: Any) -> Candidate:
        """Return the candidate that a record means, its quoted evidence found in the document."""
        if not isinstance(record, dict):
            raise ValueError("not a JSON object")
        doc, text = self._document(record.get("doc") or record.get("document") or record.get("source") or "")
        full = {key: value for key, value in record.items() if key not in {"document", "source", "year", "region"}}
        full["doc"] = {"file": doc.file, "sha256": doc.sha256, "canonicalSha256": doc.canonical_sha256}
        for role in ("subject", "object", "actor"):
            if isinstance(record.get(role), str):
                full[role] = {"text": record[role]}
        if isinstance(record.get("quantity"), (int, float, str)):
            full["quantity"] = {"low": str(record["quantity"])}
        qualifiers = {key: str(record[key]) for key in ("year", "region") if record.get(key)}
        full["qualifiers"] = {**qualifiers, **(record.get("qualifiers") or {})}
        quoted = record.get("evidence") or []
        full["evidence"] = [_located(part, text) for part in (quoted if isinstance(quoted, list) else [quoted])]
        made = read_candidate(json.dumps({key: value for key, value in full.items() if value is not None}))
        return replace(made, extractor=made.extractor or self.name, confidence="unmeasured")

    def _document(self, called: object) -> tuple[DocumentId, str]:
        if isinstance(called, dict):
            names = [str(called.get(key, "")) for key in ("canonicalSha256", "sha256", "file")]
        else:
            names = [str(called)]
        for name in filter(None, (*names, *(Path(name).name for name in names))):
            if name in self._called:
                return self.documents[self._called[name]]
        if not any(names) and len(self.documents) == 1:
            return self.documents[0]
        raise _StoppedError("document", f"no source at hand is called {' or '.join(filter(None, names)) or 'anything'}")

    def close(self) -> Intake:
        """Write the files, in order of place, and say what came in."""
        placed = sorted(self.passed.values(), key=lambda c: (c.doc.file, c.evidence[0].start, c.predicate, c.id))
        candidates = self.folder / f"{self.name}.jsonl"
        write_whole(candidates, "".join(f"{candidate_json(candidate)}\n" for candidate in placed))
        quarantine = self.folder / "quarantine" / f"{self.name}.jsonl"
        lines = [_quarantined(refusals, record) for refusals, record in self.stopped]
        if lines or quarantine.exists():
            write_whole(quarantine, "".join(f"{line}\n" for line in lines))
        kinds = [kind for refusals, _ in self.stopped for kind in {refusal.kind for refusal in refusals}]
        reasons = {kind: kinds.count(kind) for kind in sorted(set(kinds))}
        return Intake(len(placed), len(lines), reasons, candidates, quarantine if lines else None)


def _located(part: object, text: str) -> dict[str, Any]:
    """Return the span of a piece of evidence: offsets as given, or where the quoted words stand."""
    if isinstance(part, str):
        part = {"quote": part}
    if not isinstance(part, dict):
        raise _StoppedError("evidence", f"neither a quote nor a span: {part!r}")
    quote = str(part.get("quote") or part.get("text") or "")
    span = {key: part[key] for key in ("start", "end", "hash") if key in part}
    if not quote:
        return span
    if len(quote) > _LONGEST:
        raise _StoppedError("evidence", f"a quote of {len(quote)} characters is no evidence: quote a sentence or two")
    places = occurrences(quote, text)
    if len(places) > 1 and "start" in span:
        places = [place for place in places if place == (span["start"], span.get("end"))] or places
    if not places:
        raise _StoppedError("evidence", f"the words '{quote[:80]}' do not stand in the document")
    if len(places) > 1:
        shown = ", ".join(f"{start}-{end}" for start, end in places[:4])
        raise _StoppedError("evidence", f"the words '{quote[:80]}' stand in {len(places)} places ({shown}): quote more")
    return {"start": places[0][0], "end": places[0][1]}


def _records(path: Path) -> Iterator[Any]:
    try:
        content = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        problem = Problem(str(path), 0, 0, "not UTF-8", f"byte {error.start}", "save the file as UTF-8")
        raise InputError([problem]) from error
    try:
        whole = json.loads(content)
    except (json.JSONDecodeError, RecursionError):
        yield from _json_lines(path, content)
        return
    records = whole.get("candidates", [whole]) if isinstance(whole, dict) else whole
    yield from records if isinstance(records, list) else [records]


def _json_lines(path: Path, content: str) -> Iterator[Any]:
    problems, records = [], []
    for number, line in enumerate(content.split("\n"), start=1):
        if line.strip():
            try:
                records.append(json.loads(line))
            except (json.JSONDecodeError, RecursionError) as error:
                fix = "one JSON object a line, or one JSON array in all"
                column = getattr(error, "colno", 1)
                problems.append(Problem(str(path), number, column, "not JSON", line[:60], fix))
    if problems:
        raise InputError(problems)
    yield from records


def _quarantined(refusals: Sequence[Refusal], record: object) -> str:
    reasons = [{"kind": refusal.kind, "message": refusal.message} for refusal in sorted(refusals)]
    return json.dumps({"reasons": reasons, "record": record}, ensure_ascii=False, sort_keys=True)
