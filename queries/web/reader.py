"""Reading: the claims and facts of a built graph as values that a page can show, with labels for IRIs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from ...extract import Quantity
from ...graph.describe import amount
from ...graph.store import Graph
from ...ontology import Concept, vocabulary
from ...ontology.terms import Term, expand, shorten
from ..pictures.rows import AT_ONCE
from .address import Address

__all__ = ["Evidence", "Node", "Reader", "Statement", "Value"]

#: What a node says: the values of each property, by the property's IRI, each once.
Node = Mapping[str, Sequence[Term]]

#: Properties of a claim that are shown beside its value, in this order.
_CIRCUMSTANCES = (
    "wg:causedStress", "wg:causingThreat", "wg:mitigatedThreat", "wg:leadActor", "wg:partnerActor", "wg:funder",
    "wg:authority", "wg:outcome", "wg:lifeStage", "wg:sex", "wg:season", "wg:frequency", "wg:timing", "wg:scope",
    "wg:severity", "wg:certainty",
)  # fmt: skip
_ACTOR_ROLES = {expand(name) for name in ("wg:leadActor", "wg:partnerActor", "wg:funder")}
#: How many labels are kept before they are looked up anew.
_REMEMBERED = 100_000
#: How many nodes are kept: those of a page, and what all pages name.
_NODES_KEPT = 500


@dataclass(frozen=True, slots=True)
class Value:
    """Something to show: its words, and where it leads: a page of this site, or an address outside."""

    text: str
    page: str = ""
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span of a source that a claim rests on. `sentence` is before, in and after the span, where it may be shown."""

    source: Value
    start: int
    end: int
    hash: str
    verification: str
    sentence: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """A claim as a page shows it."""

    iri: str
    page: str
    subject: Value
    predicate: str
    label: str
    value: tuple[Value, ...]
    amount: str
    converted: str
    wording: str
    negated: bool
    circumstances: tuple[tuple[str, tuple[Value, ...]], ...]
    place: Value | None
    when: str
    asserted: str
    source: Value
    rank: str
    rank_reason: str
    ranked_by: str
    order: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = field(default=(), compare=False)

    @property
    def words(self) -> str:
        """The claim in one line: `Amur leopard: population around 45 individuals, adult, 2013`."""
        said = " ".join(filter(None, ["not" if self.negated else "", self.label, self.said]))
        around = [value.text for name, values in self.circumstances if name != "certainty" for value in values]
        return ", ".join(filter(None, [f"{self.subject.text}: {said}", *around, self.place_text, self.when]))

    @property
    def said(self) -> str:
        """What the claim says of its subject."""
        return " ".join([*(value.text for value in self.value), *([self.amount] if self.amount else [])])

    @property
    def place_text(self) -> str:
        """The label of the place, empty when there is none."""
        return self.place.text if self.place else ""


