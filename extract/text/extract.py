"""Extraction: the candidate claims of a document, each with its rule and the places that say it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..candidate import Candidate, DocumentId, Thing
from ..documents import Converted, Document, Reading, Sentence, read
from .about import sentence_subject
from .encode import Encoded
from .engine import Engine
from .forms import fold, slug
from .language import language_of
from .lexicon import Lexicon, load_lexicon
from .making import EXTRACTOR, Maker, Page
from .mentions import Mention, Mentions
from .rules import Rule, load_rules
from .subject import Subject, find_subject

__all__ = ["EXTRACTOR", "Extraction", "extract", "read_sentence"]

#: What a sentence says once, however many of its words say it.
_ONCE = frozenset({"threat", "stress", "action", "use", "status", "trend"})
_WE = re.compile(r"\b(?:[Ww]e|[Oo]ur|[Uu]s)\b")
_RELATIVE = re.compile(
    r"(?:its|their|the|an?) (?:\w+ )?(?:sister (?:species|taxon)|(?:closest|nearest|close|sister|related) (?:living )?"
    r"(?:relatives?|species)|relatives?|cousins?)\b"
)
_DATE = re.compile(
    r"(?:(?:published|posted|updated|date):? )?(?:on )?(?:\d{1,2}\w{0,2} )?"
    r"(?:(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? )?(?:\d{1,2}\w{0,2},? )?\d{4}"
)


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one document gave: its subject, its candidates, and what the reader should know."""

    candidates: tuple[Candidate, ...] = ()
    subject: Subject | None = None
    notes: tuple[str, ...] = ()


def extract(
    document: Document,
    *,
    vocabularies: Lexicon | None = None,
    rules: Iterable[Rule] | None = None,
    publisher: str = "",
    name: str = "",
) -> Extraction:
    """Return the candidate claims of a document in order of place.

    `vocabularies` are those of `load_lexicon`, `rules` those of `load_rules`; by default the shipped ones.
    `publisher` is whom "we" stands for. A document in another language than English, and one about no taxon, gives
    no candidates and a note that says so. Raises ValueError when the bytes cannot be read.
    """
    lexicon = vocabularies or load_lexicon()
    converted = document.converted
    if tongue := language_of(converted.text):
        return Extraction(notes=(*converted.notes, f"the text is in {tongue}; the rules are for English"))
    reading = read(converted)
    subject = find_subject(reading, lexicon, converted.title)
    if subject is None:
        return Extraction(notes=(*converted.notes, "no taxon that the document is about"))
    doc = DocumentId(name or document.path.name, document.sha256, document.canonical_sha256)
    speaker = _publisher(publisher or converted.publisher, reading, lexicon)
    page = Page(doc, reading, subject, speaker, document_year=converted.year if converted.year.isdigit() else "")
    engine = Engine(load_rules() if rules is None else rules)
    finder = Mentions(lexicon, subject)
    for sentence in reading.sentences:
        if sentence.block.section != "none":
            _read_sentence(page, engine, finder, sentence)
    return Extraction(tuple(sorted(page.found, key=_order)), subject, converted.notes)


def read_sentence(
    text: str, *, section: str = "", kind: str = "", rules: Iterable[Rule] | None = None, about: str = ""
) -> list[Candidate]:
    """Return the candidates of a text about a taxon, as the examples of rules are tested: "we" is the publisher.

    `about` is the name of the taxon, with its scientific name in brackets after it or without.
    """
    lexicon = load_lexicon()
    reading = Reading(Converted(text, "text/1"))
    label, _, latin = about.rstrip(")").partition(" (")
    names = (fold(label),) if label else ()
    latin_names = (latin,) if latin else ()
    head = names[0].split()[-1] if names else ""
    subject = Subject(label, slug(label) or "subject", names, latin_names, head, latin=latin_names)
    page = Page(DocumentId("", "", ""), reading, subject, Thing("we", "publisher"))
    finder = Mentions(lexicon, subject)
    engine = Engine(load_rules() if rules is None else rules)
    for sentence in reading.sentences:
        block = sentence.block
        block = replace(block, section=section or block.section, kind=kind or block.kind)
        _read_sentence(page, engine, finder, replace(sentence, block=block))
    return list(page.found)


