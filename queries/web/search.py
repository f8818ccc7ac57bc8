"""Search: things by what they are called, also when mistyped."""

from __future__ import annotations

import sqlite3
import threading
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from .index import Entry

__all__ = ["Hit", "Search"]

#: How many candidates the fuzzy stage compares, and how alike (of 100) a name must be to be offered.
_CANDIDATES = 400
_ALIKE = 72


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that was found, and by which of its names."""

    entry: Entry
    name: str


class Search:
    """An index of names in memory: words by their beginning, and names by the groups of three letters in them."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = list(entries)
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._lock = threading.Lock()
        self._database.execute("CREATE TABLE name (entry INTEGER, shown TEXT, folded TEXT, weight INTEGER)")
        self._database.execute(
            "CREATE VIRTUAL TABLE words USING fts5(folded, content='', tokenize='unicode61', prefix='1 2 3')"
        )
        self._database.execute(
            "CREATE VIRTUAL TABLE grams USING fts5(folded, content='', tokenize='trigram', detail='none')"
        )
        rows = (
            (number, name, folded(name), _weight(entry, name))
            for number, entry in enumerate(self._entries)
            for name in entry.names
        )
        self._database.executemany("INSERT INTO name VALUES (?, ?, ?, ?)", rows)
        for table in ("words", "grams"):
            self._database.execute(f"INSERT INTO {table} (rowid, folded) SELECT rowid, folded FROM name")
        self._database.execute("CREATE INDEX by_start ON name (folded)")

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

    def _starting(self, wanted: str, limit: int) -> list[tuple[int, str, str, int]]:
        rows = self._database.execute(
            "SELECT entry, shown, folded, weight FROM name WHERE folded >= ? AND folded < ?"
            " ORDER BY weight DESC, length(folded) LIMIT ?",
            (wanted, wanted + "\U0010ffff", 4 * limit),
        )
        return rows.fetchall()

    def _with_words(self, wanted: str, limit: int) -> list[tuple[int, str, str, int]]:
        match = " ".join(f'"{word}"*' for word in wanted.split())
        rows = self._database.execute(
            "SELECT entry, shown, name.folded, weight FROM words JOIN name ON name.rowid = words.rowid"
            " WHERE words MATCH ? ORDER BY weight DESC LIMIT ?",
            (match, 4 * limit),
        )
        return rows.fetchall()

    def _alike(self, wanted: str, limit: int) -> list[tuple[int, str, str, int]]:
        """Return the names that share groups of three letters, the most alike first."""
        grams = sorted({wanted[i : i + 3] for i in range(len(wanted) - 2)})
        if not grams:
            return []
        rows = self._database.execute(
            "SELECT entry, shown, name.folded, weight FROM"
            " (SELECT rowid AS number FROM grams WHERE grams MATCH ? ORDER BY rank LIMIT ?)"
            " JOIN name ON name.rowid = number",
            (" OR ".join(f'"{gram}"' for gram in grams), _CANDIDATES),
        ).fetchall()
        names = [row[2] for row in rows]
        near = process.extract(wanted, names, scorer=fuzz.WRatio, score_cutoff=_ALIKE, limit=2 * limit)
        return [rows[place] for _, _, place in near]


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


def _order(row: tuple[int, str, str, int], wanted: str) -> tuple[bool, bool, int, int, str]:
    return row[2] != wanted, not row[2].startswith(wanted), -row[3], len(row[2]), row[2]
