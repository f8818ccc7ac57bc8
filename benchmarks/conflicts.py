"""What comparing rows of tables costs a build: CPU and memory of the pass over all claims, beside those of the build.

    python benchmarks/conflicts.py [--claims 1000000] [--share 100] [FILE ...]

Two tables of population figures are made, with as many claims in all, ten years a taxon; every `share`-th figure of the
second differs from the first's. FILE is a table or an archive to be measured instead.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import wildgraph
from wildgraph.extract import open_project
from wildgraph.extract.tables.add import add_tables
from wildgraph.graph.assemble import Assembler
from wildgraph.graph.compare import conflict_quads
from wildgraph.graph.contested import open_contest
from wildgraph.graph.quads import lines
from wildgraph.graph.settled import write_settled
from wildgraph.graph.stated import stated

MAPPING = """format = "csv"
[[entity]]
from = "{name}"
type = "taxon"
id = "name -> taxon('names')"
label = "name -> text('la')"
distinct = true
[[claim]]
from = "{name}"
predicate = "population"
subject = "name -> taxon('names')"
quantity = "count -> quantity"
when = "year -> date"
life_stage = "'adult' -> life-stage"
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--claims", type=int, default=100_000)
    parser.add_argument("--share", type=int, default=100)
    parser.add_argument("files", type=Path, nargs="*", metavar="FILE")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as name:
        project = Path(name) / "project"
        project.mkdir()
        for file in options.files or write_tables(project, options.claims, options.share):
            add_tables(file, project, mapping=f"{file.stem}.toml" if not options.files else "")
        whole = measured(lambda: build(project))
        claims = measured(lambda: read_claims(project))
        compared = measured(lambda: compare(project))
        summary = json.loads((project / "build/summary.json").read_text())
        print(f"{sum(summary['triples'].values()):,} triples; conflicts {summary['conflicts']}, {summary['compared']}")
        print("| | seconds of CPU | MiB |\n|---|---|---|")
        for words, (seconds, size) in (
            ("the build", whole),
            ("reading the claims of all lines, for coverage alone", claims),
            ("the same, with conflicts and what stands", compared),
        ):
            print(f"| {words} | {seconds:.1f} | {size:,} |")


def write_tables(folder: Path, claims: int, share: int) -> list[Path]:
    for table, name in enumerate("ab"):
        (folder / f"{name}.toml").write_text(MAPPING.format(name=name))
        with (folder / f"{name}.csv").open("w") as file:
            file.write("name,count,year\n")
            for taxon in range(claims // 20):
                for year in range(10):
                    count = (taxon * 7 + year * 13) % 5000 + 10 + (table and not (taxon * 10 + year) % share)
                    file.write(f"Genus{taxon % 997} species{taxon},{count},{2000 + year}\n")
    return [folder / "a.csv", folder / "b.csv"]


def build(project: Path) -> None:
    wildgraph.build(project)


def read_claims(project: Path) -> None:
    with stated(project / "build/dataset.nq", Assembler(open_project(project)).names) as claims:
        claims.covered()


def compare(project: Path) -> None:
    assembler = Assembler(open_project(project))
    with stated(project / "build/dataset.nq", assembler.names) as claims:
        claims.covered()
        contest = open_contest(claims, assembler, linked=False)
        write_settled(contest, project / "settled")
        for conflicts in contest.conflicts():
            lines(conflict_quads(conflicts, assembler))


def measured(run: Callable[[], None]) -> tuple[float, int]:
    """Run in a process of its own; return its seconds of CPU and its peak memory in MiB."""
    if not (child := os.fork()):
        status = 1
        try:
            run()
            status = 0
        finally:
            os._exit(status)
    _, status, used = os.wait4(child, 0)
    if status:
        sys.exit("what was measured failed")
    return used.ru_utime + used.ru_stime, used.ru_maxrss // (1 << (20 if sys.platform == "darwin" else 10))


if __name__ == "__main__":
    main()
