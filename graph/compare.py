"""Claims that disagree: found only where they are comparable, reported with both sides, never resolved.

Two claims are comparable when they speak of the same taxon concept, kind of value, place, life stage, sex and
authority, at the same time. Dated claims share a time when their periods overlap; undated ones are compared
with each other, and the reason says that neither gives a date. Things that are linked as exactly the same are one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from ..extract import Claim, Period, Project, Quantity
from ..ontology import Predicate
from ..ontology.terms import expand
from .assemble import Assembler
from .describe import value
from .link.mapping import Link
from .quads import Quad, iri, literal, wg

__all__ = [
    "COMPARED_BY",
    "LINKED_BY",
    "MOST_COMPARED",
    "Conflict",
    "Said",
    "conflict_quads",
    "disagreeing",
    "find_conflicts",
    "measured",
    "said_by",
    "side",
]

#: The circumstances and the links to other things that comparable claims share, by their columns.
COMPARED_BY = ("life_stage", "sex", "season")
LINKED_BY = ("authority", "cause")
#: How many claims of one group of comparable ones are compared with each other, and how many conflicts of it are told.
MOST_COMPARED, MOST_TOLD = 1_000, 1_000
_INFINITE = Decimal("Infinity")


@dataclass(frozen=True, slots=True)
class Said:
    """A claim as far as claims are compared. Things are terms; of those linked as the same, one stands for all.

    `subject` is the thing as the claim has it and `about` the one that stands for it; `quantity` is in the
    predicate's own unit. `words` are its side of a conflict, `order` puts claims of one time in order.
    """

    iri: str
    subject: str
    about: str
    predicate: Predicate
    value: str
    quantity: Quantity | None
    place: str
    around: tuple[tuple[str, ...], ...]
    when: Period | None
    negated: bool
    order: str
    words: str
    claim: Claim | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two claims that disagree. `kind` is `contradiction`, or `difference` where a hedge or a missing date
    leaves room for both."""

    kind: str
    first: Said
    second: Said
    reason: str


def find_conflicts(project: Project, links: Iterable[Link] = ()) -> list[Conflict]:
    """Return the conflicts between the curated claims of a project, whatever the order of their rows."""
    assembler, same = Assembler(project), _same_things(links)
    claims = (claim for claim in project.claims if claim.rank.name != "deprecated")
    return list(disagreeing(said_by(claim, assembler, same) for claim in claims))


def disagreeing(claims: Iterable[Said], cut: list[Said] | None = None) -> Iterator[Conflict]:
    """Yield the conflicts between some claims, none of which is deprecated.

    Of a group with very many the first are told; one of its claims is added to `cut`.
    """
    groups: dict[tuple[object, ...], list[Said]] = defaultdict(list)
    for claim in claims:
        if key := _comparable(claim):
            groups[key].append(claim)
    for group in groups.values():
        if len(group) > 1:
            yield from _within(sorted(group, key=_seniority), [] if cut is None else cut)


def conflict_quads(conflicts: Iterable[Conflict], assembler: Assembler) -> Iterator[Quad]:
    """Yield the quads of the derived graph that describe conflicts."""
    names = assembler.names
    graph = iri(names.graph("derived"))
    type_ = iri(expand("rdf:type"))
    for conflict in conflicts:
        sides = [conflict.first, conflict.second]
        node = iri(names.conflict([side.iri for side in sides]))
        kind = assembler.project.vocabulary.concept("conflict-kind-1.0", conflict.kind)
        yield Quad(node, type_, wg("Conflict"), graph)
        yield Quad(node, wg("conflictKind"), iri(kind.iri), graph)
        yield Quad(node, wg("conflictReason"), literal(conflict.reason, language="en"), graph)
        yield Quad(node, wg("predicate"), iri(conflict.first.predicate.iri), graph)
        for side in sides:
            yield Quad(node, wg("subject"), side.subject, graph)
            yield Quad(node, wg("conflictingClaim"), iri(side.iri), graph)


def measured(claim: Claim, assembler: Assembler) -> Quantity | None:
    """Return a claim's quantity in the predicate's own unit, so that claims compare."""
    return assembler.converted(claim) or claim.quantity


