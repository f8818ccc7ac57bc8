"""Tables to N-Quads: a synthetic checklist with claims from Parquet, against what could be written by hand.

    python benchmarks/tables.py [--taxa 1000000] [--times 5]

Prints, as medians in one run: wildgraph, hand-written DuckDB SQL that concatenates strings and copies them out, raw
writing of as many bytes, and rdflib on a hundredth of it. Each runs in a process of its own, for its peak of memory;
outputs are compared by the sum of the hashes of their lines. The exponent of growth is from a tenth to the whole.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import duckdb

MAPPING = """
format = "csv"
[[entity]]
from = "taxa"
type = "taxon"
id = "id"
label = "name -> text('la')"
[entity.properties]
"dwc:scientificName" = "name"
"dwc:taxonRank" = "rank"
"dwc:nameAccordingTo" = "'the checklist'"
"wg:parentTaxon" = "parent -> taxon"
[[entity]]
from = "claims"
type = "place"
id = "place"
label = "place"
distinct = true
[[claim]]
from = "claims"
predicate = "range"
subject = "taxon -> taxon"
object = "place -> place"
[claim.properties]
"dwc:establishmentMeans" = "means"
"""
BASE = "https://example.org/b/"
G, D = f" <{BASE}graph/source/s> .", f" <{BASE}graph/derived> ."
RDF, WG = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "https://w3id.org/wildgraph/ns#"
DWC, SKOS = "http://rs.tdwg.org/dwc/terms/", "http://www.w3.org/2004/02/skos/core#"


def generate(folder: Path, taxa: int) -> None:
    """Write taxa.parquet and claims.parquet: three claims a taxon, all different."""
    duckdb.sql(
        f"COPY (SELECT i AS id, concat('Genus', i // 50, ' species', i) AS name, "
        "CASE WHEN i % 50 = 0 THEN 'genus' ELSE 'species' END AS rank, "
        "CASE WHEN i % 50 = 0 THEN NULL ELSE i - i % 50 END AS parent "
        f"FROM range({taxa}) AS t(i)) TO '{folder}/taxa.parquet'"
    )
    duckdb.sql(
        f"COPY (SELECT i // 3 AS taxon, concat('Place ', (i * 7919 + i % 3) % 500) AS place, "
        "CASE WHEN i % 5 = 0 THEN 'introduced' ELSE 'native' END AS means "
        f"FROM range({3 * taxa}) AS t(i)) TO '{folder}/claims.parquet'"
    )


def ours(folder: Path, out: Path) -> None:
    """The mapping above, as a build runs it."""
    from wildgraph.extract.tables import Package, Table, read_mapping
    from wildgraph.graph.identify import Names
    from wildgraph.graph.tables import Context, write_source
    from wildgraph.ontology import vocabulary

    (folder / "m.toml").write_text(MAPPING)
    tables = tuple(Table(name, (folder / f"{name}.parquet",), (), kind="parquet") for name in ("taxa", "claims"))
    context = Context(Names(BASE), "s", "en", "S", vocabulary())
    with tempfile.TemporaryDirectory(dir=folder) as work:
        package = Package(folder, "csv", tables)
        mapping = read_mapping(folder / "m.toml")
        write_source(package, mapping, context, Path(work), out, step=lambda *_: None)


def by_hand(folder: Path, out: Path) -> None:
    """The same lines from SQL that knows these two files, escapes nothing and checks nothing."""
    connection = duckdb.connect()
    connection.execute("SET threads=1; SET preserve_insertion_order = true")
    taxon = f"'<{BASE}taxon/s/' || {{}} || '>'"
    place = f"'<{BASE}place/s/' || replace({{}}, ' ', '%20') || '>'"

    def line(predicate: str, term: str, *, graph: str = G) -> str:
        return f"s, ' <{predicate}> ', {term}, '{graph}'"

    lines = [
        line(RDF + "type", f"'<{WG}Taxon>'"), line(SKOS + "prefLabel", "'\"' || name || '\"@la'"),
        line(DWC + "scientificName", "'\"' || name || '\"'"), line(DWC + "taxonRank", "'\"' || rank || '\"'"),
        line(DWC + "nameAccordingTo", "'\"the checklist\"'"), line(WG + "row", "'\"taxa.parquet:' || row || '\"'"),
    ]  # fmt: skip
    last = line(WG + "parentTaxon", taxon.format("parent"))
    parent = f"CASE WHEN parent IS NULL THEN '' ELSE concat(chr(10), {last}) END"
    block = ", chr(10), ".join(lines)
    source = f"read_parquet('{folder}/taxa.parquet', file_row_number=true)"
    numbered = f"SELECT *, file_row_number + 1 AS row, {taxon.format('id')} AS s FROM {source}"
    taxa = f"SELECT concat({block}, {parent}) FROM ({numbered})"
    predicates = "https://w3id.org/wildgraph/scheme/predicates/1.0/"
    lines = [
        line(RDF + "type", f"'<{WG}RangeClaim>'"), line(RDF + "type", f"'<{DWC}Assertion>'"),
        line(RDF + "type", "'<http://www.w3.org/ns/prov#Entity>'"), line(WG + "subject", "t"),
        line(WG + "predicate", f"'<{predicates}range>'"),
        line("http://www.w3.org/ns/prov#hadPrimarySource", f"'<{BASE}source/s>'"), line(WG + "object", "p"),
        line(DWC + "establishmentMeans", "'\"' || means || '\"'"),
        line(WG + "row", "'\"claims.parquet:' || row || '\"'"),
    ]  # fmt: skip
    statement = "concat('s', chr(9), 's/' || taxon, chr(9), 'range', chr(9), 's/' || place, repeat(chr(9), 4))"
    source = f"read_parquet('{folder}/claims.parquet', file_row_number=true)"
    inner = (
        f"SELECT *, file_row_number + 1 AS row, '<{BASE}claim/' || left(sha256({statement}), 24) || '>' AS s, "
        f"{taxon.format('taxon')} AS t, {place.format('place')} AS p FROM {source}"
    )
    claims = f"SELECT concat({', chr(10), '.join(lines)}) FROM ({inner})"
    lines = [line(RDF + "type", f"'<{WG}Place>'"), line(SKOS + "prefLabel", "'\"' || place || '\"@en'")]
    names = f"SELECT DISTINCT place, {place.format('place')} AS s FROM {source}"
    places = f"SELECT concat({', chr(10), '.join(lines)}) FROM ({names}) ORDER BY place"
    derived = f"SELECT concat(t, ' <{WG}occursIn> ', p, '{D}') FROM ({inner})"
    options = "FORMAT csv, HEADER false, DELIMITER '\x02', QUOTE '', ESCAPE ''"
    for number, sql in enumerate((taxa, places, claims, derived)):
        name = "derived" if number == 3 else f"part{number}"
        connection.execute(f"COPY ({sql}) TO '{out}/{name}.nq' ({options})")


def raw(folder: Path, out: Path) -> None:
    """As many bytes as ours wrote, from memory."""
    size = int((folder / "size").read_text())
    chunk = os.urandom(4 << 20)
    with (out / "raw.nq").open("wb") as file:
        while size > 0:
            file.write(chunk[: min(size, len(chunk))])
            size -= len(chunk)


def with_rdflib(folder: Path, out: Path) -> None:
    """What ours wrote, made term by term and serialised by rdflib, for a hundredth of the lines."""
    import rdflib

    dataset = rdflib.Dataset()
    with (folder / "sample.nq").open() as file:
        rows = [tuple(row.rstrip(" .\n").split(" ", 2)) for row in file]
    for subject, predicate, rest in rows:
        term, _, graph = rest.rpartition(" ")
        node = rdflib.URIRef(term[1:-1]) if term[0] == "<" else rdflib.Literal(term[1:-1])
        context = dataset.graph(rdflib.URIRef(graph[1:-1]))
        context.add((rdflib.URIRef(subject[1:-1]), rdflib.URIRef(predicate[1:-1]), node))
    dataset.serialize(str(out / "rdflib.nq"), format="nquads")


WAYS = {"wildgraph": ours, "DuckDB by hand": by_hand, "raw writing": raw, "rdflib, 1/100": with_rdflib}


class Run(NamedTuple):
    """Seconds on the clock and of the processors, MiB at the peak, and what was written: lines, their hash, bytes."""

    seconds: float
    busy: float
    memory: float
    lines: int
    hash: int
    size: int


def measure(way: str, folder: Path) -> Run:
    """Run one way in a process of its own."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        command = [sys.executable, __file__, "--run", way, "--folder", str(folder), "--out", name]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        files = sorted(Path(name).glob("*.nq"))
        size = sum(file.stat().st_size for file in files)
        if way == "wildgraph":
            (folder / "size").write_text(str(size))
            with (folder / "sample.nq").open("w") as sample, max(files, key=lambda f: f.stat().st_size).open() as lines:
                sample.writelines(row for n, row in enumerate(lines) if n % 100 == 0)
        same = content(files) if way in {"wildgraph", "DuckDB by hand"} else (0, 0)
        seconds, busy, memory = map(float, told)
        return Run(seconds, busy, memory, *same, size)


