"""The index: every named thing with what it is called, and taxa by status, threat, habitat and the like."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ...graph.store import Graph
from ...ontology import vocabulary
from ...ontology.terms import expand
from .address import Address
from .reader import concepts

__all__ = ["FACETS", "Choice", "Entry", "Facet", "Index", "read_index"]

#: The facets of taxa: name, heading, and the pairs of taxon and value. Values with a parent count for it too.
FACETS = {
    "status": ("Red List category", "SELECT DISTINCT ?t ?v WHERE { ?t wg:redListCategory ?v }"),
    "trend": ("Population trend", "SELECT DISTINCT ?t ?v WHERE { ?t wg:populationTrend ?v }"),
    "threat": ("Threat", "SELECT DISTINCT ?t ?v WHERE { ?t wg:threatenedBy ?v }"),
    "habitat": ("Habitat", "SELECT DISTINCT ?t ?v WHERE { ?t wg:hasHabitat ?v }"),
    "country": (
        "Country",
        "SELECT DISTINCT ?t ?v WHERE { ?t wg:occursIn ?p . ?p wg:within* ?q . ?q dwc:countryCode ?v }",
    ),
    "organisation": (
        "Organisation",
        "SELECT DISTINCT ?t ?v WHERE { ?action wg:targets ?t ; wg:undertakenBy ?v }",
    ),
}
_NAMES = """SELECT ?thing ?type ?property ?name WHERE {
  VALUES ?property { skos:prefLabel skos:altLabel dwc:scientificName dcterms:title }
  ?thing ?property ?name ; a ?type }"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing with a page: `label` first, then what else it is called."""

    iri: str
    page: str
    kind: str
    label: str
    scientific: str = ""
    also: tuple[str, ...] = ()
    claims: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """All that it is called, the label first."""
        return tuple(dict.fromkeys(filter(None, (self.label, self.scientific, *self.also))))


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet: how many of the taxa now shown have it, and whether it is chosen."""

    key: str
    label: str
    page: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to narrow the list of taxa."""

    name: str
    heading: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Index:
    """Entries by IRI in order of label, and for each facet the taxa of each value."""

    entries: Mapping[str, Entry]
    by_kind: Mapping[str, Sequence[Entry]]
    facets: Mapping[str, Mapping[str, frozenset[str]]]
    parents: Mapping[str, str]
    classified: Mapping[str, Sequence[str]]
    countries: Mapping[str, str]

    def narrow(self, chosen: Mapping[str, Sequence[str]], address: Address) -> tuple[list[Entry], list[Facet]]:
        """Return the taxa that have all the chosen values, and the facets counted among them."""
        kept = self._narrowed(chosen)
        found = [entry for entry in self.by_kind.get("taxon", ()) if entry.iri in kept]
        facets = []
        for name, (heading, _) in FACETS.items():
            choices = []
            for value, taxa in self.facets.get(name, {}).items():
                key = self.key(value)
                is_chosen = key in chosen.get(name, ())
                count = len(taxa & kept)
                if count or is_chosen:
                    choices.append(Choice(key, self.word(value), address.page(value), count, is_chosen))
            choices.sort(key=lambda choice: (not choice.chosen, -choice.count, choice.label.casefold()))
            facets.append(Facet(name, heading, tuple(choices)))
        return found, [facet for facet in facets if facet.choices]

    def key(self, value: str) -> str:
        """Return what stands for a facet's value in an address: a notation, the end of an IRI, or a country code."""
        return concepts()[value].notation if value in concepts() else value.rpartition("/")[2]

    def word(self, value: str) -> str:
        """Return the label of a facet's value."""
        if value in concepts():
            return concepts()[value].label
        entry = self.entries.get(value)
        return entry.label if entry else self.countries.get(value, value)

    def _narrowed(self, chosen: Mapping[str, Sequence[str]]) -> frozenset[str]:
        kept = frozenset(entry.iri for entry in self.by_kind.get("taxon", ()))
        for name, keys in chosen.items():
            for key in keys:
                values = [taxa for value, taxa in self.facets.get(name, {}).items() if self.key(value) == key]
                kept &= frozenset().union(*values)
        return kept


def read_index(graph: Graph, address: Address, claims: Mapping[str, int], *, language: str = "en") -> Index:
    """Read the names and the facets. `claims` says how many claims are about each thing."""
    entries = _entries(graph, address, claims, language)
    by_kind: dict[str, list[Entry]] = defaultdict(list)
    for entry in sorted(entries.values(), key=lambda entry: (entry.label.casefold(), entry.iri)):
        by_kind[entry.kind].append(entry)
    broader = "SELECT ?a ?b WHERE { ?a skos:broader|wg:parentTaxon|wg:within|wg:parentOrganization ?b } ORDER BY ?a ?b"
    parents = dict(_pairs(graph, broader))
    facets = {name: _facet(_pairs(graph, query), parents) for name, (_, query) in FACETS.items()}
    classified: dict[str, list[str]] = defaultdict(list)
    for thing, concept in _pairs(graph, "SELECT ?a ?b WHERE { ?a wg:classifiedAs ?b } ORDER BY ?a ?b"):
        classified[concept].append(thing)
    return Index(entries, by_kind, facets, parents, classified, _countries(graph, entries, parents))


def _entries(graph: Graph, address: Address, claims: Mapping[str, int], language: str) -> dict[str, Entry]:
    kinds = {kind.iri: name for name, kind in vocabulary().entity_types.items()} | {expand("wg:Source"): "source"}
    names: dict[str, dict[str, set[tuple[bool, str]]]] = defaultdict(lambda: defaultdict(set))
    kind_of: dict[str, str] = {}
    for thing, kind, name, words in graph.select(_NAMES).rows:
        if thing and kind and name and words and kind.text in kinds and address.local(thing.text):
            kind_of[thing.text] = kinds[kind.text]
            names[thing.text][name.text].add((words.language not in {"", language}, words.text))
    found = {}
    for iri, kind_name in kind_of.items():
        called = {name: [text for _, text in sorted(texts)] for name, texts in names[iri].items()}
        labels = [*called.get(expand("skos:prefLabel"), ()), *called.get(expand("dcterms:title"), ())]
        scientific = called.get(expand("dwc:scientificName"), [""])[0]
        also = (*labels[1:], *called.get(expand("skos:altLabel"), ()))
        label = labels[0] if labels else scientific or address.local(iri)
        found[iri] = Entry(iri, address.page(iri), kind_name, label, scientific, also, claims.get(iri, 0))
    return found


def _facet(pairs: Iterable[tuple[str, str]], parents: Mapping[str, str]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for taxon, value in pairs:
        seen: set[str] = set()
        above = value
        while above and above not in seen:
            seen.add(above)
            found[above].add(taxon)
            above = parents.get(above, "")
    return {value: frozenset(taxa) for value, taxa in found.items()}


def _countries(graph: Graph, entries: Mapping[str, Entry], parents: Mapping[str, str]) -> dict[str, str]:
    """Return a name for each country code: the label of the widest place that has this code and no other."""
    codes: dict[str, list[str]] = defaultdict(list)
    for place, code in _pairs(graph, "SELECT ?a ?b WHERE { ?a a wg:Place ; dwc:countryCode ?b } ORDER BY ?a ?b"):
        codes[place].append(code)
    wide = [place for place in codes if len(codes[place]) == 1 and parents.get(place) not in codes]
    return {codes[place][0]: entries[place].label for place in reversed(wide) if place in entries}


def _pairs(graph: Graph, query: str) -> list[tuple[str, str]]:
    return [(row[0].text, row[1].text) for row in graph.select(query).rows if row[0] and row[1]]
