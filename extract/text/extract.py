"""Extraction: the candidate claims of a document, each with its rule and the places that say it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from ..candidate import Candidate, DocumentId, Number, Thing
from ..claim import Span, token_hash
from ..documents import Converted, Document, Reading, Sentence, read
from .encode import Encoded
from .engine import Engine, Finding
from .forms import fold, singular, slug
from .language import language_of
from .lexicon import Entry, Lexicon, load_lexicon, words
from .mentions import Mention, Mentions
from .rules import Rule, load_rules
from .scope import certainty, clause, region, year
from .subject import Subject, find_subject, split_names

__all__ = ["EXTRACTOR", "Extraction", "extract", "read_sentence"]

EXTRACTOR = "wildgraph-rules/1"
_PRONOUN = re.compile(
    r"(?:however, |yet |but |and |in (?:summer|winter|captivity), )?(?:it|they|its|their|these|this|both|he|she|them)\b"
)
_LEAD = re.compile(
    r"(?:like|unlike|of|among|in|on|at|with|compared|besides|along|as|although|while|"
    r"despite|from|during|by|for|since|when|after|before|because|if|to|apart|together|"
    r"instead|throughout|across)\b[^,]*,\s*"
)
_QUANTITIES = {"count", "percent", "length", "mass", "area", "time"}
_PLACED = {"population", "trend", "threat", "stress", "status", "action", "use"}
_DATED = {"population", "trend", "threat", "stress", "status", "action", "rangeLostPercent", "habitatAffectedPercent"}


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one document gave: its subject, its candidates, and what the reader should know."""

    candidates: tuple[Candidate, ...] = ()
    subject: Subject | None = None
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _State:
    """What a document's sentences share."""

    doc: DocumentId
    reading: Reading
    subject: Subject
    publisher: Entry | None
    publisher_text: str
    last: Thing | None = None
    heading_year: str = ""
    found: dict[str, Candidate] = field(default_factory=dict)


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
    if tongue := language_of(converted.text, converted.language):
        return Extraction(notes=(*converted.notes, f"the text is in {tongue}; the rules are for English"))
    reading = read(converted)
    subject = find_subject(reading, lexicon, converted.title)
    if subject is None:
        return Extraction(notes=(*converted.notes, "no taxon that the document is about"))
    doc = DocumentId(name or document.path.name, document.sha256, document.canonical_sha256)
    speaker, speaker_text = _publisher(publisher or converted.publisher, reading, lexicon)
    state = _State(doc, reading, subject, speaker, speaker_text)
    engine = Engine(load_rules() if rules is None else rules)
    finder = Mentions(lexicon, subject)
    for sentence in reading.sentences:
        if sentence.block.section != "none":
            _read_sentence(state, engine, finder, sentence)
    ordered = sorted(
        _informed(state.found.values()), key=lambda c: (c.evidence[0].start, c.evidence[0].end, c.predicate, c.id)
    )
    return Extraction(tuple(ordered), subject, converted.notes)


