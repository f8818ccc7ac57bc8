"""Staging: the tables of a package made readable for the engine, each as a view of its role with line numbers."""

from __future__ import annotations

from pathlib import Path

from ...extract.problems import Problem
from ...extract.tables import Column, Table
from ...extract.tables.records import INSIDE, SEPARATOR, read_records, write_records
from ...extract.tables.text import first_lines, split_line
from .engine import Engine
from .terms import identifier, quote

__all__ = ["stage"]

#: The longest record that is read, in bytes; a longer one is rejected.
MAX_RECORD = 32 << 20
_CHUNK = 4 << 20
#: Marks a line apart from its cells where lines are read whole; it is in no text.
_NEVER = "\x02"


def stage(engine: Engine, table: Table, scratch: Path, problems: list[Problem]) -> dict[str, str]:
    """Make `raw_{role}` of a table and return its columns with their types. Every cell is trimmed, empty ones NULL.

    `_row` is the number of the line in the file (of the record, for Parquet). Rows that cannot be cut into the
    columns are added to `problems` and to the table `ragged` (role, _row, value, reason).
    """
    if table.kind == "parquet":
        return _parquet(engine, table)
    made = []
    for number, file in enumerate(table.files):
        if _direct(engine, table, file, f"stage_{table.role}_{number}"):
            made.append(f"stage_{table.role}_{number}")
            continue
        lines, prefixed = _plain_file(table, file, scratch / f"{table.role}-{number}.lines", problems)
        made.append(_delimited(engine, table, lines, f"stage_{table.role}_{number}", prefixed=prefixed))
    union = " UNION ALL ".join(f'SELECT * FROM "{name}"' for name in made)
    if len(made) == 1:
        engine.run(f'CREATE OR REPLACE VIEW "raw_{table.role}" AS {union}')
    else:
        # lines of several files are numbered on, so that a row is still one of a kind
        parts = [f'SELECT * REPLACE (_row + {n} * 1000000000 AS _row) FROM "{name}"' for n, name in enumerate(made)]
        engine.run(f'CREATE OR REPLACE VIEW "raw_{table.role}" AS {" UNION ALL ".join(parts)}')
    return engine.columns(f"raw_{table.role}")


def _parquet(engine: Engine, table: Table) -> dict[str, str]:
    files = ", ".join(quote(str(path)) for path in table.files)
    source = f"read_parquet([{files}], file_row_number=true)"
    found = engine.rows(f"DESCRIBE SELECT * FROM {source}")
    spelled = {column.header: column.name for column in table.columns}
    kept = []
    for name, kind in ((str(row[0]), str(row[1])) for row in found):
        reference, named = identifier(name), identifier(spelled.get(name, name))
        if name == "file_row_number":
            # records of several files are numbered on, as lines are
            kept.append(f"file_row_number + 1{' + file_index * 1000000000' if len(table.files) > 1 else ''} AS _row")
        elif kind == "VARCHAR":
            # looking at both ends takes half the time of trimming what needs none
            bare = (
                f"CASE WHEN {reference} <> '' AND NOT starts_with({reference}, ' ') AND NOT ends_with({reference}, ' ')"
            )
            text = f"{bare} THEN {reference} ELSE NULLIF(trim({reference}), '') END"
            kept.append(f"{_known(table, text)} AS {named}")
        elif kind.startswith(("DATE", "TIMESTAMP")):
            kept.append(f"CAST({reference} AS VARCHAR) AS {named}")
        else:
            kept.append(f"{reference} AS {named}")
    engine.run(f'CREATE OR REPLACE VIEW "raw_{table.role}" AS SELECT {", ".join(kept)} FROM {source}')
    return engine.columns(f"raw_{table.role}")


