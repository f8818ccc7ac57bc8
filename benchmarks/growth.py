"""Prints the figures of wildgraph: start-up, build and check, every question, and how a build grows.

    python benchmarks/growth.py [--largest 100000]

Each figure is a median of several runs in this one run. The datasets of the growth series are the reference
dataset repeated with new ids; outputs are compared between two runs by hash.
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

import wildgraph
from wildgraph.extract.scaffold import init
from wildgraph.queries.ask import Asker
from wildgraph.queries.question import load_questions

COMMAND = [sys.executable, "-m", "wildgraph"]


def seconds(command: list[str], times: int = 5) -> float:
    """Return the median wall time of a command in a process of its own."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def reference(folder: Path) -> None:
    """Print start-up, build, check and the slowest questions on the reference dataset."""
    init(folder, example=True)
    print(f"wildgraph --help            {seconds([*COMMAND, '--help']):6.2f} s   (limit 0.3)")
    build = seconds([*COMMAND, "build", str(folder)])
    check = seconds([*COMMAND, "check", str(folder)])
    print(f"build + check, cold         {build:6.2f} + {check:.2f} s   (limit 10)")
    asker = Asker.open(folder)
    slowest = []
    for name, question in load_questions().items():
        taken = []
        for _ in range(5):
            start = time.perf_counter()
            asker.question(question, {})
            taken.append(time.perf_counter() - start)
        slowest.append((statistics.median(taken) * 1000, name))
    slowest.sort(reverse=True)
    print(f"questions, after start-up   {slowest[0][0]:6.1f} ms at most ({slowest[0][1]})   (limit 50)")
    for milliseconds, name in slowest[1:4]:
        print(f"                            {milliseconds:6.1f} ms {name}")


def repeat(source: Path, target: Path, claims: int) -> None:
    """Write the reference dataset again and again, with new ids, until it has that many claims."""
    init(target, example=True)
    tables = {path: path.read_text(encoding="utf-8").splitlines() for path in sorted(source.glob("claims/*.tsv"))}
    rows = sum(len(lines) - 1 for lines in tables.values())
    copies = max(1, round(claims / rows))
    ids = [line.split("\t")[0] for line in (source / "entities.tsv").read_text(encoding="utf-8").splitlines()[1:]]
    handles = [
        c for lines in tables.values() if lines[0].startswith("id\t") for r in lines[1:] if (c := r.split("\t")[0])
    ]
    known = {*ids, *handles}
    for path in [source / "entities.tsv", *tables]:
        header, *lines = path.read_text(encoding="utf-8").splitlines()
        with (target / path.relative_to(source)).open("w", encoding="utf-8") as file:
            file.write(header + "\n")
            for copy in range(copies):
                file.writelines(renamed(line, known, copy) + "\n" for line in lines)


def renamed(line: str, known: set[str], copy: int) -> str:
    """Return a row whose ids, alone in a cell or in a list, end in the number of the copy."""
    if copy == 0:
        return line
    cells = []
    for cell in line.split("\t"):
        parts = []
        for part in cell.split(" | "):
            name, colon, rest = part.partition(":")
            parts.append(f"{name}-{copy}{colon}{rest}" if name in known and name != "wwf-amur-leopard" else part)
        cells.append(" | ".join(parts))
    return "\t".join(cells)


MEASURE = """
import hashlib, resource, sys, time, wildgraph
start = time.perf_counter()
built = wildgraph.build(sys.argv[1])
taken = time.perf_counter() - start
digest = hashlib.sha256((built.folder / "dataset.nq").read_bytes()).hexdigest()
print(sum(built.summary.claims.values()), sum(built.summary.triples.values()), taken,
      resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, digest)
"""


def growth(source: Path, folder: Path, largest: int) -> None:
    """Print time and memory of builds of growing size, and the exponent of the growth."""
    print(f"\n{'claims':>8} {'triples':>10} {'build s':>8} {'MiB':>6}  same bytes twice")
    points = []
    size = 100
    while size <= largest:
        target = folder / str(size)
        repeat(source, target, size)
        runs = [
            subprocess.run([sys.executable, "-c", MEASURE, str(target)], check=True, capture_output=True, text=True)
            for _ in range(2 if size > 10_000 else 3)
        ]
        found = [run.stdout.split() for run in runs]
        claims, triples = int(found[0][0]), int(found[0][1])
        taken = statistics.median(float(row[2]) for row in found)
        memory = max(int(row[3]) for row in found)
        same = len({row[4] for row in found}) == 1
        points.append((claims, taken))
        print(f"{claims:8,} {triples:10,} {taken:8.2f} {memory:6}  {'yes' if same else 'NO'}")
        size *= 10
    (n1, t1), (n2, t2) = points[-2:]
    print(f"exponent between the last two: {math.log(t2 / t1) / math.log(n2 / n1):.2f}")


def main() -> None:
    """Print all figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--largest", type=int, default=100_000)
    largest = arguments.parse_args().largest
    print(f"wildgraph on Python {sys.version.split()[0]}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        reference(folder / "reference")
        growth(Path(wildgraph.__file__).parent / "datasets" / "amur-leopard", folder, largest)


if __name__ == "__main__":
    main()