def said_by(claim: Claim, assembler: Assembler, same: Mapping[str, str]) -> Said:
    """Return a curated claim as it is compared; `same` has the term that stands for another, where one does."""
    project, names = assembler.project, assembler.names
    made = assembler.asserted(claim)
    subject, what = assembler.entity_iri(claim.subject), assembler.value(claim)
    place = assembler.entity_iri(claim.place) if claim.place else ""
    circumstances = (sorted(iri(c.iri) for c in claim.circumstances.get(name, ())) for name in COMPARED_BY)
    linked = (claim.links.get(name, ()) for name in LINKED_BY)
    links = (sorted(same.get(t, t) for t in map(assembler.entity_iri, found)) for found in linked)
    return Said(
        iri=names.claim(claim),
        subject=subject,
        about=same.get(subject, subject),
        predicate=claim.predicate,
        value=same.get(what, what),
        quantity=measured(claim, assembler),
        place=same.get(place, place),
        around=tuple(map(tuple, (*circumstances, *links))),
        when=claim.when,
        negated=claim.negated,
        order=claim.statement(),
        words=side(value(claim, project), claim.negated, claim.when, project.sources[claim.source].title, made),
        claim=claim,
    )


def side(what: str, negated: bool, when: Period | None, title: str, made: Period | None) -> str:
    """Return what a claim says, of when, who says so and when, in words."""
    denied, time = "not " if negated else "", f" for {when.text}" if when else ""
    return f"{denied}{what}{time} ({title}, {f'stated {made.text}' if made else 'undated'})"


def _same_things(links: Iterable[Link]) -> dict[str, str]:
    """Return, for each thing of an exact match, the first by name of all that are the same."""
    groups: dict[str, set[str]] = {}
    for link in links:
        if link.predicate == "exactMatch" and not link.negated:
            ends = iri(link.subject), iri(link.object)
            joined = set().union(*(groups.get(end, {end}) for end in ends))
            groups.update(dict.fromkeys(joined, joined))
    return {name: min(group) for name, group in groups.items()}


def _comparable(claim: Said) -> tuple[object, ...] | None:
    """Return what two claims must share; for an object that is not exclusive, the object is part of it.

    A count of records tells what a source holds and not how things are: there is nothing to compare it with.
    """
    if claim.quantity and claim.quantity.unit.notation == "records":
        return None
    exclusive = claim.predicate.single_valued or claim.predicate.value == "quantity"
    said = None if exclusive else claim.value
    return claim.about, claim.predicate.name, said, claim.place, claim.around


def _seniority(claim: Said) -> tuple[str, str]:
    """Order claims by the time they speak of, and then by what they say: both sides of a pair are then fixed."""
    return claim.when.text if claim.when else "", claim.order


def _within(group: list[Said], cut: list[Said]) -> Iterator[Conflict]:
    told = 0
    for first, second in combinations(group[:MOST_COMPARED], 2):
        if _same_time(first, second) and (kind := _disagreement(first, second)):
            if told == MOST_TOLD:
                break
            told += 1
            yield Conflict(kind, first, second, _reason(first, second))
    else:
        if len(group) <= MOST_COMPARED:
            return
    cut.append(group[0])


def _same_time(first: Said, second: Said) -> bool:
    if first.when and second.when:
        return first.when.overlaps(second.when)
    return first.when is None and second.when is None


def _disagreement(first: Said, second: Said) -> str:
    """Return the kind of disagreement, or an empty string when both can be true."""
    if first.negated != second.negated:
        return "contradiction" if first.value == second.value and not _apart(first, second) else ""
    if first.negated:
        return ""
    differ = first.predicate.single_valued and first.value != second.value
    if not (differ or _apart(first, second)):
        return ""
    hedged = any(c.quantity and c.quantity.hedge and c.quantity.estimate is not None for c in (first, second))
    return "difference" if hedged or first.when is None else "contradiction"


def _apart(first: Said, second: Said) -> bool:
    one, other = first.quantity, second.quantity
    if one is None or other is None or one.unit.iri != other.unit.iri:
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


def _reason(first: Said, second: Said) -> str:
    sides = f"{first.words} against {second.words}"
    return f"{sides}; neither says for when" if first.when is None else sides