def _plain_file(table: Table, file: Path, target: Path, problems: list[Problem]) -> tuple[Path, bool]:
    """Return a file of plain lines of UTF-8 for a table, and whether each line starts with its number.

    The file itself will do where it is UTF-8 with LF line ends and without quotes; what is odd is written anew.
    """
    if table.kind == "records":
        return file, True
    dialect = table.dialect
    marks = _marks(file, dialect.quote, dialect.encoding)
    plain_text = dialect.encoding in {"utf-8", "ascii"} or (
        dialect.encoding == "utf-8-sig" and dialect.header_lines > 0
    )
    if plain_text and not marks and len(dialect.delimiter) == 1 and dialect.newline in {"\n", "\r\n"}:
        return file, False
    if not dialect.encoding.startswith("utf-16") and (nothing := _nul_bytes(file)):
        problems.append(Problem(file.name, 0, 0, "NUL bytes are left out of its cells", str(nothing), warning=True))
    write_records(read_records(file, dialect, file.name, problems), target)
    return target, True


def _nul_bytes(file: Path) -> int:
    with file.open("rb") as opened:
        return sum(chunk.count(b"\x00") for chunk in iter(lambda: opened.read(_CHUNK), b""))


def _direct(engine: Engine, table: Table, file: Path, name: str) -> bool:
    """Make a table of a file by the engine's own reader; False where anything in it is odd.

    Odd is what it cannot number the lines of: cells that span lines, rows with too few or too many cells, blank lines.
    """
    dialect = table.dialect
    plain = table.kind == "delimited" and len(dialect.quote) <= len(dialect.delimiter) == 1
    if not plain or dialect.encoding not in {"utf-8", "utf-8-sig", "ascii"}:
        return False
    lines = _line_count(file)
    if lines is None:
        return False
    line = next(iter(first_lines(file, dialect.encoding)), "")
    width = max(_width(table), len(split_line(line, dialect.delimiter, dialect.quote)))
    names = ", ".join(f"'c{n}': 'VARCHAR'" for n in range(width))
    options = f"delim={quote(dialect.delimiter)}, quote={quote(dialect.quote)}, escape={quote(dialect.quote)}"
    reader = (
        f"read_csv({quote(str(file))}, columns={{{names}}}, {options}, header=false, skip={dialect.header_lines}, "
        "auto_detect=false, strict_mode=true, null_padding=false)"
    )
    # under names of their own: a column that is called rowid would hide the number of the row
    cells = ", ".join(f"{_cell(table, column, f'c{column.index}')} AS k{n}" for n, column in enumerate(table.columns))
    import duckdb  # as in `engine`

    try:
        engine.run(f'CREATE OR REPLACE TABLE "{name}_cells" AS SELECT {cells} FROM {reader}')
    except duckdb.Error:
        return False
    # numbered where it is used: row_number() would have one thread read the file
    start = dialect.header_lines + 1
    named = ", ".join(f"k{n} AS {identifier(column.name)}" for n, column in enumerate(table.columns))
    engine.run(f'CREATE OR REPLACE VIEW "{name}" AS SELECT rowid + {start} AS _row, {named} FROM "{name}_cells"')
    return lines - dialect.header_lines == engine.number(f'SELECT count(*) FROM "{name}_cells"')


def _line_count(file: Path) -> int | None:
    """Return how many lines a file has, the last of which may lack its end; None where line ends may be data."""
    count = 0
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK) + opened.readline():
            if b"\x00" in chunk or chunk.count(b"\r") != chunk.count(b"\r\n"):
                return None
            count += chunk.count(b"\n") + (not chunk.endswith(b"\n"))
    return count


def _marks(file: Path, quote_: str, encoding: str) -> bool:
    """Say whether a file holds what lines cannot be cut with: quotes, returns, NUL, our separators, endless lines."""
    wanted = [b"\r", b"\x00", SEPARATOR.encode(), INSIDE.encode(), _NEVER.encode()]
    wanted += [quote_.encode()] if quote_ else []
    length = 0  # of the line so far: one that is longer than a record may be is odd too
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            first, last = chunk.find(b"\n"), chunk.rfind(b"\n")
            if length + (first if first >= 0 else len(chunk)) > MAX_RECORD or any(mark in chunk for mark in wanted):
                return True
            length = len(chunk) - last - 1 if last >= 0 else length + len(chunk)
    return encoding.startswith("utf-16")


