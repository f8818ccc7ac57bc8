"""Lints: what is not wrong in form and still deserves a look. Their names and texts are in `lints.ttl`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from ..extract import Claim, Document, Entity, Origin, Project, Text
from ..extract.claim import plain
from ..ontology import Concept
from .assemble import Assembler
from .compare import Conflict, measured
from .describe import sentence, value
from .findings import Finding, Severity

__all__ = ["run_lints"]

#: Predicates whose figures go out of date; a litter size does not.
_DATED = {"population", "rangeAreaKm2", "protectedRangePercent", "densityPer100Km2"}
_CODE = re.compile(r"\d{1,2}(?:\.\d{1,2}){1,2}")
_WORDS = re.compile(r"\w+")
#: How many words in a row make a literal a quotation.
_RUN = 8
#: A percentage may be this far, in percentage points, from the one computed (it may have been rounded).
_POINTS = Decimal(1)


def run_lints(project: Project, conflicts: list[Conflict], documents: Mapping[str, Document]) -> list[Finding]:
    """Return what the lints find, without what the claims silence; sorted, worst first."""
    lints = _Lints(Assembler(project), conflicts, documents)
    found = [finding for lint in lints.all() for finding in lint()]
    return sorted(found, key=Finding.sort_key)


class _Lints:
    """One method a lint; each yields findings of its own name."""

    def __init__(self, assembler: Assembler, conflicts: list[Conflict], documents: Mapping[str, Document]) -> None:
        self.assembler = assembler
        self.project = assembler.project
        self.conflicts = conflicts
        self.documents = documents

    def all(self) -> list[Callable[[], Iterator[Finding]]]:
        return [
            self.conflict,
            self.percent_mismatch,
            self.range_unit,
            self.stale_repetition,
            self.bare_code,
            self.orphan_entity,
            self.single_source,
            self.source_prose,
            self.no_evidence,
        ]

    def conflict(self) -> Iterator[Finding]:
        for conflict in self.conflicts:
            severity = Severity.WARNING if conflict.kind == "contradiction" else Severity.INFO
            first, second = conflict.first.claim, conflict.second.claim
            if first and not any(claim and "conflict" in claim.silences for claim in (first, second)):
                yield from self._claim("conflict", first, severity, conflict.reason)

    def percent_mismatch(self) -> Iterator[Finding]:
        counts = defaultdict(list)
        for claim in self.project.claims:
            if claim.predicate.name == "population" and claim.when and claim.quantity and claim.quantity.estimate:
                counts[claim.subject, claim.source, claim.place].append(claim)
        for claim in self.project.claims:
            if claim.predicate.name == "trend" and claim.quantity and claim.quantity.estimate and claim.when:
                found = counts[claim.subject, claim.source, claim.place]
                if change := _change(claim, found):
                    yield from self._claim("percent-mismatch", claim, Severity.WARNING, change)

    def range_unit(self) -> Iterator[Finding]:
        first: dict[tuple[str, str, str | None], tuple[Claim, Decimal]] = {}
        for claim in self.project.claims:
            size = measured(claim, self.assembler)
            if claim.predicate.value != "quantity" or claim.predicate.name == "population" or size is None:
                continue
            number = next((n for n in (size.estimate, size.upper, size.lower) if n), None)
            if number is None:
                continue
            other, before = first.setdefault((claim.subject, claim.predicate.name, claim.place), (claim, number))
            if max(number, before) >= 10 * min(number, before):
                there = f"{other.origin.path}:{other.origin.line}"
                message = f"{value(claim, self.project)} against {value(other, self.project)} in {there}"
                yield from self._claim("range-unit", claim, Severity.WARNING, message)

    def stale_repetition(self) -> Iterator[Finding]:
        groups = defaultdict(list)
        for claim in self.project.claims:
            counted = claim.predicate.name in _DATED and claim.quantity is not None and claim.when is None
            if counted and claim.quantity and (made := self.assembler.asserted(claim)) and made.start:
                numbers = claim.quantity.estimate, claim.quantity.lower, claim.quantity.upper
                groups[claim.subject, claim.predicate.name, claim.place, numbers].append((made.start, claim))
        for group in groups.values():
            oldest, first = min(group, key=lambda dated: dated[0])
            for day, claim in group:
                if claim.source != first.source and (day - oldest).days > 365:
                    message = f"{value(claim, self.project)}: said by {first.source} in {oldest.year} already"
                    yield from self._claim("stale-repetition", claim, Severity.WARNING, message)

    def bare_code(self) -> Iterator[Finding]:
        for entity in self.project.entities.values():
            for label in (entity.label, *entity.alt_labels):
                if _CODE.fullmatch(label.text):
                    yield self._entity("bare-code", entity, Severity.VIOLATION, f"the label '{label.text}' is a code")
        for claim in self.project.claims:
            if isinstance(claim.object, Text) and _CODE.fullmatch(claim.object.text):
                yield from self._claim("bare-code", claim, Severity.VIOLATION, f"'{claim.object.text}' is a code")

    def orphan_entity(self) -> Iterator[Finding]:
        used = self._mentioned()
        for entity in self.project.entities.values():
            if entity.id not in used:
                yield self._entity("orphan-entity", entity, Severity.WARNING, f"nothing mentions {entity.id}")

    def single_source(self) -> Iterator[Finding]:
        sources = defaultdict(set)
        for claim in self.project.claims:
            sources[_content(claim)].add(claim.source)
        for claim in self.project.claims:
            if len(sources[_content(claim)]) == 1:
                yield from self._claim("single-source", claim, Severity.INFO, "no other source says so")

    def source_prose(self) -> Iterator[Finding]:
        runs = {name: set(_runs(document.text)) for name, document in self.documents.items()}
        for origin, focus, label, text in self._literals():
            for source, known in runs.items():
                shared = next((run for run in _runs(text) if run in known), None)
                if shared:
                    message = f"eight words in a row as in {source}: '{' '.join(shared)}'"
                    yield self._finding("source-prose", Severity.VIOLATION, focus, label, message, origin)

    def no_evidence(self) -> Iterator[Finding]:
        for claim in self.project.claims:
            if not claim.evidence or not all(span.hash for span in claim.evidence):
                message = "a span has no hash" if claim.evidence else "no span of the source is given"
                yield from self._claim("no-evidence", claim, Severity.WARNING, message)

    def _mentioned(self) -> set[str]:
        used = {source.publisher for source in self.project.sources.values()}
        for claim in self.project.claims:
            used |= {claim.subject, claim.place or "", *(actor.entity for actor in claim.actors)}
            used |= {name for column, names in claim.links.items() if column != "outcome" for name in names}
            if isinstance(claim.object, str):
                used.add(claim.object)
        for name in list(used):
            parent = self.project.entities[name].parent if name else ""
            while parent and parent not in used:
                used.add(parent)
                parent = self.project.entities[parent].parent
        return used

    def _literals(self) -> Iterator[tuple[Origin, str, str, str]]:
        for entity in self.project.entities.values():
            names = (entity.label.text, *(label.text for label in entity.alt_labels))
            for text in (*names, entity.description, entity.according_to):
                yield entity.origin, self._entity_iri(entity), entity.label.text, text
        for claim in self.project.claims:
            texts = [claim.rank.reason, claim.quantity.wording if claim.quantity else ""]
            texts += [claim.object.text] if isinstance(claim.object, Text) else []
            for text in filter(None, texts):
                yield claim.origin, self.assembler.names.claim(claim), sentence(claim, self.project), text

    def _claim(self, lint: str, claim: Claim, severity: Severity, message: str) -> Iterator[Finding]:
        if lint not in claim.silences:
            focus, label = self.assembler.names.claim(claim), sentence(claim, self.project)
            yield self._finding(lint, severity, focus, label, message, claim.origin)

    def _entity(self, lint: str, entity: Entity, severity: Severity, message: str) -> Finding:
        return self._finding(lint, severity, self._entity_iri(entity), entity.label.text, message, entity.origin)

    def _entity_iri(self, entity: Entity) -> str:
        return self.assembler.names.entity(entity.type, entity.id)

    def _finding(self, lint: str, severity: Severity, focus: str, label: str, message: str, origin: Origin) -> Finding:
        fix = self.project.vocabulary.concept("lint-1.0", lint).facts["fix"]
        return Finding(severity, lint, focus, label, message, fix=fix, origin=origin)


def _change(trend: Claim, counts: list[Claim]) -> str:
    """Return how a stated change differs from the counts at its two ends, or an empty string."""
    assert trend.when is not None
    assert trend.quantity is not None
    assert trend.quantity.estimate is not None
    first = next((c for c in counts if c.when and c.when.start == trend.when.start), None)
    last = next((c for c in counts if c.when and c.when.end == trend.when.end), None)
    if first is None or last is None or first is last:
        return ""
    before, after = _estimate(first), _estimate(last)
    decreasing = isinstance(trend.object, Concept) and trend.object.notation == "decreasing"
    stated = -trend.quantity.estimate if decreasing else trend.quantity.estimate
    computed = (after - before) * 100 / before
    if abs(stated - computed) <= _POINTS:
        return ""
    return f"{plain(stated)} % is stated, {plain(before)} to {plain(after)} is {computed:+.1f} %"


def _estimate(claim: Claim) -> Decimal:
    assert claim.quantity is not None
    assert claim.quantity.estimate is not None
    return claim.quantity.estimate


def _content(claim: Claim) -> str:
    """Return the statement without who makes it and when it was made."""
    parts = claim.statement().split("\t")
    return "\t".join([*parts[1:7], *parts[8:]])


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = _WORDS.findall(text.casefold())
    return (tuple(words[i : i + _RUN]) for i in range(len(words) - _RUN + 1))
