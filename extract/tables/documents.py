"""JSON and JSON Lines: objects as rows, lists of objects inside them as tables that hang on those rows.

`{"id": 1, "taxon": {"name": "x"}, "threats": [{"code": "5.1"}]}` is a row of the first table with the columns `id`
and `taxon.name`, and a row of the table `threats` with the columns `code`, `parent.id` and `parent.taxon.name`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ..problems import InputError, Problem
from .description import Column, Dialect, Package, Table
from .records import SEPARATOR, write_records

__all__ = ["read_documents"]

_Row = dict[str, str]
#: Values longer than this are not repeated in the rows that hang on theirs.
_TOLD = 200


def read_documents(paths: Iterable[Path], scratch: Path) -> Package:
    """Return the tables that JSON files make, written into `scratch`. Raises InputError with file and line."""
    tables: dict[str, list[tuple[int, _Row]]] = {}
    files = list(paths)
    notes: list[Problem] = []
    for path in files:
        for line, document in _documents(path, notes):
            _flatten("", document, {}, line, tables)
    if not any(tables.values()):
        raise InputError([*notes, Problem(str(files[0]), 0, 0, "no rows in it", "", "a list of objects is expected")])
    keys = {key for _, row in tables.get("", []) for key in row}
    api = {"assessment_id", "sis_taxon_id"} & keys or "taxon.sis_id" in keys
    first = "Assessment" if api else files[0].stem
    file = files[0].name if len(files) == 1 else f"{files[0].parent.name}/*{files[0].suffix}"
    titles = {name: f"{file}#{name}" if name else file for name in tables}
    made = tuple(
        _table(name or first, rows, scratch, titles[name], core=not name) for name, rows in sorted(tables.items())
    )
    return Package(files[0], "iucn-api" if api else "csv", made, {}, tuple(notes))


def _documents(path: Path, notes: list[Problem]) -> Iterator[tuple[int, dict[str, Any]]]:
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
        if not lines or not lines[0][1].lstrip().startswith("{") or len(lines) == 1:
            place = (getattr(error, "lineno", 0), getattr(error, "colno", 0))
            raise InputError([Problem(str(path), *place, f"not JSON: {error}"[:200])]) from error
        for number, line in lines:
            try:
                found = json.loads(line)
            except (ValueError, RecursionError) as problem:
                notes.append(
                    Problem(str(path), number, 1, f"not JSON: {problem}"[:200], line[:60], "the line is left out")
                )
                continue
            if isinstance(found, dict):
                yield number, found
        return
    if isinstance(whole, dict):
        lists = [value for value in whole.values() if isinstance(value, list) and value and isinstance(value[0], dict)]
        scalars = [value for value in whole.values() if not isinstance(value, (dict, list))]
        whole = (
            lists[0]
            if len(lists) == 1 and len(scalars) <= 2 and not any(isinstance(v, dict) for v in whole.values())
            else [whole]
        )
    yield from ((n, entry) for n, entry in enumerate(whole, 1) if isinstance(entry, dict))


def _flatten(
    name: str, document: dict[str, Any], parent: _Row, line: int, tables: dict[str, list[tuple[int, _Row]]]
) -> None:
    row: _Row = {}
    lists: list[tuple[str, list[Any]]] = []
    _scalars("", document, row, lists)
    whole = row | {f"parent.{key}": value for key, value in parent.items()}
    tables.setdefault(name, []).append((line, whole))
    told = {key: value for key, value in whole.items() if len(value) <= _TOLD and (len(whole) <= 100 or _names(key))}
    for key, entries in lists:
        for entry in entries:
            _flatten(f"{name}.{key}" if name else key, entry, told, line, tables)


def _names(key: str) -> bool:
    """Say whether a column names things, so that rows of other tables can be told whose they are."""
    return key.rpartition(".")[2].lower().endswith(("id", "code", "name"))


def _scalars(prefix: str, value: dict[str, Any], row: _Row, lists: list[tuple[str, list[Any]]]) -> None:
    for key, entry in value.items():
        name = f"{prefix}{key}"
        if isinstance(entry, dict):
            _scalars(f"{name}.", entry, row, lists)
        elif isinstance(entry, list):
            objects = [e for e in entry if isinstance(e, dict)]
            if objects:
                lists.append((name, objects))
                row |= _told_inline(name, objects)
            elif entry:
                row[name] = " | ".join(_text(e) for e in entry if e is not None)
        elif entry is not None:
            row[name] = _text(entry)


def _told_inline(name: str, objects: list[dict[str, Any]]) -> _Row:
    """Return, for a list of plain codes with their descriptions, what it says in columns of the row itself."""
    found: dict[str, list[str]] = {}
    for entry in objects:
        if set(entry) != {"code", "description"}:
            return {}
        flat: _Row = {}
        _scalars(f"{name}.", entry, flat, [])
        for key, text in flat.items():
            found.setdefault(key, []).append(text)
    return {key: " | ".join(texts) for key, texts in found.items()}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value)


def _table(name: str, rows: list[tuple[int, _Row]], scratch: Path, title: str, *, core: bool) -> Table:
    columns = list(dict.fromkeys(key for _, row in rows for key in row))
    scratch.mkdir(parents=True, exist_ok=True)
    target = scratch / f"{name}.records"
    write_records(((line, [row.get(column, "") for column in columns]) for line, row in rows), target)
    named = tuple(Column(column, n, header=column) for n, column in enumerate(columns))
    return Table(name, (target,), named, "records", Dialect(SEPARATOR, "", "utf-8", 0), core, title=title)
