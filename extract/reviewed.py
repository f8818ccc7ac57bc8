"""Reviewed claims: what the ledger's accepted decisions add to the curated claims of a project."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from .claim import Claim, Review
from .ledger import Decision
from .problems import Problem

__all__ = ["disputes", "joined", "reviewed_claims"]


def disputes(decisions: Iterable[Decision]) -> list[list[Decision]]:
    """Return the decisions on each candidate that its curators do not agree on."""
    return [made for made in _by_candidate(decisions) if len({_outcome(d) for d in made}) > 1]


def reviewed_claims(
    decisions: Sequence[Decision], read: Callable[[Decision], Claim | None], problems: list[Problem]
) -> list[Claim]:
    """Return the claims of accepted decisions, read by `read`.

    A candidate that curators do not agree on makes no claim, and a warning says so.
    """
    found = []
    for made in _by_candidate(decisions):
        if len({_outcome(decision) for decision in made}) > 1:
            said = ", ".join(f"{d.curator}: {d.verdict}" for d in made)
            fix = "settle it: wildgraph review --status lists the candidates that are decided differently"
            place = made[0].origin
            message = "curators decide differently, so that no claim follows"
            problems.append(Problem(place.path, place.line, 1, message, said, fix, warning=True))
        elif made[0].accepted and (claim := read(made[0])):
            found.append(replace(claim, review=_review(made)))
    return found


def joined(curated: Sequence[Claim], reviewed: Sequence[Claim]) -> tuple[Claim, ...]:
    """Return all claims; a reviewed one that states what another does adds its spans and its review to it."""
    claims = list(curated)
    places = {claim.statement(): number for number, claim in reversed(list(enumerate(claims)))}
    for claim in reviewed:
        place = places.setdefault(claim.statement(), len(claims))
        if place == len(claims):
            claims.append(claim)
            continue
        first = claims[place]
        spans = sorted({*first.evidence, *claim.evidence}, key=lambda span: (span.start, span.end, span.hash))
        claims[place] = replace(first, evidence=tuple(spans), review=first.review or claim.review)
    return tuple(claims)


def _by_candidate(decisions: Iterable[Decision]) -> list[list[Decision]]:
    found: dict[str, list[Decision]] = defaultdict(list)
    for decision in decisions:
        found[decision.candidate].append(decision)
    return list(found.values())


def _outcome(decision: Decision) -> tuple[object, ...]:
    return (True, decision.statement) if decision.accepted else (False,)


def _review(made: Sequence[Decision]) -> Review:
    first = made[0]
    curators = tuple(sorted({decision.curator for decision in made}))
    return Review(first.candidate, first.rule, first.extractor, curators, first.date, first.edited)
