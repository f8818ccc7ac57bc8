"""Prints how fast Spark makes quads by a mapping, beside PySpark written by hand for the same tables, on one cluster.

    python benchmarks/spark.py [--taxa 1000000] [--runs 3] [--master local[2]]

A standalone cluster of a master and two workers with one core each is started from the pip package on loopback, unless
a master is given. The tables and the mapping are those of tables.py: a million taxa with three million claims are 37
million triples. Ways take turns in one session; the first run of each, in which Java warms up, is left out. What
wildgraph does for it is all of a build's: reading, checking, counting. Lines are compared by the sum of their hashes.
In the end a worker is killed with `kill -9` while wildgraph's parts are being written; the lines must be the same.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as f
from wildgraph.benchmarks.tables import BASE, DWC, MAPPING, RDF, SKOS, WG, D, G, content, generate
from wildgraph.extract.tables import Package, Table, read_mapping
from wildgraph.graph.identify import Names
from wildgraph.graph.tables import Context, write_source
from wildgraph.ontology import vocabulary

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from spark_cluster import Cluster, cluster

PREDICATES, PROV = "https://w3id.org/wildgraph/scheme/predicates/1.0/", "http://www.w3.org/ns/prov#"


def ours(folder: Path, out: Path, master: str) -> None:
    """The mapping, as a build with `--engine` runs it."""
    (folder / "m.toml").write_text(MAPPING)
    tables = tuple(Table(name, (folder / f"{name}.parquet",), (), kind="parquet") for name in ("taxa", "claims"))
    context = Context(Names(BASE), "s", "en", "S", vocabulary())
    with tempfile.TemporaryDirectory(dir=folder) as work:
        package = Package(folder, "csv", tables)
        mapping = read_mapping(folder / "m.toml")
        write_source(package, mapping, context, Path(work), out, step=lambda *_: None, engine=master)


def by_hand(folder: Path, out: Path) -> None:
    """The same lines from columns that know these two files, escape nothing and check nothing."""
    session = SparkSession.active()

    def table(name: str) -> DataFrame:
        return session.read.parquet(str(folder / f"{name}.parquet")).select("*", f.col("_metadata.row_index"))

    def node(kind: str, key: Column) -> Column:
        return f.concat(f.lit(f"<{BASE}{kind}/s/"), key, f.lit(">"))

    def line(subject: str, predicate: str, term: Column | str, graph: str = G) -> Column:
        if isinstance(term, str):
            return f.concat(f.col(subject), f.lit(f" <{predicate}> {term}{graph}"))
        return f.concat(f.col(subject), f.lit(f" <{predicate}> "), term, f.lit(graph))

    def text(name: str, close: str = '"') -> Column:
        return f.concat(f.lit('"'), f.col(name), f.lit(close))

    def row(name: str) -> Column:
        return f.concat(f.lit(f'"{name}.parquet:'), f.col("row_index") + 1, f.lit('"'))

    key = f.replace(f.col("place"), f.lit(" "), f.lit("%20"))
    tab = f.lit("\t")
    stated = f.concat(f.lit("s\ts/"), f.col("taxon"), tab, f.lit("range\ts/"), f.col("place"), f.lit("\t\t\t\t"))
    claims = table("claims").select(
        "*",
        f.concat(f.lit(f"<{BASE}claim/"), f.left(f.sha2(stated, 256), f.lit(24)), f.lit(">")).alias("s"),
        node("taxon", f.col("taxon")).alias("t"),
        node("place", key).alias("p"),
    )
    taxa = table("taxa").select("*", node("taxon", f.col("id")).alias("s"))
    places = table("claims").select("place").distinct().select("*", node("place", key).alias("s"))
    parts = {
        "taxa": taxa.select(f.concat_ws("\n",
            line("s", RDF + "type", f"<{WG}Taxon>"), line("s", SKOS + "prefLabel", text("name", '"@la')),
            line("s", DWC + "scientificName", text("name")), line("s", DWC + "taxonRank", text("rank")),
            line("s", DWC + "nameAccordingTo", '"the checklist"'),
            line("s", WG + "parentTaxon", node("taxon", f.col("parent"))), line("s", WG + "row", row("taxa")),
        )),
        "places": places.select(f.concat_ws("\n",
            line("s", RDF + "type", f"<{WG}Place>"), line("s", SKOS + "prefLabel", text("place", '"@en')),
        )),
        "claims": claims.select(f.concat_ws("\n",
            line("s", RDF + "type", f"<{WG}RangeClaim>"), line("s", RDF + "type", f"<{DWC}Assertion>"),
            line("s", RDF + "type", f"<{PROV}Entity>"), line("s", WG + "subject", f.col("t")),
            line("s", WG + "predicate", f"<{PREDICATES}range>"),
            line("s", PROV + "hadPrimarySource", f"<{BASE}source/s>"),
            line("s", WG + "object", f.col("p")), line("s", DWC + "establishmentMeans", text("means")),
            line("s", WG + "row", row("claims")),
        )),
        "derived": claims.select(line("t", WG + "occursIn", f.col("p"), D)),
    }  # fmt: skip
    for name, lines in parts.items():
        lines.write.text(str(out / f"{name}.parts"))


def timed(write: Callable[[Path], object], out: Path) -> tuple[float, tuple[int, int]]:
    """Run one way; return its seconds, and the number of its lines with the sum of their hashes."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    start = time.perf_counter()
    write(out)
    taken = time.perf_counter() - start
    return taken, content(sorted(out.glob("*.parts/part-*")), plain=False)


