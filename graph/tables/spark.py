"""The distributed engine: the quads of a mapping made by Apache Spark from the same SQL, on a cluster or here.

Files are read, checked and looked up by the embedded engine, which streams; what is made for each row, all of the
volume, is made by Spark's workers. They need to see the project's `build` folder under the same path.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlglot
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from sqlglot import exp

from ...extract import MachineError
from .engine import Engine
from .terms import ESCAPE, PLAIN_ESCAPE, RARE, identifier

__all__ = ["SparkEngine", "tables_of", "to_spark"]

#: What the percent-encoding of Java, which is that of forms, writes otherwise than `terms.MACROS` for DuckDB.
_DIFFERENT = (("+", "%20"), ("*", "%2A"), ("%7E", "~"), ("%3A", ":"), ("%40", "@"), ("%2F", "/"))
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


def to_spark(sql: str, *, escape: str = ESCAPE) -> str:
    """Return a query of a plan, which is DuckDB's SQL, as Spark's. `escape` is what `wg_escape(x)` becomes."""
    with _deep():
        tree = sqlglot.parse_one(sql, read="duckdb")
        for call in list(tree.find_all(exp.Anonymous)):
            if call.name.lower() == "wg_encode":
                call.replace(_put(call.expressions[0], _encode()))
            elif call.name.lower() == "wg_escape":
                call.replace(_put(call.expressions[0], escape))
        return str(tree.sql(dialect="spark"))


def tables_of(sql: str) -> list[str]:
    """Return the names of the tables that a query of a plan reads."""
    return sorted({table.name for table in sqlglot.parse_one(sql, read="duckdb").find_all(exp.Table)})


def _encode() -> str:
    """Return what `wg_encode(x)` stands for."""
    made = "url_encode(x)"
    for old, new in _DIFFERENT:
        made = f"replace({made}, '{old}', '{new}')"
    return f"CASE WHEN regexp_matches(x, '[^A-Za-z0-9._~:@/-]') THEN {made} ELSE x END"


def _put(text: Any, template: str) -> Any:
    """Return SQL in which an expression stands for every `x`."""
    tree = sqlglot.parse_one(template, read="duckdb")
    for column in list(tree.find_all(exp.Column)):
        column.replace(text.copy())
    return tree


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
        #: The tables that Spark can see, and whether any of their texts has a control that few have.
        self._shown: dict[str, bool] = {}

    def write_quads(
        self,
        sql: str,
        stem: Path,
        *,
        table: str = "",  # noqa: ARG002 - Spark cuts tables by itself
        tell: Callable[[float], None] = lambda _share: None,
    ) -> Iterator[Path]:
        """Write the blocks of a query to a folder beginning with `stem`; yield the files of the workers, in order."""
        parts = stem.with_name(f"{stem.name}.parts")
        try:
            rare = [self._show(name) for name in tables_of(sql)]
            # thirty replacements that no text needs make code that is longer than Java likes, and half as slow again
            query = to_spark(sql, escape=ESCAPE if any(rare) else PLAIN_ESCAPE)
            self.session.sql(query).write.text(str(parts))
        except PySparkException as error:
            raise MachineError(f"Spark could not make {stem.name}: {str(error).splitlines()[0]}") from error
        tell(1)
        yield from sorted(parts.glob("part-*"))

    def _show(self, name: str) -> bool:
        """Let Spark see a table or view, none of which changes once quads are made; say whether it has odd controls."""
        if name not in self._shown:
            file = self.folder / f"{name}.parquet"
            self.run(f"COPY (SELECT * FROM \"{name}\") TO '{_quoted(file)}' (FORMAT parquet, ROW_GROUP_SIZE 122880)")
            self.session.read.parquet(str(file)).createOrReplaceTempView(f"`{name}`")
            texts = [identifier(column) for column, kind in self.columns(name).items() if kind == "VARCHAR"]
            odd = " OR ".join(f"regexp_matches({text}, {RARE})" for text in texts) or "false"
            self._shown[name] = self.number(f"SELECT count(*) FROM '{_quoted(file)}' WHERE {odd}") > 0
        return self._shown[name]


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
