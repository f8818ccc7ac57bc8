"""Prints how fast the dataset is written in each syntax, beside pyoxigraph and rdflib on the same triples.

    python benchmarks/dumps.py [--triples 1000000] [--runs 5] [--folder FOLDER] [--syntaxes trig jsonld]

Every dump is written by one process and by one a core, which must give the same bytes, and is read back with
pyoxigraph's parser: its statements must be those of the dataset. The CPU time is that of all processes, the memory that
of the largest. pyoxigraph writes from a store, unsorted; rdflib sorts in memory: they get a million and 100,000 triples
at most.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import statistics
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path

import duckdb
import pyoxigraph as ox
from wildgraph.benchmarks.copies import make_build
from wildgraph.graph.publish import export

_FORMATS = {
    "turtle": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "nquads": ox.RdfFormat.N_QUADS,
    "jsonld": ox.RdfFormat.JSON_LD,
}
_OURS = """
import os, resource, sys, time
from pathlib import Path
from wildgraph.graph.publish import export
start = time.perf_counter()
if __name__ == "__main__":
    export(sys.argv[1], sys.argv[2], Path(sys.argv[3]), with_ontology=True, processes=int(sys.argv[4]))
    taken, used = time.perf_counter() - start, sum(os.times()[:4])
    own = int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
    print(taken, used, max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) // 1024)
"""
_OXIGRAPH = """
import os, sys, time
import pyoxigraph as ox
store = ox.Store()
store.bulk_load(path=sys.argv[1], format=ox.RdfFormat.N_TRIPLES)
start = time.perf_counter()
store.dump(sys.argv[2], ox.RdfFormat.TURTLE, from_graph=ox.DefaultGraph())
taken, used = time.perf_counter() - start, sum(os.times()[:2])
print(taken, used, int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) // 1024)
"""
_RDFLIB = """
import os, sys, time
import rdflib
graph = rdflib.Graph()
graph.parse(sys.argv[1], format="nt")
start = time.perf_counter()
graph.serialize(sys.argv[3], format=sys.argv[2])
taken, used = time.perf_counter() - start, sum(os.times()[:2])
print(taken, used, int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) // 1024)
"""


def timed(script: str, runs: int, *arguments: object) -> tuple[float, float, int]:
    """Return the median times in seconds, of the clock and of CPU, and the most memory in MiB of a script."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    found = [subprocess.run(command, check=True, capture_output=True, text=True).stdout.split() for _ in range(runs)]
    clock, used = (statistics.median(float(row[column]) for row in found) for column in (0, 1))
    return clock, used, max(int(row[2]) for row in found)


def canonical(path: Path, syntax: ox.RdfFormat, lines: Path, *, graphs: bool) -> tuple[int, int]:
    """Return how many distinct statements a file has, with or without the graphs, and the sum of their hashes.

    They are those of the lines that pyoxigraph, having parsed the file, writes to the file `lines`.
    """
    quads = ox.parse(path=str(path), format=syntax)
    if graphs:
        ox.serialize(quads, output=str(lines), format=ox.RdfFormat.N_QUADS)
    else:
        ox.serialize((quad.triple for quad in quads), output=str(lines), format=ox.RdfFormat.N_TRIPLES)
    options = "columns={'line': 'VARCHAR'}, delim='\x02', quote='', escape='', header=false, auto_detect=false"
    hashes = f"SELECT DISTINCT hash(line) AS h FROM read_csv('{lines}', {options})"
    row = duckdb.connect().execute(f"SELECT count(*), sum(h::HUGEINT) FROM ({hashes})").fetchall()[0]
    lines.unlink()
    return int(row[0]), int(row[1])


def same_bytes(first: Path, second: Path) -> bool:
    """Compare two files."""
    with first.open("rb") as one, second.open("rb") as other:
        return hashlib.file_digest(one, "sha256").digest() == hashlib.file_digest(other, "sha256").digest()


