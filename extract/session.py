"""A review: candidates waiting for a curator, and decisions that are saved one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .adopt import Adopter
from .candidate import Candidate, read_candidate
from .extractors import CANDIDATES
from .ledger import Decision, ledger_path, rated, read_ledger, records, write_ledger
from .newcomers import newcomers
from .problems import InputError, Problem, UsageError
from .project import Project, open_project
from .reviewed import disputes
from .source import open_document
from .table import append_rows

__all__ = ["Filter", "Session", "Status", "read_candidates", "status"]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which candidates to look at; an empty field lets all through. `document` is a source id or a file name."""

    rule: str = ""
    predicate: str = ""
    document: str = ""

    def takes(self, candidate: Candidate, source: str) -> bool:
        """Say whether a candidate of a source is wanted."""
        names = {source, candidate.doc.file, Path(candidate.doc.file).name}
        return (
            self.rule in {"", candidate.rule}
            and self.predicate in {"", candidate.predicate}
            and (not self.document or self.document in names)
        )


def read_candidates(project: Project, files: Sequence[Path] = ()) -> list[Candidate]:
    """Read candidates from files, by default all of `candidates/*.jsonl`, in order of source, place and id.

    A candidate in several files is one, with the spans of all. Each has its rule's record as confidence. Raises
    InputError with every line that cannot be read, and UsageError when there is no file.
    """
    paths = list(files) or sorted((project.root / CANDIDATES).glob("*.jsonl"))
    if not paths:
        advice = f"wildgraph extract FILE... --json > {CANDIDATES}/rules.jsonl, or wildgraph review --import FILE"
        raise UsageError(f"{project.root} has no candidates; try: {advice}")
    if missing := next((path for path in paths if not path.is_file()), None):
        raise UsageError(f"there is no file {missing}")
    problems: list[Problem] = []
    found: dict[str, Candidate] = {}
    for path in paths:
        for candidate in _read(path, problems):
            first = found.setdefault(candidate.id, candidate)
            spans = {*first.evidence, *candidate.evidence}
            together = tuple(sorted(spans, key=lambda span: (span.start, span.end)))
            found[candidate.id] = replace(first, evidence=together)
    if problems:
        raise InputError(problems)
    known = rated(found.values(), project.decisions)
    return sorted(known, key=lambda c: (c.doc.file, min((s.start for s in c.evidence), default=0), c.predicate, c.id))


def _read(path: Path, problems: list[Problem]) -> list[Candidate]:
    found: list[Candidate] = []
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        problems.append(Problem(str(path), 0, 0, "not UTF-8", f"byte {error.start}", "save the file as UTF-8"))
        return found
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                found.append(read_candidate(line))
            except (ValueError, TypeError, AttributeError) as error:
                fix = "run the extractor again, or import the file with wildgraph review --import"
                problems.append(Problem(str(path), number, 1, str(error), line[:60], fix))
    return found


