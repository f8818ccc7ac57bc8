"""The lexicon: what words of a page name, from the files of extract/lexicon, the SKOS schemes and a project."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import ahocorasick

from ...ontology.terms import expand, read_turtle
from ...ontology.vocabulary import FOLDER as ONTOLOGY
from ..entity import Entity
from .forms import fold, singular, slug, variants

__all__ = ["FOLDER", "Entry", "Lexicon", "load_lexicon", "words"]

FOLDER = Path(__file__).parent.parent / "lexicon"
_FILES = {
    "threats": "threat", "stresses": "stress", "actions": "action", "habitats": "habitat", "uses": "use",
    "statuses": "status", "traits": "trait", "places": "place", "organisations": "org", "taxa": "taxon",
}  # fmt: skip
#: Kinds of which some forms say by themselves that they do harm ("overfishing"), others by their context ("fishing").
_HARMING = {"threat", "stress"}
#: Names, of which only the capitals as given count.
_NAMES = {"place", "org"}
_SCHEMES = {
    "iucn-threats": "threat", "iucn-stresses": "stress", "iucn-actions": "action", "iucn-habitats": "habitat",
    "use-and-trade": "use",
}  # fmt: skip
_ENTITIES = {
    "taxon": "taxon", "taxon-group": "taxon", "threat": "threat", "stress": "stress", "action": "action",
    "habitat": "habitat", "use": "use", "place": "place", "organization": "org", "stakeholder": "org",
}  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """What a form names. `weak` needs context to be meant; `cased` is the form in the capitals it must have."""

    type: str
    id: str
    weak: bool = False
    cased: str = ""
    group: str = ""


class Lexicon:
    """All forms in one automaton: one pass over a text finds every one of them."""

    def __init__(self, forms: Mapping[str, tuple[Entry, ...]]) -> None:
        self.forms = forms
        self._automaton = ahocorasick.Automaton()
        for form, entries in forms.items():
            self._automaton.add_word(form, (len(form), entries))
        self._automaton.make_automaton()

    def find(self, folded: str, text: str) -> Iterator[tuple[int, int, tuple[Entry, ...]]]:
        """Yield the longest forms that stand as whole words, left to right, without overlap.

        `folded` is `fold(text)`.
        """
        hits = []
        size = len(folded)
        for last, (length, entries) in self._automaton.iter(folded):
            start, end = last + 1 - length, last + 1
            if (start and folded[start - 1].isalnum()) or (end < size and folded[end].isalnum()):
                continue
            hits.append((start, -end, entries))
        hits.sort(key=lambda hit: hit[:2])
        past = 0
        for start, minus, entries in hits:
            if start < past:
                continue
            kept = tuple(e for e in entries if not e.cased or _capitals(e.cased, text[start:-minus]))
            if len(kept) > 1 and text[start:-minus].isupper() and any(e.type == "org" for e in kept):
                kept = tuple(e for e in kept if e.type == "org")  # "TRAFFIC" is no road
            if kept:
                past = -minus
                yield start, -minus, kept


def _capitals(wanted: str, seen: str) -> bool:
    """Whether a name is written as one: as given, or in capitals throughout (headings, emphasis)."""
    return fold(seen[:1]) != seen[:1] if wanted == "name" else seen == wanted or (seen.isupper() and len(wanted) > 4)


def load_lexicon(entities: Iterable[Entity] = ()) -> Lexicon:
    """Return the shipped lexicon with the names of a project's entities, which win over those shipped."""
    shipped = _shipped()
    own = list(_of_entities(entities))
    if not own:
        return _shipped_lexicon()
    # A shipped concept that a project names is meant by all its forms.
    same = {
        (theirs.type, theirs.id): entry.id
        for form, entry in own
        for theirs in shipped.get(form, ())
        if theirs.type == entry.type and not (theirs.type in {"taxon", "place"} and theirs.weak)
    }
    forms = {
        form: tuple(replace(e, id=same.get((e.type, e.id), e.id)) for e in entries) for form, entries in shipped.items()
    }
    for form, entry in own:
        others = tuple(e for e in forms.get(form, ()) if e.type != entry.type)
        before = next((e for e in forms.get(form, ()) if e.type == entry.type), None)
        forms[form] = tuple(sorted((*others, replace(entry, weak=before.weak if before else False))))
    return Lexicon(forms)


