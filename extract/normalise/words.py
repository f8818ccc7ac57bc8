"""Word lists: a result, and all the ways that people write it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

__all__ = ["find_word", "folded", "word_lists", "words_of"]

_FOLDER = Path(__file__).parent
_SIGNS = re.compile(r"[\s_./,;:()'’`-]+")


def word_lists() -> list[str]:
    """Return the names of the word lists."""
    return sorted(path.stem for path in _FOLDER.glob("*.tsv"))


def find_word(name: str, text: str) -> str | None:
    """Return the result that a list has for a text: an empty one for "says nothing", None where it is not known."""
    return _words(name).get(folded(text))


def folded(text: str) -> str:
    """Return a text without case, accents, punctuation and repeated spaces."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return _SIGNS.sub(" ", "".join(c for c in plain if not unicodedata.combining(c))).strip() or text.strip()


def words_of(name: str) -> list[str]:
    """Return the results that a list has, those that say nothing left out."""
    return [result for result in _words(name).values() if result]


@cache
def _words(name: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    lines = (_FOLDER / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    for line in [line for line in lines if line and not line.startswith("#")][1:]:
        result, _, values = line.partition("\t")
        meant = "" if result == "-" else result
        for word in (meant.rpartition(":")[2], *values.split(" | ")):
            if word:
                found.setdefault(folded(word), meant)
    return found
