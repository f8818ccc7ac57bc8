"""The shapes, each on an example that passes and on one that fails as its first line says."""

from pathlib import Path

import pytest
import rdflib
from rdflib import RDF, SH
from wildgraph.graph.validate import Report, shape_files, validate
from wildgraph.ontology.terms import expand
from wildgraph.ontology.vocabulary import FOLDER

EXAMPLES = Path(__file__).parent / "shapes"
#: What the examples speak of, and as much of the ontology as they need: all of it takes seconds each time.
BACKGROUND = [
    EXAMPLES / "common.ttl",
    *(
        FOLDER / name
        for name in ("wildgraph.ttl", "schemes/predicates.ttl", "schemes/unit.ttl", "schemes/iucn-threats.ttl")
    ),
]


def shapes() -> rdflib.Graph:
    graph = rdflib.Graph()
    for path in shape_files():
        graph.parse(path)
    return graph


def names() -> list[str]:
    return sorted(str(s).removeprefix(expand("wgs:")) for s in shapes().subjects(RDF.type, SH.NodeShape))


def found(report: Report) -> set[str]:
    return {result.shape.removeprefix(expand("wgs:")) for result in report.results}


def test_every_shape_has_examples() -> None:
    files = {path.stem for path in EXAMPLES.glob("*-*.ttl")}
    assert files == {f"{name}-{kind}" for name in names() for kind in ("pass", "fail")}


def test_every_property_shape_says_what_is_wrong_and_what_to_do() -> None:
    graph = shapes()
    for shape in graph.subjects(RDF.type, SH.PropertyShape):
        for predicate in (SH.message, SH.name, rdflib.URIRef(expand("wg:fix"))):
            assert graph.value(shape, predicate), (shape, predicate)


def test_every_property_shape_fails_somewhere() -> None:
    graph = shapes()
    expected = {
        name
        for path in EXAMPLES.glob("*-fail.ttl")
        for name in path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# expect: ").split()
    }
    known = {str(s).removeprefix(expand("wgs:")) for s in graph.subjects(RDF.type, SH.PropertyShape)}
    assert sorted(known - expected) == sorted(NOT_SHOWN)


#: Property shapes whose like is shown for another column or class.
NOT_SHOWN = [
    "Claim-certainty", "Claim-end", "Claim-estimate", "Claim-evidence", "Claim-frequency", "Claim-life_stage",
    "Claim-lower", "Claim-outcome", "Claim-polarity", "Claim-predicate", "Claim-rank", "Claim-season", "Claim-sex",
    "Claim-unit", "Claim-upper", "ActionClaim-subject", "StressClaim-subject", "ThreatClaim-scope",
    "ThreatClaim-severity", "ThreatClaim-subject",
]  # fmt: skip


@pytest.mark.parametrize("name", names())
def test_passing_example(name: str) -> None:
    report = validate([EXAMPLES / f"{name}-pass.ttl", *BACKGROUND], shape_files(), engine="both")
    assert report.conforms
    assert found(report) == set()


@pytest.mark.parametrize("name", names())
def test_failing_example(name: str) -> None:
    path = EXAMPLES / f"{name}-fail.ttl"
    expected = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# expect: ").split()
    assert found(validate([path, *BACKGROUND], shape_files(), engine="both")) == set(expected)