def measure(folder: Path, master: str, runs: int) -> tuple[int, int]:
    """Print the median time of each way, and whether the lines are the same; return what wildgraph wrote."""
    ways = {"wildgraph": partial(ours, folder, master=master), "by hand": partial(by_hand, folder)}
    found: dict[str, list[tuple[float, tuple[int, int]]]] = {name: [] for name in ways}
    for _ in range(runs + 1):
        for name, write in ways.items():
            found[name].append(timed(write, folder / "out"))
    medians = {name: statistics.median(seconds for seconds, _ in rows[1:]) for name, rows in found.items()}
    same = len({lines for rows in found.values() for _, lines in rows}) == 1
    lines = found["wildgraph"][0][1]
    for name, seconds in medians.items():
        ratio = seconds / medians["by hand"]
        print(f"{name:10} {seconds:7.1f} s {lines[0] / seconds:12,.0f} triples/s  ratio {ratio:.2f}")
    print(f"{lines[0]:,} triples, {'the same lines' if same else 'OTHER LINES'}", flush=True)
    return lines


def killed(folder: Path, running: Cluster) -> tuple[int, int]:
    """Make the lines while a worker is killed with `kill -9`; return what was written."""
    out = folder / "out"

    def kill() -> None:
        while not any(_writing(parts) for parts in out.glob("*.parts")):
            time.sleep(0.02)
        running.kill_worker()

    shutil.rmtree(out)
    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    _, lines = timed(partial(ours, folder, master=running.master), out)
    killer.join(1)
    print(f"a worker killed while it wrote: {not killer.is_alive()}", flush=True)
    return lines


def _writing(parts: Path) -> bool:
    """Say whether parts are there of which Spark has not said that all are whole."""
    with contextlib.suppress(FileNotFoundError):  # what Spark moves away while we look
        return not (parts / "_SUCCESS").exists() and any(path.stat().st_size for path in parts.rglob("part-*"))
    return False


def main() -> None:
    """Print all figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--taxa", type=int, default=1_000_000)
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--master", help="a running cluster, or local[2]; without it, one is started")
    arguments.add_argument("--folder", type=Path, help="where to work; workers must see it")
    given = arguments.parse_args()
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        generate(folder, given.taxa)
        if given.master:
            measure(folder, given.master, given.runs)
            return
        (folder / "cluster").mkdir()
        with cluster(folder / "cluster") as running:
            lines = measure(folder, running.master, given.runs)
            again = killed(folder, running)
            print("the same lines" if again == lines else "OTHER LINES")


if __name__ == "__main__":
    main()
