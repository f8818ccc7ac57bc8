"""The descriptor of a Darwin Core Archive, meta.xml (http://rs.tdwg.org/dwc/text/): its tables and columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import parse

from ..problems import InputError, Problem
from .description import Column, Dialect, Package, Table
from .text import encoding_of, first_lines, local_name, sniff, split_line

__all__ = ["read_eml", "read_meta"]

_ESCAPES = {"\\t": "\t", "\\n": "\n", "\\r": "\r", "\\\\": "\\"}


def read_meta(path: Path) -> Package:
    """Return the package that a meta.xml describes. Raises InputError when it cannot be used at all.

    A table whose file is not there, or an extension that does not say whom its rows belong to, is left out with a
    note, as long as there is a core.
    """
    root = _xml(path)
    notes: list[Problem] = []
    tables = []
    for element in root:
        role = _local(element)
        if role in {"core", "extension"}:
            table = _table(element, path, notes, core=role == "core")
            tables += [table] if table else []
    if not any(_local(element) == "core" for element in root):
        notes.append(Problem(str(path), 0, 0, "the descriptor has no core", fix="add a <core> element"))
    if not any(table.core for table in tables):
        raise InputError(notes)
    metadata = read_eml(path.parent / root.get("metadata", "eml.xml"), notes, named="metadata" in root.attrib)
    return Package(path.parent, "dwca", tuple(_separate(tables)), metadata, tuple(notes))


def read_eml(path: Path, notes: list[Problem], *, named: bool = False) -> dict[str, str]:
    """Return title, publisher, license and date of an EML document, as far as it states them."""
    if not path.is_file():
        if named:
            notes.append(Problem(str(path), 0, 0, "the metadata file is not there", path.name, warning=True))
        return {}
    try:
        root = parse(path).getroot()
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        notes.append(Problem(str(path), 0, 0, "the metadata cannot be read", str(error), warning=True))
        return {}
    found = {}
    wanted = {
        "title": "title",
        "organizationName": "publisher",
        "pubDate": "published",
        "intellectualRights": "license",
    }
    for element in root.iter():
        name = wanted.get(_local(element), "")
        text = " ".join(" ".join(element.itertext()).split())
        if name and text and name not in found:
            found[name] = text
        if _local(element) == "ulink" and "creativecommons.org" in element.get("url", ""):
            found["license_url"] = element.get("url", "")
    return found


def _xml(path: Path) -> Element:
    fix = "see https://dwc.tdwg.org/text/ for what a descriptor looks like"
    try:
        root: Element = parse(path).getroot()
        return root
    except DefusedXmlException as error:
        message = "the descriptor declares entities, which may read other files; it is not opened"
        raise InputError([Problem(str(path), 0, 0, message, str(error), "remove the DOCTYPE")]) from error
    except ParseError as error:
        line, column = error.position
        raise InputError([Problem(str(path), line, column + 1, "not well-formed XML", str(error), fix)]) from error
    except (ValueError, LookupError) as error:
        raise InputError([Problem(str(path), 0, 0, "not XML", str(error), fix)]) from error


def _table(element: Element, path: Path, notes: list[Problem], *, core: bool) -> Table | None:
    row_type = element.get("rowType", "")
    role = local_name(row_type) or ("core" if core else "extension")
    files = [
        path.parent / (location.text or "").strip() for location in element.iter() if _local(location) == "location"
    ]

    def note(message: str, value: str, fix: str, *, fatal: bool = False) -> None:
        notes.append(Problem(str(path), 0, 0, message, value, fix, warning=not (fatal and core)))

    if not files:
        note(f"the {'core' if core else 'extension'} {role} names no file", "", "add <files><location>", fatal=True)
        return None
    there = [file for file in files if file.is_file() and file.resolve().is_relative_to(path.parent.resolve())]
    for file in files:
        if file not in there:
            note(f"the file of {role} is not there", file.name, "put it back, or take it out of meta.xml", fatal=True)
    if not there:
        return None
    columns = tuple(_columns(element, note))
    if not core and not any(column.name == "coreid" for column in columns):
        note(f"the extension {role} does not say which column is the coreid; it is left out", "", "add <coreid>")
        return None
    encoding = encoding_of(there[0], element.get("encoding", "utf-8"))
    dialect = _dialect(element, encoding)
    dialect, columns = _checked(there[0], dialect, columns, note)
    dialect = _headed(there[0], dialect, columns, notes)
    if all(file.stat().st_size == 0 for file in there):
        notes.append(Problem(str(path), 0, 0, f"the file of {role} is empty", there[0].name, warning=True))
    if element.get("encoding") and not _same(encoding, element.get("encoding", "")):
        note(
            f"{there[0].name} is not in the encoding that is declared", element.get("encoding", ""), f"it is {encoding}"
        )
    return Table(role, tuple(there), columns, dialect=dialect, core=core, row_type=row_type)


def _columns(element: Element, note) -> Iterator[Column]:  # type: ignore[no-untyped-def]
    taken: set[str] = set()
    for child in element:
        kind = _local(child)
        if kind not in {"id", "coreid", "field"}:
            continue
        index = child.get("index", "")
        number = int(index) if index.strip().isdigit() else None
        term = child.get("term", "")
        name = kind if kind != "field" else local_name(term)
        if not name or (number is None and not child.get("default")):
            if kind != "field" or number is None:
                note("a field has neither index nor default; it is left out", name or term, "add index")
            if not (kind == "field" and name and number is None):
                continue
            continue
        if name in taken:
            name = f"{name}_{number if number is not None else 'default'}"
        taken.add(name)
        separator = child.get("delimitedBy", "")
        yield Column(name, number, term, child.get("default", ""), separator=separator)
        if kind != "field" and term and local_name(term) not in taken:
            taken.add(local_name(term))
            yield Column(local_name(term), number, term, child.get("default", ""))


def _dialect(element: Element, encoding: str) -> Dialect:
    lines = element.get("ignoreHeaderLines", "0").strip()
    return Dialect(
        delimiter=_unescape(element.get("fieldsTerminatedBy", ",")) or ",",
        quote=_unescape(element.get("fieldsEnclosedBy", '"')),
        encoding=encoding,
        header_lines=int(lines) if lines.isdigit() else 0,
        newline=_unescape(element.get("linesTerminatedBy", "\n")) or "\n",
    )


def _checked(file: Path, dialect: Dialect, columns: tuple[Column, ...], note) -> tuple[Dialect, tuple[Column, ...]]:  # type: ignore[no-untyped-def]
    """Return the dialect that fits the file where the declared one plainly does not."""
    width = 1 + max((column.index for column in columns if column.index is not None), default=0)
    lines = first_lines(file, dialect.encoding)
    body = [line for line in lines[: dialect.header_lines + 20] if line.strip()]
    if not body or width < 2 or any(len(split_line(row, dialect.delimiter, dialect.quote)) > 1 for row in body):
        return dialect, columns
    found = sniff(body, header_lines=dialect.header_lines)
    if len(split_line(body[0], found.delimiter, found.quote)) < 2:
        return dialect, columns
    note(f"{file.name} is not separated as declared", dialect.delimiter, f"it is read with {found.delimiter!r}")
    return replace(found, encoding=dialect.encoding), columns


def _headed(file: Path, dialect: Dialect, columns: tuple[Column, ...], notes: list[Problem]) -> Dialect:
    """Return the dialect with a header line where the first line is one and the descriptor does not say so."""
    cells = split_line(first_lines(file, dialect.encoding)[0], dialect.delimiter, dialect.quote)
    named = [c for c in columns if c.index is not None and c.index < len(cells) and c.name != "coreid"]
    same = sum(local_name(cells[c.index or 0].strip()).casefold() == c.name.casefold() for c in named)
    is_header = same >= 2 and same >= len(named) / 2
    if dialect.header_lines > 1 and (there := _line_count(file, dialect.header_lines)) <= dialect.header_lines:
        message = f"ignoreHeaderLines leaves no row: the file has {there} lines"
        fix = "only its first line, which is the header, is left out" if is_header else "correct ignoreHeaderLines"
        notes.append(Problem(str(file), 0, 0, message, str(dialect.header_lines), fix, warning=True))
        return replace(dialect, header_lines=1) if is_header else dialect
    if dialect.header_lines or not is_header:
        return dialect
    message = "the first line is a header, which the descriptor does not say"
    notes.append(Problem(str(file), 1, 1, message, cells[0], "it is not read as a row", warning=True))
    return replace(dialect, header_lines=1)


def _line_count(file: Path, most: int) -> int:
    """Return how many lines a file has, one more than `most` where there are more."""
    with file.open("rb") as opened:
        return sum(1 for _ in islice(opened, most + 1))


def _separate(tables: list[Table]) -> Iterator[Table]:
    """Give each table a role of its own: a second one of the same type is numbered."""
    seen: dict[str, int] = {}
    for table in sorted(tables, key=lambda table: not table.core):
        seen[table.role] = seen.get(table.role, 0) + 1
        yield table if seen[table.role] == 1 else replace(table, role=f"{table.role}_{seen[table.role]}")


def _unescape(text: str) -> str:
    for written, meant in _ESCAPES.items():
        text = text.replace(written, meant)
    return text


def _same(one: str, other: str) -> bool:
    def plain(name: str) -> str:
        return name.lower().replace("-", "").replace("_", "").removesuffix("sig").replace("cp1252", "windows1252")

    return plain(one) == plain(other) or (plain(one).startswith("utf16") and plain(other).startswith("utf16"))


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
