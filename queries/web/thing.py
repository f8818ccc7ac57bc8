"""Things: what a page shows of one entity, source, claim or other node of the graph."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from ...extract import Origin
from ...ontology import vocabulary
from ...ontology.terms import Term, expand
from ..pictures.rows import AT_ONCE
from .quotes import Quotes
from .reader import Evidence, Node, Reader, Statement, Value, concepts

__all__ = ["MOST_CLAIMS", "Conflict", "Group", "Thing", "read_conflict", "read_thing"]

#: How many claims of a kind a page shows before it leaves the rest to a query.
MOST_CLAIMS = 150
_MOST_CONFLICTS = 25
_CONFLICTS = """SELECT ?thing ?conflict WHERE {{ ?conflict {role} ?thing ; wg:conflictReason ?reason }}
ORDER BY ?conflict LIMIT {most}"""

#: How a claim can name a thing besides being about it.
_ROLES = (
    "wg:object", "wg:place", "wg:causedStress", "wg:causingThreat", "wg:mitigatedThreat", "wg:actor", "wg:authority",
    "prov:hadPrimarySource",
)  # fmt: skip
#: Properties that stand at the head of the page or in a section of their own, and not among the facts.
_ELSEWHERE = {
    expand(name)
    for name in (
        "rdf:type", "skos:prefLabel", "dcterms:title", "dcterms:description", "skos:exactMatch", "skos:closeMatch",
        "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch", "schema:url", "schema:sameAs", "owl:sameAs",
        "rdfs:seeAlso", "wg:verification",
    )
}  # fmt: skip
_LINKS = (
    "schema:url", "skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch",
    "schema:sameAs", "owl:sameAs", "rdfs:seeAlso",
)  # fmt: skip
#: What follows from claims and is shown at the head all the same; the rest of it stands with the claims.
_SUMMED_UP = {expand("wg:redListCategory"), expand("wg:populationTrend")}
_FACT_ORDER = (
    "dwc:scientificName", "dwc:scientificNameAuthorship", "dwc:taxonRank", "skos:altLabel", "wg:parentTaxon",
    "wg:within", "wg:parentOrganization", "skos:broader", "dwc:nameAccordingTo", "wg:redListCategory",
    "wg:populationTrend", "wg:classifiedAs", "dwc:countryCode", "dwc:decimalLatitude", "dwc:decimalLongitude",
)  # fmt: skip
_LABELS = {
    "skos:altLabel": "also called",
    "skos:broader": "part of",
    "dwc:scientificName": "scientific name",
    "dwc:scientificNameAuthorship": "authorship",
    "dwc:taxonRank": "rank",
    "dwc:nameAccordingTo": "according to",
    "dwc:countryCode": "country",
    "dwc:decimalLatitude": "latitude",
    "dwc:decimalLongitude": "longitude",
    "dcterms:publisher": "publisher",
    "dcterms:issued": "published",
    "dcterms:license": "licence",
    "dcterms:language": "language",
    "schema:url": "homepage",
    "skos:exactMatch": "same as",
    "skos:closeMatch": "nearly the same as",
    "skos:broadMatch": "narrower than",
    "skos:narrowMatch": "broader than",
    "skos:relatedMatch": "related to",
    "schema:sameAs": "same as",
    "owl:sameAs": "same as",
    "rdfs:seeAlso": "see also",
    "obo:RO_0002439": "preys on",
    "obo:RO_0002470": "eats",
    "prov:hadPrimarySource": "source",
    "oa:hasSource": "source",
    "oa:hasSelector": "place in the source",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Claims of one kind. `more` says that there are others, which are not shown."""

    name: str
    heading: str
    definition: str
    claims: tuple[Statement, ...]
    more: bool = False

    @property
    def count(self) -> str:
        """How many claims there are, in words."""
        return f"more than {len(self.claims):,}" if self.more else f"{len(self.claims):,}"

    def has(self, column: str) -> bool:
        """Whether any claim fills a column, so that the others need not be shown."""
        return any(getattr(claim, column) for claim in self.claims)

    @property
    def source_known(self) -> bool:
        """Whether all claims are of the one source that the page is about."""
        return self.name == "named-as-source"

    @property
    def subjects(self) -> bool:
        """Whether the claims are about more than one thing, so that each says about which."""
        return self.name.startswith("named-as")


