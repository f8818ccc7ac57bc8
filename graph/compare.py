"""Claims that disagree: found only where they are comparable, reported with both sides, never resolved.

Two claims are comparable when they speak of the same taxon concept, kind of value, place, life stage, sex and
authority, at the same time. Dated claims share a time when their periods overlap; undated ones are compared
with each other, and the reason says that neither gives a date.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from ..extract import Claim, Project, Quantity
from ..ontology import Concept
from ..ontology.terms import expand
from .assemble import Assembler
from .describe import value
from .identify import Names
from .quads import Quad, iri, literal, wg

__all__ = ["Conflict", "conflict_quads", "find_conflicts", "measured"]

_COMPARED_BY = ("life_stage", "sex", "season")
_INFINITE = Decimal("Infinity")


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two claims that disagree. `kind` is `contradiction`, or `difference` where a hedge or a missing date
    leaves room for both."""

    kind: str
    first: Claim
    second: Claim
    reason: str


def find_conflicts(project: Project) -> list[Conflict]:
    """Return the conflicts between the claims of a project, whatever the order of their rows."""
    assembler = Assembler(project)
    groups: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
    for claim in project.claims:
        if claim.rank.name != "deprecated":
            groups[_comparable(claim)].append(claim)
    for group in groups.values():
        group.sort(key=_seniority)
    return [conflict for group in groups.values() if len(group) > 1 for conflict in _within(group, assembler)]


def conflict_quads(conflicts: Iterable[Conflict], assembler: Assembler) -> Iterator[Quad]:
    """Yield the quads of the derived graph that describe conflicts."""
    names = Names(assembler.project.settings.base)
    graph = iri(names.graph("derived"))
    type_ = iri(expand("rdf:type"))
    for conflict in conflicts:
        claims = [names.claim(conflict.first), names.claim(conflict.second)]
        node = iri(names.conflict(claims))
        kind = assembler.project.vocabulary.concept("conflict-kind-1.0", conflict.kind)
        yield Quad(node, type_, wg("Conflict"), graph)
        yield Quad(node, wg("conflictKind"), iri(kind.iri), graph)
        yield Quad(node, wg("conflictReason"), literal(conflict.reason, language="en"), graph)
        yield Quad(node, wg("subject"), assembler.entity_iri(conflict.first.subject), graph)
        yield Quad(node, wg("predicate"), iri(conflict.first.predicate.iri), graph)
        for claim in claims:
            yield Quad(node, wg("conflictingClaim"), iri(claim), graph)


def measured(claim: Claim, assembler: Assembler) -> Quantity | None:
    """Return a claim's quantity in the predicate's own unit, so that claims compare."""
    return assembler.converted(claim) or claim.quantity


def _comparable(claim: Claim) -> tuple[object, ...]:
    """Return what two claims must share; for an object that is not exclusive, the object is part of it."""
    exclusive = claim.predicate.single_valued or claim.predicate.value == "quantity"
    said = None if exclusive else _object_key(claim)
    around = tuple(
        tuple(sorted(concept.notation for concept in claim.circumstances.get(name, ()))) for name in _COMPARED_BY
    )
    links = tuple(tuple(sorted(claim.links.get(name, ()))) for name in ("authority", "cause"))
    return claim.subject, claim.predicate.name, said, claim.place, around, links


def _seniority(claim: Claim) -> tuple[str, str]:
    """Order claims by the time they speak of, and then by what they say: both sides of a pair are then fixed."""
    return claim.when.text if claim.when else "", claim.statement()


def _object_key(claim: Claim) -> object:
    return claim.object.code if isinstance(claim.object, Concept) else claim.object


def _within(group: list[Claim], assembler: Assembler) -> Iterator[Conflict]:
    for first, second in combinations(group, 2):
        if _same_time(first, second) and (kind := _disagreement(first, second, assembler)):
            yield Conflict(kind, first, second, _reason(first, second, assembler))


def _same_time(first: Claim, second: Claim) -> bool:
    if first.when and second.when:
        return first.when.overlaps(second.when)
    return first.when is None and second.when is None


def _disagreement(first: Claim, second: Claim, assembler: Assembler) -> str:
    """Return the kind of disagreement, or an empty string when both can be true."""
    if first.negated != second.negated:
        same = _object_key(first) == _object_key(second) and not _apart(first, second, assembler)
        return "contradiction" if same else ""
    if first.negated:
        return ""
    differ = first.predicate.single_valued and _object_key(first) != _object_key(second)
    if not (differ or _apart(first, second, assembler)):
        return ""
    hedged = any(c.quantity and c.quantity.hedge and c.quantity.estimate is not None for c in (first, second))
    return "difference" if hedged or first.when is None else "contradiction"


def _apart(first: Claim, second: Claim, assembler: Assembler) -> bool:
    one, other = measured(first, assembler), measured(second, assembler)
    if one is None or other is None:
        return False
    (low, low_excluded), (high, high_included) = max(_low(one), _low(other)), min(_high(one), _high(other))
    return low > high or (low == high and (low_excluded or not high_included))


def _low(quantity: Quantity) -> tuple[Decimal, bool]:
    """Return the smallest value and whether it is excluded; of equal ones the excluded is the greater."""
    if quantity.lower is not None:
        return quantity.lower, quantity.lower_exclusive
    if quantity.estimate is not None and quantity.upper is None:
        return quantity.estimate, False
    return -_INFINITE, False


def _high(quantity: Quantity) -> tuple[Decimal, bool]:
    """Return the largest value and whether it is included; of equal ones the excluded is the smaller."""
    if quantity.upper is not None:
        return quantity.upper, not quantity.upper_exclusive
    if quantity.estimate is not None and quantity.lower is None:
        return quantity.estimate, True
    return _INFINITE, True


def _reason(first: Claim, second: Claim, assembler: Assembler) -> str:
    sides = " against ".join(_side(claim, assembler) for claim in (first, second))
    if first.when is None:
        return f"{sides}; neither says for when"
    return sides


def _side(claim: Claim, assembler: Assembler) -> str:
    project = assembler.project
    denied = "not " if claim.negated else ""
    when = f" for {claim.when.text}" if claim.when else ""
    made = assembler.asserted(claim)
    stated = f"stated {made.text}" if made else "undated"
    return f"{denied}{value(claim, project)}{when} ({project.sources[claim.source].title}, {stated})"
