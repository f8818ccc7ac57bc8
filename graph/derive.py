"""What follows from claims: the direct triples that people want to type, from claims that hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ..extract import Claim
from .assemble import Assembler
from .quads import Quad, iri, wg

__all__ = ["derived_quads"]


def derived_quads(assembler: Assembler) -> Iterator[Quad]:
    """Yield the direct triples of a project, as docs/claim-model.md lists them; some may be yielded twice."""
    graph = iri(assembler.names.graph("derived"))
    claims = [claim for claim in assembler.project.claims if claim.holds]
    current = {id(claim) for claim in _latest(claims, assembler).values()}
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


def _latest(claims: list[Claim], assembler: Assembler) -> dict[tuple[object, ...], Claim]:
    """Return, of claims that only one can be true of, the latest for each subject and authority.

    A claim about a place is about that place, not about the taxon as a whole, and is left to queries.
    """
    found: dict[tuple[object, ...], Claim] = {}
    for claim in claims:
        if claim.predicate.single_valued and claim.place is None:
            key = claim.subject, claim.predicate.name, claim.links.get("authority", ())
            if key not in found or _day(claim, assembler) > _day(found[key], assembler):
                found[key] = claim
    return found


def _day(claim: Claim, assembler: Assembler) -> date:
    period = claim.when or assembler.asserted(claim)
    return period.end or date.max if period else date.min
