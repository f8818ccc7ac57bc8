"""Statements to be compared: rows of a gold standard and candidates, read from JSON Lines into one form."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from ..ontology import vocabulary
from .candidate import Candidate, Number, read_candidate
from .equal import SCORING
from .problems import InputError, Problem, UsageError

__all__ = ["SCOPE", "Mention", "read_mentions"]

#: The predicate of a row that says what a gold standard covers.
SCOPE = "scope"

_FAMILY: dict[str, str] = {name: family for family, names in SCORING["same-predicate"].items() for name in names}
_NEGATED = frozenset({"negated", "negative", "denied"})
_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_INTERVAL = re.compile(rf"({_NUMBER.pattern})(?:\s*(?:-|–|to)\s*({_NUMBER.pattern}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One statement at one place. A candidate with three spans is three mentions of one `owner`.

    `doc` is the SHA-256 of the document's bytes. `subject` and `object` are wording and id, one of which may be
    empty; `numbers` are the bounds of a quantity. `tier` is empty for a prediction, `canonical` the hash of the
    canonical text where it is known. A mention with the predicate `SCOPE` is no statement: it says which stretch of the
    document the gold standard covers, and for which families of predicates (`covers`, empty for all).
    """

    owner: str
    doc: str
    file: str
    predicate: str
    subject: tuple[str, str]
    object: tuple[str, str] = ("", "")
    numbers: tuple[Decimal, Decimal] | None = None
    unit: str = ""
    start: int
    end: int
    sentence: tuple[int, int] = (0, 0)
    tier: str = ""
    canonical: str = ""
    negated: bool = False
    details: Mapping[str, str] = field(default_factory=dict)
    covers: frozenset[str] = frozenset()

    @property
    def family(self) -> str:
        """The name under which predicates that mean the same are compared."""
        return _FAMILY.get(self.predicate, self.predicate)


def read_mentions(path: Path, *, shown_as: str = "") -> list[Mention]:
    """Read a gold standard or candidates.

    Raises UsageError when there is no such file, and InputError with a problem for each line that is neither.
    """
    name = shown_as or str(path)
    if not path.is_file():
        raise UsageError(f"there is no file {name}")
    problems: list[Problem] = []
    found: list[Mention] = []
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise InputError([Problem(name, 0, 0, "not UTF-8", f"byte {error.start}", "save it as UTF-8")]) from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                found += _mentions(line)
            except (ValueError, KeyError) as error:
                fix = "one JSON object a line: a candidate, or a gold row as docs/review.md describes it"
                said = f"without {error}" if isinstance(error, KeyError) else str(error)
                problems.append(Problem(name, number, 1, said, line[:60], fix))
    if problems:
        raise InputError(problems)
    return found


def _mentions(line: str) -> Iterator[Mention]:
    record = json.loads(line)
    if isinstance(record, dict) and "start" in record and "evidence" not in record:
        yield _gold(record)
    else:
        yield from _predicted(read_candidate(line))


def _gold(row: Mapping[str, Any]) -> Mention:
    if row.get("scope"):
        row = {**row, "predicate": SCOPE, "object": "", "subject": ""}
    predicate = str(row["predicate"])
    numbers = _numbers(row["object"])
    wanted = {"hedge": "qualifier", "lifeStage": "unit", "year": "year", "region": "region", "actor": "actor"}
    return Mention(
        owner=str(row["id"]),
        doc=str(row["sha256"]),
        file=str(row.get("file") or row.get("doc") or row["sha256"]),
        predicate=predicate,
        subject=(str(row["subject"]), ""),
        object=(str(row["object"]), ""),
        numbers=numbers,
        unit=_unit(predicate, ""),
        start=int(row["start"]),
        end=int(row["end"]),
        tier=str(row.get("tier", "core")),
        canonical=str(row.get("canonicalSha256", "")),
        negated=str(row.get("polarity", "")) in _NEGATED,
        details={name: str(row[key]) for name, key in wanted.items() if row.get(key)},
        covers=frozenset(_FAMILY.get(name, name) for name in row.get("predicates", ())),
    )


def _predicted(candidate: Candidate) -> Iterator[Mention]:
    thing, quantity = candidate.object, candidate.quantity
    if not candidate.evidence:
        raise ValueError("a candidate without a span")
    details = {name: candidate.qualifiers[name] for name in ("year", "region") if candidate.qualifiers.get(name)}
    if quantity:
        details |= {"hedge": quantity.hedge, "lifeStage": quantity.life_stage}
    if candidate.actor:
        details["actor"] = candidate.actor.id or candidate.actor.text
    for span in candidate.evidence:
        yield Mention(
            owner=candidate.id,
            doc=candidate.doc.sha256,
            file=candidate.doc.file,
            predicate=candidate.predicate,
            subject=(candidate.subject.text, candidate.subject.id),
            object=(thing.text, thing.id) if thing else ("", ""),
            numbers=_bounds(quantity) if quantity else _numbers(thing.text if thing else ""),
            unit=_unit(candidate.predicate, quantity.unit if quantity else ""),
            start=span.start,
            end=span.end,
            sentence=candidate.sentence,
            canonical=candidate.doc.canonical_sha256,
            negated=candidate.qualifiers.get("polarity", "") in _NEGATED,
            details=details,
        )


def _unit(predicate: str, stated: str) -> str:
    known = vocabulary().predicates.get(predicate)
    return stated or SCORING["unit"].get(predicate) or (known.unit if known and known.unit else "")


def _numbers(value: object) -> tuple[Decimal, Decimal] | None:
    match = _INTERVAL.fullmatch(str(value).strip())
    if not match:
        return None
    bounds = [Decimal(number.replace(",", "")) for number in match.groups() if number]
    return bounds[0], bounds[-1]


def _bounds(quantity: Number) -> tuple[Decimal, Decimal] | None:
    stated: Sequence[str] = [number for number in (quantity.low, quantity.high) if number]
    try:
        return (Decimal(stated[0]), Decimal(stated[-1])) if stated else None
    except InvalidOperation as error:
        raise ValueError(f"not a number in quantity: {' '.join(stated)}") from error
