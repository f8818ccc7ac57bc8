"""Search: things by what they are called, also when mistyped."""

from __future__ import annotations

import sqlite3
import threading
import unicodedata
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from .index import Entry

__all__ = ["Hit", "Search"]

#: How many candidates the fuzzy stage compares, and how alike (of 100) a name must be to be offered.
_CANDIDATES = 400
_ALIKE = 72
#: How many entries of the groups of three letters are counted to find candidates.
_MOST_LOOKED_AT = 50_000


#: Each name once, with its words, and what is called so.
_TABLES = """
CREATE TABLE name (folded TEXT);
CREATE VIRTUAL TABLE words USING fts5(folded, content='', tokenize='unicode61', prefix='1 2 3');
CREATE TABLE called (name INTEGER, entry INTEGER, shown TEXT, weight INTEGER);
CREATE INDEX by_start ON name (folded);
CREATE INDEX by_name ON called (name);
"""
#: A row that was found: number of the entry, the name shown, the name folded, its weight.
_Row = tuple[int, str, str, int]


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that was found, and by which of its names."""

    entry: Entry
    name: str


class Search:
    """An index of names in memory: words by their beginning, and names by the groups of three letters in them."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = list(entries)
        self._lock = threading.Lock()
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.executescript(_TABLES)
        names: dict[str, int] = {}
        for number, entry in enumerate(self._entries):
            for name in entry.names:
                key = names.setdefault(folded(name), len(names))
                self._add("INSERT INTO called VALUES (?, ?, ?, ?)", key, number, name, _weight(entry, name))
        self._names = list(names)
        self._grams: dict[str, array[int]] = defaultdict(lambda: array("I"))
        for key, text in enumerate(self._names):
            self._add("INSERT INTO name (rowid, folded) VALUES (?, ?)", key, text)
            self._add("INSERT INTO words (rowid, folded) VALUES (?, ?)", key, text)
            for gram in _grams(text):
                self._grams[gram].append(key)

    def _add(self, statement: str, *values: int | str) -> None:
        self._database.execute(statement, values)

    def find(self, words: str, *, limit: int = 10) -> list[Hit]:
        """Return the things whose names fit best: the same name, one that begins so, one with words that
        begin so, then names spelt nearly so."""
        wanted = folded(words)
        if not wanted:
            return []
        with self._lock:
            found = self._starting(wanted, limit) + self._with_words(wanted, limit)
            found.sort(key=lambda row: _order(row, wanted))
            if len({row[0] for row in found}) < limit:
                found += self._alike(wanted, limit)
        hits: dict[int, Hit] = {}
        for number, name, _, _ in found:
            hits.setdefault(number, Hit(self._entries[number], name))
        return list(hits.values())[:limit]

    def _starting(self, wanted: str, limit: int) -> list[_Row]:
        names = "SELECT rowid FROM name WHERE folded >= ? AND folded < ?"
        return self._called(names, (wanted, wanted + "\U0010ffff"), 4 * limit)

    def _with_words(self, wanted: str, limit: int) -> list[_Row]:
        match = " ".join(f'"{word}"*' for word in wanted.split())
        return self._called("SELECT rowid FROM words WHERE words MATCH ?", (match,), 4 * limit)

    def _called(self, names: str, values: Sequence[str], limit: int) -> list[_Row]:
        """Return what is called by some names, the weightiest first."""
        rows = self._database.execute(
            "SELECT entry, shown, folded, weight FROM called JOIN name ON name.rowid = called.name"
            f" WHERE called.name IN ({names}) ORDER BY weight DESC, length(folded) LIMIT {limit}",
            tuple(values),
        )
        return rows.fetchall()

    def _alike(self, wanted: str, limit: int) -> list[_Row]:
        """Return what is called by names that share groups of three letters, the most alike first."""
        grams = sorted((len(self._grams[gram]), gram) for gram in _grams(wanted) if gram in self._grams)
        shared: Counter[int] = Counter()
        looked_at = 0
        for count, gram in grams:
            if looked_at and looked_at + count > _MOST_LOOKED_AT:
                break  # the rarest say the most; the others are in every second name
            looked_at += count
            shared.update(self._grams[gram])
        near = [(-_alikeness(wanted, self._names[key]), key) for key, _ in shared.most_common(_CANDIDATES)]
        near = sorted(pair for pair in near if pair[0] <= -_ALIKE)[: 2 * limit]
        return [row for _, key in near for row in self._called(str(key), (), limit)]


def _alikeness(wanted: str, name: str) -> float:
    """Return how alike two texts are, of 100: as a whole or in parts, or as what somebody is typing is to a name."""
    typed = fuzz.ratio(wanted, name[: len(wanted)])
    return max(typed, 0.95 * fuzz.WRatio(wanted, name))


def _grams(text: str) -> set[str]:
    padded = f" {text} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)}


def folded(words: str) -> str:
    """Return words as they are compared: without accents, case, punctuation and superfluous spaces.

    >>> folded("  Léopard de l'Amour ")
    'leopard de l amour'
    """
    plain = unicodedata.normalize("NFKD", words).casefold()
    kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(kept.split())


def _weight(entry: Entry, name: str) -> int:
    """Return what decides between names that fit as well: taxa first, labels first, then the number of claims."""
    return (2 if entry.kind == "taxon" else 1) * 1000 + 500 * (name == entry.label) + min(entry.claims, 400)


def _order(row: _Row, wanted: str) -> tuple[bool, bool, int, int, str]:
    return row[2] != wanted, not row[2].startswith(wanted), -row[3], len(row[2]), row[2]
