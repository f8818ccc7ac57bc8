"""The embedded engine: a DuckDB database in a folder of its own, set up to be deterministic and modest in memory."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

from ...extract import MachineError
from .terms import MACROS

__all__ = ["Engine"]

#: No two values of N-Quads hold this character, so nothing is ever quoted when blocks are written.
_NEVER = "\x02"
#: How often somebody who waits is told, in seconds.
_OFTEN = 0.5
#: The fewest rows that are worth a stretch of their own, and the most stretches: each joins its look-ups anew.
_STRETCH, _STRETCHES = 100_000, 8
#: The most stretches that are written at once: each takes some 100 MB.
_WRITERS = 4


class Engine:
    """Runs SQL. Rows come in the order of the files, whatever the number of threads."""

    def __init__(self, folder: Path, *, memory: str = "900MB") -> None:
        import duckdb  # a third of a second that only builds with tables should pay

        self.folder = folder
        self.memory = memory
        self.threads = min(os.cpu_count() or 1, 8)
        self._connection = duckdb.connect(str(folder / "work.duckdb"))
        spill = folder / "spill"
        spill.mkdir(exist_ok=True)
        for setting in (
            f"memory_limit = '{memory}'",
            f"threads = {self.threads}",
            "async_threads = 2",  # writers of one file, who wait for each other when there are more
            f"temp_directory = '{_path(spill)}'",
            "preserve_insertion_order = true",
            # a join must read the table from the left, or rows come out in the order of the look-up
            "disabled_optimizers = 'build_side_probe_side,join_order'",
            "autoinstall_known_extensions = false",
            "enable_progress_bar = true",  # or `watched` has nothing to go by
            "enable_progress_bar_print = false",
        ):
            self._connection.execute(f"SET {setting}")
        for macro in MACROS:
            self._connection.execute(macro)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def run(self, sql: str, values: Sequence[object] = ()) -> None:
        """Run a statement."""
        self._execute(sql, values)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return all rows of a query that has few."""
        return list(self._execute(sql).fetchall())

    def stream(self, sql: str, size: int = 10_000) -> Iterable[tuple[Any, ...]]:
        """Yield the rows of a query that may have many; nothing else may be run meanwhile."""
        cursor = self._execute(sql)
        while rows := cursor.fetchmany(size):
            yield from rows

    def number(self, sql: str) -> int:
        """Return the one whole number that a query finds."""
        return int(self.rows(sql)[0][0] or 0)

    def columns(self, table: str) -> dict[str, str]:
        """Return the columns of a table or view with their types."""
        found = self.rows(f'DESCRIBE "{table}"')
        return {str(row[0]): str(row[1]) for row in found}

    @contextmanager
    def watched(self, tell: Callable[[float], None]) -> Iterator[None]:
        """Call `tell`, from a thread of its own, with how much of the running statement is done, from 0 to 1."""
        stopped = threading.Event()

        def watch() -> None:
            while not stopped.wait(_OFTEN):
                percent = self._connection.query_progress()
                if percent > 0:  # it is -1 while nothing runs
                    tell(percent / 100)

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stopped.set()
            thread.join()

    def write_blocks(self, sql: str, path: Path) -> None:
        """Write the one column of a query to a new file, a value a line, as it is."""
        with self._one_thread():
            self._execute(_copy(sql, path))

    def write_quads(
        self,
        sql: str,
        stem: Path,
        *,
        table: str,
        by_row: bool = False,
        tell: Callable[[float], None] = lambda _share: None,
    ) -> Iterator[Path]:
        """Write the blocks of N-Quads that a query of a plan makes of a table to files that begin with `stem`.

        Yields the files in their order, each once it is whole. A query that makes something of each row by itself is
        run on several stretches of the table, which is in order of `_row`, at once.
        """
        stretches = self._stretches(table) if by_row else []
        if len(stretches) < 2:
            path = stem.with_name(f"{stem.name}.nq")
            with self.watched(tell):
                self.write_blocks(sql, path)
            yield path
            return
        with self._one_thread(), ThreadPoolExecutor(min(self.threads, _WRITERS)) as pool:
            paths = [stem.with_name(f"{stem.name}-{number}.nq") for number in range(len(stretches))]
            cursors = [self._connection.cursor() for _ in stretches]
            try:
                write = partial(self._write_stretch, sql, table)
                for number, path in enumerate(pool.map(write, stretches, paths, cursors), start=1):
                    yield path
                    tell(number / len(stretches))
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
                for cursor in cursors:
                    cursor.interrupt()

    def _stretches(self, table: str) -> list[tuple[int, int]]:
        """Return the first and last `_row` of parts of a table, or nothing where it is too small to be cut."""
        count = min(self.number(f'SELECT count(*) FROM "{table}"') // _STRETCH, _STRETCHES)
        if count < 2:
            return []
        shares = ", ".join(str(n / count) for n in range(1, count + 1))
        ends = self.rows(f'SELECT min(_row) - 1, quantile_disc(_row, [{shares}]) FROM "{table}"')[0]
        return [(before + 1, last) for before, last in pairwise((ends[0], *ends[1]))]

    def _write_stretch(self, sql: str, table: str, stretch: tuple[int, int], path: Path, cursor: Any) -> Path:
        """Write what a query makes of a stretch of a table, whose name is that of a view of the cursor's own."""
        rows = f'SELECT * FROM work.main."{table}" WHERE _row BETWEEN {stretch[0]} AND {stretch[1]}'
        self._execute(f'CREATE TEMP VIEW "{table}" AS {rows}', on=cursor)
        self._execute(_copy(sql, path), on=cursor)
        return path

    @contextmanager
    def _one_thread(self) -> Iterator[None]:
        """Have each query run by one thread.

        Several would each hold all that 122,880 rows make until its turn comes: gigabytes, and far slower.
        """
        self._execute("SET threads = 1")
        try:
            yield
        finally:
            self._connection.execute(f"SET threads = {self.threads}")

    def _execute(self, sql: str, values: Sequence[object] = (), *, on: Any = None) -> Any:
        """Run a statement, on a cursor or the connection; what the machine cannot do is told in words."""
        import duckdb  # as above

        try:
            return (on or self._connection).execute(sql, list(values) or None)
        except duckdb.OutOfMemoryException as error:
            reason = str(error).splitlines()[0].removeprefix("Out of Memory Error: ")
            fix = "make the table smaller, by parts, or build on Spark (docs/spark.md)"
            raise MachineError(f"the tables need more memory than {self.memory}: {reason}; {fix}") from error
        except duckdb.IOException as error:
            raise OSError(errno.EIO, str(error).splitlines()[0]) from error

    def fill(self, table: str, rows: Iterable[Sequence[str | None]]) -> None:
        """Fill a table of text columns with rows, through a file, which is far faster than inserting."""
        path = self.folder / "rows.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            for row in rows:
                file.write(",".join("" if v is None else '"' + v.replace('"', '""') + '"' for v in row) + "\n")
        width = len(self.columns(table))
        names = ", ".join(f"'c{n}': 'VARCHAR'" for n in range(width))
        options = (
            "header=false, delim=',', quote='\"', escape='\"', auto_detect=false, allow_quoted_nulls=false, nullstr=''"
        )
        self.run(f"INSERT INTO {table} SELECT * FROM read_csv('{_path(path)}', columns={{{names}}}, {options})")
        path.unlink()


def _copy(sql: str, path: Path) -> str:
    """Return the statement that writes the one column of a query to a file, as it is."""
    return f"COPY ({sql}) TO '{_path(path)}' (FORMAT csv, HEADER false, DELIMITER '{_NEVER}', QUOTE '', ESCAPE '')"


def _path(path: Path) -> str:
    return str(path).replace("'", "''")
