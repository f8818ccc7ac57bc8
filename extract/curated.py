"""Curated claims: the rows of `claims/*.tsv`."""

from __future__ import annotations

import re
from collections.abc import Collection

from ..ontology import Concept, Predicate, Vocabulary
from .cells import Cells
from .claim import Actor, Claim, Origin, Quantity, Rank, Span, Text
from .problems import nearest
from .table import Sheet

__all__ = ["CLAIMS", "read_claim"]

_COMMON = (
    "id", "subject", "predicate", "object", "place", "when", "when_basis", "asserted", "asserted_basis",
    "polarity", "certainty", "frequency", "rank", "rank_reason", "rank_by", "source", "evidence",
    "silence", "note",
)  # fmt: skip
_QUANTITY = ("estimate", "lower", "upper", "hedge", "unit", "wording")
#: Columns that hold concepts of one scheme, by bare notation.
_CONCEPTS = {
    "life_stage": "life-stage-1.0",
    "sex": "sex-1.0",
    "season": "season-1.0",
    "polarity": "polarity-1.0",
    "certainty": "certainty-1.0",
    "frequency": "frequency-1.0",
    "timing": "threat-timing-sis2012",
    "scope": "threat-scope-sis2012",
    "severity": "threat-severity-sis2012",
}
_SEVERAL = {"life_stage", "sex", "season"}
_DEFAULTS = {"polarity": "affirmed", "certainty": "stated"}
#: Columns that hold ids of other entities, with the types they may have.
_LINKS = {
    "stress": ("stress",),
    "cause": ("threat",),
    "mitigates": ("threat", "stress"),
    "authority": ("organization", "stakeholder"),
}

CLAIMS = Sheet(
    "claims",
    tuple(dict.fromkeys([*_COMMON, *_QUANTITY, *_CONCEPTS, *_LINKS, "actors", "outcome"])),
    ("subject", "predicate", "source"),
)

_SPAN = re.compile(r"(\d+)-(\d+)(?::([0-9a-f]{16}))?")


def read_claim(cells: Cells, *, vocabulary: Vocabulary, sources: Collection[str], language: str) -> Claim | None:
    """Read one row of a claim file; None when it does not even say what is claimed.

    `sources` are the ids that exist; `language` is that of texts without a tag of their own.
    """
    predicate = _predicate(cells, vocabulary)
    subject = cells.entity("subject", cells.text("subject"), predicate.subject_types if predicate else ())
    source = _source(cells, sources)
    if predicate is None or subject is None or source is None:
        return None
    _misplaced(cells, predicate)
    when_inferred = cells.choice("when_basis", ("stated", "inferred"), "stated") == "inferred"
    asserted_inferred = cells.choice("asserted_basis", ("stated", "inferred"), "stated") == "inferred"
    return Claim(
        subject=subject,
        predicate=predicate,
        source=source,
        object=_object(cells, predicate, language),
        quantity=_quantity(cells, predicate, vocabulary),
        place=cells.entity_or_none("place", ("place",)),
        when=cells.period("when", inferred=when_inferred),
        asserted=cells.period("asserted", inferred=asserted_inferred),
        circumstances=_circumstances(cells),
        links={name: ids for name, types in _LINKS.items() if (ids := cells.entities(name, types))}
        | ({"outcome": tuple(cells.parts("outcome"))} if cells.text("outcome") else {}),
        actors=_actors(cells, vocabulary),
        rank=_rank(cells),
        evidence=_evidence(cells),
        silences=_silences(cells, vocabulary.schemes["lint-1.0"].concepts),
        handle=cells.id("id"),
        origin=Origin(cells.row.path, cells.row.line),
    )


def _predicate(cells: Cells, vocabulary: Vocabulary) -> Predicate | None:
    name = cells.text("predicate")
    if name not in vocabulary.predicates:
        cells.note(
            "predicate",
            "unknown predicate",
            fix=nearest(name, vocabulary.predicates) or "see docs/predicates.md",
        )
    return vocabulary.predicates.get(name)


def _source(cells: Cells, sources: Collection[str]) -> str | None:
    name = cells.text("source")
    if name in sources:
        return name
    cells.note("source", "unknown source", fix=nearest(name, sources) or f"add a row with id {name} to sources.tsv")
    return None


def _misplaced(cells: Cells, predicate: Predicate) -> None:
    allowed = {*_COMMON, *predicate.qualifiers}
    if predicate.value == "quantity":
        allowed |= {*_QUANTITY, "life_stage", "sex"}
    for column in cells.row.cells:
        if column not in allowed:
            cells.note(column, f"{column} says nothing about a claim of {predicate.name}", fix="empty the cell")


def _object(cells: Cells, predicate: Predicate, language: str) -> str | Concept | Text | None:
    text = cells.text("object")
    if predicate.value == "quantity":
        if text:
            cells.note("object", f"{predicate.name} takes a number, no object", fix="use estimate, lower or upper")
        return None
    if not text:
        cells.note("object", f"{predicate.name} needs an object", fix=_wanted(predicate))
        return None
    if predicate.value == "entity":
        return cells.entity("object", text, predicate.object_types)
    if predicate.value == "concept":
        return cells.code("object", text, predicate.object_schemes)
    if predicate.name == "scientificName":
        return Text(text)
    return Text(*cells.label(text, language))


