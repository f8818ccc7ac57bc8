"""Prints how fast the dataset is written in each syntax, beside pyoxigraph and rdflib on the same triples.

    python benchmarks/dumps.py [--triples 1000000] [--runs 5] [--folder FOLDER]

Every dump is written twice and compared byte by byte, and is read back with pyoxigraph's parser: the hash of its
sorted lines must be that of the dataset. pyoxigraph writes from a store, unsorted; rdflib sorts in memory and gets a
tenth of the triples, 100,000 at most.
"""

from __future__ import annotations

import argparse
import hashlib
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby
from pathlib import Path

import pyoxigraph as ox
from wildgraph.benchmarks.copies import make_build
from wildgraph.graph.publish import export
from wildgraph.graph.spool import Spool

_FORMATS = {
    "turtle": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "nquads": ox.RdfFormat.N_QUADS,
    "jsonld": ox.RdfFormat.JSON_LD,
}
_OURS = """
import os, sys, time
from pathlib import Path
from wildgraph.graph.publish import export
start = time.perf_counter()
export(sys.argv[1], sys.argv[2], Path(sys.argv[3]), with_ontology=True, processes=int(sys.argv[4]))
used = sum(os.times()[:4])
print(time.perf_counter() - start, used, int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) // 1024)
"""
_OXIGRAPH = """
import sys, time
import pyoxigraph as ox
store = ox.Store()
store.bulk_load(path=sys.argv[1], format=ox.RdfFormat.N_TRIPLES)
start = time.perf_counter()
store.dump(sys.argv[2], ox.RdfFormat.TURTLE, from_graph=ox.DefaultGraph())
print(time.perf_counter() - start, int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) // 1024)
"""
_RDFLIB = """
import sys, time
import rdflib
graph = rdflib.Graph()
graph.parse(sys.argv[1], format="nt")
start = time.perf_counter()
graph.serialize(sys.argv[3], format=sys.argv[2])
print(time.perf_counter() - start, int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) // 1024)
"""


def timed(script: str, runs: int, *arguments: object) -> tuple[float, int]:
    """Return the median time in seconds and the most memory in MiB of a script in a process of its own."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    found = [subprocess.run(command, check=True, capture_output=True, text=True).stdout.split() for _ in range(runs)]
    return statistics.median(float(row[0]) for row in found), max(int(row[1]) for row in found)


def canonical(path: Path, syntax: ox.RdfFormat, *, graphs: bool) -> str:
    """Return the SHA-256 of the sorted distinct lines of a file, with or without the graphs."""
    digest = hashlib.sha256()
    quads = ox.parse(path=str(path), format=syntax)
    for line, _ in groupby(Spool((f"{quad if graphs else quad.triple}\n" for quad in quads), key=str)):
        digest.update(line.encode())
    return digest.hexdigest()


def same_bytes(write: Callable[[Path], object], first: Path, second: Path) -> bool:
    """Write again and compare."""
    write(second)
    with first.open("rb") as one, second.open("rb") as other:
        return hashlib.file_digest(one, "sha256").digest() == hashlib.file_digest(other, "sha256").digest()


def ours(project: Path, folder: Path, runs: int, expected: dict[bool, tuple[str, int]]) -> dict[str, float]:
    """Print a line for each syntax; return triples a second."""
    rates = {}
    for syntax, parsed_as in _FORMATS.items():
        graphs = syntax in {"trig", "nquads", "jsonld"}
        target = folder / syntax
        seconds, memory = timed(_OURS, runs, project, syntax, target)
        digest, count = expected[graphs]
        equal = canonical(target, parsed_as, graphs=graphs) == digest
        again = same_bytes(partial(export, project, syntax, with_ontology=True), target, folder / "again")
        rates[syntax] = count / seconds
        size = target.stat().st_size / 2**20
        verdict = ("same graph" if equal else "NOT THE SAME GRAPH") + (", same bytes" if again else ", OTHER BYTES")
        print(f"wildgraph {syntax:9} {seconds:8.2f} s {count / seconds:12,.0f} {memory:6} {size:8,.0f}  {verdict}")
        target.unlink()
    return rates


def main() -> None:
    """Print all figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--triples", type=int, default=1_000_000)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--folder", type=Path, help="where to keep the generated dataset")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        project = (given.folder or folder) / f"copies-{given.triples}"
        build = make_build(project, given.triples)
        expected = {}
        for graphs in (False, True):
            lines = sum(1 for _ in groupby(Spool(_lines(build / "dataset.nq", graphs=graphs), key=str)))
            expected[graphs] = canonical(build / "dataset.nq", ox.RdfFormat.N_QUADS, graphs=graphs), lines
        print(f"{'':19} {'median':>10} {'triples/s':>12} {'MiB':>6} {'MiB file':>8}")
        rates = ours(project, folder, given.runs, expected)
        count = expected[False][1]
        export(project, "ntriples", folder / "all.nt", with_ontology=True)
        rival, memory = timed(_OXIGRAPH, given.runs, folder / "all.nt", folder / "ox")
        ratio = rates["turtle"] * rival / count
        what = f"unsorted, no prefixes, from a store in memory; wildgraph {ratio:.2f} times as fast"
        print(f"pyoxigraph turtle   {rival:8.2f} s {count / rival:12,.0f} {memory:6} {'':8}  {what}")
        part = folder / "part.nt"
        few = min(100_000, count // 10)
        with (folder / "all.nt").open(encoding="utf-8") as source, part.open("w", encoding="utf-8") as target:
            target.writelines(line for _, line in zip(range(few), source, strict=False))
        for syntax in ("turtle", "json-ld"):
            other, memory = timed(_RDFLIB, 1, part, syntax, folder / "rdflib")
            key = syntax.replace("-", "")
            print(
                f"rdflib {syntax:12} {other:8.2f} s {few / other:12,.0f} {memory:6} {'':8}  {few:,} triples;"
                f" wildgraph {rates[key] / (few / other):.1f} times as fast"
            )


def _lines(path: Path, *, graphs: bool) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            yield line if graphs else line[: line.rindex(" <")] + " .\n"


if __name__ == "__main__":
    main()
