"""The ledger: what curators decided on candidates, in `review/*.tsv`, one decision a row, one file a curator.

A row holds the claim as decided, so that decisions outlive the candidates they were made on.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from .candidate import Candidate
from .claim import NOWHERE, Origin
from .curated import CLAIMS
from .problems import InputError, Problem
from .table import Row, Sheet, read_table, tables_in
from .whole import write_whole

__all__ = [
    "ENOUGH",
    "LEDGER",
    "REVIEW",
    "VERDICTS",
    "Decision",
    "Record",
    "ledger_path",
    "rated",
    "read_decisions",
    "read_ledger",
    "records",
    "write_ledger",
]  # fmt: skip

#: The folder of a project that holds the ledger.
REVIEW = "review"
VERDICTS = ("accept", "reject", "edit")
#: Decisions from which on a rule has a record.
ENOUGH = 20

_OWN = ("candidate", "decision", "rule", "extractor", "edited", "curator", "date", "document", "note")
#: Columns that every ledger has, in this order, so that files of different curators and days merge line by line.
_ALWAYS = (
    "candidate", "decision", "source", "subject", "predicate", "object", "estimate", "lower", "upper", "hedge", "unit",
    "life_stage", "place", "when", "when_basis", "polarity", "actors", "evidence", "rule", "extractor", "edited",
    "curator", "date", "document", "note",
)  # fmt: skip

LEDGER = Sheet(
    "review",
    tuple(dict.fromkeys([*_ALWAYS, *CLAIMS.columns])),
    ("candidate", "decision", "source", "subject", "predicate", "curator"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a curator said of a candidate. `cells` is the claim as a row of a claim file; `edited` names its columns
    that the curator changed. `document` begins the hash of the canonical text that was read.
    """

    candidate: str
    verdict: str
    cells: Mapping[str, str]
    rule: str = ""
    extractor: str = ""
    edited: tuple[str, ...] = ()
    curator: str = ""
    date: str = ""
    document: str = ""
    note: str = ""
    origin: Origin = NOWHERE
    row: Row | None = field(default=None, compare=False, repr=False)

    @property
    def accepted(self) -> bool:
        """Whether a claim follows from it, as found or as edited."""
        return self.verdict in {"accept", "edit"}

    @property
    def statement(self) -> tuple[tuple[str, str], ...]:
        """What was decided on without where it stands: the same on every version of a document."""
        return tuple(sorted((name, cell) for name, cell in self.cells.items() if name != "evidence"))


@dataclass(frozen=True, slots=True)
class Record:
    """How many candidates of a rule were decided on, and how many of those were right as they were."""

    accepted: int
    decided: int

    def __str__(self) -> str:
        return f"{self.accepted} of {self.decided}" if self.decided >= ENOUGH else "unmeasured"


def ledger_path(root: Path, curator: str) -> Path:
    """Return the file of a curator: `review/ada-lovelace.tsv`."""
    return root / REVIEW / f"{re.sub(r'[^a-z0-9]+', '-', curator.casefold()).strip('-') or 'curator'}.tsv"


def read_decisions(root: Path, problems: list[Problem]) -> list[Decision]:
    """Read all ledgers of a project; what is wrong with them is added to `problems`."""
    found = []
    for path in tables_in(root / REVIEW):
        found += _read(path, path.relative_to(root).as_posix(), problems)
    return found


def read_ledger(path: Path) -> list[Decision]:
    """Read one ledger; [] when there is none yet. Raises InputError with every problem of the file."""
    if not path.exists():
        return []
    problems: list[Problem] = []
    found = _read(path, f"{path.parent.name}/{path.name}", problems)
    if errors := [problem for problem in problems if not problem.warning]:
        raise InputError(errors)
    return found


