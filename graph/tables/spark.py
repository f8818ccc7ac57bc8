"""The distributed engine: the quads of a mapping made by Apache Spark from the same SQL, on a cluster or here.

Files are read, checked and looked up by the embedded engine, which streams; what is made for each row, all of the
volume, is made by Spark's workers. They need to see the project's `build` folder under the same path.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlglot
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from sqlglot import exp

from ...extract import MachineError
from .engine import Engine

__all__ = ["SparkEngine", "to_spark"]

#: Percent-encoding as `terms.MACROS` has it for DuckDB, from Java's, which is that of forms.
_ENCODED = [("+", "%20"), ("*", "%2A"), ("%7E", "~"), ("%3A", ":"), ("%40", "@"), ("%2F", "/")]
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


def to_spark(sql: str) -> tuple[str, list[str]]:
    """Return a query of a plan, which is DuckDB's SQL, as Spark's, and the names of the tables that it reads."""
    with _deep():
        return _transpiled(sqlglot.parse_one(sql, read="duckdb"))


def _transpiled(tree: Any) -> tuple[str, list[str]]:
    tables = sorted({table.name for table in tree.find_all(exp.Table)})
    for call in list(tree.find_all(exp.Anonymous)):
        if call.name.lower() == "wg_encode":
            inner = exp.func("url_encode", call.expressions[0].copy())
            for old, new in _ENCODED:
                inner = exp.func("replace", inner, exp.Literal.string(old), exp.Literal.string(new))
            call.replace(inner)
    return str(tree.sql(dialect="spark")), tables


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
        self._shown: set[str] = set()

    def write_quads(self, sql: str, path: Path) -> None:
        """Write the blocks of a query to a new file; the workers write parts of it beside, which are then joined."""
        parts = path.with_name(f"{path.name}.parts")
        try:
            query, tables = to_spark(sql)
            for name in tables:
                self._show(name)
            self.session.sql(query).write.text(str(parts))
            with path.open("wb") as file:
                for part in sorted(parts.glob("part-*")):
                    with part.open("rb") as made:
                        shutil.copyfileobj(made, file, 4 << 20)
        except PySparkException as error:
            raise MachineError(f"Spark could not make {path.stem}: {str(error).splitlines()[0]}") from error
        finally:
            shutil.rmtree(parts, ignore_errors=True)

    def _show(self, name: str) -> None:
        """Let Spark see a table or view. None changes once quads are made."""
        if name in self._shown:
            return
        self._shown.add(name)
        file = self.folder / f"{name}.parquet"
        self.run(f"COPY (SELECT * FROM \"{name}\") TO '{_quoted(file)}' (FORMAT parquet, ROW_GROUP_SIZE 122880)")
        self.session.read.parquet(str(file)).createOrReplaceTempView(f"`{name}`")


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