@dataclass(frozen=True, slots=True)
class Conflict:
    """Claims that disagree, side by side."""

    iri: str
    kind: str
    definition: str
    reason: str
    label: str
    subject: Value
    sides: tuple[Statement, ...]

    @property
    def anchor(self) -> str:
        """The name of the conflict within a page."""
        return f"conflict-{self.iri.rpartition('/')[2]}"


@dataclass(frozen=True, slots=True)
class Thing:
    """Everything the page of one thing shows."""

    iri: str
    page: str
    kind: str
    kind_label: str
    title: str
    subtitle: str
    description: str
    facts: tuple[tuple[str, tuple[Value, ...]], ...]
    links: tuple[tuple[str, Value], ...]
    groups: tuple[Group, ...]
    mentions: tuple[Group, ...]
    conflicts: tuple[Conflict, ...]
    claim: Statement | None
    evidence: tuple[Evidence, ...]
    history: tuple[tuple[str, str], ...]


def read_thing(reader: Reader, iri: str, *, quotes: Quotes, origin: Origin | None) -> Thing | None:
    """Return what there is to show of an IRI of the dataset, or None when the graph says nothing of it."""
    node = reader.node(iri)
    if not node:
        return None
    local = reader.address.local(iri)
    kind = local.partition("/")[0]
    groups = _groups(reader, iri)
    claim = reader.statement(iri) if kind == "claim" else None
    return Thing(
        iri=iri,
        page=reader.address.page(iri),
        kind=kind,
        kind_label=_kind_label(reader, node, kind),
        title=reader.label(iri),
        subtitle=_text(node, "dwc:scientificName"),
        description=_text(node, "dcterms:description"),
        facts=() if claim else tuple(_facts(reader, _stated(reader, iri, node))),
        links=tuple((words_for(reader, expand(n)), reader.value(t)) for n in _LINKS for t in node.get(expand(n), ())),
        groups=groups,
        mentions=tuple(_mentions(reader, iri)),
        conflicts=tuple(_conflicts(reader, iri)),
        claim=claim,
        evidence=tuple(_evidence(reader, claim, quotes)) if claim else (),
        history=tuple(_history(reader, node, claim, origin)),
    )


def read_conflict(reader: Reader, iri: str) -> Conflict:
    """Return a conflict with the claims that disagree."""
    node = reader.node(iri)
    kind = concepts().get(_text(node, "wg:conflictKind"))
    predicate = concepts().get(_text(node, "wg:predicate"))
    subject = node.get(expand("wg:subject"), ())
    sides = [reader.statement(term.text) for term in node.get(expand("wg:conflictingClaim"), ())]
    return Conflict(
        iri=iri,
        kind=kind.notation if kind else "",
        definition=kind.definition if kind else "",
        reason=_text(node, "wg:conflictReason"),
        label=predicate.label if predicate else "",
        subject=reader.value(subject[0]) if subject else Value(""),
        sides=tuple(sorted(sides, key=lambda claim: claim.order)),
    )


def words_for(reader: Reader, predicate: str) -> str:
    """Return the words for a property."""
    known = {expand(name): label for name, label in _LABELS.items()}
    return known.get(predicate) or reader.label(predicate)


def _kind_label(reader: Reader, node: Node, kind: str) -> str:
    types = [term for term in node.get(expand("rdf:type"), ()) if term.text.startswith(expand("wg:"))]
    return reader.label(types[0].text) if types else kind.replace("-", " ")


def _stated(reader: Reader, iri: str, node: Node) -> Node:
    """Return what is said of a thing itself, without what only follows from claims."""
    derived = f"{reader.address.base}graph/derived"
    stated = {predicate for predicate, _, graph in reader.graph.about(iri) if graph != derived}
    return {p: values for p, values in node.items() if p in stated or p in _SUMMED_UP}


def _facts(reader: Reader, node: Node) -> Iterator[tuple[str, tuple[Value, ...]]]:
    order = [expand(name) for name in _FACT_ORDER]
    rest = sorted((p for p in node if p not in order), key=lambda p: words_for(reader, p))
    for predicate in [*order, *rest]:
        if predicate in node and predicate not in _ELSEWHERE:
            values = sorted((reader.value(term) for term in node[predicate]), key=lambda value: value.text.casefold())
            yield words_for(reader, predicate), tuple(values)