def _wanted(predicate: Predicate) -> str:
    if predicate.value == "entity":
        return f"write the id of a {' or '.join(sorted(predicate.object_types))}"
    if predicate.value == "concept":
        return f"write a code of {' or '.join(predicate.object_schemes)}"
    return "write a few words of your own"


def _quantity(cells: Cells, predicate: Predicate, vocabulary: Vocabulary) -> Quantity | None:
    estimate, _ = cells.number("estimate", "")
    lower, above = cells.number("lower", ">")
    upper, below = cells.number("upper", "<")
    given = [n for n in (estimate, lower, upper) if n is not None]
    if not given:
        if predicate.value == "quantity" and not any(cells.text(c) for c in ("estimate", "lower", "upper")):
            cells.note("estimate", f"{predicate.name} needs a number", fix="fill in estimate, lower or upper")
        return None
    low, high = lower if lower is not None else estimate, upper if upper is not None else estimate
    if low is not None and high is not None and low > high:
        cells.note("lower", "the interval is reversed", value=f"{low} to {high}", fix=f"lower {high}, upper {low}?")
    hedge = cells.concept("hedge", "hedge-1.0")
    _check_hedge(cells, hedge)
    unit = cells.text("unit") or predicate.unit or "%"
    known = cells.notation("unit", "unit-1.0", unit)
    if known is None:
        return None
    if predicate.unit and unit != predicate.unit and vocabulary.factor(unit, predicate.unit) is None:
        cells.note("unit", f"{unit} does not measure {predicate.label}", fix=f"a unit such as {predicate.unit}")
    return Quantity(known, estimate, lower, upper, above, below, hedge, cells.text("wording"))


def _check_hedge(cells: Cells, hedge: Concept | None) -> None:
    kind = hedge.facts.get("boundKind", "none") if hedge else "none"
    if hedge is None or kind == "none":
        return
    column, _, exclusive = kind.partition("-")
    sign = {"lower": ">", "upper": "<"}[column] if exclusive == "exclusive" else ""
    bound, number = cells.text(column), cells.text("estimate")
    if not bound and number:
        fix = f"empty estimate and write {sign}{number} in {column}"
        cells.note("estimate", f"'{hedge.label}' states a bound, not an estimate", fix=fix)
    elif bound and bound.startswith((">", "<")) != bool(sign):
        verb = "excludes" if sign else "includes"
        cells.note(column, f"'{hedge.label}' {verb} the number", fix=f"write {sign}{bound.lstrip('<>').strip()}")


def _circumstances(cells: Cells) -> dict[str, tuple[Concept, ...]]:
    found = {}
    for column, scheme in _CONCEPTS.items():
        if column in _SEVERAL:
            concepts = cells.concepts(column, scheme)
        else:
            concepts = tuple(c for c in [cells.concept(column, scheme)] if c)
        if concepts and concepts[0].notation != _DEFAULTS.get(column):
            found[column] = concepts
    return found


def _actors(cells: Cells, vocabulary: Vocabulary) -> tuple[Actor, ...]:
    roles = vocabulary.schemes["role-1.0"].concepts
    found = []
    for part in cells.parts("actors"):
        name, _, role = part.partition(":")
        entity = cells.entity("actors", name, ("organization", "stakeholder"))
        if role not in roles:
            known = ", ".join(f"{name}:{known}" for known in roles)
            cells.note("actors", "an actor needs a role" if not role else "unknown role", value=part, fix=known)
        elif entity:
            found.append(Actor(entity, roles[role]))
    return tuple(found)


def _rank(cells: Cells) -> Rank:
    name = cells.choice("rank", ("normal", "preferred", "deprecated"), "normal")
    reason, by = cells.text("rank_reason"), cells.text("rank_by")
    if name != "normal" and not (reason and by):
        missing = "rank_by" if reason else "rank_reason"
        cells.note(missing, f"a {name} claim needs a reason and a name", fix=f"fill in {missing}")
    return Rank(name, reason, by)


def _evidence(cells: Cells) -> tuple[Span, ...]:
    spans = []
    for part in cells.parts("evidence"):
        match = _SPAN.fullmatch(part)
        if not match:
            cells.note("evidence", "not a span", value=part, fix="write start-end or start-end:hash, e.g. 205-246")
        elif int(match[1]) >= int(match[2]):
            fix = f"the end is after the start: {match[2]}-{match[1]}?"
            cells.note("evidence", "the span is reversed or empty", value=part, fix=fix)
        else:
            spans.append(Span(int(match[1]), int(match[2]), match[3] or ""))
    return tuple(sorted(spans, key=lambda span: (span.start, span.end)))


def _silences(cells: Cells, lints: Collection[str]) -> dict[str, str]:
    found = {}
    for part in cells.parts("silence"):
        name, _, reason = (text.strip() for text in part.partition(":"))
        if name not in lints:
            cells.note(
                "silence",
                "no such lint",
                value=name,
                fix=nearest(name, lints) or f"one of: {', '.join(lints)}",
            )
        elif not reason:
            cells.note("silence", f"silencing {name} needs a reason", value=part, fix=f"{name}: why")
        else:
            found[name] = reason
    return found
