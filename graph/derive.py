"""What follows from claims: the direct triples that people want to type, from claims that hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from ..extract import Claim, Period
from .assemble import Assembler
from .quads import Quad, iri, wg

__all__ = ["derived_quads", "standing"]


def derived_quads(assembler: Assembler, *, settled: bool = True) -> Iterator[Quad]:
    """Yield the direct triples of curated claims, as docs/claim-model.md lists them; some may be yielded twice.

    Without `settled`, those of which only one can be true are left out: rows of tables have a say in them.
    """
    graph = iri(assembler.names.graph("derived"))
    claims = [claim for claim in assembler.project.claims if claim.holds]
    current = _current(claims, assembler) if settled else set()
    for claim in claims:
        if not claim.predicate.single_valued or id(claim) in current:
            for triple in _direct(claim, assembler):
                yield Quad(*triple, graph)


def _direct(claim: Claim, assembler: Assembler) -> Iterator[tuple[str, str, str]]:
    subject, value = assembler.entity_iri(claim.subject), assembler.value(claim)
    if claim.predicate.direct_property and value:
        predicate = iri(claim.predicate.direct_property)
        yield subject, predicate, value
        if claim.predicate.symmetric:
            yield value, predicate, subject
    for stress in claim.links.get("stress", ()):
        yield value, wg("causes"), assembler.entity_iri(stress)
    if claim.predicate.name == "stress":
        for threat in claim.links.get("cause", ()):
            yield assembler.entity_iri(threat), wg("causes"), value
    if claim.predicate.name == "action":
        yield from _action(claim, subject, value, assembler)


def _action(claim: Claim, subject: str, action: str, assembler: Assembler) -> Iterator[tuple[str, str, str]]:
    yield action, wg("targets"), subject
    for threat in claim.links.get("mitigates", ()):
        yield action, wg("mitigates"), assembler.entity_iri(threat)
    for actor in claim.actors:
        yield action, wg("undertakenBy"), assembler.entity_iri(actor.entity)
    if claim.place:
        yield action, wg("takesPlaceIn"), assembler.entity_iri(claim.place)


def _current(claims: list[Claim], assembler: Assembler) -> set[int]:
    """Return the `id()` of claims that stand, where only one can be true, for each subject and authority.

    Preferred claims stand before others and later ones before earlier; all of the same day stand side by side.
    A claim about a place is about that place, not about the taxon as a whole, and is left to queries.
    """
    groups: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.predicate.single_valued and claim.place is None:
            groups[claim.subject, claim.predicate.name, tuple(sorted(claim.links.get("authority", ())))].append(claim)
    found = set()
    for group in groups.values():
        best = max(_standing(claim, assembler) for claim in group)
        found |= {id(claim) for claim in group if _standing(claim, assembler) == best}
    return found


def standing(rank: str, when: Period | None, asserted: Period | None) -> tuple[bool, date]:
    """Return what decides between claims of which one can be true: the greatest stands."""
    period = when or asserted
    return rank == "preferred", (period.end or date.max) if period else date.min


def _standing(claim: Claim, assembler: Assembler) -> tuple[bool, date]:
    return standing(claim.rank.name, claim.when, assembler.asserted(claim))