def _groups(reader: Reader, iri: str) -> tuple[Group, ...]:
    """Return the claims about a thing, a group a predicate, in the order of the number of claims."""
    claims = reader.statements("wg:subject", iri, limit=AT_ONCE)
    by_predicate: dict[str, list[Statement]] = defaultdict(list)
    for claim in claims:
        by_predicate[claim.predicate].append(claim)
    known = vocabulary().schemes["predicates-1.0"].concepts
    return tuple(
        _group(name, known[name].label if name in known else name, found_, len(claims) >= AT_ONCE)
        for name, found_ in sorted(by_predicate.items(), key=lambda item: (-len(item[1]), item[0]))
    )


def _group(name: str, heading: str, claims: list[Statement], more: bool = False) -> Group:
    known = vocabulary().schemes["predicates-1.0"].concepts
    claims.sort(key=lambda claim: (claim.said.casefold() if not claim.amount else "", claim.order, claim.said))
    definition = known[name].definition if name in known else ""
    return Group(name, heading, definition, tuple(claims[:MOST_CLAIMS]), more or len(claims) > MOST_CLAIMS)


def _mentions(reader: Reader, iri: str) -> Iterator[Group]:
    for role in _ROLES:
        found = reader.statements(role, iri, limit=MOST_CLAIMS + 1)
        by_label: dict[str, list[Statement]] = defaultdict(list)
        for claim in found:
            by_label[claim.label if role == "wg:object" else words_for(reader, expand(role))].append(claim)
        for label, claims in sorted(by_label.items()):
            claims.sort(key=lambda claim: (claim.subject.text.casefold(), claim.label, claim.said, claim.order))
            name = f"named-as-{label.replace(' ', '-')}"
            yield Group(name, label, "", tuple(claims[:MOST_CLAIMS]), len(found) > MOST_CLAIMS)


def _conflicts(reader: Reader, iri: str) -> Iterator[Conflict]:
    kind = reader.address.local(iri).partition("/")[0]
    if kind == "conflict":
        yield read_conflict(reader, iri)
        return
    query = _CONFLICTS.format(role="wg:conflictingClaim" if kind == "claim" else "wg:subject", most=_MOST_CONFLICTS)
    for _, conflict in reader.graph.select(query, {"thing": Term("iri", iri)}).rows:
        if conflict:
            yield read_conflict(reader, conflict.text)


def _evidence(reader: Reader, claim: Statement, quotes: Quotes) -> Iterator[Evidence]:
    for iri in claim.evidence:
        node = reader.node(iri)
        selector = reader.node(_text(node, "oa:hasSelector"))
        source = _text(node, "oa:hasSource")
        start, end = (int(_text(selector, name) or 0) for name in ("oa:start", "oa:end"))
        yield Evidence(
            source=reader.value(Term("iri", source)),
            start=start,
            end=end,
            hash=_text(node, "wg:tokenHash"),
            verification=reader.label(_text(node, "wg:verification")) if _text(node, "wg:verification") else "",
            sentence=quotes.sentence(source, start, end),
        )


def _history(reader: Reader, node: Node, claim: Statement | None, origin: Origin | None) -> Iterator[tuple[str, str]]:
    """Yield when and by whom, oldest first as far as dates tell."""
    if claim:
        source = reader.node(_text(node, "prov:hadPrimarySource"))
        yield "said", claim.asserted or "not dated"
        if retrieved := _text(source, "wg:retrieved"):
            yield "source retrieved", retrieved
        if claim.rank:
            yield f"ranked {claim.rank}", ": ".join(filter(None, [claim.ranked_by, claim.rank_reason]))
    if origin:
        yield "written in", f"{origin.path}, line {origin.line}"
    build = reader.node(reader.address.base)
    if release := _text(build, "dcat:version"):
        issued = _text(build, "dcterms:issued")
        yield "in release", f"{release}{f', {issued}' if issued else ''}"
    if tool := _text(reader.node(f"{reader.address.base}build"), "wg:toolVersion"):
        yield "built by", tool


def _text(node: Node, name: str) -> str:
    values = node.get(expand(name), ())
    return values[0].text if values else ""
