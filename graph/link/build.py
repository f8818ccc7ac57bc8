"""Building an index from dumps: loaded into a new file beside it, which takes its place when it is whole."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from importlib.resources import files as resources
from itertools import islice
from pathlib import Path

from ...extract import InputError, MachineError, Problem, UsageError
from .dumps import Area, Files, Foreign, Reading, Release, Row, TaxonRow, ThingRow, open_dump
from .dumps.known import slug
from .index import APPLICATION, HEAD, VERSION, Dump, Index, slips
from .name import Name, read_names
from .stem import folded, phrase_key, plain, stem

__all__ = ["Build", "build_index"]

_AT_ONCE = 20_000
_TELL_EVERY = 100_000
#: What is taken from above a taxon, and the ranks that it is taken from, the nearest to the root last.
_CLASSES = {"kingdom": ("kingdom", "superkingdom", "domain", "realm", "acellular root"), "family": ("family",)}
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Build:
    """What was built: the dumps that the index holds now, and those that were added."""

    path: Path
    dumps: tuple[Dump, ...]
    added: tuple[Dump, ...]
    size: int


def build_index(
    sources: Sequence[str | Path],
    out: str | Path,
    *,
    said: Release | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
) -> Build:
    """Add dumps to an index, which is made when it is not there or when `fresh` is given.

    `said` names what the one dump does not say of itself, or says wrongly. The file at `out` stays as it was until
    the new one is whole. Raises InputError for dumps that cannot be read and for two of the same name and release,
    UsageError for a call that cannot be meant, MachineError when the disk does not let us.
    """
    target = Path(out)
    if not sources:
        raise UsageError("name the dumps to index: wildgraph link index FILE...")
    if said and len(sources) > 1:
        raise UsageError("--id, --release and the like are said of one dump; index one file at a time")
    if target.exists():
        Index.open(target).close()  # raises where it is something else, which is not ours to replace
    with _beside(target, keep=not fresh) as (temporary, connection):
        loader = _Loader(connection, progress or (lambda _name, _done, _total: None))
        for source in sources:
            loader.load(Path(source), said or Release())
        loader.finish()
        connection.close()
        temporary.replace(target)
    with closing(Index.open(target)) as index:
        added = tuple(dump for dump in index.dumps if dump.number in loader.added)
        return Build(target, index.dumps, added, target.stat().st_size)


@contextmanager
def _beside(target: Path, *, keep: bool) -> Iterator[tuple[Path, sqlite3.Connection]]:
    """Open a database beside the target, filled with the old one where that is to be kept; it is gone afterwards."""
    temporary = target.with_name(f".{target.name}-{os.getpid()}")
    for left in target.parent.glob(f".{target.name}-[0-9]*"):
        if not _running(left.name.rpartition("-")[2]):
            left.unlink(missing_ok=True)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(temporary)) as connection:
            if keep and target.exists():
                with closing(sqlite3.connect(target)) as old:
                    old.backup(connection)
            yield temporary, connection
    except (sqlite3.OperationalError, OSError) as error:
        raise MachineError(f"{target} cannot be written: {error}; what was there stays as it was") from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _running(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, ValueError):
        return False
    except OSError:
        return True
    return int(process) != os.getpid()


class _Loader:
    """Puts dumps into the tables of one database."""

    def __init__(self, connection: sqlite3.Connection, progress: Progress) -> None:
        self.connection = connection
        self.progress = progress
        self.added: set[int] = set()
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000;")
        # Until `finish` says otherwise this is no index: whoever opens a half-built file is told so.
        connection.executescript("PRAGMA application_id = 0; PRAGMA user_version = 0;")
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'dump'").fetchone():
            connection.executescript(_sql("schema"))
        for name in _indexes(connection):
            connection.execute(f"DROP INDEX {name}")
        self.words: dict[str, int] = {text: n for n, text in connection.execute("SELECT id, text FROM word")}

    def load(self, path: Path, said: Release) -> None:
        """Load one dump."""
        files, reading = open_dump(path)
        with closing(files):
            release = _release(files, reading, said)
            number = self._register(files, reading, release)
            records, skipped = self._records(number, reading, path.name)
            if not records:
                raise files.problem("no record with a name and an identifier", fix="is this the right file?")
            self.connection.execute("UPDATE dump SET records = ?, skipped = ? WHERE id = ?", (records, skipped, number))
        self._classify(number, tree=reading.tree)
        self._slips(number)
        self.added.add(number)

    def _register(self, files: Files, reading: Reading, release: Release) -> int:
        key = (release.name, release.release)
        old = self.connection.execute("SELECT file FROM dump WHERE name = ? AND release = ?", key).fetchone()
        if old:
            message = f"two dumps are {release.name}@{release.release}: this one and {old[0]}"
            fix = "leave one out, or say what differs with --release or --id"
            raise InputError([Problem(str(files.path), 0, 0, message, fix=fix)])
        values = (
            *key, release.kind, release.title, release.licence, release.date, release.url, release.iri,
            files.name, files.sha256(), reading.format,
        )  # fmt: skip
        columns = "name, release, kind, title, licence, date, url, iri, file, sha256, format, records, skipped"
        marks = ", ".join("?" * len(values))
        cursor = self.connection.execute(f"INSERT INTO dump ({columns}) VALUES ({marks}, 0, 0)", values)
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def _records(self, number: int, reading: Reading, shown: str) -> tuple[int, int]:
        self.connection.execute("CREATE TEMP TABLE IF NOT EXISTS above (ref TEXT, parent TEXT)")
        self.connection.execute("DELETE FROM above")
        done = skipped = 0
        rows: Iterator[Row] = iter(reading.rows)
        while chunk := list(islice(rows, _AT_ONCE)):
            taxa = [r for r in chunk if isinstance(r, TaxonRow) and r.id and r.name]
            things = [r for r in chunk if isinstance(r, ThingRow) and r.id and r.label]
            foreign = [r for r in chunk if isinstance(r, Foreign) and r.id and r.value]
            self._taxa(number, taxa, tree=reading.tree)
            self._things(number, things)
            self.connection.executemany("INSERT INTO identifier VALUES (?, ?, ?, ?)", ((number, *f) for f in foreign))
            areas = [(number, *r) for r in chunk if isinstance(r, Area) and r.id]
            self.connection.executemany("INSERT OR IGNORE INTO area VALUES (?, ?, ?)", areas)
            done += len(taxa) + len(things) + (len(foreign) if reading.format.endswith("crosswalk") else 0)
            skipped += len(chunk) - len(taxa) - len(things) - len(foreign) - len(areas)
            if done % _TELL_EVERY < _AT_ONCE:
                self.progress(f"{shown}: {done:,} records", 0, 0)
        self.connection.commit()
        return done, skipped

    def _taxa(self, number: int, rows: Sequence[TaxonRow], *, tree: bool) -> None:
        names = read_names([row.name for row in rows], [row.authorship for row in rows])
        values = (self._values(number, row, name) for row, name in zip(rows, names, strict=True))
        columns = "dump, stem, canonical, authorship, rank, status, ref, accepted, kingdom, family, hybrid, tail"
        self.connection.executemany(f"INSERT INTO name ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
        if tree:
            parents = ((row.id, row.parent) for row in rows if row.parent and row.accepted is None)
            self.connection.executemany("INSERT INTO above VALUES (?, ?)", parents)

    def _values(self, number: int, row: TaxonRow, name: Name) -> tuple[object, ...]:
        canonical = name.canonical or name.text
        key = phrase_key(canonical) if name.phrase or not name.canonical else stem(canonical)
        tail = key.rpartition(" ")[2] if key[0] != "=" and " " in key else None
        word = self._word
        return (
            number, key, canonical, name.authorship, word(row.rank or name.rank), word(_status(row, name)),
            row.id, row.accepted, word(row.kingdom), word(row.family), int(name.hybrid), tail,
        )  # fmt: skip

    def _word(self, text: str) -> int:
        number = self.words.get(text)
        if number is None:
            number = self.words[text] = len(self.words) + 1
            self.connection.execute("INSERT INTO word VALUES (?, ?)", (number, text))
        return number

    def _things(self, number: int, rows: Sequence[ThingRow]) -> None:
        sql = "INSERT INTO thing (dump, ref, label, type, country, locality, status, accepted, parent, definition)"
        for row in rows:
            values = (
                number, row.id, row.label, row.type, row.country, row.locality, self._word(row.status), row.accepted,
                row.parent or None, row.definition,
            )  # fmt: skip
            thing = self.connection.execute(f"{sql} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values).lastrowid
            labels = dict.fromkeys((folded(text), kind) for text, kind in ((row.label, "label"), *row.labels))
            self.connection.executemany(
                "INSERT INTO label VALUES (?, ?, ?, ?, ?)",
                ((thing, number, key, kind, key[-HEAD:]) for key, kind in labels if key),
            )

    def _classify(self, number: int, *, tree: bool) -> None:
        """Give taxa the kingdom and family that stand above them, and synonyms what their accepted taxon has."""
        run = self.connection.execute
        run("CREATE INDEX temporary_ref ON name (dump, ref)")
        if tree:
            run("CREATE INDEX temp.above_parent ON above (parent)")
            for column, ranks in _CLASSES.items():
                self._inherit(number, column, ranks)
            run("DROP INDEX temp.above_parent")
        run(
            "UPDATE name SET target = taxon.canonical,"
            " kingdom = CASE name.kingdom WHEN ?2 THEN taxon.kingdom ELSE name.kingdom END,"
            " family = CASE name.family WHEN ?2 THEN taxon.family ELSE name.family END"
            " FROM name AS taxon WHERE name.dump = ?1 AND name.accepted IS NOT NULL"
            " AND taxon.dump = ?1 AND taxon.ref = name.accepted AND taxon.accepted IS NULL",
            (number, self._word("")),
        )
        run("DROP INDEX temporary_ref")

    def _inherit(self, number: int, column: str, ranks: Sequence[str]) -> None:
        """Fill a column that a dump left empty with the name of what stands above at one of some ranks."""
        run = self.connection.execute
        run("DROP TABLE IF EXISTS temp.below")
        run("CREATE TEMP TABLE below (ref TEXT PRIMARY KEY, word INTEGER) WITHOUT ROWID")
        for rank in ranks:
            self._below(number, rank)
        run(
            f"UPDATE name SET {column} = below.word FROM temp.below"
            f" WHERE dump = ? AND name.ref = below.ref AND {column} = ?",
            (number, self._word("")),
        )

    def _below(self, number: int, rank: str) -> None:
        """Note for everything below a taxon of a rank what that taxon is called."""
        if rank not in self.words:
            return
        heads = self.connection.execute(
            "SELECT ref, canonical FROM name WHERE dump = ? AND rank = ? AND accepted IS NULL",
            (number, self.words[rank]),
        ).fetchall()
        self.connection.execute("CREATE TEMP TABLE heads (ref TEXT, word INTEGER)")
        self.connection.executemany("INSERT INTO heads VALUES (?, ?)", [(ref, self._word(name)) for ref, name in heads])
        self.connection.execute(
            "INSERT OR IGNORE INTO below WITH RECURSIVE down (ref, word) AS (SELECT ref, word FROM heads UNION"
            " SELECT above.ref, down.word FROM down JOIN above ON above.parent = down.ref) SELECT ref, word FROM down"
        )
        self.connection.execute("DROP TABLE heads")

    def _slips(self, number: int) -> None:
        """Note the slips of every first word, as it is spelled and as its stem."""
        first = "CASE instr({0}, ' ') WHEN 0 THEN {0} ELSE substr({0}, 1, instr({0}, ' ') - 1) END"
        sql = f"SELECT DISTINCT {first.format('stem')}, {first.format('canonical')} FROM name"
        firsts = self.connection.execute(f"{sql} WHERE dump = ? AND stem NOT LIKE '=%'", (number,))
        words = {(stem_, word) for stem_, spelled in firsts for word in (stem_, plain(spelled)) if len(word) > 2}
        rows = sorted({(key, stem_) for stem_, word in words for key in slips(word)})
        self.connection.executemany("INSERT OR IGNORE INTO slip VALUES (?, ?, ?)", ((number, *row) for row in rows))

    def finish(self) -> None:
        """Make the indexes and sign the file; only then is it an index."""
        self.progress("sorting", 0, 0)
        self.connection.executescript(_sql("keys"))
        self.connection.executescript(
            f"ANALYZE; PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION};"
        )
        self.connection.commit()
        path = self.connection.execute("PRAGMA database_list").fetchone()[2]
        with open(path, "rb") as stream:  # noqa: PTH123
            os.fsync(stream.fileno())


def _status(row: TaxonRow, name: Name) -> str:
    return "misapplied" if name.sense == "misapplied" and row.accepted is not None else row.status or "accepted"


def _indexes(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    return [row[0] for row in rows]


def _sql(name: str) -> str:
    return (resources(__package__) / f"{name}.sql").read_text(encoding="utf-8")


def _release(files: Files, reading: Reading, said: Release) -> Release:
    """Return what the user said of a dump, else what it says of itself, else its file's name and its hash."""
    found = reading.release
    given = {name: value for name in Release.__slots__ if (value := getattr(said, name)) and name != "kind"}
    found = replace(found, **given)
    return replace(
        found,
        name=found.name or slug(files.name),
        release=found.release or found.date or f"sha256-{files.sha256()[:12]}",
        title=found.title or files.name,
    )