class Reader:
    """Reads one build. Labels are looked up once."""

    def __init__(self, graph: Graph, base: str, *, language: str = "en") -> None:
        self.graph = graph
        self.address = Address(base)
        self.language = language
        self._labels: dict[str, str] = {}
        self._nodes: dict[str, Node] = {}

    def node(self, iri: str) -> Node:
        """Return what is said of an IRI in any graph; empty when nothing is. The last ones are kept."""
        if iri not in self._nodes:
            if len(self._nodes) >= _NODES_KEPT:
                del self._nodes[next(iter(self._nodes))]
            self._nodes[iri] = self._read(iri)
        return self._nodes[iri]

    def _read(self, iri: str) -> Node:
        found: dict[str, list[Term]] = {}
        for predicate, value, _ in self.graph.about(iri):
            values = found.setdefault(predicate, [])
            if value not in values:
                values.append(value)
        return self._in_order(found)

    def statements(self, role: str, iri: str, *, limit: int) -> list[Statement]:
        """Return the claims that name an IRI in a role, at most so many, in the order of the store."""
        names = self.graph.pointing(expand(role), iri, limit=limit)
        # All at once, where that is not more than is wanted.
        nodes = self.graph.nodes(expand(role), iri, most=min(limit, AT_ONCE)) or {}
        return [
            self.statement(name, nodes.get(name)) for name in names if self.address.local(name).startswith("claim/")
        ]

    def _in_order(self, node: Node) -> dict[str, list[Term]]:
        """Return a node with the values of each property in order, those in the reader's language first."""

        def order(term: Term) -> tuple[bool, str, str]:
            return term.language != self.language, term.language, term.text

        return {name: sorted(values, key=order) if len(values) > 1 else [*values] for name, values in node.items()}

    def label(self, iri: str) -> str:
        """Return the words for an IRI: its label, else its name within the dataset, else a prefixed name."""
        if iri not in self._labels:
            if len(self._labels) > _REMEMBERED:
                self._labels.clear()
            # Claims may point to each other in a circle, which this ends.
            self._labels[iri] = iri.removeprefix(self.address.base)
            self._labels[iri] = self._words(iri)
        return self._labels[iri]

    def _words(self, iri: str) -> str:
        if iri in concepts():
            return concepts()[iri].label
        if label := self.graph.labels([iri], language=self.language).get(iri):
            return label
        node = self.node(iri) if self.address.local(iri) else {}
        if _one(node, "wg:predicate") and expand("wg:conflictingClaim") in node:
            return _one(node, "wg:conflictReason")
        if _one(node, "wg:predicate"):
            return self.statement(iri).words
        if source := _one(node, "oa:hasSource"):
            return f"characters {iri.rpartition('/')[2].replace('-', ' to ')} of {self.label(source)}"
        return iri.removeprefix(self.address.base) if iri.startswith(self.address.base) else shorten(iri)

    def value(self, term: Term) -> Value:
        """Return a term as something to show."""
        if term.kind != "iri":
            return Value(term.text, note=term.language if term.language != self.language else "")
        page = self.address.page(term.text)
        concept = concepts().get(term.text)
        note = concept.code if concept and concept.scheme.startswith(("iucn", "cmp", "red-list")) else ""
        outside = "" if page or not term.text.startswith(("http://", "https://")) else term.text
        return Value(self.label(term.text), page, outside, note)

    def statement(self, iri: str, known: Node | None = None) -> Statement:
        """Return a claim, from what is known to be said of it, if that is given. What it lacks is empty."""
        node = self.node(iri) if known is None else self._in_order(known)
        predicate = concepts().get(_one(node, "wg:predicate"))
        objects = [*node.get(expand("wg:object"), ()), *node.get(expand("wg:text"), ())]
        places = node.get(expand("wg:place"), ())
        return Statement(
            iri=iri,
            page=self.address.page(iri),
            subject=self._only(node, "wg:subject"),
            predicate=predicate.notation if predicate else "",
            label=predicate.label if predicate else "",
            value=tuple(self.value(term) for term in objects),
            amount=_amount(node, ""),
            converted=_amount(node, "converted"),
            wording=_one(node, "wg:wording"),
            negated=_one(node, "wg:polarity").endswith("/negated"),
            circumstances=tuple(self._circumstances(node)),
            place=self.value(places[0]) if places else None,
            when=_time(node, "wg:phenomenonTime", "wg:phenomenonTimeBasis"),
            asserted=_time(node, "dwc:assertionMadeDate", "wg:assertionTimeBasis") or self._issued(node),
            source=self._only(node, "prov:hadPrimarySource"),
            rank=_one(node, "wg:rank").rpartition("/")[2],
            rank_reason=_one(node, "wg:rankReason"),
            ranked_by=_one(node, "wg:rankedBy"),
            order=(_one(node, "wg:phenomenonStart"), _one(node, "dwc:assertionMadeDate"), iri),
            evidence=tuple(term.text for term in node.get(expand("wg:evidence"), ())),
            rows=tuple(term.text for term in node.get(expand("wg:row"), ())),
        )

    def _issued(self, claim: Node) -> str:
        """Return the date of a claim's source: rows of tables have none of their own."""
        return _time(self.node(_one(claim, "prov:hadPrimarySource")), "dcterms:issued", "wg:issuedBasis")

    def _only(self, node: Node, name: str) -> Value:
        terms = node.get(expand(name), ())
        return self.value(terms[0]) if terms else Value("")

    def _circumstances(self, node: Node) -> Iterable[tuple[str, tuple[Value, ...]]]:
        named = {t.text for role in _ACTOR_ROLES for t in node.get(role, ())}
        for name in _CIRCUMSTANCES:
            if terms := node.get(expand(name), ()):
                yield self.label(expand(name)), tuple(self.value(term) for term in terms)
        if others := [t for t in node.get(expand("wg:actor"), ()) if t.text not in named]:
            yield self.label(expand("wg:actor")), tuple(self.value(term) for term in others)


@cache
def concepts() -> dict[str, Concept]:
    """Return every concept of the schemes by its IRI."""
    return {c.iri: c for scheme in vocabulary().schemes.values() for c in scheme.concepts.values()}


def _one(node: Node, name: str) -> str:
    values = node.get(expand(name), ())
    return values[0].text if values else ""


def _time(node: Node, name: str, basis: str) -> str:
    inferred = _one(node, basis).endswith("/inferred")
    return _one(node, name) + (" (inferred)" if inferred else "")


def _amount(node: Node, kind: str) -> str:
    """Return a claim's quantity in words, as stated or `converted`."""
    unit = concepts().get(_one(node, f"wg:{kind}Unit" if kind else "wg:unit"))
    if unit is None:
        return ""

    def number(name: str) -> Decimal | None:
        text = _one(node, f"wg:{kind}{name.capitalize()}" if kind else f"wg:{name}")
        return Decimal(text) if text else None

    quantity = Quantity(
        unit,
        number("estimate"),
        number("lower"),
        number("upper"),
        lower_exclusive=_one(node, "wg:lowerExclusive") == "true",
        upper_exclusive=_one(node, "wg:upperExclusive") == "true",
        hedge=concepts().get(_one(node, "wg:hedge")),
    )
    return amount(quantity)
