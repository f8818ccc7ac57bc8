"""Whether two names mean the same thing, by the labels of the ontology and of a project's entities."""

from __future__ import annotations

import csv
import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

from ..ontology import Vocabulary
from ..ontology.terms import expand, read_turtle
from ..ontology.vocabulary import FOLDER
from .entity import Entity

__all__ = ["LEXICON", "SCORING", "Names", "folded"]

#: The tables of `scoring.toml`: which predicates, objects and units are compared as one.
SCORING = tomllib.loads((Path(__file__).parent / "scoring.toml").read_text(encoding="utf-8"))

#: The lists of words that extractors read, where this installation has them.
LEXICON = Path(__file__).parent / "lexicon"

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_POSSESSIVE = re.compile(r"['’]s?\b")
_COMPASS = re.compile(r"\b(north|south|east|west)[\s-]?(east|west)?(?:ern)?\b")
_SMALL = frozenset(["a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "the", "to", "with"])
_MATCHES = (expand("skos:exactMatch"), expand("skos:closeMatch"))


def folded(text: str) -> str:
    """Return the words of a name in order of the alphabet: `loss of habitats` and `habitat-loss` are one name.

    Case, accents, punctuation, small words and the plural `s` are dropped; `north-eastern` is `northeast`.
    """
    plain = unicodedata.normalize("NFKD", _POSSESSIVE.sub("", text).casefold())
    plain = _COMPASS.sub(lambda match: " ".join(filter(None, match.groups())), plain)
    words = _WORD.findall("".join(c for c in plain if not unicodedata.combining(c)))
    return " ".join(sorted([_singular(word) for word in words if word not in _SMALL] or words))


def _singular(word: str) -> str:
    if len(word) < 4 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1] if word.endswith("s") else word


class Names:
    """The names of all concepts, of a project's entities and of the lists of words that extractors read.

    A thing is known by a code `scheme:notation`, by an entity id or by the id of a list. Codes that a crosswalk of the
    ontology calls the same are one.
    """

    def __init__(self, vocabulary: Vocabulary, entities: Iterable[Entity] = (), *, lexicon: Path = LEXICON) -> None:
        self._vocabulary = vocabulary
        self._entities = {entity.id: entity for entity in entities}
        self._lexicon = lexicon

    def same(self, first: tuple[str, str], second: tuple[str, str]) -> bool:
        """Say whether two things, each a wording and an id (either may be empty), are one.

        They are when their names are equal, when they stand for one entity or entry of a list, or, where not both
        do, for one concept.
        """
        if {folded(name) for name in first if name} & {folded(name) for name in second if name}:
            return True
        here, there = self.things(*first), self.things(*second)
        named_here, named_there = here & self._named.keys(), there & self._named.keys()
        if named_here and named_there:
            return bool(named_here & named_there)
        return bool(self.codes(here) & self.codes(there))

    def things(self, text: str, name: str) -> frozenset[str]:
        """Return what an id (or the IRI of a concept) and a wording stand for; the id decides when it is known."""
        name = self._by_iri.get(name, name)
        if name in self._codes_known:
            return frozenset({name})
        known = frozenset({name} if name in self._named else ())
        found = known | (self._by_name.get(folded(name), frozenset()) if name else frozenset())
        return found or self._by_name.get(folded(text), frozenset())

    def labels(self, thing: str) -> tuple[str, ...]:
        """Return the names of an id or a code."""
        return tuple(sorted(self._labels_of.get(thing, ())))

    def listed(self, thing: str) -> tuple[str, tuple[str, ...]]:
        """Return the first name and the codes that the lists of words have for an id, or the label of a code."""
        scheme, _, notation = thing.partition(":")
        if known := self._vocabulary.schemes.get(scheme):
            return (known.concepts[notation].label, (thing,)) if notation in known.concepts else ("", ())
        found = ((names[0], tuple(sorted(codes))) for name, names, codes in self._entries if name == thing and names)
        return next(found, ("", ()))

    def codes(self, things: Iterable[str]) -> set[str]:
        """Return the codes that things are classified by, or are, and those that mean the same."""
        codes = set()
        for thing in things:
            codes |= self._named.get(thing, {thing})
        return codes | {other for code in codes for other in self._crosswalk.get(code, ())}

    @cached_property
    def _named(self) -> Mapping[str, set[str]]:
        """The codes of everything that has an id of its own."""
        found: dict[str, set[str]] = defaultdict(set)
        for thing, _, codes in self._entries:
            if thing not in self._codes_known:  # a list of statuses has codes for ids
                found[thing] |= codes
        for entity in self._entities.values():
            found[entity.id] |= {concept.code for concept in entity.codes}
        return found

    @cached_property
    def _entries(self) -> list[tuple[str, list[str], set[str]]]:
        return list(_entries(self._lexicon))

    @cached_property
    def _by_iri(self) -> Mapping[str, str]:
        """The code of every concept by its IRI."""
        schemes = self._vocabulary.schemes.values()
        return {concept.iri: concept.code for scheme in schemes for concept in scheme.concepts.values()}

    @cached_property
    def _codes_known(self) -> frozenset[str]:
        return frozenset(self._by_iri.values())

    @cached_property
    def _by_name(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for thing, names in self._labels_of.items():
            for name in names:
                found[folded(name)].add(thing)
        return {name: frozenset(things) for name, things in found.items() if name}

    @cached_property
    def _labels_of(self) -> Mapping[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for iri, label in _labels():
            if iri in self._by_iri:
                found[self._by_iri[iri]].add(label)
        for code, names in SCORING["same-object"].items():
            found[code].update(names)
        for thing, names, _ in self._entries:
            found[thing].update((thing, *names))
        for entity in self._entities.values():
            labels = [label.text for label in (entity.label, *entity.alt_labels)]
            found[entity.id].update(filter(None, (entity.id, entity.scientific_name, *labels)))
        return found

    @cached_property
    def _crosswalk(self) -> Mapping[str, set[str]]:
        codes = self._by_iri
        found: dict[str, set[str]] = defaultdict(set)
        for path in sorted((FOLDER / "schemes").glob("*-crosswalk.ttl")):
            for subject, predicate, value in read_turtle(path):
                if predicate in _MATCHES:
                    found[codes[subject.text]].add(codes[value.text])
                    found[codes[value.text]].add(codes[subject.text])
        return found


def _entries(folder: Path) -> Iterable[tuple[str, list[str], set[str]]]:
    """Yield id, names and codes of the lists of words: tables whose columns `id`, `forms` and `codes` are read.

    Where a list has no ids, every form is a thing of its own. Marks before a form (`?`, `=`) are the extractor's.
    """
    for stem, scheme in SCORING["lexicon"].items():
        path = folder / f"{stem}.tsv"
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        rows = csv.DictReader((line for line in lines if not line.startswith("#")), dialect="excel-tab")
        for row in rows:
            cells = f"{row.get('forms') or ''}|{row.get('adjectives') or ''}".split("|")
            forms = [form.strip().lstrip("?=") for form in cells if form.strip()]
            codes = {f"{scheme}:{code.strip()}" for code in (row.get("codes") or "").split("|") if code.strip()}
            things = [(row["id"], forms)] if row.get("id") else [(form, [form]) for form in forms]
            for thing, names in things:
                yield thing, names, codes if scheme else set()


def _labels() -> Iterable[tuple[str, str]]:
    wanted = {expand(f"skos:{name}") for name in ("prefLabel", "altLabel", "hiddenLabel")}
    for path in sorted((FOLDER / "schemes").glob("*.ttl")):
        for subject, predicate, value in read_turtle(path):
            if predicate in wanted:
                yield subject.text, value.text
