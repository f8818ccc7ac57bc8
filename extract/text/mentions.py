"""Mentions: the stretches of a sentence that name something or count something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .forms import fold, singular, slug
from .lexicon import Entry, Lexicon
from .modifiers import with_modifiers
from .numbers import Amount, find_amounts
from .subject import Subject

__all__ = ["Mention", "Mentions"]

_COMPASS = re.compile(
    r"(?:\b(?:(?:extreme|far|the|much of|parts of|most of|upper|lower|coastal|mainland|"
    r"continental|tropical|peninsular|rural)\s+)?)"
    r"\b((?:north|south|east|west|central|northern|southern|eastern|western|mid)(?:[- "
    r"]?(?:and |to )?(?:north|south|east|west|central|northern|southern|eastern|"
    r"western|ern))*)\s+(?:(?:part|parts|half|portion|coast|edge|tip|end|portions|"
    r"slopes|coasts)\s+of\s+(?:the\s+)?)?$"
)
_COMPASS_WORD = re.compile(r"\b(?:north|south|east|west|central)(?:[- ]?(?:east|west))?(?:ern)?\b(?!-)")
_COMPASS_ID = re.compile(r"^(?:(?:north|south|east|west|central)+(?:ern)?-)+")
_COMPASS_LIST = re.compile(rf"(?:{_COMPASS_WORD.pattern}(?:, |,? and )){{1,5}}$")
_PLACE_AFTER = re.compile(
    r"'?s? (?:(?:National Park|Nature Reserve|Wildlife Sanctuary|Game Reserve|Island|"
    r"Islands|Mountains?|Mountain Range|Range|Highlands|River|Province|"
    r"Peninsula|Valley|Desert|Basin|Bay|Sea|Lake|Plateau|Reserve|County|District|"
    r"State|Region|Archipelago|Coast|Hills|Delta|Forest|Gulf|Strait|Prefecture|"
    r"Territory|Autonomous Region|region|province|peninsula|basin|coast|plateau|"
    r"archipelago|highlands|lowlands|border|delta|mountains|watershed)\b)+"
)
_PLACE_WORD = (
    r"(?:National Park|Nature Reserve|Biosphere Reserve|Wildlife Sanctuary|Wildlife "
    r"Refuge|Game Reserve|National Forest|State Park|Marine Park|Forest Reserve|"
    r"Islands?|Isles?|Atoll|Mountains?|Mtns|Range|Ranges|Highlands|Rivers?|Creek|"
    r"Provinces?|Peninsula|Valley|Desert|Basin|Bay|Sea|Ocean|Lakes?|Plateau|Counties|"
    r"County|"
    r"Districts?|State|Region|Archipelago|Coast|Hills|Delta|Gulf|Straits?|Prefecture|"
    r"Territory|Plains|Swamp|Wetlands|Caves?|Canyon|Reef|Massif|Lagoon|Point|Springs?|"
    r"Municipality)"
)
_PLACE_NAME = re.compile(
    rf"(?:\b[A-ZÀ-Þ][\w'’‘ʻ-]+(?: (?:de |del |da |do |la |of |and (?=[A-ZÀ-Þ][\w'-]+ "
    rf"{_PLACE_WORD}))?[A-ZÀ-Þ][\w'’‘ʻ-]+){{0,3}} {_PLACE_WORD}\b)"
    r"|\b(?:Mount|Mt\.?|Lake|Gulf of|Bay of|Isle of|Cape|Strait of|River|Sierra|"
    r"Isla|Ile|Île|Rio|Río|Cerro|Serra|Pulau|Gunung|San|Santa|Saint|St\.?|Port|Fort|"
    r"Pico|Lago|Province of|Island of|State of|Republic of) [A-ZÀ-Þ][\w'’‘ʻ-]+(?: "
    r"[A-ZÀ-Þ][\w'’‘ʻ-]+)?"
)
#: "Heron Conservation Trust", "Ministry of Environment": what a name says to be an organisation.
_ORG_NAME = re.compile(
    r"\b[A-ZÀ-Þ][\w'’.-]*[\w](?: (?:(?:of|for|and|&|de|del|the|in) )*[A-ZÀ-Þ][\w'’-]+){0,5} (?:Trust|Society|"
    r"Foundation|Fund|Alliance|Association|Institute|Council|Commission|Agency|Authority|Federation|Network|Initiative|"
    r"Project|Programme|Program|Conservancy|Zoo|Aquarium|Committee|Coalition|Partnership|Centre|Center|University|Ministry|"
    r"Department|Museum|Service|Organi[sz]ation)\b(?! (?:Area|Park|Reserve|for Nature))"
    r"|\b(?:University|Ministry|Department|Institute|Society|Museum|Friends|Bureau|Government) (?:of|for) (?:the )?"
    r"[A-ZÀ-Þ][\w'’-]+(?: (?:(?:of|for|and|&) )?[A-ZÀ-Þ][\w'’-]+){0,4}"
)
_NAME = re.compile(
    r"(?<=[a-z,;0-9)] )(?:[A-ZÀ-Þ][a-zà-ÿ'’‘ʻ-]+)(?: (?:(?:de|del|da|do|la|and|of) "
    r")?[A-ZÀ-Þ][a-zà-ÿ'’‘ʻ-]+){0,3}(?=[.,;:)]|$| and\b| or\b| in\b| on\b| to\b|"
    r" as\b| where\b| but\b| at\b| with\b)"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of a sentence and what it may name; `amount` when it counts."""

    start: int
    end: int
    text: str
    entries: tuple[Entry, ...] = ()
    amount: Amount | None = None
    tags: frozenset[str] = field(default_factory=frozenset)

    def entry(self, kind: str) -> Entry | None:
        """Return the sense of the mention that is of a kind."""
        return next((entry for entry in self.entries if entry.type == kind), None)


