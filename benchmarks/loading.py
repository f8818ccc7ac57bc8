"""Prints how fast a dataset is loaded into the store, beside bare `bulk_load` of the whole file, and why no faster.

    python benchmarks/loading.py [--triples 1000000] [--runs 5] [--folder FOLDER]

The ways take turns, each in a process of its own. `wildgraph` is what a build does; `bare` one call of pyoxigraph;
`unchecked` the same without validation of terms; `pieces of N MiB` the choice of wildgraph's piece; `no graphs` the
same triples in the default graph, which has three indexes where a named graph has six; `parsing` reads only.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from wildgraph.benchmarks.copies import make_build

_HEAD = """
import os, sys, time
from pathlib import Path
import pyoxigraph as ox
from wildgraph.graph import store as ours
source, target = Path(sys.argv[1]), Path(sys.argv[2])
quads = ox.RdfFormat.N_QUADS
start = time.perf_counter()
"""
_TAIL = """
taken, cpu = time.perf_counter() - start, sum(os.times()[:2])
memory = int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) // 1024
disk = sum(path.stat().st_size for path in target.iterdir()) >> 20 if target.is_dir() else 0
count = len(ox.Store.read_only(str(target))) if target.is_dir() else 0
print(taken, cpu, memory, disk, count)
"""
_BARE = "store = ox.Store(str(target))\nstore.bulk_load(path=str(source), format=quads{})\nstore.flush()\ndel store\n"
_NO_GRAPHS = """store = ox.Store(str(target))
store.bulk_extend(ox.Quad(q.subject, q.predicate, q.object) for q in ox.parse(path=str(source), format=quads))
store.flush()
del store
"""
_PIECES = "ours.PIECE = {} << 20\nours.bulk_load(target, source)\n"
_WAYS = {
    "bare": _BARE.format(""),
    "wildgraph": "ours.bulk_load(target, source)\n",
    "unchecked": _BARE.format(", lenient=True"),
    "pieces of 16 MiB": _PIECES.format(16),
    "pieces of 256 MiB": _PIECES.format(256),
    "no graphs": _NO_GRAPHS,
    "parsing": "for _ in ox.parse(path=str(source), format=quads): pass\n",
}


def measured(way: str, source: Path, folder: Path) -> list[float]:
    """Return seconds, seconds of CPU, MiB of memory, MiB on disk and quads of one run."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        script = _HEAD + _WAYS[way] + _TAIL
        command = [sys.executable, "-c", script, str(source), f"{name}/store"]
        run = subprocess.run(command, check=True, capture_output=True, text=True)
    return [float(word) for word in run.stdout.split()]


def main() -> None:
    """Print all figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--triples", type=int, default=1_000_000)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--folder", type=Path, help="where to keep the generated dataset")
    arguments.add_argument("--ways", nargs="*", choices=list(_WAYS), default=list(_WAYS))
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        source = make_build((given.folder or folder) / f"copies-{given.triples}", given.triples, store=False)
        runs = {way: [measured(way, source / "dataset.nq", folder)] for way in given.ways}
        for _ in range(given.runs - 1):
            for way, rows in runs.items():
                rows.append(measured(way, source / "dataset.nq", folder))
    medians = {way: [statistics.median(column) for column in zip(*rows, strict=True)] for way, rows in runs.items()}
    bare = medians[given.ways[0]]
    print(f"{'':18} {'median':>9} {'CPU':>9} {'ratio':>6} {'CPU':>6} {'MiB':>6} {'on disk':>8} {'quads':>11}")
    for way, (seconds, cpu, memory, disk, count) in medians.items():
        print(
            f"{way:18} {seconds:7.1f} s {cpu:7.1f} s {seconds / bare[0]:6.2f} {cpu / bare[1]:6.2f}"
            f" {memory:6.0f} {disk:8.0f} {count:11,.0f}"
        )


if __name__ == "__main__":
    main()