def _order(candidate: Candidate) -> tuple[int, int, str, str]:
    return candidate.evidence[0].start, candidate.evidence[0].end, candidate.predicate, candidate.id


def _publisher(given: str, reading: Reading, lexicon: Lexicon) -> Thing | None:
    """Return whom "we" stands for: the publisher of the metadata, else the organisation named most, if twice."""
    if given:
        known = next((e.id for e in lexicon.forms.get(fold(given), ()) if e.type == "org"), "")
        return Thing(given, known or slug(given))
    if not any(_WE.search(sentence.text) for sentence in reading.sentences):
        return None
    named: dict[str, list[str]] = {}
    for sentence in reading.sentences:
        for start, end, entries in lexicon.find(fold(sentence.text), sentence.text):
            for entry in entries:
                if entry.type == "org" and entry.cased:
                    named.setdefault(entry.id, []).append(sentence.text[start:end])
    best = max(named, key=lambda name: (len(named[name]), name), default="")
    return Thing(named[best][0], best) if best and len(named[best]) > 1 else None


def _read_sentence(page: Page, engine: Engine, finder: Mentions, sentence: Sentence) -> None:
    folded, mentions = finder.find(sentence.text)
    kind = sentence.block.kind
    if kind == "heading":
        _dated(page, mentions, folded)
        _topic(page, sentence, mentions)
        page.last = None
    if sentence.block.start != page.block:
        page.block, page.last = sentence.block.start, None  # a new paragraph begins with the page's subject
    if kind != "heading" and _RELATIVE.match(folded):
        return  # "its closest relative" is another taxon
    code = Encoded(folded, mentions)
    heads = [
        mention for mention in mentions if not sentence.key or mention.start < sentence.key
    ]  # no value is a subject
    page.last = sentence_subject(page.subject, page.last, folded, heads, page.topic)
    maker = Maker(page, sentence, code, page.last)
    seen: set[tuple[str, str, int]] = set()
    said: list[Candidate] = []
    for finding in engine.apply(code, kind=kind, section=sentence.block.section):
        if finding.rule.predicate == "action" and kind in {"heading", "caption"}:
            continue  # what a section is called is no statement that it is done
        made = list(maker.make(finding))
        # Two rules that take the same mention the same way say one thing.
        keys = {_key(candidate, finding.number) for candidate in made if finding.number >= 0}
        if keys and keys <= seen:
            continue
        seen |= keys
        for candidate in made:
            said.append(_harmonised(candidate, said))
            page.found.add(said[-1])


def _harmonised(candidate: Candidate, said: list[Candidate]) -> Candidate:
    """Return a candidate with the circumstances that its sentence gave when it said the same before."""
    for before in said:
        here, there = candidate.qualifiers, before.qualifiers
        alike = here.items() <= there.items() or there.items() <= here.items()
        if candidate.predicate in _ONCE and alike and _gist(before) == _gist(candidate):
            return replace(candidate, qualifiers=there)
    return candidate


def _gist(candidate: Candidate) -> tuple[object, ...]:
    said, other = candidate.object and candidate.object.id, candidate.qualifiers
    return candidate.predicate, candidate.subject.id, said, candidate.actor, other.get("scope"), other.get("polarity")


def _key(candidate: Candidate, number: int) -> tuple[str, str, int]:
    said = candidate.object.id if candidate.object else str(candidate.quantity)
    return candidate.predicate, said, number


def _topic(page: Page, sentence: Sentence, mentions: list[Mention]) -> None:
    """Keep the taxon that a heading names by its scientific name, as treatments in a revision do."""
    first = next((m for m in mentions if "latin" in m.tags and m.start < 4 and " " in m.text), None)
    level = sentence.block.level
    if first and first.text not in page.subject.scientific:
        page.topic, page.topic_level = Thing(first.text, slug(first.text), "heading"), level
    elif page.topic and (first or (level and level <= page.topic_level)):
        page.topic = None


def _dated(page: Page, mentions: list[Mention], folded: str) -> None:
    """Keep the year of a heading; one that is nothing but a date dates the document."""
    page.heading_year = next((m.amount.low for m in mentions if m.amount and m.amount.kind == "year"), "")
    if page.heading_year and len(folded) < 22 and _DATE.fullmatch(folded.strip()):
        page.document_year, page.heading_year = page.document_year or page.heading_year, ""