@cache
def words() -> dict[str, Any]:
    """Return the closed classes of words."""
    return tomllib.loads((FOLDER / "words.toml").read_text(encoding="utf-8"))


@cache
def _harms() -> re.Pattern[str]:
    return re.compile(rf"^[^?]*\b(?:{'|'.join(words()['harm'].split())})", re.IGNORECASE)


@cache
def _shipped_lexicon() -> Lexicon:
    return Lexicon(_shipped())


@cache
def _shipped() -> dict[str, tuple[Entry, ...]]:
    forms: dict[str, dict[str, Entry]] = {}
    for form, entry in [*_of_files(), *_of_schemes()]:
        forms.setdefault(form, {}).setdefault(entry.type, entry)
    return {form: tuple(sorted(entries.values())) for form, entries in forms.items()}


def _of_files() -> Iterator[tuple[str, Entry]]:
    for name, kind in _FILES.items():
        lines = (FOLDER / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
        for row in csv.DictReader((line for line in lines if line[:1] != "#"), delimiter="\t", quoting=csv.QUOTE_NONE):
            for form in (row["forms"] or "").split("|"):
                bare = form.strip()
                group = row.get("group") or ("harm" if kind in _HARMING and _harms().search(bare) else "")
                yield from _entries(bare, kind, row.get("id") or "", group)
            for form in (row.get("adjectives") or "").split("|"):
                if form.strip():
                    yield fold(form.strip()), Entry("demonym", row["id"], cased=form.strip())


def _entries(form: str, kind: str, known: str, group: str) -> Iterator[tuple[str, Entry]]:
    weak, exact = form.startswith("?"), form.startswith("=")
    form = form.lstrip("?=")
    cased = kind in _NAMES and form[:1].isupper()
    for spelt in variants(form) if not exact and not cased else (form,):
        yield fold(spelt), Entry(kind, known or slug(form), weak, spelt if exact or cased else "", group)


def _of_schemes() -> Iterator[tuple[str, Entry]]:
    """Yield the labels of the schemes that read like words of a text, which those with signs and lists do not."""
    labels = {expand(f"skos:{name}") for name in ("prefLabel", "altLabel", "hiddenLabel")}
    for path in sorted((ONTOLOGY / "schemes").glob("*.ttl")):
        kind = next((kind for start, kind in _SCHEMES.items() if path.stem == start), None)
        if kind is None:
            continue
        triples = list(read_turtle(path))
        scheme = next(value.text for _, p, value in triples if p == expand("dcterms:identifier"))
        notations = {s.text: value.text for s, p, value in triples if p == expand("skos:notation")}
        for subject, predicate, value in triples:
            if predicate in labels and subject.text in notations and value.language in {"", "en"}:
                form = value.text
                if form.replace(" ", "").isalpha() and " " in form and not form.startswith("Other"):
                    for spelt in variants(form):
                        yield fold(spelt), Entry(kind, f"{scheme}:{notations[subject.text]}")


def _of_entities(entities: Iterable[Entity]) -> Iterator[tuple[str, Entry]]:
    for entity in entities:
        kind = _ENTITIES.get(entity.type)
        if kind is None:
            continue
        labels = [entity.label, *entity.alt_labels]
        for form in [label.text for label in labels if label.language.startswith("en")]:
            cased = "name" if kind in _NAMES and form[:1].isupper() else ""
            for spelt in variants(form) if not cased else (form,):
                yield fold(spelt), Entry(kind, entity.id, cased=cased)
        if entity.scientific_name and " " in entity.scientific_name:
            yield fold(entity.scientific_name), Entry("taxon", entity.id)


def taxon_id(text: str) -> str:
    """Return the id of a taxon that no vocabulary names: its name in the singular."""
    return slug(singular(text))