def _informed(candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    """Yield candidates without the actions of nobody that another says somebody does."""
    known = list(candidates)
    acted = {(c.object.id, c.subject.id) for c in known if c.predicate == "action" and c.actor and c.object}
    for candidate in known:
        if (
            candidate.actor
            or candidate.predicate != "action"
            or not candidate.object
            or (candidate.object.id, candidate.subject.id) not in acted
        ):
            yield candidate


def read_sentence(
    text: str, *, section: str = "", kind: str = "paragraph", rules: Iterable[Rule] | None = None, about: str = ""
) -> list[Candidate]:
    """Return the candidates of one sentence about a taxon, as the examples of rules are tested."""
    lexicon = load_lexicon()
    reading = Reading(Converted(text, "text/1"))
    names = (fold(about),) if about else ()
    subject = Subject(about, slug(about) or "subject", names, (), names[0].split()[-1] if names else "")
    state = _State(DocumentId("", "", ""), reading, subject, Entry("org", "publisher"), "we")
    finder = Mentions(lexicon, subject)
    engine = Engine(load_rules() if rules is None else rules)
    for sentence in reading.sentences:
        block = replace(
            sentence.block,
            section=section or sentence.block.section,
            kind=kind if kind != "paragraph" else sentence.block.kind,
        )
        _read_sentence(state, engine, finder, replace(sentence, block=block))
    return list(state.found.values())


def _publisher(given: str, reading: Reading, lexicon: Lexicon) -> tuple[Entry | None, str]:
    """Return whom "we" stands for: the publisher of the metadata, else the organisation named most."""
    if given:
        known = next((e for e in lexicon.forms.get(fold(given), ()) if e.type == "org"), None)
        return known or Entry("org", slug(given)), given
    counts: dict[str, list[str]] = {}
    for sentence in reading.sentences:
        folded = fold(sentence.text)
        for start, end, entries in lexicon.find(folded, sentence.text):
            for entry in entries:
                if entry.type == "org" and entry.cased:
                    counts.setdefault(entry.id, []).append(sentence.text[start:end])
    best = max(counts, key=lambda name: (len(counts[name]), name), default="")
    return (Entry("org", best), counts[best][0]) if best and len(counts[best]) > 1 else (None, "")


def _read_sentence(state: _State, engine: Engine, finder: Mentions, sentence: Sentence) -> None:
    folded, mentions = finder.find(sentence.text)
    if sentence.block.kind == "heading":
        state.heading_year = next((m.amount.low for m in mentions if m.amount and m.amount.kind == "year"), "")
        state.last = None
    code = Encoded(folded, mentions)
    subject = _subject_of(state, sentence, folded, mentions)
    state.last = subject
    seen: list[tuple[str, str, int, int]] = []
    for finding in engine.apply(code, kind=sentence.block.kind, section=sentence.block.section):
        if finding.rule.predicate == "action" and sentence.block.kind in {"heading", "caption"}:
            continue  # what a section is called is no statement that it is done
        for candidate in _candidates(state, sentence, code, finding, subject):
            key = (
                candidate.predicate,
                candidate.object.id if candidate.object else str(candidate.quantity),
                finding.number,
                finding.rule.unit,
            )
            if finding.number >= 0 and any(key[:3] == other[:3] for other in seen) and not candidate.actor:
                continue
            seen.append(key)  # type: ignore[arg-type]
            _keep(state, candidate)


def _keep(state: _State, candidate: Candidate) -> None:
    """Keep a candidate; the same statement once more adds its place."""
    before = state.found.get(candidate.id)
    if before is None:
        state.found[candidate.id] = candidate
    elif not any(a.start < b.end and b.start < a.end for a in before.evidence for b in candidate.evidence):
        state.found[candidate.id] = replace(before, evidence=(*before.evidence, *candidate.evidence))


def _subject_of(state: _State, sentence: Sentence, folded: str, mentions: list[Mention]) -> Thing:
    """Return whom a sentence is about: another taxon at its head takes over, a pronoun keeps the one before."""
    own = state.subject
    this = Thing(own.label, own.id, "document")
    if _PRONOUN.match(folded):
        return replace(state.last, how="pronoun") if state.last else replace(this, how="pronoun")
    lead = _LEAD.match(folded)
    start = lead.end() if lead else 0
    head = next(
        (m for m in mentions if m.start >= start and (m.entry("taxon") or "self" in m.tags) and m.start < start + 70),
        None,
    )
    if head is None:
        return this
    between = folded[start : head.start].split()
    if "self" in head.tags:
        return Thing(head.text, own.id, "named")
    entry = head.entry("taxon")
    if (
        entry is None
        or entry.weak
        or len(between) > 3
        or any(word in _VERBS for word in between)
        or entry.group in {"food"}
    ):
        return this
    after = folded[head.end : head.end + 25]
    if re.match(
        r"\s(?:species|habitat|prey|population|conservation|populations|numbers|poaching|hunting|-)|[-'’]s?\b", after
    ) or not re.match(
        r"\s(?:\w+ly )?(?:is|are|was|were|has|have|had|can|may|live|lives|which|also|do|does|\w+s\b|\w+\b)", after
    ):
        return this
    if _is_own(state.subject, singular(fold(head.text)), between):
        return Thing(head.text, own.id, "anaphor")
    return Thing(head.text, entry.id, "named")


_VERBS = frozenset(words()["verbs"].split())


def _is_own(subject: Subject, name: str, before: list[str]) -> bool:
    """Whether a bare noun ("the leopard", "foxes") speaks of the subject."""
    if not subject.head:
        return bool(before) and before[-1] in {"the", "this", "these"}
    words_ = name.split()
    if words_[-1] != singular(subject.head):
        return name in _GROUPS and bool(before) and before[-1] in {"the", "this", "these"}
    if len(words_) > 1:
        return False
    return name != subject.parent or bool({"the", "this", "these"} & set(before))


_GROUPS = frozenset(words()["groups"].split())


def _candidates(state: _State, sentence: Sentence, code: Encoded, finding: Finding, subject: Thing) -> list[Candidate]:
    """Return what a finding says as candidates: one for each actor, and one when nobody is named."""
    rule = finding.rule
    mention = code.mentions[finding.number] if finding.number >= 0 else None
    if rule.value.startswith("@"):
        things = _in_words(rule, code, finding, sentence, state)
        said: list[tuple[str, Thing | None, Number | None]] = [(rule.predicate, thing, None) for thing in things]
    else:
        said = [_said(rule, mention, code, finding, sentence, state)]
    about = _about(rule, code, finding, subject, state)
    if rule.subject == "predator" and said[0][1]:
        # "A is eaten by B" says of B what it eats
        about, said = said[0][1], [(rule.predicate, replace(about, how=""), None)]
    found: list[Candidate] = []
    for predicate, thing, quantity in said:
        if (thing or quantity) and not (
            thing and thing.id == about.id and predicate not in {"scientificName", "commonName"}
        ):
            found += _made(state, sentence, code, finding, about, predicate, thing, quantity)
    return found


_SEASONS = {
    "fall": "autumn",
    "rainy season": "wet-season",
    "monsoon": "wet-season",
    "wet season": "wet-season",
    "dry season": "dry-season",
}


def _in_words(rule: Rule, code: Encoded, finding: Finding, sentence: Sentence, state: _State) -> list[Thing]:
    """Return values in the words of the page: names, and seasons by their notation."""
    start, end = code.original(finding.worded[0]), code.original(finding.worded[1] - 1) + 1
    words_ = sentence.text[start:end]
    if rule.value == "@season":
        return [Thing(words_, f"season-1.0:{_SEASONS.get(words_.lower(), words_.lower())}")]
    if rule.value == "@modifier":
        # "Far Eastern or Amur leopard": the noun stands once
        words_ = f"{words_} {state.subject.head}"
    return [Thing(name, slug(name)) for name in split_names(words_)]


def _made(
    state: _State,
    sentence: Sentence,
    code: Encoded,
    finding: Finding,
    about: Thing,
    predicate: str,
    thing: Thing | None,
    quantity: Number | None,
) -> list[Candidate]:
    rule = finding.rule
    qualifiers = _qualifiers(state, code, finding, predicate)
    start, end = _place(code, finding, sentence.text)
    first, past = state.reading.canonical(sentence.start + start, sentence.start + end)
    here = state.reading.canonical(sentence.start, sentence.start + len(sentence.text))
    span = Span(first, past, token_hash(state.reading.converted.text[first:past]))
    actors: list[Thing | None] = [*_actors(state, code, finding)] if rule.actor else [None]
    return [
        Candidate(
            doc=state.doc,
            subject=about,
            predicate=predicate,
            object=thing,
            quantity=quantity,
            qualifiers=qualifiers,
            actor=actor,
            evidence=(span,),
            sentence=here,
            rule=rule.id,
            extractor=EXTRACTOR,
        )
        for actor in actors or [None]
    ]


def _place(code: Encoded, finding: Finding, text: str) -> tuple[int, int]:
    """Return where a finding stands in its sentence, with the whole of its mention and no space at its edges."""
    start, end = code.original(finding.start), code.original(finding.end - 1) + 1
    if finding.number >= 0:
        mention = code.mentions[finding.number]
        start, end = min(start, mention.start), max(end, mention.end)
    while start < end and text[start] in " ,;:-–—(":
        start += 1
    end = min(end, len(text))
    while end > start and text[end - 1] in " ,;:-–—(":
        end -= 1
    return start, end


def _said(
    rule: Rule, mention: Mention | None, code: Encoded, finding: Finding, sentence: Sentence, state: _State
) -> tuple[str, Thing | None, Number | None]:
    predicate = rule.predicate
    if mention is not None and mention.amount is not None and mention.amount.kind in _QUANTITIES:
        amount = mention.amount
        if predicate == "population" and amount.low in {"0", "1"} and not amount.high:
            return predicate, None, None
        unit = rule.unit or amount.unit
        stage = _stage(code, finding) if predicate == "population" else ""
        thing = Thing(rule.value, rule.value) if rule.value else None
        return predicate, thing, Number(amount.low, amount.high, amount.hedge, unit, stage)
    if rule.value:
        start, end = code.original(finding.start), code.original(finding.end - 1) + 1
        wording = mention.text if mention else sentence.text[start:end]
        return predicate, Thing(wording, rule.value), None
    if mention is None:
        return predicate, None, None
    if predicate == "parentTaxon" and state.subject.names and state.subject.names[0] in fold(mention.text):
        return predicate, None, None
    if (
        predicate == "scientificName"
        and rule.id == "scientific-name-brackets"
        and mention.text not in state.subject.scientific
    ):
        return predicate, None, None
    if predicate == "scientificName":
        return predicate, Thing(mention.text, slug(mention.text)), None
    kinds = [
        kind.rstrip("!")
        for kind in (
            "threat",
            "stress",
            "action",
            "habitat",
            "use",
            "status",
            "trait",
            "place",
            "org",
            "taxon",
            "name",
            "latin",
            "demonym",
        )
        if {kind, f"{kind}!"} & (rule.take or mention.tags)
    ]
    entry = next((mention.entry(kind) for kind in kinds if mention.entry(kind)), None)
    if entry is None:
        return predicate, None, None
    if entry.type == "trait":
        predicate, _, value = entry.id.partition(" ")
        return predicate, Thing(mention.text, value), None
    if (
        entry.type == "taxon"
        and state.subject.head
        and _is_own(state.subject, singular(fold(mention.text)), [])
        and predicate != "parentTaxon"
    ):
        return predicate, Thing(mention.text, state.subject.id), None
    if predicate == "threat" and entry.type == "stress":
        predicate = "stress"
    if predicate == "preysOn" and entry.group in {"plant", "food"}:
        predicate = "eats"
    return predicate, Thing(mention.text, entry.id), None


def _stage(code: Encoded, finding: Finding) -> str:
    """Return the life stage that is counted: named directly after the number."""
    after = code.text[code.span(finding.number)[1] :][:40]
    return next(
        (
            stage
            for form, stage in _stages()
            if re.match(rf" (?:(?:wild|remaining|sexually|surviving|estimated) )?{form}\b", after)
        ),
        "",
    )


def _stages() -> list[tuple[str, str]]:
    pairs = [(form, stage) for stage, forms in words()["stages"].items() for form in forms]
    return sorted(pairs, key=lambda pair: (-len(pair[0]), pair))


def _about(rule: Rule, code: Encoded, finding: Finding, subject: Thing, state: _State) -> Thing:
    number = finding.group("subject")
    if number >= 0:
        mention = code.mentions[number]
        if "self" in mention.tags:
            return Thing(mention.text, state.subject.id, "named")
        if entry := mention.entry("taxon") or mention.entry("org"):
            if _is_own(state.subject, singular(fold(mention.text)), ["the"]) and entry.type == "taxon":
                return Thing(mention.text, state.subject.id, "anaphor")
            return Thing(mention.text, entry.id, "named")
    if rule.subject == "publisher":
        return Thing(state.publisher_text, state.publisher.id, "publisher") if state.publisher else subject
    if rule.subject == "document":
        return Thing(state.subject.label, state.subject.id, "document")
    return subject


def _qualifiers(state: _State, code: Encoded, finding: Finding, predicate: str) -> dict[str, str]:
    found: dict[str, str] = {}
    start, end = finding.start, finding.end
    if finding.number >= 0 and predicate == "population":
        start, end = code.span(finding.number)
    if predicate in _DATED:
        dated = year(code, start, end)
        if (
            dated
            and dated.amount
            and not (predicate == "status" and re.search(r"\b(?:now|currently)\b", code.text[start - 25 : end]))
        ):
            found |= {"year": dated.amount.low, "yearSource": "sentence"}
        elif state.heading_year and predicate == "population":
            found |= {"year": state.heading_year, "yearSource": "heading"}
    if predicate in _PLACED and finding.rule.region:
        _wording, place = region(code, start, end, (finding.number,))
        if place:
            found["region"] = place
    if finding.denied:
        found["polarity"] = "negated"
    if finding.rule.scope:
        found["scope"] = finding.rule.scope
    if doubt := certainty(code, finding.start, finding.end):
        found["certainty"] = doubt
    return found


def _actors(state: _State, code: Encoded, finding: Finding) -> list[Thing | None]:
    """Return who acts: organisations named before the action or after "by", else "we", the publisher."""
    _first, _last = clause(code, finding.start, finding.end)
    named: list[Thing | None] = []
    generic: list[Thing | None] = []  # kinds of people, who count where nobody is named
    for number, mention in enumerate(code.mentions):
        entry = mention.entry("org")
        here, _there = code.span(number)
        if entry is None or number == finding.number:
            continue
        by = re.search(
            r"\b(?:by|with|alongside|through)(?: the| local| several)? $", code.text[max(0, here - 20) : here]
        )
        if (here < finding.end or by) and not re.search(
            r"\b(?:for|on|to|against|according to|listed by) (?:the )?$", code.text[max(0, here - 18) : here]
        ):
            (generic if entry.weak else named).append(Thing(mention.text, entry.id))
    if re.search(r"\b(?:we|we're|we've|our|us)\b", code.text[: finding.end]) and state.publisher:
        named.insert(0, Thing(state.publisher_text, state.publisher.id))
    return list(dict.fromkeys(named or generic)) or [None]
