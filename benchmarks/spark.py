"""Prints how fast Spark makes quads by a mapping, beside PySpark written by hand for the same table, on one cluster.

    python benchmarks/spark.py [--rows 300000] [--runs 3]

A standalone cluster of a master and two workers with one core each is started from the pip package on loopback. Both
ways read the same Parquet file and write the same lines; the sets of lines are compared by hash, and with DuckDB's.
The first run of each way, in which Java warms up, is left out.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb
from pyspark.sql import Column
from pyspark.sql import functions as f
from wildgraph.extract.tables.mapping import read_mapping
from wildgraph.graph.identify import Names
from wildgraph.graph.tables import Context, compile_mapping
from wildgraph.graph.tables.spark import SparkEngine
from wildgraph.ontology import vocabulary
from wildgraph.ontology.terms import NAMESPACES

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from spark_cluster import cluster

BASE = "https://example.org/d/"
MAPPING = """
format = "csv"
[[entity]]
from = "taxa"
type = "taxon"
id = "taxonID"
label = "scientificName -> text('la')"
[entity.properties]
"dwc:scientificName" = "scientificName"
"dwc:scientificNameAuthorship" = "authorship"
"dwc:taxonRank" = "rank"
"dwc:taxonRemarks" = "remarks"
"""


def generate(path: Path, rows: int) -> None:
    """Write a checklist as Parquet; one name in a hundred has a quotation mark."""
    duckdb.execute(
        f"COPY (SELECT 'taxon-' || i AS taxonID, concat('Genus', i % 997, CASE WHEN i % 100 = 0 THEN ' \"alba\"' "
        f"ELSE ' alba' END, i) AS scientificName, 'Author, ' || (1800 + i % 200) AS authorship, 'species' AS rank, "
        f"'remark number ' || i AS remarks FROM range({rows}) AS r(i)) TO '{path}' (FORMAT parquet)"
    )


def digest(path: Path) -> tuple[str, int]:
    """Return the hash of the sorted lines of a file, and their number."""
    lines = sorted(path.read_bytes().splitlines())
    return hashlib.sha256(b"\n".join(lines)).hexdigest(), len(lines)


def by_hand(engine: SparkEngine, target: Path) -> None:
    """Write the lines with column expressions, as one would for this table alone."""
    table = engine.session.table("taxa")
    subject, end = f.concat(f.lit(f"<{BASE}taxon/"), table.taxonID), f" <{BASE}graph/source/s> ."
    dwc, skos = NAMESPACES["dwc"], NAMESPACES["skos"]

    def text(name: str) -> Column:
        special = f.regexp_replace(table[name], r"([\\\\\"])", r"\\$1")
        return f.concat(f.lit('"'), special)

    def line(predicate: str, value: Column, close: str) -> Column:
        return f.concat(subject, f.lit(f"> <{predicate}> "), value, f.lit(f"{close}{end}"))

    lines = [
        line(NAMESPACES["rdf"] + "type", f.lit(f"<{NAMESPACES['wg']}Taxon>"), ""),
        line(f"{skos}prefLabel", text("scientificName"), '"@la'),
        line(f"{dwc}scientificName", text("scientificName"), '"'),
        line(f"{dwc}scientificNameAuthorship", text("authorship"), '"'),
        line(f"{dwc}taxonRank", text("rank"), '"'),
        line(f"{dwc}taxonRemarks", text("remarks"), '"'),
        line(NAMESPACES["wg"] + "row", f.concat(f.lit('"taxa.parquet:'), table["_row"]), '"'),
    ]
    parts = target.with_name(f"{target.name}.parts")
    table.select(f.concat_ws("\n", *lines)).write.text(str(parts))
    with target.open("wb") as file:
        for part in sorted(parts.glob("part-*")):
            with part.open("rb") as made:
                shutil.copyfileobj(made, file, 4 << 20)
    shutil.rmtree(parts)


def measure(folder: Path, master: str, rows: int, runs: int) -> None:
    """Print the median time of each way, and whether the lines are the same."""
    generate(folder / "taxa.parquet", rows)
    (folder / "m.toml").write_text(MAPPING)
    work = folder / "work"
    work.mkdir()
    taken: dict[str, list[float]] = {"by hand": [], "wildgraph": []}
    with SparkEngine(work, master) as engine:
        source = f"read_parquet('{folder / 'taxa.parquet'}', file_row_number=true)"
        engine.run(f"CREATE VIEW taxa AS SELECT * EXCLUDE (file_row_number), file_row_number + 1 AS _row FROM {source}")
        context = Context(Names(BASE), "s", "en", "s", vocabulary())
        tables = {"taxa": engine.columns("taxa")}
        (select,) = compile_mapping(read_mapping(folder / "m.toml"), tables, context, {"taxa": "taxa.parquet"}).selects
        engine.write_blocks(select.sql, folder / "duckdb.nq")
        ways: dict[str, Callable[[Path], object]] = {
            "wildgraph": lambda path: engine.write_quads(select.sql, path),
            "by hand": partial(by_hand, engine),
        }
        for _ in range(runs + 1):
            for name, write in ways.items():
                start = time.perf_counter()
                write(folder / f"{name}.nq")
                taken[name].append(time.perf_counter() - start)
    expected, count = digest(folder / "duckdb.nq")
    medians = {name: statistics.median(seconds[1:]) for name, seconds in taken.items()}
    for name, seconds in medians.items():
        same = "same lines as DuckDB" if digest(folder / f"{name}.nq")[0] == expected else "OTHER LINES"
        ratio = seconds / medians["by hand"]
        print(f"{name:10} {seconds:7.1f} s {count / seconds:12,.0f} triples/s  ratio {ratio:.2f}  {same}")


def main() -> None:
    """Print all figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=300_000)
    arguments.add_argument("--runs", type=int, default=3)
    given = arguments.parse_args()
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "cluster").mkdir()
        with cluster(folder / "cluster") as running:
            measure(folder, running.master, given.rows, given.runs)


if __name__ == "__main__":
    main()
