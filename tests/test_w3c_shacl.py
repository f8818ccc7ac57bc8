"""The W3C SHACL test suite through both engines, by comparing their reports with the expected ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import rdflib
from rdflib import RDF, SH, Namespace
from rdflib.collection import Collection
from wildgraph.extract import InputError
from wildgraph.graph.store import write_ntriples
from wildgraph.graph.validate.fast import run_fast
from wildgraph.graph.validate.reference import literals_as_written, validated
from wildgraph.graph.validate.shapes import Shapes

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
SHT = Namespace("http://www.w3.org/ns/shacl-test#")
SUITE = Path(__file__).parent.parent.parent / "shared" / "data" / "w3c-shacl"

#: What an engine is known to get wrong, and why. The lists may only shrink.
KNOWN_FAILURES: dict[str, dict[str, str]] = {
    "fast": {
        "sparql/pre-binding/unsupported-sparql-004": "does not refuse a nested SELECT without $this; "
        "wildgraph sees it in the shape and gives the shape to pyshacl",
    },
    "pyshacl": {
        "core/property/uniqueLang-002": 'takes sh:uniqueLang "1"^^xsd:boolean for true, which only the literal true is',
        "sparql/pre-binding/shapesGraph-001": "has no $shapesGraph, which is optional; said as an error",
    },
}


@dataclass(frozen=True)
class Case:
    """One test: the files and the expected report, None where the shapes must be refused."""

    name: str
    data: Path
    shapes: Path
    expected: Counter[tuple[str, ...]] | None


def cases() -> Iterator[Case]:
    for path in sorted(SUITE.rglob("*.ttl")):
        graph = rdflib.Graph()
        graph.parse(path)
        for entry in graph.subjects(RDF.type, SHT.Validate):
            action, result = graph.value(entry, MF.action), graph.value(entry, MF.result)
            files = [
                Path(str(graph.value(action, p)).removeprefix("file://")) for p in (SHT.dataGraph, SHT.shapesGraph)
            ]
            assert result is not None
            expected = None if result == SHT.Failure else results(graph, result)
            yield Case(path.relative_to(SUITE).with_suffix("").as_posix(), files[0], files[1], expected)


def results(graph: rdflib.Graph, report: rdflib.term.Node) -> Counter[tuple[str, ...]]:
    """Return the results of a report, each as what the suite compares; blank nodes are all the same."""
    return Counter(
        (
            plain(graph.value(node, SH.focusNode)),
            path(graph, graph.value(node, SH.resultPath)),
            plain(graph.value(node, SH.value)),
            plain(graph.value(node, SH.resultSeverity)),
            plain(graph.value(node, SH.sourceConstraintComponent)),
            plain(graph.value(node, SH.sourceShape)),
        )
        for node in graph.objects(report, SH.result)
    )


def plain(node: object) -> str:
    if isinstance(node, rdflib.BNode):
        return "_"
    return node.n3() if isinstance(node, rdflib.URIRef | rdflib.Literal) else ""


def path(graph: rdflib.Graph, node: object) -> str:
    """Return a property path as text."""
    if not isinstance(node, rdflib.BNode):
        return plain(node)
    if graph.value(node, RDF.first) is not None:
        return "(" + " ".join(path(graph, part) for part in Collection(graph, node)) + ")"
    (pair,) = [f"{p.n3()} {path(graph, o)}" for p, o in graph.predicate_objects(node) if str(p).startswith(str(SH))]
    return f"[{pair}]"


def found(case: Case, engine: str, folder: Path) -> Counter[tuple[str, ...]] | None:
    shapes_graph = rdflib.Graph()
    shapes_graph.parse(case.shapes)
    shapes = Shapes(shapes_graph)
    try:
        if engine == "pyshacl":
            data = rdflib.Graph()
            data.parse(case.data)
            _, ntriples = validated(data, shapes)
        else:
            write_ntriples([case.data], folder / "data.nt")
            outcome = run_fast(folder / "data.nt", shapes, timeout=60, report=True)
            ntriples, missed = outcome.ntriples, outcome.missed
            if missed:
                return None
    except InputError:
        return None
    report = rdflib.Graph()
    report.parse(data=ntriples, format="nt")
    (node,) = report.subjects(SH.conforms)
    return results(report, node)


with literals_as_written():
    CASES = list(cases())


def test_the_suite_is_whole(shared: Path) -> None:
    assert (shared / "data/w3c-shacl").is_dir()
    assert sum(case.name.startswith("core/") for case in CASES) == 98
    assert sum(case.name.startswith("sparql/") for case in CASES) == 23


@pytest.mark.filterwarnings("ignore::UserWarning")  # rdflib's about ill-formed literals, which the suite is full of
@pytest.mark.parametrize("engine", KNOWN_FAILURES)
def test_engine_conforms(engine: str, shared: Path, tmp_path: Path) -> None:
    assert shared
    with literals_as_written():
        failed = {case.name for case in CASES if found(case, engine, tmp_path) != case.expected}
    assert failed == set(KNOWN_FAILURES[engine])
