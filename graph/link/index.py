"""The index of names: an SQLite file made from dumps, opened only when it is whole and of this version."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from ...extract import InputError, Problem, UsageError
from ...extract.problems import nearest
from .answer import Candidate, Kind, Relation
from .stem import folded, genus_stem, plain, spelled

__all__ = ["APPLICATION", "DEFAULT_INDEX", "HEAD", "VERSION", "Dump", "Index", "Record", "Thing", "slips"]

#: Where `wildgraph link` writes and looks for an index when no path is given.
DEFAULT_INDEX = Path("names.index")
#: What SQLite's header says of a finished index: whose file it is, and the version of its tables.
APPLICATION = 0x77676E69
VERSION = 1
_NAME_COLUMNS = "stem, canonical, authorship, rank, status, ref, accepted, target, kingdom, family, hybrid"
_THING_COLUMNS = "thing.id, ref, label, type, country, locality, status, accepted, parent, definition"
_MANY = 1000  # values of one query
_MARKS = ",".join("?" * _MANY)
_LAST = "\U0010ffff"  # sorts after every text
HEAD = 5  # letters of a label of which the first or the last must be right
_BLOCKS = 20_000  # genera whose epithets are kept in memory: about 30 MB


@dataclass(frozen=True, slots=True)
class Dump:
    """One release of a dataset in an index. `iri` is a template with `{id}`, or empty."""

    number: int
    name: str
    release: str
    kind: Kind
    title: str
    licence: str
    date: str
    url: str
    iri: str
    file: str
    sha256: str
    format: str
    records: int
    skipped: int
    key: str  # what tells it from all others: `col@2026-05`

    def iri_of(self, ref: str) -> str:
        """Return the IRI of an identifier of this dump, or an empty string where it has none."""
        if ref[:4] in {"http", "urn:"} and ref.startswith(("http://", "https://", "urn:")):
            return ref
        return self.iri.replace("{id}", ref) if self.iri else ""


class Record(NamedTuple):
    """A name of a dump, as its row says it; words stand as numbers."""

    stem: str
    canonical: str
    authorship: str
    rank: int
    status: int
    ref: str
    accepted: str | None
    target: str | None
    kingdom: int
    family: int
    hybrid: int


class Thing(NamedTuple):
    """An organisation, place or habitat of a dump, as its row says it."""

    id: int
    ref: str
    label: str
    type: str
    country: str
    locality: str
    status: int
    accepted: str | None
    parent: str | None
    definition: str


class Index:
    """An index that is open for reading. Close it, or use it in a `with`."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._connection.execute("PRAGMA cache_size = -65536")
        self._connection.execute("PRAGMA mmap_size = 4294967296")
        columns = "id, name, release, kind, title, licence, date, url, iri, file, sha256, format, records, skipped"
        columns += ", name || '@' || release"
        rows = connection.execute(f"SELECT {columns} FROM dump ORDER BY name, release")
        self.dumps = tuple(Dump(*row) for row in rows)
        self.words: dict[int, str] = dict(connection.execute("SELECT id, text FROM word"))
        self._blocks: dict[tuple[int, str], list[str]] = {}

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Open an index.

        Raises UsageError when there is none, and InputError when it is another file, half built or of another version.
        """
        place = Path(path)
        if not place.is_file():
            raise UsageError(f"there is no index {place}; try: wildgraph link index FILE... --out {place}")
        try:
            uri = f"{place.resolve().as_uri()}?mode=ro&immutable=1"
            connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
            application = connection.execute("PRAGMA application_id").fetchone()[0]
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if application == APPLICATION and version == VERSION:
                return cls(place, connection)
        except sqlite3.DatabaseError:
            application, version = -1, 0
        raise InputError([_not_an_index(place, application, version)])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def dump(self, key: str, *, kind: Kind = "taxon") -> Dump:
        """Return a dump by its key `name@release`, by its name alone, or, for an empty key, the only one of a kind.

        Raises UsageError with the keys to choose from.
        """
        fitting = [dump for dump in self.dumps if key in {dump.key, dump.name} or (not key and dump.kind == kind)]
        if len(fitting) == 1:
            return fitting[0]
        known = ", ".join(dump.key for dump in fitting or self.dumps)
        if not fitting and not key:
            raise UsageError(f"{self.path} holds no {kind} dump; it holds {known or 'nothing'}")
        if fitting:
            why = "is in several releases" if key else "can be several"
            raise UsageError(f"{repr(key) if key else f'a {kind} dump'} {why}; say which: {known}")
        hint = nearest(key, [word for dump in self.dumps for word in (dump.name, dump.key)])
        raise UsageError(f"'{key}' is not in the index; {f'{hint} ' if hint else ''}it holds {known or 'nothing'}")

    def by_stems(self, dump: Dump, stems: Iterable[str]) -> dict[str, list[Record]]:
        """Return the records of each stem that has some."""
        found: dict[str, list[Record]] = {}
        for record in self._by(dump, "stem", list(dict.fromkeys(stems))):
            if record[0] in found:
                found[record[0]].append(record)
            else:
                found[record[0]] = [record]
        return found

    def by_refs(self, dump: Dump, refs: Iterable[str]) -> dict[str, Record]:
        """Return the records of identifiers; where an identifier has several names, its accepted one."""
        found: dict[str, Record] = {}
        for record in self._by(dump, "ref", list(dict.fromkeys(refs))):
            if record.accepted is None or record.ref not in found:
                found[record.ref] = record
        return found

    def _by(self, dump: Dump, column: str, values: Sequence[str]) -> list[Record]:
        found: list[Record] = []
        for start in range(0, len(values), _MANY):
            some = values[start : start + _MANY]
            marks = _MARKS if len(some) == _MANY else ",".join("?" * len(some))
            sql = f"SELECT {_NAME_COLUMNS} FROM name WHERE dump = ? AND {column} IN ({marks})"
            found += map(Record._make, self._connection.execute(sql, (dump.number, *some)))
        return found

    def epithets(self, dump: Dump, genus: str) -> list[str]:
        """Return the stems of all names of two or more words under a genus, without the genus."""
        block = self._blocks.get((dump.number, genus))
        if block is None:
            sql = "SELECT DISTINCT substr(stem, ?) FROM name WHERE dump = ? AND stem >= ? AND stem < ?"
            values = (len(genus) + 2, dump.number, f"{genus} ", f"{genus}!")
            block = [row[0] for row in self._connection.execute(sql, values)]
            if len(self._blocks) > _BLOCKS:
                self._blocks.clear()
            self._blocks[dump.number, genus] = block
        return block

    def by_tail(self, dump: Dump, tail: str, *, limit: int = 5000) -> list[Record]:
        """Return names that end in an epithet, given as a stem; none where there are more than `limit`."""
        sql = f"SELECT {_NAME_COLUMNS} FROM name WHERE dump = ? AND tail = ? LIMIT ?"
        rows = self._connection.execute(sql, (dump.number, tail, limit + 1)).fetchall()
        return [] if len(rows) > limit else [Record._make(row) for row in rows]

    def has_tail(self, dump: Dump, tail: str) -> bool:
        """Say whether any name ends in an epithet, given as a stem."""
        sql = "SELECT 1 FROM name WHERE dump = ? AND tail = ? LIMIT 1"
        return self._connection.execute(sql, (dump.number, tail)).fetchone() is not None

    def countries(self, dump: Dump, ref: str) -> frozenset[str]:
        """Return the countries that a taxon is recorded from in a dump."""
        rows = self._connection.execute("SELECT country FROM area WHERE dump = ? AND ref = ?", (dump.number, ref))
        return frozenset(row[0] for row in rows)

    def firsts_near(self, dump: Dump, *words: str) -> list[str]:
        """Return the stems of first words that differ from a word, in either of its spellings, by a slip or two."""
        keys = sorted({key for word in words for key in slips(word)})
        sql = "SELECT DISTINCT first FROM slip WHERE dump = ? AND key IN (SELECT value FROM json_each(?)) ORDER BY 1"
        return [row[0] for row in self._connection.execute(sql, (dump.number, json.dumps(keys)))]

    def candidate(self, dump: Dump, record: Record, score: float = 1.0, relation: Relation = "exact") -> Candidate:
        """Return a record as a candidate."""
        words, accepted = self.words, record.accepted
        return Candidate(  # by position: named arguments take twice the time
            dump.key,
            record.ref,
            dump.iri_of(record.ref),
            record.canonical,
            record.authorship,
            words[record.rank],
            words[record.status],
            accepted or "",
            dump.iri_of(accepted) if accepted else "",
            record.target or "",
            words[record.kingdom],
            words[record.family],
            "",
            "",
            "",
            relation,
            score,
        )

    def get(self, dump: Dump, ref: str) -> Candidate | None:
        """Return the record of an identifier."""
        if dump.kind == "taxon":
            record = self.by_refs(dump, [ref]).get(ref)
            return self.candidate(dump, record) if record else None
        sql = f"SELECT {_THING_COLUMNS} FROM thing WHERE dump = ? AND ref = ?"
        row = self._connection.execute(sql, (dump.number, ref)).fetchone()
        return self.thing_candidate(dump, Thing._make(row)) if row else None

    def suggest(self, dump: Dump, prefix: str, *, limit: int = 20) -> list[Candidate]:
        """Return records whose name begins with a text, for completion while typing."""
        if dump.kind != "taxon":
            return [
                self.thing_candidate(dump, thing) for thing, _ in self.labels_from(dump, folded(prefix), limit=limit)
            ]
        first, *rest = prefix.strip().split(" ") or [""]
        key = " ".join([genus_stem(first), *(spelled(part)[:3] for part in rest[:1])])
        sql = f"SELECT {_NAME_COLUMNS} FROM name WHERE dump = ? AND stem >= ? AND stem < ? LIMIT ?"
        rows = self._connection.execute(sql, (dump.number, key, key + _LAST, _BLOCKS))
        start = plain(prefix.strip())
        found = [record for record in map(Record._make, rows) if plain(record.canonical).startswith(start)]
        found.sort(key=lambda record: (record.canonical, record.ref))
        return [self.candidate(dump, record) for record in found[:limit]]

    def by_label(self, dump: Dump, key: str) -> list[tuple[Thing, str]]:
        """Return the things that have a label with this key, and which kind of label it is."""
        sql = f"SELECT label.kind, {_THING_COLUMNS} FROM label JOIN thing ON thing.id = label.thing"
        rows = self._connection.execute(f"{sql} WHERE label.dump = ? AND key = ?", (dump.number, key))
        return [(Thing._make(row[1:]), row[0]) for row in rows]

    def labels_from(self, dump: Dump, prefix: str, *, limit: int = 2000) -> list[tuple[Thing, str]]:
        """Return things with a label whose key begins with a text, and that key."""
        sql = f"SELECT label.key, {_THING_COLUMNS} FROM label JOIN thing ON thing.id = label.thing"
        sql += " WHERE label.dump = ? AND key >= ? AND key < ? ORDER BY key, ref LIMIT ?"
        rows = self._connection.execute(sql, (dump.number, prefix, prefix + _LAST, limit))
        return [(Thing._make(row[1:]), row[0]) for row in rows]

    def labels_near(self, dump: Dump, key: str) -> list[tuple[Thing, str]]:
        """Return things with a label that shares its first or its last letters with a key, and that key."""
        columns = f"SELECT label.key, {_THING_COLUMNS} FROM label JOIN thing ON thing.id = label.thing"
        where = "WHERE label.dump = ? AND label.kind IN ('label', 'alias')"
        head, tail = key[:HEAD], key[-HEAD:]
        ahead = self._connection.execute(
            f"{columns} {where} AND key >= ? AND key < ? LIMIT ?", (dump.number, head, head + _LAST, _BLOCKS)
        )
        rows = ahead.fetchall()
        behind = f"{columns} {where} AND label.tail = ? LIMIT ?"
        rows += self._connection.execute(behind, (dump.number, tail, _BLOCKS)).fetchall()
        return [(Thing._make(row[1:]), row[0]) for row in rows]

    def thing_candidate(self, dump: Dump, thing: Thing) -> Candidate:
        """Return an organisation, place or habitat as a candidate."""
        return Candidate(
            dump.key,
            thing.ref,
            dump.iri_of(thing.ref),
            thing.label,
            status=self.words[thing.status],
            accepted_id=thing.accepted or "",
            accepted_iri=dump.iri_of(thing.accepted) if thing.accepted else "",
            country=thing.country,
            type=thing.type,
            definition=thing.definition,
        )

    def identifiers(self, dump: Dump, ref: str) -> tuple[tuple[str, str], ...]:
        """Return what a record is called elsewhere as pairs of scheme and identifier: `("gbif", "5219436")`."""
        sql = "SELECT DISTINCT scheme, value FROM identifier WHERE dump = ? AND ref = ? ORDER BY 1, 2"
        return tuple(self._connection.execute(sql, (dump.number, ref)))

    def identified(self, scheme: str, value: str) -> tuple[tuple[str, str], ...]:
        """Return the records that a foreign identifier belongs to as pairs of dump key and identifier."""
        sql = "SELECT DISTINCT dump, ref FROM identifier WHERE scheme = ? AND value = ? ORDER BY 1, 2"
        keys = {dump.number: dump.key for dump in self.dumps}
        return tuple((keys[number], ref) for number, ref in self._connection.execute(sql, (scheme, value)))


def slips(word: str) -> list[str]:
    """Return a word and all that it becomes when one letter is taken out."""
    return sorted({word, *(word[:n] + word[n + 1 :] for n in range(len(word)))})


def _not_an_index(path: Path, application: int, version: int) -> Problem:
    again = f"build it again: wildgraph link index FILE... --out {path}"
    if application == APPLICATION:
        return Problem(
            str(path), 0, 0, f"an index of version {version}; this program reads version {VERSION}", fix=again
        )
    if application == 0:
        return Problem(str(path), 0, 0, "an index that was not finished, or a database of another kind", fix=again)
    return Problem(str(path), 0, 0, "not an index of names", fix=again)
