"""Tables to N-Quads: a synthetic checklist with claims from Parquet, against what could be written by hand.

    python benchmarks/tables.py [--taxa 1000000] [--times 5] [--no-peers]

Prints, as medians of runs that take turns: wildgraph, hand-written DuckDB SQL that concatenates strings and copies them
out (with DuckDB's usual threads, and with one, which is faster), raw writing of as many bytes; morph-kgc and maplib,
which it installs into environments of their own, on a tenth of it, and rdflib on a thirtieth. Each runs in a process
of its own, for its peak of memory; outputs are compared by the sum of the hashes of their lines. The exponent of growth
is from a thirtieth to the whole: from 1 to 30 million triples.
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
from collections.abc import Callable, Mapping
from functools import partial
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


def prepare(folder: Path) -> None:
    """Write beside them what peers.py asks for."""
    numbered = (
        "concat('{0}.parquet:', file_row_number + 1) AS row FROM read_parquet('{1}/{0}.parquet', file_row_number=true)"
    )
    key = "replace(place, ' ', '%20')"
    statement = "concat('s', chr(9), 's/', taxon, chr(9), 'range', chr(9), 's/', place, repeat(chr(9), 4))"
    duckdb.sql(f"COPY (SELECT * EXCLUDE (parent), {numbered.format('taxa', folder)}) TO '{folder}/taxa-ready.parquet'")
    # without gaps: pandas makes 100.0 of a number in a column with some, and morph-kgc None of an empty text
    parents = f"SELECT id, parent FROM '{folder}/taxa.parquet' WHERE parent IS NOT NULL"
    duckdb.sql(f"COPY ({parents}) TO '{folder}/parents-ready.parquet'")
    claims = f"SELECT *, {key} AS key, left(sha256({statement}), 24) AS hash, {numbered.format('claims', folder)}"
    duckdb.sql(f"COPY ({claims}) TO '{folder}/claims-ready.parquet'")
    places = f"SELECT DISTINCT place, {key} AS key FROM '{folder}/claims.parquet'"
    duckdb.sql(f"COPY ({places}) TO '{folder}/places-ready.parquet'")


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


def by_hand(folder: Path, out: Path, *, threads: int = 0) -> None:
    """The same lines from SQL that knows these two files, escapes nothing and checks nothing."""
    connection = duckdb.connect()
    if threads:
        connection.execute(f"SET threads = {threads}")
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


WAYS: dict[str, Callable[[Path, Path], None]] = {
    "wildgraph": ours,
    "by hand": by_hand,
    "by hand, 1 thread": partial(by_hand, threads=1),
    "raw writing": raw,
}


class Run(NamedTuple):
    """Seconds on the clock and of the processors, MiB at the peak, and what was written: lines, their hash, bytes."""

    seconds: float
    busy: float
    memory: float
    lines: int
    hash: int
    size: int


def measure(way: str, folder: Path, pythons: Mapping[str, Path]) -> Run:
    """Run one way in a process of its own."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        command = [sys.executable, __file__, "--run", way, "--folder", str(folder), "--out", name]
        if way in pythons:
            command = [str(pythons[way]), str(Path(__file__).with_name("peers.py")), way, str(folder), name]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        files = sorted((*Path(name).glob("*.nq"), *Path(name).glob("*.nt")))
        size = sum(file.stat().st_size for file in files)
        if way == "wildgraph":
            (folder / "size").write_text(str(size))
        same = (0, 0) if way == "raw writing" else content(files, plain=way == "maplib")
        seconds, busy, memory = map(float, told[-3:])
        return Run(seconds, busy, memory, *same, size)


def content(files: list[Path], *, plain: bool) -> tuple[int, int]:
    """Return how many lines files have and the sum of their hashes, which does not depend on their order.

    Of `plain` files, N-Triples, a file a graph, the graph is put to the line, and labels have no language.
    """
    paths = ", ".join(f"'{file}'" for file in files)
    options = "columns={'line': 'VARCHAR'}, delim='\x02', quote='', escape='', header=false, auto_detect=false"
    line = "line"
    if plain:
        language = "CASE WHEN contains(line, '/place/') THEN '@en' ELSE '@la' END"
        tag = f"CASE WHEN contains(line, '{SKOS}prefLabel') THEN {language} ELSE '' END"
        graph = f"CASE WHEN contains(filename, 'derived.nt') THEN '{D}' ELSE '{G}' END"
        line = f"concat(left(line, length(line) - 2), {tag}, {graph})"
        options += ", filename=true"
    sql = f"SELECT count(*), sum(hash({line})::HUGEINT) FROM read_csv([{paths}], {options}) WHERE line <> ''"
    row = duckdb.connect().execute(sql).fetchall()[0]
    return int(row[0]), int(row[1])


