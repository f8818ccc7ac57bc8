"""Spelling: what is left of a name's words when everything that is often written in two ways is written in one."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

__all__ = ["bare", "folded", "genus_stem", "phrase_key", "plain", "same_declension", "spelled", "stem", "tail_stem"]

_LIGATURES = str.maketrans({"æ": "ae", "œ": "oe", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})
_SCAN = str.maketrans("0158", "olsb")  # what optical character recognition makes of o, l, s, b
_NOT_LETTERS = re.compile(r"[^a-z0-9]")
_NOT_WORDS = re.compile(r"[^\w]+")
_TWICE = re.compile(r"(.)\1+")

# Latin and Greek spellings that stand for one another, in the order in which they are replaced.
_SPELLINGS = (
    ("rn", "m"),
    ("vv", "w"),
    ("ae", "e"),
    ("oe", "e"),
    ("ph", "f"),
    ("th", "t"),
    ("rh", "r"),
    ("ch", "c"),
    ("k", "c"),
    ("y", "i"),
    ("j", "i"),
    ("z", "s"),
    ("w", "v"),
)
# Endings of adjectives that only say the gender (ICZN Art. 34.2, ICNafp Art. 23.5), and those of nouns of the
# second declension that are latinised in two ways. Genitives of persons (-i, -ae) are another
# word. Scanners read -um as -urn.
_ENDING = re.compile(r"(?<=[a-z]{2})(us|um|urn|a|os|on|is|e|es)$")
_THIRD = re.compile(r"(?:is|e|es)$")
_GENITIVE = re.compile(r"(?<=[a-z]{2})(ae|ii|i)$")


def spelled(word: str) -> str:
    """Return a word, or the beginning of one, with its letters as stems have them."""
    return _spell(_letters(word))


def plain(text: str) -> str:
    """Return a text in lower case without diacritics and ligatures."""
    lowered = text.lower()
    if lowered.isascii():
        return lowered
    decomposed = unicodedata.normalize("NFKD", lowered.translate(_LIGATURES))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _spell(word: str) -> str:
    for old, new in _SPELLINGS:
        if old in word:
            word = word.replace(old, new)
    return _TWICE.sub(r"\1", word)


def _letters(word: str) -> str:
    return _NOT_LETTERS.sub("", plain(word)).translate(_SCAN)


@lru_cache(maxsize=1 << 17)
def genus_stem(word: str) -> str:
    """Return the stem of a genus or of another name of one word; its ending is part of the name."""
    return _spell(_letters(word))


@lru_cache(maxsize=1 << 18)
def tail_stem(word: str) -> str:
    """Return the stem of an epithet, without the ending that its gender gives it."""
    letters = _letters(word).replace("y", "i").replace("j", "i")
    if _GENITIVE.search(letters):
        return _spell(_GENITIVE.sub(lambda ending: "#" + ending[1][0], letters)).replace("#", "-")
    if letters.endswith("er") and len(letters) > 4:  # niger, nigra, nigrum
        return _spell(letters[:-2] + "r")
    return _spell(_ENDING.sub("", letters))


def same_declension(one: str, other: str) -> bool:
    """Say whether the last words of two names of one stem end as the genders of one adjective do."""
    thirds = {_THIRD.search(plain(one)) is not None, _THIRD.search(plain(other)) is not None}
    return len(thirds) == 1 or not (_ENDING.search(plain(one)) and _ENDING.search(plain(other)))


def bare(word: str) -> str:
    """Return an epithet, given in small letters, without the ending that its gender gives it."""
    return _ENDING.sub("", word)


def stem(canonical: str) -> str:
    """Return the stem of a canonical name: `Panthera pardus orientalis` gives `pantera pard oriental`."""
    words = canonical.split(" ")
    if len(words) == 2:  # most names, and a third of the time
        return f"{genus_stem(words[0])} {tail_stem(words[1])}"
    return " ".join([genus_stem(words[0]), *map(tail_stem, words[1:])])


def folded(text: str) -> str:
    """Return a text as keys hold it: no case, diacritics or punctuation, single blanks."""
    return " ".join(_NOT_WORDS.sub(" ", plain(text)).split())


def phrase_key(text: str) -> str:
    """Return the key of what is no scientific name, such as a virus or a hybrid formula: it must match as a whole."""
    return "=" + " ".join(text.casefold().split())
