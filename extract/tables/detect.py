"""Detection: what a file, a folder or an archive of tables is, found from its content and not from its name."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from ..problems import InputError, Problem
from .archive import is_workbook, unpack
from .datapackage import read_datapackage
from .description import Column, Dialect, Package, Table
from .documents import read_documents
from .mapping import read_mapping, shipped_mappings
from .meta import read_eml, read_meta
from .text import above_header, columns_of, encoding_of, find_header, first_lines, is_data, sniff, split_line
from .workbook import read_workbook

__all__ = ["describe"]

_TEXTS = {".csv", ".tsv", ".txt", ".tab", ".psv", ".dmp"}
_UNSAFE = re.compile(r"[^\w .,()&+@#=-]+")
_JSON = {".json", ".ndjson", ".jsonl"}
_PARQUET = {".parquet", ".pq"}
#: How many files a note names; how many lines tell what a table is like.
_SHOWN, _LOOKED_AT = 5, 100
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")
#: Files of a package that are not tables.
_BESIDE = re.compile(
    r"(readme|licen[cs]e|citations?|rights|changelog|source|contributors)(\.(txt|md|html?))?"
    r"|(meta|eml|metadata)\.xml|(datapackage|metadata)\.(json|ya?ml)|\..*"
)


def describe(path: str | Path, scratch: Path) -> Package:
    """Return what a package of tables holds. Archives, workbooks and nested JSON are unpacked into `scratch`.

    Raises UsageError when nothing is there, and InputError when it cannot be opened, with the reason.
    """
    given = Path(path)
    try:
        package = _described(unpack(given, scratch), scratch)
    except InputError as error:
        told = (replace(p, path=p.path.replace(str(scratch), str(given))) for p in error.problems)
        raise InputError(told) from error
    return replace(package, path=given, tables=tuple(_safe(package.tables)), notes=(*package.notes, *_others(package)))


def _others(package: Package) -> Iterator[Problem]:
    """Tell the files of a folder or an archive that are neither tables nor describe any."""
    if package.path.is_dir():
        tables = {file for table in package.tables for file in table.files}
        there = (
            p for p in sorted(package.path.rglob("*")) if p.is_file() and p not in tables and p.suffix != ".records"
        )
        names = [p.relative_to(package.path).as_posix() for p in there if not _BESIDE.fullmatch(p.name.lower())]
        if names:
            shown = ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else "")
            fix = "add what holds data by itself"
            yield Problem(str(package.path), 0, 0, "files that are not read as tables", shown, fix, warning=True)


def _safe(tables: Iterable[Table]) -> Iterator[Table]:
    """Give each table a role that may stand in a mapping, in a query and in the name of a file."""
    taken: set[str] = set()
    for table in tables:
        role = plain = _UNSAFE.sub("-", table.role) or "table"
        while role.casefold() in taken:  # the engine takes Birds and birds for one
            role = f"{plain}_{len(taken) + 1}"
        taken.add(role.casefold())
        yield replace(table, role=role, columns=tuple(_apart(table.columns)))


def _apart(columns: Iterable[Column]) -> Iterator[Column]:
    """Give each column a name of its own, whatever its case, and none that of the number of a row."""
    taken = {"_row"}
    for column in columns:
        name, number = column.name, 2
        while name.casefold() in taken:
            name, number = f"{column.name}_{number}", number + 1
        taken.add(name.casefold())
        yield column if name == column.name else replace(column, name=name)


def _described(place: Path, scratch: Path) -> Package:
    if place.is_file():
        return _file(place, scratch)
    folder, notes = _root(place)
    if (folder / "meta.xml").is_file():
        package = read_meta(folder / "meta.xml")
        return replace(package, notes=(*notes, *package.notes))
    descriptor = next((p for p in (folder / "datapackage.json", folder / "metadata.json") if p.is_file()), None)
    if descriptor and (found := read_datapackage(descriptor)):
        return _named(replace(found, notes=(*notes, *found.notes)))
    files = [p for p in sorted(folder.rglob("*")) if p.is_file()]
    tables = [table for path in files for table in _tables(path, notes, scratch)]
    documents = [p for p in files if p.suffix.lower() in _JSON and p.name[:1] != "."]
    if documents and not tables:
        found = read_documents(documents, scratch)
        return _named(replace(found, path=folder, notes=(*notes, *found.notes)))
    if not tables:
        fix = "a package has meta.xml, datapackage.json, or tables (.csv .tsv .txt .parquet .json .xlsx)"
        raise InputError([*notes, Problem(str(place), 0, 0, "no table in it", "", fix)])
    metadata = read_eml(folder / "eml.xml", notes)
    return _named(Package(folder, "csv", tuple(tables), metadata, tuple(notes)))


def _file(path: Path, scratch: Path) -> Package:
    if path.suffix.lower() == ".xml" or path.name == "meta.xml":
        return read_meta(path)
    notes: list[Problem] = []
    if path.suffix.lower() in _JSON:
        return _named(read_documents([path], scratch))
    tables = tuple(_tables(path, notes, scratch, named=True))
    if not tables:
        raise InputError(
            notes or [Problem(str(path), 0, 0, "not a table that is known", "", "docs/tables.md lists the formats")]
        )
    return _named(Package(path, "csv", tables, {}, tuple(notes)))


def _root(folder: Path) -> tuple[Path, list[Problem]]:
    """Return the folder of a package that holds its tables, which may lie a level or two down."""
    found = [p for name in ("meta.xml", "datapackage.json") for p in folder.rglob(name)]
    found.sort(key=lambda p: (len(p.parts), p.name != "meta.xml", p.as_posix()))
    if not found:
        return folder, []
    others = [p.relative_to(folder).as_posix() for p in found[1:] if p.name == found[0].name]
    fix = f"{found[0].relative_to(folder).as_posix()} is used"
    note = Problem(str(folder), 0, 0, f"more than one {found[0].name}", ", ".join(others), fix, warning=True)
    return found[0].parent, [note] if others else []


def _tables(path: Path, notes: list[Problem], scratch: Path, *, named: bool = False) -> Iterator[Table]:
    """Yield the tables of a loose file, none when it has none. `named` says that somebody pointed at it."""
    if path.suffix.lower() in _PARQUET or _starts(path, b"PAR1"):
        yield Table(path.stem, (path,), _parquet_columns(path), kind="parquet")
    elif is_workbook(path):
        yield from read_workbook(path, scratch / path.stem, notes)
    elif table := _text_table(path, notes, named=named):
        yield table


def _text_table(path: Path, notes: list[Problem], *, named: bool) -> Table | None:
    ending = path.suffix.lower()
    if not named and (ending not in _TEXTS or _BESIDE.fullmatch(path.name.lower())):
        return None
    if path.stat().st_size == 0:
        notes.append(Problem(str(path), 0, 0, "the file is empty", "", "put the table back", warning=not named))
        return None
    if _starts(path, b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"SQLite format 3", b"\xd0\xcf\x11\xe0"):
        fix = "save it as .csv, .tsv or .xlsx"
        notes.append(Problem(str(path), 0, 0, "not a table of text", "", fix, warning=not named))
        return None
    encoding = encoding_of(path)
    lines = first_lines(path, encoding)
    start, dialect = _headed(lines)
    rows = [split_line(line, dialect.delimiter, dialect.quote) for line in lines[start : start + _LOOKED_AT]]
    bare = is_data(rows[0], rows[1:])
    dialect = replace(dialect, encoding=encoding, header_lines=start if bare else start + 1)
    columns, doubled = columns_of([""] * len(rows[0]) if bare else rows[0])
    if _CONTROL.search(lines[start]) or (ending not in _TEXTS and len(columns) < 2):
        fix = "a header has two columns at least, in plain text; save it as .csv, .tsv or .xlsx"
        notes.append(Problem(str(path), start + 1, 0, "not a table of text", "", fix, warning=not named))
        return None
    notes += above_header(path, [line for line in lines[:start] if line.strip()])
    if bare:
        fix = "its columns are called column_1, column_2 and so on; write names above them if you can"
        notes.append(Problem(str(path), start + 1, 0, "the first line is no header", "", fix, warning=True))
    for name in doubled:
        fix = "the second is read as name_2"
        notes.append(Problem(str(path), start + 1, 0, "the column stands twice", name, fix, warning=True))
    return Table(path.stem, (path,), columns, dialect=dialect)


def _headed(lines: list[str]) -> tuple[int, Dialect]:
    """Return which line is the header of a table, and how its lines are cut."""
    filled = [n for n, line in enumerate(lines[:_LOOKED_AT]) if line.strip()] or [0]
    dialect = sniff(lines[filled[0] :])
    if len(split_line(lines[filled[0]], dialect.delimiter, dialect.quote)) < 2:
        dialect = sniff([lines[n] for n in filled[len(filled) // 2 :]])
    rows = [split_line(lines[n], dialect.delimiter, dialect.quote) for n in filled]
    return filled[find_header(rows)], dialect


def _parquet_columns(path: Path) -> tuple[Column, ...]:
    import duckdb  # a third of a second that only tables like this should cost

    try:
        found = duckdb.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
        names = [str(row[0]) for row in found]
        if "file_row_number" in names:
            fix = "call it something else: rows are numbered under this name"
            raise InputError([Problem(str(path), 0, 0, "a column that may not be there", "file_row_number", fix)])
        return columns_of(names)[0]
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise InputError([Problem(str(path), 0, 0, "not a readable Parquet file", reason, "write it again")]) from error


def _starts(path: Path, *marks: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(16).startswith(marks)


@cache
def _roles() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "roles.toml").read_text(encoding="utf-8"))


def _named(package: Package) -> Package:
    """Give each table the role that its name or its columns tell, and the package the format that they make."""
    if package.format != "csv":
        return package
    spelled = tuple(replace(table, columns=tuple(_spelled(table.columns))) for table in package.tables)
    for name, entry in _roles()["formats"].items():
        tables = spelled if name == "dwc" else package.tables
        known = {table.files: role for table in tables if (role := _role(table, entry))}
        others = {role: other for role, other in entry.get("instead", {}).items() if other not in known.values()}
        known = {files: others.get(role, role) for files, role in known.items()}
        signs = set(entry.get("sign", ()))
        signed = not signs or any(signs & set(t.names) for t in tables if t.files in known)
        if known and len(known) == len(set(known.values())) and signed:
            found = tuple(replace(t, role=known.get(t.files, t.role)) for t in tables)
            return replace(package, format=name, tables=tuple(_cored(found)))
    for entry in _roles()["by-columns"]:
        table = replace(spelled[0], columns=_aliased(spelled[0].columns)) if "aliases" in entry else spelled[0]
        names = set(table.names)
        if len(package.tables) == 1 and names >= set(entry["columns"]) and names & set(entry["one-of"]):
            return replace(package, format=entry["format"], tables=(replace(table, role=entry["role"], core=True),))
    return package


def _spelled(columns: tuple[Column, ...]) -> Iterator[Column]:
    """Yield columns whose name is a known one in another case (taxonrank, EVENTDATE) under the known name."""
    taken = {column.name for column in columns}
    for column in columns:
        known = _known_names().get(column.name.casefold(), column.name)
        yield column if known in taken else replace(column, name=known)


def _aliased(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Return columns under the Darwin Core names that stand for what observers' portals call them."""
    aliases, taken = _roles()["aliases"], {column.name for column in columns}
    known = ((column, aliases.get("".join(c for c in column.name.casefold() if c.isalnum()), "")) for column in columns)
    return tuple(replace(c, name=name) if name and name not in taken else c for c, name in known)


@cache
def _known_names() -> dict[str, str]:
    mappings = [read_mapping(path) for name, path in shipped_mappings().items() if name.startswith("dwc")]
    names = {name for mapping in mappings for rule in mapping.rules for name in rule.columns()}
    for entry in _roles()["by-columns"]:
        names |= {*entry["columns"], *entry["one-of"]}
    return {name.casefold(): name for name in sorted(names)}


def _role(table: Table, entry: Mapping[str, Any]) -> str:
    """Return the role that a table plays in a format, empty when it plays none."""
    names = set(table.names)
    if set(entry.get("columns", ["\0"])) <= names:
        return str(entry["role"])
    stem = "".join(c for c in table.files[0].stem.lower() if c.isalnum())
    role = str(entry.get("stems", {}).get(stem, ""))
    return role if names & set(entry.get("any", ())) else ""


def _cored(tables: tuple[Table, ...]) -> Iterator[Table]:
    cores = ("NameUsage", "Taxon", "Occurrence", "Event", "Interaction", "Assessment", "observations")
    core = next((role for role in cores if any(table.role == role for table in tables)), "")
    return (replace(table, core=table.role == core or table.core) for table in tables)