class Mentions:
    """Finds the mentions of a sentence of one document."""

    def __init__(self, lexicon: Lexicon, subject: Subject | None) -> None:
        self._lexicon = lexicon
        self._subject = subject
        self._self = subject.pattern() if subject and (subject.names or subject.scientific) else None
        self._latin = _latin(subject.latin) if subject and subject.latin else None

    def find(self, text: str) -> tuple[str, list[Mention]]:
        """Return the folded sentence and its mentions, left to right, without overlap: the longest wins."""
        folded = fold(text)
        found = list(self._named(text, folded))
        found += self._lexical(text, folded)
        if any(c.isdigit() for c in folded) or _SPELT.search(folded):
            found += [_counted(text, amount) for amount in find_amounts(folded)]
        return folded, _longest(found)

    def _named(self, text: str, folded: str) -> Iterator[Mention]:
        if self._self and self._subject:
            own = (Entry("self", self._subject.id), Entry("taxon", self._subject.id))
            for match in self._self.finditer(folded):
                yield _mention(text, *match.span(), own, extra=("self",))
        if self._latin:
            for match in self._latin.finditer(text):
                yield _mention(text, *match.span(), (Entry("taxon", slug(match[0])),), extra=("latin",))
        for match in _ORG_NAME.finditer(text):
            start, end = match.span()
            start += 4 if match[0].startswith("The ") else 0
            yield _mention(text, start, end, (Entry("org", slug(text[start:end])),))
        for match in _PLACE_NAME.finditer(text):
            start, end = match.span()
            first = re.match(
                (
                    r"(?:The|In|On|From|At|Of|And|Near|Throughout|Across|Around|Within|Like|By|To|"
                    r"For|Its|Both|Only|Most|Many|This) "
                ),
                match[0],
            )
            start += first.end() if first else 0
            yield _mention(text, start, end, (Entry("place", slug(text[start:end])),))
        for match in _NAME.finditer(text):
            yield Mention(*match.span(), match[0], (Entry("name", slug(match[0])),), None, frozenset({"name"}))

    def _lexical(self, text: str, folded: str) -> Iterator[Mention]:
        for start, end, entries in self._lexicon.find(folded, text):
            kinds = {entry.type for entry in entries}
            if "place" in kinds:
                place = self._place(text, folded, start, end, entries)
                yield place
                yield from self._listed(text, folded, place)
            elif "taxon" in kinds:
                begin = with_modifiers(text, start)
                if begin == start and self._subject and singular(folded[start:end]) == singular(self._subject.head):
                    yield _mention(text, start, end, entries, extra=("own",))
                    continue
                if begin < start:
                    group = next(e.group for e in entries if e.type == "taxon")
                    known = next(
                        (e.id for e in self._lexicon.forms.get(singular(folded[begin:end]), ()) if e.type == "taxon"),
                        "",
                    )
                    entries = (Entry("taxon", known or slug(singular(text[begin:end])), group=group),)
                yield _mention(text, begin, end, entries)
            else:
                yield _mention(text, start, end, entries)

    def _listed(self, text: str, folded: str, place: Mention) -> Iterator[Mention]:
        """Yield the parts of a place that share its name: "central and" before "eastern Africa"."""
        name = _COMPASS_ID.sub("", next(e.id for e in place.entries if e.type == "place"))
        match = _COMPASS_LIST.search(folded, max(0, place.start - 60), place.start)
        if match and name and _COMPASS_WORD.match(folded, place.start):
            for point in _COMPASS_WORD.finditer(folded, *match.span()):
                yield _mention(text, *point.span(), (Entry("place", _directed(point[0], "", name)),))

    def _place(self, text: str, folded: str, start: int, end: int, entries: tuple[Entry, ...]) -> Mention:
        place = next(entry for entry in entries if entry.type == "place")
        if (after := _PLACE_AFTER.match(text, end)) and text[end : after.end()].lstrip(" '’s")[:1].isupper():
            end = after.end()
            place = Entry("place", slug(text[start:end]))
        if before := _COMPASS.search(folded, max(0, start - 45), start):
            points = text[before.start(1) : before.end(1)]
            name, joined, rest = points.partition(" and ")
            if joined and name[0].isupper() and rest[0].islower():  # "the Far East and northern Norway" are two places
                start = before.end(1) - len(rest)
                points = rest
            else:
                start = before.start()
            place = Entry("place", _directed(fold(points), text[start:end], place.id))
        known = next((e for e in self._lexicon.forms.get(folded[start:end], ()) if e.type == "place"), None)
        return _mention(text, start, end, (known or place, *(e for e in entries if e.type != "place")))