def ours(
    project: Path, folder: Path, runs: int, expected: dict[bool, tuple[int, int]], syntaxes: list[str]
) -> dict[str, float]:
    """Print two lines for each syntax, of one process and of one a core; return triples a second of one."""
    rates = {}
    for syntax in syntaxes:
        graphs = syntax in {"trig", "nquads", "jsonld"}
        count, _ = expected[graphs]
        first, target = folder / "first", folder / "again"
        for processes in dict.fromkeys((1, os.cpu_count() or 1)):
            seconds, used, memory = timed(_OURS, runs, project, syntax, target, processes)
            if processes == 1:
                target.rename(first)
                rates[syntax] = count / seconds
                equal = canonical(first, _FORMATS[syntax], folder / "lines", graphs=graphs) == expected[graphs]
                verdict = f"{first.stat().st_size / 2**20:,.0f} MiB, {'same graph' if equal else 'NOT THE SAME GRAPH'}"
            else:
                verdict = "same bytes" if same_bytes(first, target) else "OTHER BYTES"
            print_row(f"wildgraph {syntax} {processes}", count, seconds, used, memory, verdict)
    return rates


def print_row(name: str, count: int, seconds: float, used: float, memory: int, verdict: str) -> None:
    """Print a line of the table."""
    rates = f"{count / seconds:10,.0f} {count / used:14,.0f}"
    print(f"{name:22} {seconds:8.2f} s {used:8.2f} s {rates} {memory:6}  {verdict}", flush=True)


def main() -> None:
    """Print all figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--triples", type=int, default=1_000_000)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--folder", type=Path, help="where to keep the generated dataset")
    arguments.add_argument("--syntaxes", nargs="*", choices=list(_FORMATS), default=list(_FORMATS))
    arguments.add_argument("--no-peers", action="store_true", help="leave the other tools out")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        project = (given.folder or folder) / f"copies-{given.triples}"
        build = make_build(project, given.triples)
        source, nquads = build / "dataset.nq", ox.RdfFormat.N_QUADS
        expected = {graphs: canonical(source, nquads, folder / "lines", graphs=graphs) for graphs in (False, True)}
        print(f"{'':22} {'median':>10} {'CPU':>10} {'triples/s':>10} {'by CPU second':>14} {'MiB':>6}")
        rates = ours(project, folder, given.runs, expected, given.syntaxes)
        if not given.no_peers:
            peers(project, folder, given.runs, rates)


def peers(project: Path, folder: Path, runs: int, rates: dict[str, float]) -> None:
    """Print a line for each other tool: a million triples for pyoxigraph, a hundred thousand for rdflib."""
    export(project, "ntriples", folder / "all.nt", with_ontology=True)
    many = beginning(folder / "all.nt", folder / "many.nt", 1_000_000)
    rival, used, memory = timed(_OXIGRAPH, runs, folder / "many.nt", folder / "ox")
    what = "unsorted, no prefixes, from a store in memory (CPU with loading)"
    if "turtle" in rates:
        what += f"; wildgraph {rates['turtle'] * rival / many:.2f} times as fast"
    print_row("pyoxigraph turtle", many, rival, used, memory, what)
    few = beginning(folder / "many.nt", folder / "few.nt", min(100_000, many // 10))
    for syntax in ("turtle", "json-ld"):
        other, used, memory = timed(_RDFLIB, 1, folder / "few.nt", syntax, folder / "rdflib")
        what = f"{few:,} triples (CPU with parsing)"
        if (ours := rates.get(syntax.replace("-", ""))) is not None:
            what += f"; wildgraph {ours * other / few:.1f} times as fast"
        print_row(f"rdflib {syntax}", few, other, used, memory, what)


def beginning(source: Path, target: Path, most: int) -> int:
    """Copy the first lines of a file; return how many."""
    with source.open("rb") as old, target.open("wb") as new:
        return sum(new.write(line) > 0 for line in islice(old, most))


if __name__ == "__main__":
    main()
