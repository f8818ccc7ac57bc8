"""Prints how long every question takes on a big graph in the store on disk, and how long looking at one star takes.

    python benchmarks/questions.py [--triples 10000000] [--runs 5] [--folder FOLDER] [--before FOLDER.rq]

A question is asked about what the reference dataset asks about, in its first copy, or of the whole dataset where that
is what it asks. Times are medians after one first run, in seconds of the clock and of CPU, for what `wildgraph query`
prints: 1,000 rows and how many there are. `all` is one run of every row. `--before` names a folder of older questions,
whose times for every row are printed beside.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from wildgraph.benchmarks.copies import BASE, make_build
from wildgraph.commands.answer import SHOWN
from wildgraph.graph.store import Graph
from wildgraph.ontology.terms import Term
from wildgraph.queries.ask import Asker
from wildgraph.queries.question import Question, load_questions, read_question

_STARS = {
    "what is said of a taxon": ("SELECT ?it ?p ?o WHERE { ?it ?p ?o }", f"{BASE}taxon/amur-tiger-00007"),
    "labels of a taxon": (
        "SELECT ?it ?l WHERE { ?it skos:prefLabel|skos:altLabel ?l }",
        f"{BASE}taxon/amur-tiger-00007",
    ),
    "threats of a taxon": ("SELECT ?it ?t WHERE { ?it wg:threatenedBy ?t }", f"{BASE}taxon/amur-leopard-00007"),
    "status of a taxon": ("SELECT ?it ?c WHERE { ?it wg:redListCategory ?c }", f"{BASE}taxon/amur-leopard-00007"),
}


def seconds(call: Callable[[], object], runs: int) -> tuple[float, float, float]:
    """Return the time of a first call, and the medians of the following ones: of the clock and of CPU."""
    taken = []
    for _ in range(runs + 1):
        start, used = time.perf_counter(), time.process_time()
        call()
        taken.append((time.perf_counter() - start, time.process_time() - used))
    rest = taken[1:] or taken
    return taken[0][0], statistics.median(row[0] for row in rest), statistics.median(row[1] for row in rest)


def row(asker: Asker, question: Question, before: Path | None, runs: int) -> tuple[str, float]:
    """Return a line of the table, and the time that counts."""
    first, median, cpu = seconds(lambda: asker.question(question, {}, limit=SHOWN), runs)
    answer = asker.question(question, {}, limit=SHOWN)
    every = seconds(lambda: asker.question(question, {}), 0)[0] if answer.total else median
    older = ""
    if before and (before / f"{question.name}.rq").is_file():
        old = read_question(before / f"{question.name}.rq")
        older = f"{seconds(lambda: asker.question(old, {}), 0)[0] * 1000:10.1f}"
    times = " ".join(f"{value * 1000:9.1f}" for value in (first, median, cpu, every))
    return f"{question.name:20} {answer.total or len(answer):7,} {times} {older}", median


def stars(graph: Graph, runs: int) -> None:
    """Print how long it takes to look at the triples around one thing."""
    for what, (sparql, name) in _STARS.items():
        rows = len(graph.select(sparql, {"it": Term("iri", name)}).rows)
        _, median, _ = seconds(partial(graph.select, sparql, {"it": Term("iri", name)}), 20 * runs)
        print(f"star: {what:25} {rows:6} rows {median * 1000:9.3f} ms   (limit 1)")


def main() -> None:
    """Print all figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--triples", type=int, default=10_000_000)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--folder", type=Path, help="where to keep the generated dataset")
    arguments.add_argument("--before", type=Path, help="a folder of older .rq files")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        project = (given.folder or Path(name)) / f"copies-{given.triples}"
        build = make_build(project, given.triples)
        asker = Asker.open(project)
        print(f"{len(asker.graph):,} quads in {build}/store")
        stars(asker.graph, given.runs)
        slow = 0
        print(f"\n{'question':20} {'rows':>7} {'first ms':>9} {'ms':>9} {'CPU ms':>9} {'all ms':>9} {'before ms':>10}")
        for question in load_questions(project).values():
            line, median = row(asker, question, given.before, given.runs)
            slow += median >= 1
            print(line, flush=True)
        print(f"\n{slow or 'no'} question takes a second or more")


if __name__ == "__main__":
    main()