def content(files: list[Path]) -> tuple[int, int]:
    """Return how many lines files have and the sum of their hashes, which does not depend on their order."""
    paths = ", ".join(f"'{file}'" for file in files)
    options = "columns={'line': 'VARCHAR'}, delim='\x02', quote='', escape='', header=false, auto_detect=false"
    sql = f"SELECT count(*), sum(hash(line)::HUGEINT) FROM read_csv([{paths}], {options})"
    row = duckdb.connect().execute(sql).fetchall()[0]
    return int(row[0]), int(row[1])


def series(taxa: int, times: int, ways: list[str]) -> dict[str, float]:
    """Print a table for one size and return the median seconds of each way."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate(folder, taxa)
        measure("wildgraph", folder)  # warms the files up
        runs = {way: [measure(way, folder) for _ in range(times)] for way in ways}
    same = {(run.lines, run.hash) for way in ways[:2] for run in runs[way]}
    first = runs["wildgraph"][0]
    medians = {way: statistics.median(run.seconds for run in found) for way, found in runs.items()}
    busy = {way: statistics.median(run.busy for run in found) for way, found in runs.items()}
    print(f"{taxa:,} taxa, {3 * taxa:,} claims, {first.lines:,} triples, {first.size / 1e9:.2f} GB")
    print(f"  the same lines by hand: {len(same) == 1}")
    print(f"  {'':16} {'seconds':>8} {'of CPU':>8} {'triples/s':>11} {'MiB':>6}  wildgraph takes")
    for way, found in runs.items():
        part = 100 if way.startswith("rdflib") else 1
        ratio, cpu = medians["wildgraph"] / medians[way] / part, busy["wildgraph"] / busy[way] / part
        rate, memory = first.lines / part / medians[way], max(run.memory for run in found)
        figures = f"{medians[way]:8.2f} {busy[way]:8.2f} {rate:11,.0f} {memory:6.0f}"
        print(f"  {way:16} {figures}  {ratio:.3f} x, {cpu:.3f} x CPU")
    return medians


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--taxa", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--run", choices=WAYS)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    if given.run:
        import resource

        start, busy = time.perf_counter(), time.process_time()
        WAYS[given.run](given.folder, given.out)
        used = time.process_time() - busy
        print(time.perf_counter() - start, used, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        return
    small = series(given.taxa // 10, given.times, list(WAYS)[:2])
    large = series(given.taxa, given.times, list(WAYS))
    print(f"exponent of growth: {math.log10(large['wildgraph'] / small['wildgraph']):.2f}")


if __name__ == "__main__":
    main()
