"""The subject of a document: the taxon that it is about, with all the names that the document gives it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ..documents import Reading, Sentence
from .forms import fold, plural, singular, slug
from .latin import LATIN, latin_names
from .lexicon import Lexicon, words
from .modifiers import with_modifiers

__all__ = ["Subject", "find_subject"]

#: Sentences at the head of a document that say what it is about.
_HEAD = 14
#: Characters below which a text need not have many words of living things.
_SHORT = 1500
#: Of these, those in which its name stands.
_OPENS = 8
_NAMED = re.compile(
    r"(?:\b(?:The|the|A|a|An|an)\s+)?((?:[A-Za-zÀ-ÿ'’‘ʻ-]+\s+){0,4}[A-Za-zÀ-ÿ'’‘ʻ-]{3,})\s*[,]?\s*\((?:[^()]*?\b)??("
    + LATIN
    + r"|[A-Z][a-z]{3,} spp?(?=[.,;)]))"
)
_ALSO = re.compile(
    r"(?:(?:also|commonly|better|sometimes|otherwise|formerly|variously|locally|"
    r"simply|often) (?:known|called|referred to)(?: as)?(?: by the common names?)?|"
    r"known (?:commonly )?(?:as|by the common names?)|common names?(?: include|:|"
    r"is|are)|also called|also named|or simply)\s*:?\s+"
    r"([^.;()]{3,140})"
)
_NAME_KEY = re.compile(r"(?i)(?:common |english |vernacular )name\W{1,3}([\w' -]{3,40})$")
_ARTICLE = re.compile(
    r"^(?:(?:about|meet|save|protect|facts|all about|adopt|why|the|an?|our|threats to)\s+)+", re.IGNORECASE
)
_SITE = re.compile(r"\s+(?:[-–—|»•·:]\s.*|\(.*)$")
#: "X is a Y": the opening sentence of an article, and what Y is said to be.
_IS_A = re.compile(
    r"^(?:[^.:;()]|[.:](?=\d)|(?<=\b[A-Z])\.|(?<=\bSt)\.|\([^()]*\)){2,300}? (?:is|are|was|were) "
    r"(?:an?|the|any|one of the|one of|[a-z]+(?:ed|ing)? (?:an?|the))\b ([^.;:]+)"
)
_LIFE = re.compile(r"\([^()]*\d{3,4}\s?[–-]\s?[^()]*\d{3,4}[^()]*\)|\(born ")
_UNTIL = re.compile(
    r"\b(?:that|which|who|where|of|in|for|with|from|by|on|at|to|native|endemic|found|located|whose|used|as)\b|[(]"
)
_ADVERBS = re.compile(r"(?:\s\w+ly)+\W*$")
_RANK = re.compile(
    r"\b(?:(?:sub|super|infra)?(?:species|genus|genera|family|families|order|class|phylum|tribe)|clade|taxon|taxa|groups?|"
    r"variety|varieties|breed|hybrid|cultivar|members?|animals?|creatures?|plants?|trees?|shrubs?|herbs?|flowers?|fung(?:us|i)|"
    r"mushrooms?|lichens?|algae?|moss(?:es)?|ferns?|grass(?:es)?|cact(?:us|i)|[a-z]+(?:vores?|ids?))\b"
)
#: Words of which a page about a taxon has some, whatever the taxon is called.
_LIVING = re.compile(
    r"\b(?:species|subspecies|habitats?|endangered|extinct|poaching|wildlife|breeding|prey|predators?|diet|nests?|leaves|"
    r"flowers|seeds|wild|plumage|fur|eggs|larvae|females?|males|fauna|flora|genus|IUCN|Red List|tail|wings?|petals)\b"
)
_NOT_NAMES = frozenset(words()["not_in_names"].split())


@dataclass(frozen=True, slots=True)
class Subject:
    """What a document is about. `names` are in lower case and singular; `parent` is the noun of a wider taxon."""

    label: str
    id: str
    names: tuple[str, ...]
    scientific: tuple[str, ...]
    head: str = ""
    parent: str = ""
    latin: tuple[str, ...] = ()  # every scientific name of the document

    def pattern(self) -> re.Pattern[str]:
        """Return what finds the names of the subject in a folded sentence."""
        forms = {spelt for name in self.names for spelt in (name, plural(name), name.replace("-", " "))}
        forms |= {fold(name) for name in self.scientific} | set(self._short())
        listed = "|".join(re.escape(form).replace(r"\ ", "[ -]") for form in sorted(forms, key=lambda f: (-len(f), f)))
        return re.compile(rf"(?<![\w-])(?:{listed})(?![\w])")

    def _short(self) -> Iterable[str]:
        for name in self.scientific:
            parts = fold(name).split()
            yield f"{parts[0][0]}. {' '.join(parts[1:])}"
            if len(parts) == 3:
                yield f"{parts[0][0]}. {parts[1][0]}. {parts[2]}"
                yield f"{parts[0]} {parts[1][0]}. {parts[2]}"


def find_subject(reading: Reading, lexicon: Lexicon, title: str = "") -> Subject | None:
    """Return what a document is about, or None when it is about no taxon."""
    text = " \n".join(s.text for s in reading.sentences)
    head = reading.sentences[:_HEAD]
    headings = [s for s in reading.sentences if s.block.kind == "heading"]
    latin = latin_names(reading.converted.text, head, headings)
    prose = [s for s in head if s.block.kind != "heading"]
    if prose and (_is_of_no_taxon(prose, latin, lexicon) or not (latin or len(text) < _SHORT or _lives(text))):
        return None
    votes, scientific_of = _votes(head, text, latin, lexicon, title)
    # A longer name with the same noun explains the shorter: "leopard" counts for "Amur leopard" where that leads.
    best = max(votes, key=lambda name: (votes[name] + 0.5 * len(name.split()), name), default="")
    leading = _leading_latin(head, latin)
    opens = any(s.text.lower().startswith(leading.lower()) for s in prose[:1]) if leading else False
    if leading and (not best or opens or (votes[best] < 6 and fold(text).count(fold(leading)) >= votes[best])):
        return _subject(leading, (leading,), text, head, lexicon, latin)
    # Long texts name many taxa in passing; one that a page is about is named at its head.
    opening = [s for s in reading.sentences if s.block.kind != "key-value"][:_OPENS]  # a box of facts may come first
    if best and not any(best in fold(sentence.text) for sentence in opening) and best not in fold(title):
        return None
    if not best or (votes[best] < max(3, len(text) // 8000) and not (latin and len(text) < 8000)):
        return None
    longer = [n for n in votes if n.endswith(" " + best) and votes[n] * 3 >= votes[best]]
    best = max(longer, key=lambda name: (votes[name], name), default=best)
    first = scientific_of.get(best) or (leading if leading else "")
    return _subject(best, (first,) if first else (), text, head, lexicon, latin)


def _votes(
    head: list[Sentence], text: str, latin: tuple[str, ...], lexicon: Lexicon, title: str
) -> tuple[Counter[str], dict[str, str]]:
    """Return what speaks for each name that a document may be about, and the scientific names given beside them."""
    votes: Counter[str] = Counter()
    scientific_of: dict[str, str] = {}
    headings = [s.text for s in head if s.block.kind == "heading"][:3]
    for weight, heading in [(6, _SITE.sub("", title)), *((8 - 2 * n, h) for n, h in enumerate(headings))]:
        if name := _as_name(heading, lexicon, text):
            votes[name] += weight
    for sentence in head:
        if match := _NAME_KEY.match(sentence.text):
            votes[_trimmed(match[1])] += 1000  # what the page itself calls its name
    folded, prose = fold(text), [s for s in head if s.block.kind != "heading"]
    for number, sentence in enumerate(prose):
        for match in _NAMED.finditer(sentence.text):
            if (name := _trimmed(match[1])) and (match[2] in latin or match[2].endswith((" sp", " spp"))):
                votes[name] += 6 if number == 0 else 2
                if number < 3 and not scientific_of and len(re.findall(rf"\b{re.escape(name)}", folded)) > 1:
                    votes[name] += 1000  # what the opening introduces first with its scientific name
                if match[2] in latin:
                    scientific_of.setdefault(name, match[2])
    for name in list(_mentioned(fold(prose[0].text)[:45], prose[0].text[:45], lexicon))[-1:] if prose else []:
        votes[name] += 3  # what the first sentence begins with
    votes.update(_mentioned(folded[:200_000], text[:200_000], lexicon))
    return votes, scientific_of


def _lives(text: str) -> bool:
    """Whether a text has the words of pages on living things."""
    return len(set(_LIVING.findall(text))) >= 3


def _is_of_no_taxon(prose: list[Sentence], latin: tuple[str, ...], lexicon: Lexicon) -> bool:
    """Whether an article begins by saying that its subject is something else than a taxon: a place, a law, a method."""
    opening = next((s.text for s in prose if s.block.kind == "paragraph" or len(s.text) > 100), "")
    if any(fold(name) in fold(s.text) for name in latin for s in prose[:3]):
        return False
    match = _IS_A.match(opening)
    if _LIFE.search(opening):
        return True  # a life
    if match is None:
        return False
    said = _ADVERBS.sub("", fold(_UNTIL.split(match[1])[0]))
    if _RANK.search(said) or not said.split():
        return False
    last = singular(said.strip(" ,'\"?!").split()[-1])
    return not any(e.type == "taxon" for e in lexicon.forms.get(last, ()))


def _subject(
    label: str,
    scientific: tuple[str, ...],
    text: str,
    head: list[Sentence],
    lexicon: Lexicon,
    latin: tuple[str, ...],
) -> Subject:
    names = [] if label in scientific else [fold(label)]
    for sentence in head[:6]:
        for match in _ALSO.finditer(sentence.text):
            names += [fold(name) for name in split_names(match[1])]
    noun = names[0].split()[-1] if names else ""
    first = names[0].rpartition(" ")[0] if names else ""
    if (
        any(e.type == "taxon" and not e.weak for e in lexicon.forms.get(first, ()))
        and fold(text).count(plural(first)) > 1
    ):
        names.append(first)  # "hawksbills" for the hawksbill turtle
    wider = (
        re.search(rf"\ba (?:\w+ )?(?:subspecies|form|race|variety) of (?:the )?({re.escape(noun)})s?\b", fold(text))
        if noun
        else None
    )
    names = list(dict.fromkeys(names))
    # Of other names only those of several words are looked up: "panda" is more than the giant panda.
    sure = [name for n, name in enumerate(names) if n == 0 or " " in name]
    known = next((e.id for name in sure for e in lexicon.forms.get(name, ()) if e.type == "taxon"), "")
    known = known or next(
        (e.id for name in scientific for e in lexicon.forms.get(fold(name), ()) if e.type == "taxon"), ""
    )
    return Subject(
        label, known or slug(singular(label)), tuple(names), scientific, noun, wider[1] if wider else "", latin
    )


def split_names(text: str) -> list[str]:
    """Return the names of a list such as "the brown hare and the marsh hare", singular, without what follows."""
    text = re.split(
        r"\b(?:is|are|was|were|which|that|because|due|in|from|by|has|have|for|on|but|among|comes?|came|refers?|derives?|"
        r"means|meaning|and (?:is|it|has))\b",
        text,
    )[0]
    found = []
    for part in re.split(r",|\bor\b|\band\b|/", re.sub(r"\[[\w ]{1,12}\]", "", text)):
        if re.search(r"\bof\b", part):
            continue  # of "ghost of the mountain" only the end would be kept
        name = _trimmed(re.sub(r"^\s*(?:as|the|simply|an?|commonly|just|sometimes)\s+", "", part.strip(" \"'“”‘’_*")))
        if name and len(name.split()) <= 4 and not re.search(r"\d", name):
            found.append(name)
    return found


def _trimmed(name: str) -> str:
    """Return the name at the end of a phrase, singular and in lower case."""
    kept: list[str] = []
    for word in reversed(name.strip(" \"'“”‘’_*,").split()):
        if fold(word) in _NOT_NAMES or (kept and not re.match(r"[\w'’‘ʻ-]+$", word)):
            break
        kept.append(word)
    return singular(fold(" ".join(reversed(kept)))) if kept else ""


def _as_name(heading: str, lexicon: Lexicon, text: str) -> str:
    """Return the taxon that a heading names, if it does."""
    bare = _ARTICLE.sub("", _SITE.sub("", heading.strip(" *_#?!."))).strip()
    name = _trimmed(bare)
    if not 1 <= len(name.split()) <= 4 or not name.replace(" ", "").replace("-", "").replace("'", "").isalpha():
        return _within(heading, lexicon, text)
    known = any(e.type == "taxon" for e in lexicon.forms.get(name.split()[-1], ()) + lexicon.forms.get(name, ()))
    if not known and not _lives(text) and len(text) > _SHORT:
        return _within(heading, lexicon, text)
    other = any(not e.weak and e.type != "taxon" for e in lexicon.forms.get(name, ()))
    spoken = _spoken(name, text)
    if (known and spoken) or (spoken >= 4 and not other and len(name) > 3 and name not in _COMMON):
        return name
    return _within(heading, lexicon, text)


def _within(heading: str, lexicon: Lexicon, text: str) -> str:
    """Return the taxon that a longer heading speaks of, as "Javan rhino facts" does."""
    folded = fold(heading)
    for start, end, entries in lexicon.find(folded, heading):
        noun = singular(folded[start:end])
        if any(e.type == "taxon" and e.group != "food" for e in entries) and noun not in _KINDS:
            before = folded[:start].split()[-1:]
            longer = f"{before[0]} {noun}" if before and before[0] not in _NOT_NAMES else noun
            return next((name for name in (longer, noun) if _spoken(name, text) > 1), "")
    return ""


def _spoken(name: str, text: str) -> int:
    return len(re.findall(rf"(?<!\w){re.escape(name)}(?:s|es)?(?!\w)", fold(text)))


_COMMON = frozenset(words()["not_subjects"].split())


def _mentioned(folded: str, text: str, lexicon: Lexicon) -> Counter[str]:
    """Count taxa by name with the one word before that makes a name of a noun ("amur leopard")."""
    counts: Counter[str] = Counter()
    for start, end, entries in lexicon.find(folded, text):
        if any(e.type == "taxon" and e.group not in {"food", "plant"} and not e.weak for e in entries):
            name = singular(folded[start:end])
            if len(name.split()) == 1 and name in _KINDS:
                continue
            counts[name] += 1
            begin = with_modifiers(text, start)
            if begin < start and folded[begin:start].split()[0] not in _NOT_NAMES:
                counts[f"{folded[begin:start]}{name}"] += 1
    return counts


_KINDS = frozenset(words()["kinds"].split())


def _leading_latin(head: list[Sentence], latin: tuple[str, ...]) -> str:
    """Return the scientific name that stands first in the head of a document."""
    texts = [sentence.text.lower() for sentence in head]
    places = [
        (n, text.find(name.lower()), name) for n, text in enumerate(texts) for name in latin if name.lower() in text
    ]
    return min(places, default=(0, 0, ""))[2]
