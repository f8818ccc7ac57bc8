"""The distributed engine: the quads of a mapping made by Apache Spark from the same SQL, on a cluster or here.

Files are read, checked and looked up by the embedded engine, which streams; what is made for each row, all of the
volume, is made by Spark's workers. They need to see the project's `build` folder under the same path.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote as percent

import sqlglot
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from sqlglot import exp

from ...extract import MachineError
from ..quads import literal
from .engine import Engine
from .terms import ESCAPE, SPECIAL, UNSAFE, identifier, quote

__all__ = ["SparkEngine", "tables_of", "to_spark"]

#: What the percent-encoding of Java, which is that of forms, writes otherwise than `terms.MACROS` for DuckDB.
_DIFFERENT = (("+", "%20"), ("*", "%2A"), ("%7E", "~"), ("%3A", ":"), ("%40", "@"), ("%2F", "/"))
#: As many characters are replaced one after the other; where there are more, texts are looked at anew.
_FEW = 8
_SETTINGS = {
    "spark.app.name": "wildgraph",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "false",
    # look-ups are small and are sent to every worker; anything else would shuffle the rows
    "spark.sql.autoBroadcastJoinThreshold": str(256 << 20),
    "spark.log.level": "ERROR",
    # the code that Spark makes of an escape is longer than what Java compiles unless it is told to
    "spark.executor.defaultJavaOptions": "-XX:-DontCompileHugeMethods",
    "spark.driver.defaultJavaOptions": "-XX:-DontCompileHugeMethods",
}


#: Function and column -> the characters of its texts that the function changes.
Changed = Mapping[tuple[str, str], str]


def to_spark(sql: str, changed: Changed | None = None) -> str:
    """Return a query of a plan, which is DuckDB's SQL, as Spark's.

    What is known to be `changed` in a column is replaced, character by character, and nothing else is looked for.
    """
    known = changed or {}
    with _deep():
        tree = sqlglot.parse_one(sql, read="duckdb")
        tree.set("order", None)  # which is that of lines in a file, and there will be many
        for call in list(tree.find_all(exp.Anonymous)):
            if (name := call.name.lower()) in _TAUGHT:
                (text,) = call.expressions
                characters = known.get((name, text.name)) if isinstance(text, exp.Column) else None
                template = _TAUGHT[name] if characters is None else _replacing(name, characters)
                call.replace(_put(text, template))
        for joined in tree.find_all(exp.Concat):
            joined.set("coalesce", False)  # none of what a plan joins is NULL; a test of each piece takes time
        return str(tree.sql(dialect="spark"))


def tables_of(sql: str) -> list[str]:
    """Return the names of the tables that a query of a plan reads."""
    return sorted({table.name for table in sqlglot.parse_one(sql, read="duckdb").find_all(exp.Table)})


def _encode() -> str:
    """Return what `wg_encode(x)` stands for."""
    made = "url_encode(x)"
    for old, new in _DIFFERENT:
        made = f"replace({made}, '{old}', '{new}')"
    return f"CASE WHEN regexp_matches(x, {UNSAFE}) THEN {made} ELSE x END"


#: The functions that Spark must be taught.
_TAUGHT = {"wg_encode": _encode(), "wg_escape": ESCAPE}


def _replacing(name: str, characters: str) -> str:
    """Return SQL for `x` with some characters encoded or escaped, first those that stand in what is put for others."""
    made = "x"
    for character in sorted(characters, key=lambda c: (c not in "%\\", c)):
        new = percent(character, safe="") if name == "wg_encode" else literal(character)[1:-1]
        # a backslash or control does not stand in SQL, and Spark's chr() goes to 255
        old = f"chr({ord(character)})" if character.isascii() else quote(character)
        made = f"replace({made}, {old}, {quote(new)})"
    return made


def _put(text: Any, template: str) -> Any:
    """Return SQL in which an expression stands for every `x`."""
    tree = sqlglot.parse_one(template, read="duckdb")
    return tree.transform(lambda node: text.copy() if isinstance(node, exp.Column) else node)


@contextmanager
def _deep() -> Iterator[None]:
    """Let the parser follow expressions as deep as escapes of thirty characters, one around the other, are."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, 50_000))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


class SparkEngine(Engine):
    """An engine that has the quads made by Spark. Everything else is DuckDB's."""

    def __init__(self, folder: Path, master: str) -> None:
        super().__init__(folder)
        self.session = _session(master)
        #: The tables that Spark can see, and what is known of the texts of some.
        self._shown: dict[str, Path] = {}
        self._known: dict[str, Changed] = {}

    def write_quads(
        self,
        sql: str,
        stem: Path,
        *,
        table: str,
        by_row: bool = False,  # noqa: ARG002 - Spark divides all work by itself
        tell: Callable[[float], None] = lambda _share: None,
    ) -> Iterator[Path]:
        """Write the blocks of a query to a folder beginning with `stem`; yield the files of the workers, in order."""
        parts = stem.with_name(f"{stem.name}.parts")
        try:
            for name in tables_of(sql):
                self._show(name)
            self.session.sql(to_spark(sql, self._changed(table))).write.text(str(parts))
        except PySparkException as error:
            raise MachineError(f"Spark could not make {stem.name}: {str(error).splitlines()[0]}") from error
        tell(1)
        yield from sorted(parts.glob("part-*"))

    def _show(self, name: str) -> Path:
        """Let Spark see a table or view, none of which changes once quads are made; return its file."""
        if name not in self._shown:
            file = self._shown[name] = self.folder / f"{name}.parquet"
            self.run(f"COPY (SELECT * FROM \"{name}\") TO '{_quoted(file)}' (FORMAT parquet, ROW_GROUP_SIZE 122880)")
            self.session.read.parquet(str(file)).createOrReplaceTempView(f"`{name}`")
        return self._shown[name]

    def _changed(self, table: str) -> Changed:
        """Return what each function changes in each column of texts, where that is few characters."""
        if table not in self._known:
            texts = [column for column, kind in self.columns(table).items() if kind == "VARCHAR"]
            found = {
                (function, column): self._characters(table, column, function, pattern)
                for column in texts
                for function, pattern in (("wg_encode", UNSAFE), ("wg_escape", SPECIAL))
            }
            self._known[table] = {key: characters for key, characters in found.items() if len(characters) <= _FEW}
        return self._known[table]

    def _characters(self, table: str, column: str, function: str, pattern: str) -> str:
        texts = f"SELECT DISTINCT {identifier(column)} AS x FROM '{_quoted(self._show(table))}'"
        each = f"SELECT unnest(regexp_extract_all(x, {pattern})) AS c FROM ({texts}) WHERE {function}(x) <> x"
        return "".join(row[0] for row in self.rows(f"SELECT DISTINCT c FROM ({each}) LIMIT {_FEW + 1}"))


def _session(master: str) -> SparkSession:
    if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        raise MachineError("Spark needs Java 17; try: apt-get install openjdk-17-jre-headless")
    logging.getLogger("py4j").setLevel(logging.ERROR)
    builder: Any = SparkSession.builder.master("local[*]" if master == "spark" else master)
    for name, value in _SETTINGS.items():
        builder = builder.config(name, value)
    try:
        session: SparkSession = builder.getOrCreate()
    except Exception as error:  # py4j raises whatever Java raised
        raise MachineError(f"Spark at {master} cannot be reached: {str(error).splitlines()[0]}") from error
    return session


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