def _read(path: Path, shown_as: str, problems: list[Problem]) -> list[Decision]:
    found: dict[tuple[str, str], Decision] = {}
    for row in read_table(path, LEDGER, shown_as=shown_as, problems=problems):
        if row.get("decision") not in VERDICTS:
            fix = f"one of: {', '.join(VERDICTS)}"
            problems.append(row.problem("decision", "unknown decision", fix=fix))
            continue
        problems += _odd(row)
        made = _decision(row)
        key = (made.candidate, made.curator)
        if key not in found:
            found[key] = made
        elif (found[key].verdict, found[key].cells) != (made.verdict, made.cells):
            fix = f"line {found[key].origin.line} has another decision of the same curator: keep one"
            problems.append(row.problem("candidate", "a candidate is decided twice", fix=fix))
    return list(found.values())


def _odd(row: Row) -> list[Problem]:
    found = []
    if not re.fullmatch(r"[0-9a-f]{24}", row.get("candidate")):
        fix = "24 hexadecimal digits, as wildgraph review writes them"
        found.append(row.problem("candidate", "not the id of a candidate", fix=fix))
    try:
        date.fromisoformat(row.get("date") or "2000-01-01")
    except ValueError:
        found.append(row.problem("date", "not a date", fix="write it as 2026-11-21"))
    return found


def _decision(row: Row) -> Decision:
    cells = {name: cell for name, cell in row.cells.items() if name not in _OWN}
    return Decision(
        candidate=row.get("candidate"),
        verdict=row.get("decision"),
        cells=cells,
        rule=row.get("rule"),
        extractor=row.get("extractor"),
        edited=tuple(part.strip() for part in row.get("edited").split("|") if part.strip()),
        curator=row.get("curator"),
        date=row.get("date"),
        document=row.get("document"),
        note=row.get("note"),
        origin=Origin(row.path, row.line),
        row=replace(row, cells=cells),
    )


def write_ledger(path: Path, decisions: Iterable[Decision]) -> None:
    """Write a ledger sorted by source, place and candidate; the old file is replaced only when the new one is whole."""
    rows = [_cells(decision) for decision in sorted(decisions, key=_place)]
    extra = [name for name in LEDGER.columns if name not in _ALWAYS and any(row.get(name) for row in rows)]
    header = [*_ALWAYS, *extra]
    lines = ["\t".join(header), *("\t".join(_written(row.get(name, "")) for name in header) for row in rows)]
    write_whole(path, "".join(f"{line}\n" for line in lines))


def _place(decision: Decision) -> tuple[str, int, str, str]:
    start = re.match(r"\d+", decision.cells.get("evidence", ""))
    return decision.cells.get("source", ""), int(start[0]) if start else 0, decision.candidate, decision.curator


def _cells(decision: Decision) -> dict[str, str]:
    own = {"candidate": decision.candidate, "decision": decision.verdict, "edited": " | ".join(decision.edited)}
    own |= {name: getattr(decision, name) for name in ("rule", "extractor", "curator", "date", "document", "note")}
    return {**decision.cells, **own}


def _written(cell: str) -> str:
    plain = " ".join(cell.split())
    return '"' + plain.replace('"', '""') + '"' if plain.startswith('"') else plain


def records(decisions: Sequence[Decision]) -> dict[str, Record]:
    """Return the record of every rule, or of an extractor without rules.

    A candidate that several curators judged is right when all accept it as it is.
    """
    verdicts: dict[tuple[str, str], set[str]] = defaultdict(set)
    for decision in decisions:
        verdicts[decision.rule or decision.extractor, decision.candidate].add(decision.verdict)
    found: dict[str, list[bool]] = defaultdict(list)
    for (rule, _), given in verdicts.items():
        found[rule].append(given == {"accept"})
    return {rule: Record(sum(right), len(right)) for rule, right in sorted(found.items())}


def rated(candidates: Iterable[Candidate], decisions: Sequence[Decision]) -> tuple[Candidate, ...]:
    """Return candidates with the record of their rules, or of extractors without rules, as confidence."""
    known = records(decisions)
    return tuple(replace(c, confidence=str(known.get(c.rule or c.extractor, "unmeasured"))) for c in candidates)
