"""Claims, entities and sources as RDF: each becomes the quads that docs/claim-model.md describes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..extract import Claim, Entity, Period, Project, Quantity, Review, Source, Span, Text
from ..ontology import Concept, Predicate
from ..ontology.terms import expand
from .identify import Names
from .quads import Quad, boolean, iri, literal, number, wg

__all__ = ["QUALIFIERS", "Assembler"]

_TYPE = iri(expand("rdf:type"))
_EDTF = "http://id.loc.gov/datatypes/edtf/EDTF-level1"
_CLAIM_TYPES = (iri(expand("dwc:Assertion")), iri(expand("prov:Entity")))
_STATED_IN = iri(expand("prov:hadPrimarySource"))
_MADE = iri(expand("dwc:assertionMadeDate"))

#: The property that a column of concepts or of entity ids becomes.
_CIRCUMSTANCES = {
    "life_stage": wg("lifeStage"),
    "sex": wg("sex"),
    "season": wg("season"),
    "frequency": wg("frequency"),
    "polarity": wg("polarity"),
    "certainty": wg("certainty"),
    "timing": wg("timing"),
    "scope": wg("scope"),
    "severity": wg("severity"),
}
_LINKS = {
    "stress": wg("causedStress"),
    "cause": wg("causingThreat"),
    "mitigates": wg("mitigatedThreat"),
    "authority": wg("authority"),
}
#: Both, by their columns.
QUALIFIERS = _CIRCUMSTANCES | _LINKS
_ROLES = {"lead": wg("leadActor"), "partner": wg("partnerActor"), "funder": wg("funder")}
_PARENTS = {
    "taxon": wg("parentTaxon"),
    "place": wg("within"),
    "organization": wg("parentOrganization"),
    "stakeholder": wg("parentOrganization"),
}

_Pairs = Iterator[tuple[str, str]]


@dataclass(frozen=True)
class Assembler:
    """Turns the parts of one project into quads. Every method yields; nothing is kept."""

    project: Project

    @property
    def names(self) -> Names:
        """How this project's things are called."""
        return Names(self.project.settings.base)

    def entity_iri(self, name: str) -> str:
        """Return the IRI of an entity of the project, in N-Triples form."""
        return iri(self.names.entity(self.project.entities[name].type, name))

    def value(self, claim: Claim) -> str:
        """Return what a claim says of its subject as a term, or an empty string for a bare quantity."""
        if isinstance(claim.object, Concept):
            return iri(claim.object.iri)
        if isinstance(claim.object, Text):
            return literal(claim.object.text, language=claim.object.language)
        return self.entity_iri(claim.object) if claim.object else ""

    def entity(self, entity: Entity) -> Iterator[Quad]:
        """Yield the quads of one entity."""
        subject, graph = self.entity_iri(entity.id), iri(self.names.graph("entities"))
        for predicate, value in self._entity_pairs(entity):
            yield Quad(subject, predicate, value, graph)

    def source(self, source: Source) -> Iterator[Quad]:
        """Yield the quads of one source."""
        subject, graph = iri(self.names.source(source.id)), iri(self.names.graph("entities"))
        for predicate, value in self._source_pairs(source):
            yield Quad(subject, predicate, value, graph)

    def claim(self, claim: Claim, handles: Mapping[str, Claim]) -> Iterator[Quad]:
        """Yield the quads of one claim. `handles` finds the claims it points to."""
        graph = iri(self.names.graph(f"source/{claim.source}"))
        subject = iri(self.names.claim(claim))
        for predicate, value in self._claim_pairs(claim, handles):
            yield Quad(subject, predicate, value, graph)
        for span in claim.evidence:
            yield Quad(subject, wg("evidence"), iri(self.names.evidence(claim.source, span)), graph)

    def evidence(self, source: str, span: Span) -> Iterator[Quad]:
        """Yield the quads of one span of a source."""
        graph = iri(self.names.graph(f"source/{source}"))
        name = self.names.evidence(source, span)
        node, selector = iri(name), iri(f"{name}#selector")
        yield Quad(node, _TYPE, iri(expand("oa:SpecificResource")), graph)
        yield Quad(node, iri(expand("oa:hasSource")), iri(self.names.source(source)), graph)
        yield Quad(node, iri(expand("oa:hasSelector")), selector, graph)
        if span.hash:
            yield Quad(node, wg("tokenHash"), literal(span.hash), graph)
        yield Quad(selector, _TYPE, iri(expand("oa:TextPositionSelector")), graph)
        yield Quad(selector, iri(expand("oa:start")), literal(str(span.start), datatype="xsd:integer"), graph)
        yield Quad(selector, iri(expand("oa:end")), literal(str(span.end), datatype="xsd:integer"), graph)

    def _entity_pairs(self, entity: Entity) -> _Pairs:
        kind = self.project.vocabulary.entity_types[entity.type]
        yield _TYPE, iri(kind.iri)
        yield iri(expand("skos:prefLabel")), literal(entity.label.text, language=entity.label.language)
        for label in entity.alt_labels:
            yield iri(expand("skos:altLabel")), literal(label.text, language=label.language)
        language = self.project.settings.language
        texts = {
            "dcterms:description": (entity.description, language),
            "dwc:scientificName": (entity.scientific_name, ""),
            "dwc:scientificNameAuthorship": (entity.authorship, ""),
            "dwc:taxonRank": (entity.rank, ""),
            "dwc:nameAccordingTo": (entity.according_to, ""),
        }
        for name, (text, tag) in texts.items():
            if text:
                yield iri(expand(name)), literal(text, language=tag)
        if entity.parent:
            yield _PARENTS.get(entity.type, iri(expand("skos:broader"))), self.entity_iri(entity.parent)
        for concept in entity.codes:
            yield wg("classifiedAs"), iri(concept.iri)
        for country in entity.countries:
            yield iri(expand("dwc:countryCode")), literal(country)
        for name, degrees in zip(("Latitude", "Longitude"), entity.position or (), strict=False):
            yield iri(expand(f"dwc:decimal{name}")), literal(degrees, datatype=expand("xsd:decimal"))
        if entity.homepage:
            yield iri(expand("schema:url")), iri(entity.homepage)

    def _source_pairs(self, source: Source) -> _Pairs:
        yield _TYPE, wg("Source")
        yield iri(expand("dcterms:title")), literal(source.title, language=source.language)
        if source.publisher:
            yield iri(expand("dcterms:publisher")), self.entity_iri(source.publisher)
        if source.published:
            yield iri(expand("dcterms:issued")), literal(source.published.text, datatype=_EDTF)
            if source.published.inferred:
                yield wg("issuedBasis"), self._concept("time-basis-1.0", "inferred")
        if source.retrieved:
            yield wg("retrieved"), literal(source.retrieved.text, datatype=_EDTF)
        if source.url:
            yield iri(expand("schema:url")), iri(source.url)
        texts = {
            "dcterms:license": source.license,
            "dcterms:language": source.language,
            "wg:sha256": source.sha256,
            "wg:canonicalSha256": source.canonical_sha256,
        }
        for name, text in texts.items():
            if text:
                yield iri(expand(name)), literal(text)

    def _claim_pairs(self, claim: Claim, handles: Mapping[str, Claim]) -> _Pairs:
        yield _TYPE, iri(claim.predicate.claim_class)
        for kind in _CLAIM_TYPES:
            yield _TYPE, kind
        yield wg("subject"), self.entity_iri(claim.subject)
        yield wg("predicate"), iri(claim.predicate.iri)
        yield _STATED_IN, iri(self.names.source(claim.source))
        if value := self.value(claim):
            yield wg("text" if isinstance(claim.object, Text) else "object"), value
        if claim.quantity:
            yield from _quantity_pairs(claim.quantity)
            yield from self._converted_pairs(claim)
        yield from self._circumstance_pairs(claim, handles)
        yield from self._time_pairs(claim)
        if claim.rank.name != "normal":
            yield wg("rank"), self._concept("claim-rank-1.0", claim.rank.name)
            yield wg("rankReason"), literal(claim.rank.reason, language=self.project.settings.language)
            yield wg("rankedBy"), literal(claim.rank.by)
        if claim.review:
            yield from _review_pairs(claim.review)

    def _circumstance_pairs(self, claim: Claim, handles: Mapping[str, Claim]) -> _Pairs:
        if claim.place:
            yield wg("place"), self.entity_iri(claim.place)
        for column, concepts in claim.circumstances.items():
            for concept in concepts:
                yield _CIRCUMSTANCES[column], iri(concept.iri)
        for column, predicate in _LINKS.items():
            for name in claim.links.get(column, ()):
                yield predicate, self.entity_iri(name)
        for handle in claim.links.get("outcome", ()):
            yield wg("outcome"), iri(self.names.claim(handles[handle]))
        for actor in claim.actors:
            yield _ROLES[actor.role.notation], self.entity_iri(actor.entity)
            yield wg("actor"), self.entity_iri(actor.entity)

    def _time_pairs(self, claim: Claim) -> _Pairs:
        if claim.when:
            yield wg("phenomenonTime"), literal(claim.when.text, datatype=_EDTF)
            for name, day in (("phenomenonStart", claim.when.start), ("phenomenonEnd", claim.when.end)):
                if day:
                    yield wg(name), literal(day.isoformat(), datatype="xsd:date")
            if claim.when.inferred:
                yield wg("phenomenonTimeBasis"), self._concept("time-basis-1.0", "inferred")
        if made := self.asserted(claim):
            yield _MADE, literal(made.text, datatype=_EDTF)
            if made.inferred:
                yield wg("assertionTimeBasis"), self._concept("time-basis-1.0", "inferred")

    def asserted(self, claim: Claim) -> Period | None:
        """Return when a claim was made: its own date, else that of its source."""
        return claim.asserted or self.project.sources[claim.source].published

    def _converted_pairs(self, claim: Claim) -> _Pairs:
        converted = self.converted(claim)
        if converted is None:
            return
        numbers = {"Estimate": converted.estimate, "Lower": converted.lower, "Upper": converted.upper}
        for name, value in numbers.items():
            if value is not None:
                yield wg(f"converted{name}"), number(value)
        yield wg("convertedUnit"), iri(converted.unit.iri)

    def converted(self, claim: Claim) -> Quantity | None:
        """Return a claim's quantity in its predicate's own unit, None where that is the unit it has."""
        return self.in_unit_of(claim.predicate, claim.quantity)

    def in_unit_of(self, predicate: Predicate, quantity: Quantity | None) -> Quantity | None:
        """Return a quantity in a predicate's own unit, None where that is the unit it has or no factor is known."""
        unit = predicate.unit
        if quantity is None or unit is None or unit == quantity.unit.notation:
            return None
        factor = self.project.vocabulary.factor(quantity.unit.notation, unit)
        if factor is None:
            return None
        return quantity.converted(self.project.vocabulary.concept("unit-1.0", unit), factor)

    def _concept(self, scheme: str, notation: str) -> str:
        return iri(self.project.vocabulary.concept(scheme, notation).iri)


def _review_pairs(review: Review) -> _Pairs:
    yield wg("candidate"), literal(review.candidate)
    if review.extractor:
        yield wg("extractedBy"), literal(review.extractor)
    if review.rule:
        yield wg("extractionRule"), literal(review.rule)
    for curator in review.curators:
        yield wg("reviewedBy"), literal(curator)
    if review.date:
        yield wg("reviewDate"), literal(review.date, datatype="xsd:date")


def _quantity_pairs(quantity: Quantity) -> _Pairs:
    for name, value in (
        ("estimate", quantity.estimate),
        ("lower", quantity.lower),
        ("upper", quantity.upper),
    ):
        if value is not None:
            yield wg(name), number(value)
    if quantity.lower_exclusive:
        yield wg("lowerExclusive"), boolean(True)
    if quantity.upper_exclusive:
        yield wg("upperExclusive"), boolean(True)
    yield wg("unit"), iri(quantity.unit.iri)
    if quantity.hedge:
        yield wg("hedge"), iri(quantity.hedge.iri)
    if quantity.wording:
        yield wg("wording"), literal(quantity.wording)
