"""Latin: the scientific names that a document gives, in brackets, emphasised, after a key or as a heading."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..documents import Sentence
from .lexicon import words

__all__ = ["LATIN", "latin_names"]

LATIN = (
    r"[A-Z][a-zë]{2,}(?: \([A-Z][a-z]+\))?(?: (?:cf\. |aff\. |x |× ?)?[a-zë-]{3,}){1,2}(?: "
    r"(?:var\.|subsp\.|ssp\.|f\.) [a-z-]{3,})?"
)
_IN_BRACKETS = re.compile(rf"\(({LATIN})\s*[,;)]|\((?:scientific name|binomial name|species):? ({LATIN})")
_EMPHASISED = re.compile(
    rf"[_*]({LATIN}|[A-Z][A-Z]+ [A-Z]{{3,}})[_*]|(?<=scientific name)\s*:?\s+({LATIN})", re.IGNORECASE
)
_KEYED = re.compile(rf"(?i:\b(?:scientific|latin|binomial|species|botanical)(?: name)?)\W{{1,4}}({LATIN})")
_IS_SPECIES = re.compile(
    rf"^({LATIN}|[A-Z]{{3,}} [A-Z]{{3,}}),? (?:\([^)]*\),? )?(?:[^.]{{0,80}}, )?is (?:an?|one|the)\b"
    r"(?=[^.]{0,200}\b(?:species|subspecies|genus|variety|plant|tree|shrub|herb|mallee|orchid|grass|fern|cactus|fung|lichen|"
    r"moth|butterfly|beetle|fly|wasp|bee|ant|spider|snail|fish|frog|toad|lizard|snake|bird|bat|rodent|mammal|succulent|"
    r"perennial|annual|climber|vine|palm|alga|moss|endemic|native|crab|mussel|shark|animal|subsp))"
)
#: The heading of a treatment: a name with its author, or "sp. nov.".
_TREATED = re.compile(rf"^({LATIN})(?= [A-Z(]|,? (?:sp|ssp|subsp|gen|comb|stat|nom)\. )")
_ENGLISH = frozenset(words()["not_genera"].split())


_ENDING = re.compile(
    r"(?:us|a|um|is|i|ae|ens|ans|ax|ex|ix|yx|es|os|oides|ops|ceps|color|rum|ys|[st]or|ger|per|nior|on)$"
)
#: Words between the parts of a name.
_PARTS = frozenset(["x", "×", "cf.", "aff.", "var.", "subsp.", "ssp.", "f."])
_NO_EPITHET = frozenset(words()["not_epithets"].split())
#: Characters of a document that are searched: names stand near its beginning.
_SEARCHED = 400_000


def latin_names(raw: str, head: Iterable[Sentence], headings: Iterable[Sentence] = ()) -> tuple[str, ...]:
    """Return the scientific names of a document, each once.

    `raw` keeps marks of emphasis, `head` is the beginning of the document, `headings` are all of it.
    """
    found: dict[str, None] = {}
    treated = ((match[1], False) for sentence in headings if (match := _TREATED.match(sentence.text)))
    for name, sure in (*_set_off(raw[:_SEARCHED]), *_leading(head), *treated):
        plain = " ".join((name.capitalize() if name.isupper() else name).split())
        if _is_latin(plain, sure=sure):
            found.setdefault(plain)
    return tuple(found)


def _set_off(raw: str) -> Iterator[tuple[str, bool]]:
    for pattern in (_IN_BRACKETS, _EMPHASISED, _KEYED):
        for match in pattern.finditer(raw):
            yield next(group for group in match.groups() if group), pattern is not _KEYED


def _leading(head: Iterable[Sentence]) -> Iterator[tuple[str, bool]]:
    for sentence in head:
        if match := _IS_SPECIES.match(sentence.text):
            yield match[1], False
        if sentence.block.kind == "heading" and re.fullmatch(LATIN, sentence.text):
            yield sentence.text, False


def _is_latin(name: str, *, sure: bool) -> bool:
    """Whether words look like a scientific name; `sure` where the page sets them off as one."""
    genus, *rest = name.replace("(", "").replace(")", "").split()
    if genus in _ENGLISH or not rest or genus.isupper() or not genus[0].isupper():
        return False
    epithets = [word for word in rest if word not in _PARTS]
    if not epithets or not all(word.islower() for word in epithets):
        return any("(" in word for word in name.split()) and sure  # a genus with its subgenus
    latin = [bool(_ENDING.search(word)) for word in (genus.lower(), *epithets)]
    return _NO_EPITHET.isdisjoint(epithets) and (all(latin[1:]) or (sure and (any(latin) or genus[-1] == "o")))
