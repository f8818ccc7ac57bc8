"""JSON and JSON Lines: objects as rows, lists of objects inside them as tables that hang on those rows.

`{"id": 1, "taxon": {"name": "x"}, "threats": [{"code": "5.1"}]}` is a row of the first table with the columns `id`
and `taxon.name`, and a row of the table `threats` with the columns `code`, `parent.id` and `parent.taxon.name`. Rows of
the first table are known by their line or place in the list, those of the others by their place in that table.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, Any

from ..problems import InputError, Problem
from .description import Column, Dialect, Package, Table
from .records import SEPARATOR, record
from .text import local_name

__all__ = ["COPIED", "read_documents"]

_Row = dict[str, str]
#: How the columns begin that repeat what the row says on which a row hangs.
COPIED = "parent."
#: Values longer than this are not repeated in the rows that hang on theirs.
_TOLD = 200
#: Numbers with a point stay as they are written: 2.50 is not 2.5.
_loads = partial(json.loads, parse_float=str)
#: How many lines tell whether a file is JSON Lines.
_HEAD = 5
#: A document, and a line, may have so many bytes: what is read whole takes some ten times as much memory.
MAX_DOCUMENT = 64 << 20
#: A file with more lines that are no objects is not what it seems.
_MAX_LEFT_OUT = 100_000


def read_documents(paths: Iterable[Path], scratch: Path) -> Package:
    """Return the tables that JSON files make, written into `scratch`. Raises InputError with file and line.

    JSON Lines are read a line at a time; other JSON is read whole, and refused where it is too large for that.
    """
    files = list(paths)
    left_out: list[Problem] = []
    with ExitStack() as stack:
        writers = _Writers(scratch, stack)
        found = (pair for path in files for pair in _documents(path, left_out))
        for count, (line, document) in enumerate(found, 1):
            _flatten("", document, {}, line if len(files) == 1 else count, writers.put)
    if not writers.columns:
        raise InputError(
            [*left_out, Problem(str(files[0]), 0, 0, "no rows in it", "", "a list of objects is expected")]
        )
    keys = writers.columns[""].keys()
    listed = writers.columns.get("assessments", {}).keys()
    api = {"assessment_id", "sis_taxon_id"} & (keys | listed) or "taxon.sis_id" in keys
    wikidata = "claims.P225" in writers.columns
    first = "Assessment" if api else "Item" if wikidata else files[0].stem
    file = files[0].name if len(files) == 1 else f"{files[0].parent.name}/*{files[0].suffix}"
    made = tuple(writers.table(name, name or first, f"{file}#{name}" if name else file) for name in writers.names())
    kind = "iucn-api" if api else "wikidata" if wikidata else "csv"
    return Package(files[0], kind, made, {}, left_out=tuple(left_out))


class _Writers:
    """Writes the rows of tables as they come; a column that comes later is empty in the rows before."""

    def __init__(self, scratch: Path, stack: ExitStack) -> None:
        scratch.mkdir(parents=True, exist_ok=True)
        self.scratch = scratch
        self.stack = stack
        self.columns: dict[str, dict[str, int]] = {}
        self._files: dict[str, IO[str]] = {}
        self._rows: Counter[str] = Counter()

    def put(self, name: str, line: int, row: _Row) -> None:
        if name not in self._files:
            path = self._path(len(self._files))
            # JSON may escape half of a pair of surrogates, which is no character
            file = path.open("w", encoding="utf-8", errors="replace", newline="\n")
            self._files[name] = self.stack.enter_context(file)
        columns = self.columns.setdefault(name, {})
        for key in row:
            columns.setdefault(key, len(columns))
        self._rows[name] += 1
        self._files[name].write(record(self._rows[name] if name else line, (row.get(column, "") for column in columns)))

    def names(self) -> list[str]:
        return sorted(self.columns)

    def table(self, name: str, role: str, title: str) -> Table:
        columns = tuple(Column(local_name(column), n, header=column) for column, n in self.columns[name].items())
        path = self._path(list(self.columns).index(name))
        return Table(role, (path,), columns, "records", Dialect(SEPARATOR, "", "utf-8", 0), not name, title=title)

    def _path(self, number: int) -> Path:
        return self.scratch / f"documents-{number}.records"


def _documents(path: Path, left_out: list[Problem]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the objects of a file with the number of their line, or of their place in a list."""
    found = _lines(path) if _in_lines(path) else _whole(path)
    for number, value in found:
        if isinstance(value, dict):
            yield number, value
            continue
        message = str(value) if isinstance(value, _NotJsonError) else "not an object"
        shown = value.text if isinstance(value, _NotJsonError) else json.dumps(value)
        left_out.append(Problem(path.name, number, 1, message, shown[:60], "the line is left out", warning=True))
        if len(left_out) > _MAX_LEFT_OUT:
            fix = "JSON Lines have an object on each line"
            raise InputError(
                [left_out[0], Problem(str(path), 0, 0, f"more than {_MAX_LEFT_OUT:,} lines as bad", "", fix)]
            )