def _mention(text: str, start: int, end: int, entries: tuple[Entry, ...], *, extra: tuple[str, ...] = ()) -> Mention:
    tags = {entry.type for entry in entries} | {f"{entry.type}!" for entry in entries if not entry.weak}
    tags |= {entry.group for entry in entries if entry.group} | set(extra)
    return Mention(start, end, text[start:end], entries, None, frozenset(tags))


def _counted(text: str, amount: Amount) -> Mention:
    return Mention(amount.start, amount.end, text[amount.start : amount.end], (), amount, frozenset({amount.kind}))


_SPELT = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|"
    r"forty|fifty|one|a|(?:thir|four|fif|six|seven|eigh|nine)teen|sixty|seventy|"
    r"eighty|ninety|hundred|thousand|million|dozen|the \w+ties|century)\b"
)


def _longest(found: list[Mention]) -> list[Mention]:
    """Return mentions without overlap: what names the subject first, then the longest, then the leftmost."""
    kept: list[Mention] = []
    ordered = sorted(
        found, key=lambda m: (m.tags == {"name"}, m.start - m.end, "self" not in m.tags, m.start, sorted(m.tags))
    )
    taken: list[tuple[int, int]] = []
    for mention in ordered:
        if not any(a < mention.end and mention.start < b for a, b in taken):
            taken.append((mention.start, mention.end))
            kept.append(mention)
    return sorted(kept, key=lambda mention: mention.start)


def _directed(points: str, wording: str, place: str) -> str:
    """Return the id of a part of a place: by its one compass point, else by its words."""
    plain = len(re.findall(r"\band\b|\bto\b|coast|slope|edge|tip", fold(wording))) == 0
    return f"{_compass(points)}-{place}" if plain else slug(re.sub(r"^the ", "", wording))


def _compass(words: str) -> str:
    """Return compass points in one spelling.

    >>> _compass("north-east"), _compass("northeastern"), _compass("far north")
    ('northeast', 'northeast', 'north')
    """
    parts = re.findall(r"north|south|east|west|central|mid", words)
    ending = "ern" if len(parts) == 1 and words.endswith("ern") else ""
    return "".join(parts) + ending


def _latin(names: tuple[str, ...]) -> re.Pattern[str]:
    genera = sorted({name.split()[0] for name in names})
    listed = "|".join(map(re.escape, genera))
    initials = "".join(sorted({genus[0] for genus in genera}))
    epithets = "|".join(sorted({re.escape(word) for name in names for word in name.split()[1:]}))
    return re.compile(
        rf"(?<![^\W_])(?:(?:{listed})(?: (?:{epithets})(?![^\W_])){{0,2}}|[{initials}]\. (?:[a-z]\. )?(?:{epithets})"
        rf"(?![^\W_])(?: (?:{epithets})(?![^\W_]))?)"
    )
