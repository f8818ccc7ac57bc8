"""Mentions: the stretches of a sentence that name something or count something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from .forms import fold, singular, slug
from .lexicon import Entry, Lexicon, words
from .modifiers import with_modifiers
from .numbers import Amount, find_amounts
from .subject import Subject

__all__ = ["SENSES", "Mention", "Mentions"]

#: Senses of a mention in the order in which a rule that takes several means them.
SENSES = (
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
    "demonym",
)

_COMPASS = re.compile(
    r"(?:\b(?:(?:extreme|far|the|much of|parts of|most of|upper|lower|coastal|mainland|"
    r"continental|tropical|peninsular|rural)\s+)?)"
    r"\b((?:north|south|east|west|central|northern|southern|eastern|western|mid)(?:(?:[- ]?|[- ]and "
    r"|-and-|-to-)(?:north|south|east|west|central|northern|southern|eastern|"
    r"western|ern))*)\s+(?:(?:part|parts|half|portion|quadrant|coast|edge|tip|end|portions|corner|region|regions|third|"
    r"slopes|coasts|side|fringe|margin|interior|lowlands|highlands|provinces|states)\s+of\s+(?:the\s+)?)?$"
)
#: What in small letters belongs to a name ("Kalahari desert"), unlike "region" and "coast".
_LAND = re.compile(
    r" (?:river basin|basin|plateau|archipelago|highlands|mountain range|mountains|desert|hills|valley|plains|"
    r"peninsula)"
)
#: After a known name: the same place, called by its rank.
_UNITS = re.compile(r" (?:Province|County|District|State|Region|Prefecture|Territory|province|region)")
#: Before a name: "mainland China", "coastal Peru", "Australian Alps".
_PART = re.compile(
    r"(?<![.!?] )\b(?:coastal|mainland|peninsular|insular|inland|interior|[A-Z][a-z]+(?:ian|ean|ese|ish|can))\s$"
)
_POINTS = {"N": "north", "S": "south", "E": "east", "W": "west", "C": "central"}
_ABBREVIATED = re.compile(r"\b((?:[NS][EW]?|[EWC]))\.? $")
#: "the north of the country" is a part of it; "north of the river" is another place.
_COMPASS_OF = re.compile(
    r"\bthe\s+(?:far |extreme )?((?:north|south|east|west)(?:[- ]?(?:and |to )?(?:the )?(?:north|south|east|west|"
    r"central))*)"
    r"\s+of\s+(?:the\s+)?$"
)
_BEYOND = re.compile(r"\b(?:(?:north|south|east|west)(?:[- ]?(?:east|west))?(?:,? and |, | or )?)+ of (?:the )?$")
_COMPASS_WORD = re.compile(r"\b(?:north|south|east|west|central)(?:[- ]?(?:east|west))?(?:ern)?\b(?!-)")
_COMPASS_ID = re.compile(r"^(?:(?:(?:north|south|east|west|central)+(?:ern)?|and)-)+")
_COMPASS_LIST = re.compile(rf"(?:{_COMPASS_WORD.pattern}(?:, |,? and )){{1,5}}$")
_PLACE_AFTER = re.compile(
    r"'?s? (?:(?:National Park|Nature Reserve|Wildlife Sanctuary|Game Reserve|Island|"
    r"Islands|Mountains?|Mountain Range|Range|Highlands|River|Province|"
    r"Peninsula|Valley|Desert|Basin|Bay|Sea|Lake|Plateau|Reserve|County|District|"
    r"State|Region|Archipelago|Coast|Hills|Delta|Forest|Gulf|Strait|Prefecture|"
    r"Territory|Autonomous Region|region|province|peninsula|river basin|basin|coast|plateau|"
    r"archipelago|highlands|lowlands|border|delta|mountain range|mountains|watershed|desert|hills|valley|islands?|"
    r"plains)\b)+"
)
_PLACE_WORD = (
    r"(?:National Park|Nature Reserve|Biosphere Reserve|Wildlife Sanctuary|Wildlife "
    r"Refuge|Game Reserve|National Forest|State Park|Marine Park|Forest Reserve|"
    r"Islands?|Islets?|Isles?|Atoll|Mountains?|Mtns|Range|Ranges|Highlands|Rivers?|Creek|"
    r"Provinces?|Peninsula|Valley|Desert|Basin|Bay|Sea|Ocean|Lakes?|Plateau|Counties|"
    r"County|"
    r"Districts?|State|Region|Archipelago|Coast|Hills|Delta|Gulf|Straits?|Prefecture|"
    r"Territory|Plains|Swamp|Wetlands|Caves?|Canyon|Reef|Massif|Lagoon|Point|Springs?|"
    r"Municipality|Estuary|Sound|Inlet|Bight|Channel|Fjord)"
)
_PLACE_NAME = re.compile(
    rf"(?:\b[A-ZÀ-Þ][\w'’‘ʻ-]+(?: (?:de |del |da |do |la |of |and (?=[A-ZÀ-Þ][\w'-]+ "
    rf"(?:Islands|Mountains|Rivers|Counties|Provinces|Lakes|Districts|Ranges|Hills|Plains|"
    rf"Valleys)\b))?[A-ZÀ-Þ][\w'’‘ʻ-]+){{0,3}} {_PLACE_WORD}\b)"
    r"|\b(?:Mount|Mt\.?|Lake|Gulf of|Bay of|Isle of|Cape|Strait of|River|Sierra|"
    r"Isla|Ile|Île|Rio|Río|Cerro|Serra|Pulau|Gunung|San|Santa|Saint|St\.?|Port|Fort|"
    r"Pico|Lago|Province of|Island of|State of|Republic of|Cape of) [A-ZÀ-Þ][\w'’‘ʻ-]+(?: "
    r"(?:(?:de|del|de la|do|da) )?[A-ZÀ-Þ][\w'’‘ʻ-]+){0,2}"
)
#: A name that no list knows, where only a place can stand: "near Redville", "between Redville and Bluetown".
_PROPER = r"[A-ZÀ-Þ](?![A-Z])[\w'’‘ʻ-]{2,}(?: (?:(?:de|del|da|do|la|el|of) )?[A-ZÀ-Þ](?![A-Z])[\w'’‘ʻ-]+){0,3}"
_GEOGRAPHIC = (
    r"(?:regions?|provinces?|peninsula|basin|coast|plateau|archipelago|highlands|lowlands|border|delta|mountains?|"
    r"mountain range|"
    r"watershed|desert|hills|valleys?|islands?|islets?|plains|river|district|county|state)"
)
_AT = re.compile(
    rf"\b(?P<name>{_PROPER})(?=[.,;:)]|$| [(]| (?:and|or|in|on|to|where|but|at|with|as|through|into|off|south|north|"
    rf"east|west|via|{_GEOGRAPHIC}|areas?|is|are|has|was)\b)"
)
_WHERE = re.compile(
    r"(?:\b(?:[Ii]n|near|around|throughout|across|off|from|to|on|between|near the|from the|[Ii]n the|of the) |"
    r"(?P<list>,? and |,? or |, ))$"
)
#: "the Indian and Pacific Oceans": the noun stands once.
_OCEANS = re.compile(r"\b(?:(?:Indian|Pacific|Atlantic|Arctic|Southern)(?:,? and |,? or |, ))+(?=(?:\w+ )?Oceans\b)")
_OCEAN = re.compile(r"Indian|Pacific|Atlantic|Arctic|Southern")
_OF_WATER = re.compile(
    r" (?!(?:and|or|in|with|at|near|where|habitats?|environments?|ecosystems?|systems?|bodies|areas?)\b)[a-z]"
)
_SHORE = re.compile(r"coasts?|coastlines?|shores?|shorelines?|estuary")
_POINT = re.compile(r"(?:North|South|East|West|Central)(?:ern)?")
_ON_COAST = re.compile(r"\b(?:north|south|east|west)(?:ern)? $")
#: "pig-like snout", "fish-eating birds": no taxon is named.
_LIKE = re.compile(r"-(?:like|sized|shaped|colou?red|eating|faced|headed|free|proof|bearing|based|infested|borne)\b")
_COAST_OF = re.compile(r" (?:coasts?|mainland|highlands|islands|mountains|lowlands|waters)\b")
_NOT_PLACES = frozenset(words()["not_places"].split())
#: Families and orders by the endings that the codes of nomenclature ask for.
_FAMILY = re.compile(r"\b[A-Z][a-z]{3,}(idae|inae|aceae|optera|iformes|oidea)\b")
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
        found += self._unknown(text, folded, found)
        if _SPELT.search(folded):
            found += [_counted(text, amount) for amount in find_amounts(folded)]
        return folded, _joined(text, _longest(found))

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
            yield self._place(text, folded, start, end, (Entry("place", slug(text[start:end])),))
        for match in _FAMILY.finditer(text):
            group = "plant" if match[1] in {"aceae", "ales"} else ""
            yield _mention(text, *match.span(), (Entry("taxon", slug(match[0]), group=group),))
        for ocean in (ocean for match in _OCEANS.finditer(text) for ocean in _OCEAN.finditer(text, *match.span())):
            yield _mention(text, *ocean.span(), (Entry("place", f"{fold(ocean[0])}-ocean"),))
        for match in _NAME.finditer(text):
            yield Mention(*match.span(), match[0], (Entry("name", slug(match[0])),), None, frozenset({"name"}))

    def _unknown(self, text: str, folded: str, found: list[Mention]) -> Iterator[Mention]:
        """Yield names that no list knows where only a place can stand, or the next of a list of places."""
        ends = {mention.end for mention in found if "place" in mention.tags}
        for match in _AT.finditer(text):
            before = _WHERE.search(text, max(0, match.start() - 14), match.start())
            listed = before and (before["list"] is None or before.start() in ends)
            if listed and not _NOT_PLACES.intersection(match["name"].split()) and not _POINT.fullmatch(match["name"]):
                unknown = Entry("place", slug(match["name"]), weak=True)
                place = self._place(text, folded, *match.span("name"), (unknown,))
                ends.add(place.end)
                yield place

    def _lexical(self, text: str, folded: str) -> Iterator[Mention]:
        for start, end, entries in self._lexicon.find(folded, text):
            kinds = {entry.type for entry in entries}
            if "place" in kinds:
                place = self._place(text, folded, start, end, entries)
                yield place
                yield from self._listed(text, folded, place)
            elif folded[start:end] == "freshwater" and _OF_WATER.match(folded, end):
                continue  # "freshwater crab" is no habitat
            elif folded[start:end] == "coast" and _ON_COAST.search(folded, max(0, start - 9), start):
                continue  # of a place
            elif "demonym" in kinds and (coast := _COAST_OF.match(text, end)):
                name = slug(text[start : coast.end()])
                yield _mention(text, start, coast.end(), (*entries, Entry("place", name)))
            elif "taxon" in kinds and _LIKE.match(folded, end):
                continue
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
        if (after := _PLACE_AFTER.match(text, end)) and (
            text[end : after.end()].lstrip(" '’s")[:1].isupper() or (place.weak or _LAND.fullmatch(after[0]))
        ):
            end = after.end()
            place = replace(place, id=place.id if _UNITS.fullmatch(after[0]) else slug(text[start:end]))
        near = max(0, start - 45)
        if before := _COMPASS.search(folded, near, start) or _COMPASS_OF.search(folded, near, start):
            points = text[before.start(1) : before.end(1)]
            name, joined, rest = points.partition(" and ")
            if joined and name[0].isupper() and rest[0].islower():  # "the Far East and northern Norway" are two places
                start = before.end(1) - len(rest)
                points = rest
            else:
                start = before.start()
            place = Entry("place", _directed(fold(points), text[start:end], place.id))
        elif before := _ABBREVIATED.search(text, max(0, start - 5), start):
            start = before.start()
            place = Entry("place", f"{''.join(_POINTS[c] for c in before[1])}-{place.id}")
        elif ((before := _PART.search(text, near, start)) and not place.weak) or (
            before := _BEYOND.search(folded, near, start)
        ):
            start = before.start()
            place = Entry("place", slug(text[start:end]))
        known = next((e for e in self._lexicon.forms.get(folded[start:end], ()) if e.type == "place"), None)
        return _mention(text, start, end, (known or place, *(e for e in entries if e.type != "place")))


def _mention(text: str, start: int, end: int, entries: tuple[Entry, ...], *, extra: tuple[str, ...] = ()) -> Mention:
    tags = {entry.type for entry in entries} | {f"{entry.type}!" for entry in entries if not entry.weak}
    tags |= {entry.group for entry in entries if entry.group} | set(extra)
    return Mention(start, end, text[start:end], entries, None, frozenset(tags))


def _counted(text: str, amount: Amount) -> Mention:
    return Mention(amount.start, amount.end, text[amount.start : amount.end], (), amount, frozenset({amount.kind}))


_SPELT = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|"
    r"forty|fifty|one|a|(?:thir|four|fif|six|seven|eigh|nine)teen|sixty|seventy|"
    r"eighty|ninety|single|hundred|thousand|million|dozen|the \w+ties|century)\b"
)


#: Names that no list knows give way to those that one does.
_UNSURE = {frozenset({"demonym", "demonym!"}): 1, frozenset({"place"}): 2, frozenset({"name"}): 3}


def _longest(found: list[Mention]) -> list[Mention]:
    """Return mentions without overlap: what names the subject first, then the longest, then the leftmost."""
    kept: list[Mention] = []
    ordered = sorted(
        found, key=lambda m: (_UNSURE.get(m.tags, 0), m.start - m.end, "self" not in m.tags, m.start, sorted(m.tags))
    )
    taken: list[tuple[int, int]] = []
    for mention in ordered:
        if not any(a < mention.end and mention.start < b for a, b in taken):
            taken.append((mention.start, mention.end))
            kept.append(mention)
    return sorted(kept, key=lambda mention: mention.start)


def _joined(text: str, mentions: list[Mention]) -> list[Mention]:
    """Return mentions with a part of a plant or animal and its owner as one: "oak leaves", "fish eggs"."""
    kept: list[Mention] = []
    for mention in mentions:
        before = kept[-1] if kept else None
        if before and "place" in before.tags and mention.start == before.end + 1 and _SHORE.fullmatch(mention.text):
            continue  # "the Peruvian coast" is a place
        if before and mention.start == before.end + 1 and "plant" in before.tags and "habitat!" in mention.tags:
            kept[-1] = _mention(text, before.start, mention.end, mention.entries)  # "pine woods" are no pines
        elif before and mention.start == before.end + 1 and {"habitat!"} <= mention.tags & before.tags:
            kept[-1] = _mention(text, before.start, mention.end, mention.entries)  # "savannah woodlands" are woodlands
        elif before and mention.start == before.end + 1 and _is_compound(mention, before):
            group = next(entry.group for entry in mention.entries if entry.type == "taxon")
            name = text[before.start : mention.end]
            kept[-1] = _mention(text, before.start, mention.end, (Entry("taxon", slug(singular(name)), group=group),))
        elif before and mention.start == before.end + 1 and _is_part_of(mention, before):
            kept[-1] = _mention(
                text,
                before.start,
                mention.end,
                (Entry("taxon", slug(singular(text[before.start : mention.end])), group="food"),),
            )
        else:
            kept.append(mention)
    return kept


def _is_compound(mention: Mention, before: Mention) -> bool:
    """Whether two nouns are one name: "sambar deer", "annelid worms"."""
    return (
        {"taxon", "taxon!"} <= mention.tags & before.tags
        and (mention.tags | before.tags).isdisjoint({"self", "own", "latin", "food"})
        and singular(fold(before.text)) == fold(before.text)
        and mention.text.islower()
    )


def _is_part_of(mention: Mention, owner: Mention) -> bool:
    return (
        "food" in mention.tags
        and "taxon" in owner.tags
        and owner.tags.isdisjoint({"self", "own", "latin", "food"})
        and mention.text.islower()
    )


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
