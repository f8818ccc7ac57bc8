"""Prints how fast wildgraph validates: beside pyshacl, beside the bare engine, and as the data grow.

    python benchmarks/validation.py [--triples 1000000] [--large 10000000] [--runs 3]

The data are the reference dataset's graph repeated with new names. pyshacl runs on the sizes it can finish; its time at
the larger ones is extrapolated from the growth between its last two. Results are compared by hash wherever two engines
ran. Times are medians of the runs, of the whole command with its children; memory is the peak of all its processes
together. The lines below the table of a size compare the whole command, audit included, with the bare engine, which
has neither an audit nor a child process.
"""

from __future__ import annotations

import argparse
import math
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from wildgraph.benchmarks.copies import make_build
from wildgraph.graph.validate import shape_files
from wildgraph.graph.validate.shapes import read_shapes

#: The largest sizes that pyshacl is given, in triples.
FINISHED = (30_000, 100_000)

VALIDATE = """
import hashlib
from pathlib import Path
from wildgraph.graph.validate import shape_files, validate
report = validate([Path(DATA)], shape_files(), engine=ENGINE, canonical=True)
digest = hashlib.sha256(repr([result.key() for result in report.results]).encode()).hexdigest()
print(len(report.results), digest)
"""
ENGINE_ONLY = """
import hashlib
from pathlib import Path
from wildgraph.graph.validate import shape_files
from wildgraph.graph.validate.fast import run_fast
from wildgraph.graph.validate.reference import literals_as_written
from wildgraph.graph.validate.shapes import read_shapes
with literals_as_written():
    results = run_fast(Path(DATA), read_shapes(shape_files()), timeout=3600).results
print(len(results), hashlib.sha256(repr([result.key() for result in results]).encode()).hexdigest())
"""
BARE = """
import shacl
report = shacl.Shapes.from_file(SHAPES).validate_file(DATA)
print(len(report), "-")
"""
#: Runs code in a child and prints its CPU time and peak memory, of the child and all of its own children together.
METER = """
import os, resource, subprocess, sys, threading, time
run = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdout=subprocess.PIPE, text=True)
peak = 0
def family(pid):
    yield pid
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            for child in open(f"/proc/{pid}/task/{task}/children").read().split():
                yield from family(int(child))
    except OSError:
        return
def resident(pid):
    try:
        status = open(f"/proc/{pid}/status").read()
    except OSError:
        return 0
    return int(status.split("VmRSS:")[1].split()[0]) if "VmRSS:" in status else 0
def watch():
    global peak
    while run.poll() is None:
        peak = max(peak, sum(map(resident, set(family(run.pid)))))
        time.sleep(0.05)
threading.Thread(target=watch, daemon=True).start()
try:
    out = run.communicate(timeout=float(sys.argv[2]))[0]
except subprocess.TimeoutExpired:
    run.kill()
    sys.exit(f"not finished after {sys.argv[2]} s")
use = resource.getrusage(resource.RUSAGE_CHILDREN)
print(use.ru_utime + use.ru_stime, peak // 1024, *out.split())
sys.exit(run.returncode)
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """CPU seconds, wall seconds, peak MiB of all processes together, number of results and their hash."""

    cpu: float
    wall: float
    memory: int
    results: int
    digest: str


def measured(code: str, runs: int, *, python: str = sys.executable, limit: int = 3600, **names: str) -> Figure:
    """Run code in processes of its own and return the medians. Raises CalledProcessError when it fails."""
    source = "".join(f"{name} = {value!r}\n" for name, value in names.items()) + code
    command = [python, "-c", METER, source, str(limit)]
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        run = subprocess.run(command, check=True, capture_output=True, text=True)
        cpu, memory, results, digest = run.stdout.split()
        taken.append(Figure(float(cpu), time.perf_counter() - start, int(memory), int(results), digest))
    cpu, wall = (statistics.median(getattr(figure, name) for figure in taken) for name in ("cpu", "wall"))
    return Figure(cpu, wall, max(figure.memory for figure in taken), taken[0].results, taken[0].digest)


def show(triples: int, engine: str, figure: Figure, words: str = "") -> None:
    """Print one line of the table."""
    cells = f"{figure.cpu:8.1f} {figure.wall:8.1f} {figure.memory:6} {figure.results:8,}"
    print(f"{triples:12,} {engine:>22} {cells}  {words}", flush=True)


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--triples", type=int, default=1_000_000)
    arguments.add_argument("--large", type=int, default=10_000_000)
    arguments.add_argument("--runs", type=int, default=3)
    asked = arguments.parse_args()
    print(f"{'triples':>12} {'engine':>22} {'CPU s':>8} {'wall s':>8} {'MiB':>6} {'results':>8}")
    reference: list[tuple[int, float]] = []
    fast: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as name:
        shapes = Path(name) / "shapes.nt"
        shapes.write_text(read_shapes(shape_files()).ntriples(), encoding="utf-8")
        for size in (*FINISHED, asked.triples, asked.large):
            if not size:
                continue
            data = make_build(Path(name) / str(size), size, store=False) / "dataset.nq"
            triples = sum(1 for _ in data.open("rb"))
            runs = asked.runs if size <= asked.triples else 1
            found = measured(VALIDATE, runs, DATA=str(data), ENGINE="fast")
            show(triples, "wildgraph, with audit", found)
            fast[triples] = found.cpu
            split = measured(ENGINE_ONLY, runs, DATA=str(data))
            show(
                triples,
                "the same, no audit",
                split,
                "same results" if split.digest == found.digest else "OTHER RESULTS",
            )
            bare = measured(BARE, runs, DATA=str(data), SHAPES=str(shapes))
            show(
                triples, "shacl alone, no audit", bare, "as many results" if bare.results == found.results else "OTHER"
            )
            print(
                f"{triples:12,} triples: {found.wall / bare.wall:.2f} of the bare engine's wall time with audit, "
                f"{split.wall / bare.wall:.2f} without"
            )
            if size in FINISHED:
                slow = measured(VALIDATE, 1, DATA=str(data), ENGINE="pyshacl")
                reference.append((triples, slow.cpu))
                show(triples, "pyshacl", slow, "same results" if slow.digest == found.digest else "OTHER RESULTS")
            data.unlink()
    growth(reference, fast)


def growth(reference: list[tuple[int, float]], fast: dict[int, float]) -> None:
    """Print how both grow, and how many times as long pyshacl would take."""
    (n1, t1), (n2, t2) = reference
    exponent = math.log(t2 / t1) / math.log(n2 / n1)
    sizes = [size for size in fast if size > n2]
    print(f"pyshacl grows with exponent {exponent:.2f}")
    for size in sizes:
        expected = t2 * (size / n2) ** exponent
        print(f"{size:12,} triples: pyshacl about {expected:,.0f} CPU s, {expected / fast[size]:.0f} times wildgraph's")
    if len(sizes) > 1:
        ours = math.log(fast[sizes[1]] / fast[sizes[0]]) / math.log(sizes[1] / sizes[0])
        print(f"wildgraph grows with exponent {ours:.2f} between the two largest")


if __name__ == "__main__":
    main()
