"""Making: what a rule found in a sentence, turned into candidates with their circumstances and their place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache

from ..candidate import Candidate, DocumentId, Number, Thing
from ..claim import Span, token_hash
from ..documents import Reading, Sentence
from .about import is_own
from .doer import is_of_other
from .encode import Encoded
from .engine import Finding
from .forms import fold, singular, slug
from .found import Found
from .lexicon import Entry, words
from .mentions import SENSES, Mention
from .scope import certainty, region, year
from .season import seasons
from .subject import Subject, split_names

__all__ = ["EXTRACTOR", "Maker", "Page"]

EXTRACTOR = "wildgraph-rules/1"
_MEASURED = {"count", "percent", "length", "mass", "area", "time", "ratio"}
_PLACED = {"population", "trend", "threat", "stress", "status", "action", "use"}
_DATED = {"population", "trend", "threat", "stress", "status", "action", "rangeLostPercent", "habitatAffectedPercent"}
_NAMES = {"scientificName", "commonName"}
_NOW = re.compile(r"\b(?:now|currently|today|at present|presently)\b")
_WE = re.compile(r"\b(?:we|we're|we've|our|us)\b")
_ACTS = re.compile(r"\b(?:by|with|alongside|through)(?: the| local| several)? $")
_ACTS_NOT = re.compile(r"\b(?:for|on|to|against|according to|listed by) (?:the )?$")
_RELATED = {"range", "rangeHistorical", "habitat", "trend", "population", "status"}
#: "the red fox population has grown": the taxon before is the one counted.
_COUNTED = re.compile(r"(?:populations?|numbers?)\b")
#: "related to the hare, which is found in": the taxon before is the one that is found.
_WHICH = re.compile(r"\)?,? (?:which|that|who)(?: [a-z]+){0,3} ?")
_OCCURS = re.compile(r"(?: (?:is|are|was|were|has|have|been|also|still))* ?")
_COMPARED = re.compile(
    r"\b(?:related to|relatives? of|similar to|resembl\w+|confused with|compared (?:to|with)|unlike|like|than|from)"
    r"(?: (?:the|a|an|its|their))?(?: \w+)?(?: ?\S+ ?\()? ?$"
)
#: "the subfamily, which is found mainly in": the rank is found there, not the page's taxon.
_RANKED = re.compile(r"\b(?:sub|super)?(?:family|genus|order|tribe)\b[^,;]{0,8}$")
#: What is said of where a taxon lives and what it eats: who does it is told by the words before.
_DONE = {"range", "rangeHistorical", "habitat"}
#: What a taxon does somewhere; "told" is said of anything: reports, conflicts, prices.
_VERB = re.compile(
    r"(?<![\w-])(?:(?P<told>found|recorded|reported|observed|seen|discovered|collected|encountered|documented|located|common|"
    r"abundant|established|concentrated|present|isolated|occur|occurs|occurred|occurring|known|exists?|existed|"
    r"widespread)|live|lives|living|lived|inhabit\w*|ranged|ranging|resid(?:es?|ed|ing)|breeds?|breeding|nests?|nesting|"
    r"winters?|wintering|roam\w*|dwells?|dwelling|surviv\w+|persist\w*|grows?|growing|thrives?|native|endemic|"
    r"prefers?|restricted|confined|limited)(?![\w-])"
)
#: "eels (family Anguillidae)", "trees of the subfamily Acacieae": the rank is theirs.
_RANKS = re.compile(r",? ?(?:\([_*]*|(?:of|in|from) the )?")
_SAID = re.compile(r"\b(?:is|are|was|were|as|an?|the|this) (?:[\w-]+,? ){0,6}$")
_EDGES = " ,;:-–—(."

_Said = tuple[str, Thing | None, Number | None]


@dataclass(slots=True)
class Page:
    """What the sentences of a document share; `last` is whom the sentence before was about."""

    doc: DocumentId
    reading: Reading
    subject: Subject
    publisher: Thing | None = None
    last: Thing | None = None
    topic: Thing | None = None  # the taxon of a treatment, by its heading
    topic_level: int = 0
    block: int = -1  # where the block of the last sentence starts
    heading_year: str = ""
    document_year: str = ""
    found: Found = field(default_factory=Found)


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes the candidates of one sentence."""

    page: Page
    sentence: Sentence
    code: Encoded
    subject: Thing

    def make(self, finding: Finding) -> Iterator[Candidate]:
        """Yield what a finding says: one candidate for each actor, and one when nobody is named."""
        about = self._about(finding)
        if about.id == self.page.subject.id and self._of_another(finding):
            return
        for predicate, thing, quantity in self._said(finding):
            if predicate in {"preysOn", "eats"} and self._eats_not(finding, thing):
                continue
            if finding.rule.subject == "predator" and thing:
                # "A is eaten by B" says of B what it eats
                yield from self._made(finding, thing, predicate, replace(about, how=""), None)
            elif quantity or (thing and (thing.id != about.id or predicate in _NAMES)):
                yield from self._made(finding, about, predicate, thing, quantity)

    def _made(
        self, finding: Finding, about: Thing, predicate: str, thing: Thing | None, quantity: Number | None
    ) -> Iterator[Candidate]:
        reading, text = self.page.reading, self.sentence.text
        qualifiers, besides = self._qualifiers(finding, predicate)
        start, end = self._place(finding)
        # What dates and places the statement is a part of its evidence.
        start, end = min([start, *(m.start for m in besides)]), max([end, *(m.end for m in besides)])
        first, past = reading.canonical(self.sentence.start + start, self.sentence.start + end)
        made = Candidate(
            doc=self.page.doc,
            subject=about,
            predicate=predicate,
            object=thing,
            quantity=quantity,
            qualifiers=qualifiers,
            evidence=(Span(first, past, token_hash(reading.converted.text[first:past])),),
            sentence=reading.canonical(self.sentence.start, self.sentence.start + len(text)),
            rule=finding.rule.id,
            extractor=EXTRACTOR,
        )
        for actor in self._actors(finding) if finding.rule.actor else [None]:
            if actor or finding.rule.actor != "needed":
                yield replace(made, actor=actor)

    def _of_another(self, finding: Finding) -> bool:
        """Whether the words before a trigger make it a statement about another taxon, compared with the subject."""
        start = finding.trigger[0]
        if self._by_another(finding):
            return True
        number = self.code.number_at(start) - 1
        if finding.rule.predicate not in _RELATED | {"parentTaxon", "commonName"} or number < 0:
            return False
        mention = self.code.mentions[number]
        here, past = self.code.span(number)
        if finding.rule.predicate in {"parentTaxon", "commonName"}:
            named = {"taxon!", "latin"} & mention.tags and not {"self", "own"} & mention.tags
            return bool(named and _RANKS.fullmatch(self.code.text, past, start) and not self._is_said(here))
        if "threat" in mention.tags and _OCCURS.fullmatch(self.code.text, past, start):
            return True  # "mining occurs in"
        entry, words_before = mention.entry("taxon"), self.code.text[max(0, here - 60) : here]
        if entry is None or entry.weak or {"self", "own"} & mention.tags:
            return False
        if is_own(self.page.subject, _noun(mention), words_before.split()):
            return False
        counted = self.code.text[past:start] == " " and _COUNTED.match(self.code.text, start)
        told = _COMPARED.search(words_before) or _RANKED.search(words_before)
        compared = _WHICH.fullmatch(self.code.text, past, start) and told
        return bool(counted or compared)

    def _is_said(self, start: int) -> bool:
        """Whether the noun at a place is what the sentence says that its subject is: "is a small cat"."""
        return _SAID.search(self.code.text, max(0, start - 80), start) is not None

    def _by_another(self, finding: Finding) -> bool:
        """Whether the words before the verb of a trigger say that something else lives there or was found there."""
        past = finding.rule.predicate == "rangeHistorical"  # "once found in"
        verb = (_VERB.search if past else _VERB.match)(self.code.text, *finding.trigger)
        if finding.rule.predicate not in _DONE or finding.rule.side == "before" or verb is None:
            return False
        own = self.page.subject
        nouns = frozenset(singular(word) for name in (*own.names, own.head) for word in name.split()[-1:])
        return is_of_other(self.code, verb.start(), nouns, strict=verb["told"] is not None)

    def _eats_not(self, finding: Finding, thing: Thing | None) -> bool:
        """Whether the page's taxon is what is eaten, in a statement that would make it eat what stands there."""
        own, rule = self.page.subject.id, finding.rule
        if rule.subject == "predator":
            return thing is not None and thing.id == own and self._about(finding).id == own
        if rule.side != "after" or finding.number < 0:
            return False
        start, end = self.code.number_at(finding.trigger[0]), finding.number
        return any({"self", "own"} & self.code.mentions[number].tags for number in range(start, end))

    def _place(self, finding: Finding) -> tuple[int, int]:
        """Return where a finding stands in its sentence, with the whole of its mention and no space at its edges."""
        text = self.sentence.text
        start, end = self.code.original(finding.start), self.code.original(finding.end)
        if finding.number >= 0:
            mention = self.code.mentions[finding.number]
            start, end = min(start, mention.start), max(end, mention.end)
        end = min(end, len(text))
        while start < end and text[start] in _EDGES:
            start += 1
        while end > start and text[end - 1] in _EDGES:
            end -= 1
        return start, end

    def _said(self, finding: Finding) -> list[_Said]:
        rule = finding.rule
        mention = self.code.mentions[finding.number] if finding.number >= 0 else None
        if rule.value.startswith("@"):
            return [(rule.predicate, thing, None) for thing in self._in_words(finding)]
        if mention and mention.amount and mention.amount.kind in _MEASURED:
            return self._counted(finding, mention)
        if rule.value:
            start, end = self._place(finding)
            wording = mention.text if mention else self.sentence.text[start:end]
            return [(rule.predicate, Thing(wording, rule.value), None)]
        return self._named(finding, mention) if mention else []

    def _in_words(self, finding: Finding) -> list[Thing]:
        """Return values in the words of the page: names, and seasons by their notation."""
        start, end = finding.worded
        wording = self.sentence.text[self.code.original(start) : self.code.original(end)]
        if finding.rule.value == "@season":
            return [Thing(wording, f"season-1.0:{name}") for name in seasons(wording)]
        if finding.rule.value == "@modifier":
            # "Eastern or Amur leopard": the noun stands once
            wording = f"{wording} {self.page.subject.head}"
        if finding.rule.value == "@taxon":
            return [Thing(wording, slug(wording))] if wording[:1].isupper() else []
        return [Thing(name, slug(name)) for name in split_names(wording)]

    def _counted(self, finding: Finding, mention: Mention) -> list[_Said]:
        rule, amount = finding.rule, mention.amount
        assert amount is not None
        if rule.predicate == "population" and amount.low in {"0", "1"} and not amount.high:
            return []  # "one of", "one population"
        if amount.kind == "ratio" and not amount.unit:
            return []  # so many in an area for which there is no unit
        stage = self._stage(finding) if rule.predicate == "population" else ""
        thing = Thing(rule.value, rule.value) if rule.value else None
        number = Number(amount.low, amount.high, amount.hedge, rule.unit or amount.unit, stage)
        return [(rule.predicate, thing, number)]

    def _named(self, finding: Finding, mention: Mention) -> list[_Said]:
        rule, own, predicate = finding.rule, self.page.subject, finding.rule.predicate
        if predicate == "scientificName":
            mine = rule.side != "inside" or mention.text.casefold() in {name.casefold() for name in own.scientific}
            return [(predicate, Thing(mention.text, slug(mention.text)), None)] if mine else []
        wanted = {kind.rstrip("!") for kind in rule.take or mention.tags}
        entry = next((entry for kind in SENSES if kind in wanted and (entry := mention.entry(kind))), None)
        if entry is None or (predicate == "parentTaxon" and own.names and own.names[0] in fold(mention.text)):
            return []
        if entry.type == "trait":
            predicate, _, value = entry.id.partition(" ")
            return [(predicate, Thing(mention.text, value), None)]
        here = self.code.span(finding.number)[0]
        # "its predator is the fox": of what eats and is eaten, only the page's own noun stands for its taxon
        another = predicate in {"preysOn", "coOccurs"} and _noun(mention).split()[-1] != singular(own.head)
        before = [] if another else self.code.text[max(0, here - 12) : here].split()
        if entry.type == "taxon" and predicate != "parentTaxon" and own.head and is_own(own, _noun(mention), before):
            entry = replace(entry, id=own.id)
        return [(_precise(predicate, entry), Thing(mention.text, entry.id), None)]

    def _stage(self, finding: Finding) -> str:
        """Return the life stage that is counted: named directly after the number."""
        end = self.code.span(finding.number)[1]
        match = _stage_pattern().match(self.code.text, end)
        return _stages()[match[1]] if match else ""

    def _about(self, finding: Finding) -> Thing:
        own = self.page.subject
        number = finding.group("subject")
        if number >= 0:
            mention = self.code.mentions[number]
            entry = mention.entry("taxon") or mention.entry("org")
            if "self" in mention.tags or (entry and entry.type == "taxon" and is_own(own, _noun(mention), ["the"])):
                return Thing(mention.text, own.id, "named")
            return Thing(mention.text, entry.id, "named") if entry else self.subject
        if finding.rule.subject == "publisher" and self.page.publisher:
            return replace(self.page.publisher, how="publisher")
        if finding.rule.subject == "document" or (finding.rule.subject == "predator" and finding.rule.side == "before"):
            return Thing(own.label, own.id, "document")
        return self.subject

    def _qualifiers(self, finding: Finding, predicate: str) -> tuple[dict[str, str], list[Mention]]:
        """Return the circumstances of a statement, and the mentions of its sentence that give them."""
        found: dict[str, str] = {}
        besides: list[Mention] = []
        start, end = finding.start, finding.end
        if finding.number >= 0 and predicate == "population":
            start, end = self.code.span(finding.number)
        if predicate in _DATED:
            dated = year(self.code, start, end)
            found |= self._year(dated, start, end, predicate)
            besides += [dated] if dated and found.get("yearSource") == "sentence" else []
        placed = predicate in _PLACED and finding.rule.region
        if placed and (place := region(self.code, start, end, finding.number)):
            besides.append(place[0])
            found["region"] = place[1]
        if finding.denied:
            found["polarity"] = "negated"
        if finding.rule.scope:
            found["scope"] = finding.rule.scope
        if doubt := certainty(self.code, finding.start, finding.end):
            found["certainty"] = doubt
        return found, besides

    def _year(self, dated: Mention | None, start: int, end: int, predicate: str) -> dict[str, str]:
        """Return the year of a statement and where it came from: its sentence, the heading, or the document."""
        now = _NOW.search(self.code.text, max(0, start - 30), end)
        if dated and dated.amount and not (now and predicate == "status"):
            return {"year": dated.amount.low, "yearSource": "sentence"}
        if predicate != "population":
            return {}
        if self.page.heading_year:
            return {"year": self.page.heading_year, "yearSource": "heading"}
        if now and self.page.document_year:
            return {"year": self.page.document_year, "yearSource": "document"}
        return {}

    def _actors(self, finding: Finding) -> list[Thing] | list[None]:
        """Return who acts: organisations named before the action or after "by", and "we", the publisher."""
        text = self.code.text
        named: list[Thing] = []
        generic: list[Thing] = []  # kinds of people, who count where nobody is named
        for number, mention in enumerate(self.code.mentions):
            entry = mention.entry("org")
            if entry is None or number == finding.number:
                continue
            here = self.code.span(number)[0]
            before = text[max(0, here - 20) : here]
            if (here < finding.end or _ACTS.search(before)) and not _ACTS_NOT.search(before):
                (generic if entry.weak else named).append(Thing(mention.text, entry.id))
        if self.page.publisher and _WE.search(text):
            named.insert(0, self.page.publisher)
        return list({actor.id: actor for actor in reversed(named or generic)}.values())[::-1] or [None]


def _precise(predicate: str, entry: Entry) -> str:
    """Return the predicate that fits the sense: habitat loss is a stress, and plants are eaten but no prey."""
    if predicate == "threat" and entry.type == "stress":
        return "stress"
    if predicate == "preysOn" and entry.group in {"plant", "food"}:
        return "eats"
    return predicate


def _noun(mention: Mention) -> str:
    return singular(fold(mention.text))


@cache
def _stages() -> dict[str, str]:
    return {form: stage for stage, forms in words()["stages"].items() for form in forms}


@cache
def _stage_pattern() -> re.Pattern[str]:
    forms = "|".join(re.escape(form) for form in sorted(_stages(), key=lambda form: (-len(form), form)))
    return re.compile(rf" (?:(?:wild|remaining|sexually|surviving|estimated) )?({forms})\b")