class Session:
    """One curator at work. Every decision is written at once; `undo` takes back the last one of this session.

    `queue` are the candidates to be decided in this session, in order; `at` is the number of the current one.
    """

    def __init__(
        self, project: Project, candidates: Sequence[Candidate], *, curator: str, date: str, only: Filter | None = None
    ) -> None:
        self.project = project
        self.adopter = Adopter(project)
        self.curator, self.date = curator, date
        self.path = ledger_path(project.root, curator)
        self.ledger = {decision.candidate: decision for decision in read_ledger(self.path)}
        wanted = only or Filter()
        self.all = [c for c in candidates if wanted.takes(c, self.adopter.source(c))]
        self.queue = [candidate for candidate in self.all if candidate.id not in self.ledger]
        self.at = 0
        self._history: list[int] = []
        self._texts: dict[str, str] = {}
        for source in project.sources.values():
            if document := open_document(project.root, source):
                self._texts[source.id] = document.text

    @property
    def current(self) -> Candidate | None:
        """The candidate to be decided now; None when all are."""
        return self.queue[self.at] if self.at < len(self.queue) else None

    @property
    def decided(self) -> int:
        """How many of the wanted candidates have a decision of this curator."""
        return sum(candidate.id in self.ledger for candidate in self.all)

    def text(self, candidate: Candidate) -> str:
        """Return the canonical text of a candidate's source, empty when it is not at hand or another version."""
        source = self.adopter.source(candidate)
        known = self.project.sources.get(source)
        same = known is not None and candidate.doc.canonical_sha256 in {known.canonical_sha256, ""}
        return self._texts.get(source, "") if same else ""

    def refresh(self) -> None:
        """Read the project's files again, after an entity or a source was added to them."""
        self.project = open_project(self.project.root)
        self.adopter = Adopter(self.project)

    def cells(self, candidate: Candidate) -> dict[str, str]:
        """Return the claim row that accepting a candidate would write."""
        return self.adopter.cells(candidate)

    def newcomers(self, candidate: Candidate) -> tuple[dict[str, str], ...]:
        """Return the rows of entities.tsv that the claim of a candidate needs and the project lacks."""
        return newcomers(self.adopter, candidate, self.cells(candidate), self.all)

    def admit(self, candidate: Candidate) -> int:
        """Write those rows and read the project again; return the line of the last, 0 when none is needed.

        Raises UsageError when the project keeps its entities in a spreadsheet.
        """
        rows = self.newcomers(candidate)
        line = append_rows(self.project.root / "entities.tsv", rows) if rows else 0
        self.refresh()
        return line

    def decide(self, verdict: str, *, cells: Mapping[str, str] | None = None, note: str = "") -> Decision:
        """Decide on the current candidate, write the ledger and go on to the next.

        Raises InputError when an accepted row is no claim; nothing is written then.
        """
        candidate = self.queue[self.at]
        row = self.cells(candidate) if cells is None else cells
        if verdict != "reject" and (problems := self.adopter.problems(row)):
            raise InputError(problems)
        made = self.adopter.decision(candidate, verdict, cells=row, curator=self.curator, date=self.date, note=note)
        self.ledger[candidate.id] = made
        write_ledger(self.path, self.ledger.values())
        self._history.append(self.at)
        self.at += 1
        return made

    def skip(self) -> None:
        """Leave the current candidate for another day."""
        self._history.append(self.at)
        self.at += 1

    def undo(self) -> bool:
        """Go back to the candidate before and take its decision back; False when there is none."""
        if not self._history:
            return False
        self.at = self._history.pop()
        if self.ledger.pop(self.queue[self.at].id, None):
            write_ledger(self.path, self.ledger.values())
        return True


@dataclass(frozen=True, slots=True)
class Status:
    """How far the review is. `gone` are decisions whose candidate is no longer found, `changed` those on another
    version of the document, `disputed` the candidates that curators decided differently.
    """

    candidates: int
    waiting: int
    verdicts: Mapping[str, int]
    rules: Mapping[str, tuple[int, int]]
    gone: tuple[Decision, ...]
    changed: tuple[Decision, ...]
    disputed: tuple[tuple[Decision, ...], ...]

    @property
    def stale(self) -> bool:
        """Whether a curator has to look at decisions again."""
        return bool(self.gone or self.changed or self.disputed)

    def as_json(self) -> dict[str, Any]:
        """Return everything as JSON values, decisions by where they stand."""
        return {
            "candidates": self.candidates,
            "waiting": self.waiting,
            "verdicts": dict(self.verdicts),
            "rules": {rule: {"accepted": a, "decided": n} for rule, (a, n) in self.rules.items()},
            "gone": [_place(decision) for decision in self.gone],
            "changed": [_place(decision) for decision in self.changed],
            "disputed": [[_place(decision) for decision in made] for made in self.disputed],
        }


def status(project: Project, candidates: Sequence[Candidate]) -> Status:
    """Compare the ledger with the candidates and the sources as they are now."""
    decisions = project.decisions
    known = {candidate.id for candidate in candidates}
    versions = _versions(project)
    changed = [decision for decision in decisions if _other_version(decision, versions)]
    gone = [d for d in decisions if d.candidate not in known and not _other_version(d, versions)]
    given = [decision.verdict for decision in decisions]
    return Status(
        candidates=len(known),
        waiting=len(known - {decision.candidate for decision in decisions}),
        verdicts={verdict: given.count(verdict) for verdict in sorted(set(given))},
        rules={rule: (record.accepted, record.decided) for rule, record in records(decisions).items()},
        gone=tuple(gone),
        changed=tuple(changed),
        disputed=tuple(tuple(made) for made in disputes(decisions)),
    )


def _place(decision: Decision) -> dict[str, str]:
    where = f"{decision.origin.path}:{decision.origin.line}"
    return {
        "candidate": decision.candidate,
        "decision": decision.verdict,
        "curator": decision.curator,
        "where": where,
    }


def _versions(project: Project) -> dict[str, str]:
    """Return the canonical hash of each source: of the copy at hand, else the one that its row states."""
    found = {}
    for source in project.sources.values():
        document = open_document(project.root, source)
        found[source.id] = document.canonical_sha256 if document else source.canonical_sha256
    return found


def _other_version(decision: Decision, versions: Mapping[str, str]) -> bool:
    now = versions.get(decision.cells.get("source", ""), "")
    return bool(now and decision.document) and not now.startswith(decision.document)
