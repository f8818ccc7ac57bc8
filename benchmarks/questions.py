"""Prints how long every question takes on a big graph in the store on disk, and how long looking at one star takes.

    python benchmarks/questions.py [--triples 10000000] [--runs 5] [--folder FOLDER] [--before FOLDER.rq]

A question is asked about what the reference dataset asks about, in its first copy. Times are medians after one first
run. `--before` names a folder of older questions, whose times are printed beside.
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


#: What the questions are asked that would else be asked of the whole dataset.
_ASKED = {
    "single-source": {"subject": "amur-leopard-00000"},
    "unaddressed-threats": {"taxon": "amur-leopard-00000"},
}


def seconds(call: Callable[[], object], runs: int) -> tuple[float, float]:
    """Return the time of a first call, and the median of the following ones."""
    taken = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return taken[0], statistics.median(taken[1:] or taken)


def ask(asker: Asker, question: Question, runs: int) -> tuple[int, float, float]:
    """Return rows, first time and median time of a question; one row where the answer is no."""
    rows = 0

    def call() -> None:
        nonlocal rows
        rows = len(asker.question(question, _ASKED.get(question.name, {})).rows)

    first, median = seconds(call, runs)
    return rows, first, median


def stars(graph: Graph, runs: int) -> None:
    """Print how long it takes to look at the triples around one thing."""
    for what, (sparql, name) in _STARS.items():
        rows = len(graph.select(sparql, {"it": Term("iri", name)}).rows)
        _, median = seconds(partial(graph.select, sparql, {"it": Term("iri", name)}), 20 * runs)
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
        print(f"\n{'question':22} {'rows':>7} {'first ms':>9} {'ms':>9} {'before ms':>10}")
        for question in load_questions(project).values():
            rows, first, median = ask(asker, question, given.runs)
            slow += median >= 1
            before = ""
            if given.before and (given.before / f"{question.name}.rq").is_file():
                older = read_question(given.before / f"{question.name}.rq")
                before = f"{ask(asker, older, 0)[1] * 1000:10.1f}"
            print(f"{question.name:22} {rows:7,} {first * 1000:9.1f} {median * 1000:9.1f} {before}", flush=True)
        print(f"\n{slow or 'no'} question takes a second or more")


if __name__ == "__main__":
    main()