def _delimited(engine: Engine, table: Table, file: Path, name: str, *, prefixed: bool) -> str:
    """Make a table of a file of plain lines, cut by the engine; too many cells make a row ragged."""
    delimiter = SEPARATOR if prefixed else table.dialect.delimiter
    skip = 0 if prefixed else table.dialect.header_lines
    reader = (
        f"read_csv({quote(str(file))}, columns={{'line': 'VARCHAR'}}, delim='{_NEVER}', quote='', escape='', "
        f"header=false, auto_detect=false, max_line_size={MAX_RECORD}, buffer_size={MAX_RECORD * 2}, "
        "null_padding=true, strict_mode=false, ignore_errors=true, new_line='\\n')"
    )
    engine.run(
        f'CREATE OR REPLACE TABLE "{name}_lines" AS SELECT row_number() OVER () AS n, '
        f"string_split(line, chr({ord(delimiter)})) AS cells FROM {reader}"
    )
    if prefixed:
        _tell_long(engine, table, file, engine.number(f'SELECT count(*) FROM "{name}_lines"'))
    shift = 1 if prefixed else 0
    row = "CAST(cells[1] AS BIGINT)" if prefixed else "n"
    width = shift + _width(table)
    if not any(column.header for column in table.columns):
        # a descriptor need not name every column of the file, so what most rows have is right too
        width = max(width, engine.number(f'SELECT mode(len(cells)) FROM "{name}_lines" WHERE n > {skip}'))
    columns = [f"{row} AS _row", *(_column(table, column, shift, prefixed) for column in table.columns)]
    extra = f"len(cells) > {width} AND len(array_to_string(cells[{width + 1}:], '')) > 0"
    engine.run(
        f"INSERT INTO ragged SELECT {quote(table.role)}, {row}, "
        f"left(array_to_string(cells[{shift + 1}:], chr(9)), 200), "
        f"concat('the row has ', len(cells) - {shift}, ' cells, the header {width - shift}') "
        f'FROM "{name}_lines" WHERE n > {skip} AND cells IS NOT NULL AND {extra}'
    )
    engine.run(f'DROP VIEW IF EXISTS "{name}"')
    engine.run(
        f'CREATE OR REPLACE TABLE "{name}" AS SELECT {", ".join(columns)} FROM "{name}_lines" '
        f"WHERE n > {skip} AND cells IS NOT NULL AND NOT ({extra})"
    )
    engine.run(f'DROP TABLE "{name}_lines"')
    return name


def _tell_long(engine: Engine, table: Table, file: Path, read: int) -> None:
    """Put the records into `ragged` that were not read because they are too long."""
    if read == (_line_count(file) or 0):
        return
    with file.open("rb") as opened:
        for line in opened:
            if len(line) > MAX_RECORD:
                number, _, text = line[:300].decode("utf-8", errors="replace").partition(SEPARATOR)
                reason = f"the record has {len(line) >> 20} MiB; {MAX_RECORD >> 20} MiB are read"
                values = f"{quote(table.role)}, {int(number)}, {quote(text.replace(SEPARATOR, ' ')[:200])}"
                engine.run(f"INSERT INTO ragged VALUES ({values}, {quote(reason)})")


def _width(table: Table) -> int:
    return max((column.index + 1 for column in table.columns if column.index is not None), default=1)


def _column(table: Table, column: Column, shift: int, prefixed: bool) -> str:
    cell = f"cells[{(column.index or 0) + 1 + shift}]"
    made = _cell(table, column, f"replace({cell}, chr({ord(INSIDE)}), chr(10))" if prefixed else cell)
    return f"{made} AS {identifier(column.name)}"


def _cell(table: Table, column: Column, cell: str) -> str:
    """Return a column of the file as SQL: trimmed, NULL where empty, its default where it has one."""
    if column.index is None:
        return quote(column.default)
    filled = _known(table, f"NULLIF(trim({cell}, chr(32) || chr(9) || chr(10)), '')")
    return f"COALESCE({filled}, {quote(column.default)})" if column.default else filled


def _known(table: Table, cell: str) -> str:
    """Return a cell as SQL that is NULL where its text stands for an empty one."""
    nulls = ", ".join(map(quote, table.nulls))
    return f"CASE WHEN {cell} NOT IN ({nulls}) THEN {cell} END" if nulls else cell