class _NotJsonError(Exception):
    """What is wrong with a line, and the line."""

    def __init__(self, message: str, text: str) -> None:
        super().__init__(f"not JSON: {message}"[:200])
        self.text = text


def _whole(path: Path) -> Iterator[tuple[int, Any]]:
    if path.stat().st_size > MAX_DOCUMENT:
        message = f"a JSON document of {path.stat().st_size >> 20:,} MiB; {MAX_DOCUMENT >> 20} MiB are read"
        fix = f"write a line for each object: jq -c '.[]' {path.name} > {path.stem}.jsonl"
        raise InputError([Problem(str(path), 0, 0, message, "", fix)])
    try:
        whole = _loads(path.read_text(encoding="utf-8-sig", errors="replace"))
    except (ValueError, RecursionError) as error:
        place = (getattr(error, "lineno", 0), getattr(error, "colno", 0))
        raise InputError([Problem(str(path), *place, f"not JSON: {error}"[:200])]) from error
    if isinstance(whole, dict) and set(whole) == {"entities"} and isinstance(whole["entities"], dict):
        whole = list(whole["entities"].values())
    if isinstance(whole, dict):
        lists = [value for value in whole.values() if isinstance(value, list) and value and isinstance(value[0], dict)]
        scalars = [value for value in whole.values() if not isinstance(value, (dict, list))]
        whole = (
            lists[0]
            if len(lists) == 1 and len(scalars) <= 2 and not any(isinstance(v, dict) for v in whole.values())
            else [whole]
        )
    return enumerate(whole if isinstance(whole, list) else [], 1)


def _in_lines(path: Path) -> bool:
    """Say whether each line is an object: one of the first is, all by itself, and another line follows."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        lines = iter(lambda: file.readline(MAX_DOCUMENT), "")
        head = list(islice((line for line in lines if line.strip()), _HEAD))
    return len(head) > 1 and head[0].lstrip().startswith("{") and any(_is_object(line) for line in head)


def _is_object(line: str) -> bool:
    try:
        return isinstance(_loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _lines(path: Path) -> Iterator[tuple[int, Any]]:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        for number, line in enumerate(iter(lambda: file.readline(MAX_DOCUMENT), ""), 1):
            if line.strip():
                try:
                    yield number, _loads(line)
                except (ValueError, RecursionError) as error:
                    yield number, _NotJsonError(str(error), line.strip())


def _flatten(
    name: str, document: dict[str, Any], parent: _Row, line: int, put: Callable[[str, int, _Row], None]
) -> None:
    row: _Row = {}
    lists: list[tuple[str, list[Any]]] = []
    _scalars("", document, row, lists)
    whole = row | {f"{COPIED}{key}": value for key, value in parent.items()}
    put(name, line, whole)
    told = {key: value for key, value in whole.items() if len(value) <= _TOLD and (len(whole) <= 100 or _names(key))}
    for key, entries in lists:
        for entry in entries:
            _flatten(f"{name}.{key}" if name else key, entry, told, line, put)


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
            if texts := [_text(e) for e in entry if e is not None and not isinstance(e, dict)]:
                row[name] = " | ".join(texts)
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