def install(folder: Path) -> dict[str, Path]:
    """Make an environment for each other tool; return the interpreters of those that could be installed."""
    found = {}
    for name, more in {"morph-kgc": ["pyarrow"], "maplib": ["polars", "pyarrow"], "rdflib": ["duckdb"]}.items():
        subprocess.run([sys.executable, "-m", "venv", str(folder / name)], check=True)
        python = folder / name / "bin" / "python"
        run = subprocess.run([python, "-m", "pip", "install", "-q", name, *more], capture_output=True, text=True)
        if run.returncode:
            print(f"{name} could not be installed: {run.stderr.strip().splitlines()[-1]}")
            continue
        found[name] = python
        told = subprocess.run([python, "-m", "pip", "show", name], capture_output=True, text=True).stdout
        print(" ".join(line.partition(": ")[2] for line in told.splitlines()[:2]))
    return found


def series(taxa: int, times: int, ways: list[str], pythons: Mapping[str, Path]) -> tuple[float, int]:
    """Print a table for one size; return the median seconds of wildgraph and the number of triples."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate(folder, taxa)
        if pythons.keys() & set(ways):
            prepare(folder)
        measure("wildgraph", folder, pythons)  # warms the files up
        runs: dict[str, list[Run]] = {way: [] for way in ways}
        for _ in range(times):
            for way, found in runs.items():
                if way not in pythons or len(found) < max(1, times // 2):  # the others take long
                    found.append(measure(way, folder, pythons))
    first = runs["wildgraph"][0]
    medians = {way: statistics.median(run.seconds for run in found) for way, found in runs.items()}
    busy = {way: statistics.median(run.busy for run in found) for way, found in runs.items()}
    print(f"\n{taxa:,} taxa, {3 * taxa:,} claims, {first.lines:,} triples, {first.size / 1e9:.2f} GB")
    print(f"{'':18} {'seconds':>8} {'of CPU':>8} {'triples/s':>11} {'MiB':>6}  wildgraph takes")
    for way, found in runs.items():
        ratio, cpu = medians["wildgraph"] / medians[way], busy["wildgraph"] / busy[way]
        rate, memory = first.lines / medians[way], max(run.memory for run in found)
        figures = f"{medians[way]:8.2f} {busy[way]:8.2f} {rate:11,.0f} {memory:6.0f}"
        same = {(run.lines, run.hash) for run in found} == {(first.lines, first.hash)}
        lines = "" if way == "raw writing" else "the same lines" if same else "OTHER LINES"
        print(f"{way:18} {figures}  {ratio:.3f} x, {cpu:.3f} x CPU  {lines}", flush=True)
    return medians["wildgraph"], first.lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--taxa", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--no-peers", action="store_true", help="leave the other tools out")
    parser.add_argument("--run", choices=WAYS)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    if given.run:
        start, busy = time.perf_counter(), time.process_time()
        WAYS[given.run](given.folder, given.out)
        used = time.process_time() - busy
        peak = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
        print(time.perf_counter() - start, used, int(peak) / 1024)
        return
    with tempfile.TemporaryDirectory() as name:
        pythons = {} if given.no_peers else install(Path(name))
        tenth = [way for way in ("morph-kgc", "maplib") if way in pythons]
        least = [way for way in ("rdflib",) if way in pythons]
        small = series(given.taxa // 30, given.times, [*list(WAYS)[:3], *least], pythons)
        series(given.taxa // 10, given.times, [*list(WAYS)[:3], *tenth], pythons)
        large = series(given.taxa, given.times, list(WAYS), pythons)
    print(f"exponent of growth: {math.log(large[0] / small[0]) / math.log(large[1] / small[1]):.2f}")


if __name__ == "__main__":
    main()
