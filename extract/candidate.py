"""Candidates: claims that a rule or a model found in a document and that no curator has judged yet."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, TypeVar

from .claim import Span

__all__ = ["Candidate", "DocumentId", "Number", "Thing", "candidate_json", "read_candidate"]

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class DocumentId:
    """Which document, by the hashes of its bytes and of its canonical text."""

    file: str
    sha256: str
    canonical_sha256: str


@dataclass(frozen=True, slots=True)
class Thing:
    """What a stretch of text names: its wording, the entity or concept if one is known, and how that was decided."""

    text: str
    id: str = ""
    how: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """A quantity as worded; `low` and `high` are plain decimal numbers or empty, never invented."""

    low: str = ""
    high: str = ""
    hedge: str = ""
    unit: str = ""
    life_stage: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One statement of one document with every span that makes it.

    `qualifiers` has `year`, `yearSource`, `region`, `polarity` and `scope`, those that are known. `sentence` is
    the sentence of the first span. `confidence` is the rule's record ("31 of 34") or "unmeasured".
    """

    doc: DocumentId
    subject: Thing
    predicate: str
    object: Thing | None = None
    quantity: Number | None = None
    qualifiers: Mapping[str, str] = field(default_factory=dict)
    actor: Thing | None = None
    evidence: tuple[Span, ...] = ()
    sentence: tuple[int, int] = (0, 0)
    rule: str = ""
    extractor: str = ""
    confidence: str = "unmeasured"

    @property
    def id(self) -> str:
        """24 hexadecimal digits of the statement and its document: not of its spans, its rule or its confidence."""
        stated = [self.doc.canonical_sha256, self.subject.id or self.subject.text, self.predicate]
        stated += ["" if self.object is None else self.object.id or self.object.text.casefold()]
        stated += [] if self.quantity is None else list(asdict(self.quantity).values())
        stated += [f"{name}={value}" for name, value in sorted(self.qualifiers.items()) if name != "yearSource"]
        stated += ["" if self.actor is None else self.actor.id or self.actor.text.casefold()]
        return hashlib.sha256("\t".join(stated).encode()).hexdigest()[:24]


def candidate_json(candidate: Candidate) -> str:
    """Return a candidate as one line of JSON with sorted keys, as docs/files.md describes it."""
    record = {_camel(name): value for name, value in asdict(candidate).items() if value not in (None, {})}
    record["id"] = candidate.id
    for name, unwanted in (("subject", ()), ("object", ("how",)), ("actor", ("how",))):
        if name in record:
            record[name] = {key: value for key, value in record[name].items() if value and key not in unwanted}
    record["doc"] = {_camel(key): value for key, value in record["doc"].items()}
    if "quantity" in record:
        record["quantity"] = {_camel(key): value for key, value in record["quantity"].items() if value}
    record["evidence"] = [asdict(span) | {"unit": "codepoint"} for span in candidate.evidence]
    record["sentence"] = dict(zip(("start", "end"), candidate.sentence, strict=True))
    return json.dumps(record, ensure_ascii=False, sort_keys=True)


def read_candidate(line: str) -> Candidate:
    """Read one line of JSON. Raises ValueError that names the key that is missing or not as it should be."""
    try:
        record: dict[str, Any] = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error}") from error
    if not isinstance(record, dict):
        raise ValueError("not a JSON object")
    if missing := [name for name in ("doc", "subject", "predicate", "evidence") if name not in record]:
        raise ValueError(f"without {', '.join(missing)}")
    sentence = record.get("sentence") or {"start": 0, "end": 0}
    return Candidate(
        doc=_value(DocumentId, record["doc"]),
        subject=_value(Thing, record["subject"]),
        predicate=str(record["predicate"]),
        object=_value(Thing, record["object"]) if "object" in record else None,
        quantity=_value(Number, record["quantity"]) if "quantity" in record else None,
        qualifiers={str(name): str(value) for name, value in (record.get("qualifiers") or {}).items()},
        actor=_value(Thing, record["actor"]) if record.get("actor") else None,
        evidence=tuple(_span(span) for span in record["evidence"]),
        sentence=(int(sentence["start"]), int(sentence["end"])),
        rule=str(record.get("rule", "")),
        extractor=str(record.get("extractor", "")),
        confidence=str(record.get("confidence", "unmeasured")),
    )


def _value(kind: type[_T], record: object) -> _T:
    if not isinstance(record, dict):
        raise ValueError(f"not an object: {record!r}")
    known = {_camel(f.name): f.name for f in fields(kind)}  # type: ignore[arg-type]
    if odd := sorted(set(record) - set(known)):
        raise ValueError(f"unknown keys {', '.join(odd)}; known: {', '.join(known)}")
    try:
        return kind(**{known[key]: str(value) for key, value in record.items()})
    except TypeError as error:
        raise ValueError(str(error)) from error


def _span(record: Mapping[str, Any]) -> Span:
    try:
        return Span(int(record["start"]), int(record["end"]), str(record.get("hash", "")))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not a span: {record!r}") from error


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
