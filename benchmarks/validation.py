"""Prints how fast wildgraph validates, beside pyshacl on the same shapes and data.

    python benchmarks/validation.py [--claims 75000]

The data are the reference dataset repeated with new ids. pyshacl runs on the sizes it can finish; its time at the
largest size is extrapolated from the growth between its last two. The results of both engines are compared by hash
wherever both ran.
"""

from __future__ import annotations

import argparse
import math
import subprocess
import sys
import tempfile
from pathlib import Path

import wildgraph
from wildgraph.benchmarks.growth import repeat

RUN = """
import hashlib, resource, sys
from pathlib import Path
from wildgraph.graph.validate import shape_files, validate
report = validate([Path(sys.argv[1])], shape_files(), engine=sys.argv[2])
use = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
digest = hashlib.sha256(repr([result.key() for result in report.results]).encode()).hexdigest()
print(sum(u.ru_utime + u.ru_stime for u in use), max(u.ru_maxrss for u in use) // 1024, len(report.results), digest)
"""


def measured(data: Path, engine: str) -> tuple[float, int, int, str]:
    """Return CPU seconds, peak MiB, number of results and their hash, of a whole validation in a process of its own."""
    run = subprocess.run([sys.executable, "-c", RUN, str(data), engine], check=True, capture_output=True, text=True)
    seconds, memory, results, digest = run.stdout.split()
    return float(seconds), int(memory), int(results), digest


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--claims", type=int, default=75_000, help="about 13 triples each")
    largest = arguments.parse_args().claims
    source = Path(wildgraph.__file__).parent / "datasets" / "amur-leopard"
    print(f"{'triples':>10} {'engine':>8} {'CPU s':>8} {'MiB':>6} {'results':>8}  same results")
    reference: list[tuple[int, float]] = []
    with tempfile.TemporaryDirectory() as name:
        for claims in (1_500, 6_000, largest):
            project = Path(name) / str(claims)
            repeat(source, project, claims)
            built = wildgraph.build(project)
            triples = sum(built.summary.triples.values())
            data = built.folder / "dataset.nq"
            fast = measured(data, "fast")
            print(f"{triples:10,} {'fast':>8} {fast[0]:8.1f} {fast[1]:6} {fast[2]:8,}")
            if claims < largest:
                slow = measured(data, "pyshacl")
                reference.append((triples, slow[0]))
                same = "yes" if slow[3] == fast[3] else "NO"
                print(f"{'':10} {'pyshacl':>8} {slow[0]:8.1f} {slow[1]:6} {slow[2]:8,}  {same}")
    (n1, t1), (n2, t2) = reference
    exponent = math.log(t2 / t1) / math.log(n2 / n1)
    expected = t2 * (triples / n2) ** exponent
    print(f"pyshacl grows with exponent {exponent:.2f}: about {expected:,.0f} s at {triples:,} triples")
    print(f"fast, audit included, takes {expected / fast[0]:.0f} times less CPU there")


if __name__ == "__main__":
    main()
