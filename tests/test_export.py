"""Exports: every syntax parses back to the same dataset, stays the same, and reads well."""

import hashlib
import json
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from pyld import jsonld
from wildgraph import UsageError
from wildgraph.graph import dataset
from wildgraph.graph.publish import export, export_entities

WITH_GRAPHS = {"trig": "trig", "nquads": "nquads"}
TRIPLES = {"turtle": "turtle", "ntriples": "nt", "rdfxml": "xml"}


def canonical(lines: set[str]) -> str:
    """Return the RDFC-1.0 hash of a dataset without blank nodes: that of its sorted canonical N-Quads."""
    return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()


def oxigraph_lines(data: bytes | str, syntax: ox.RdfFormat, *, graphs: bool = True) -> set[str]:
    quads = ox.parse(data, format=syntax)
    return {f"{quad if graphs else quad.triple}\n" for quad in quads}


@pytest.fixture(scope="module")
def built(reference: Path) -> bytes:
    lines = (reference / "build/dataset.nq").read_bytes().splitlines(keepends=True)
    return b"".join(line for line in lines if b"/graph/ontology> .\n" not in line)


def exported(reference: Path, syntax: str, folder: Path) -> str:
    path = folder / syntax
    export(reference, syntax, path)
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("syntax", WITH_GRAPHS)
def test_quads_read_back_by_rdflib(syntax: str, reference: Path, built: bytes, tmp_path: Path) -> None:
    expected = oxigraph_lines(built, ox.RdfFormat.N_QUADS)
    dataset = rdflib.Dataset()
    dataset.parse(data=exported(reference, syntax, tmp_path), format=WITH_GRAPHS[syntax])
    read = oxigraph_lines(dataset.serialize(format="nquads"), ox.RdfFormat.N_QUADS)
    assert canonical(read) == canonical(expected)


@pytest.mark.parametrize("syntax", TRIPLES)
def test_triples_read_back_by_rdflib(syntax: str, reference: Path, built: bytes, tmp_path: Path) -> None:
    expected = oxigraph_lines(built, ox.RdfFormat.N_QUADS, graphs=False)
    graph = rdflib.Graph()
    graph.parse(data=exported(reference, syntax, tmp_path), format=TRIPLES[syntax])
    read = oxigraph_lines(graph.serialize(format="nt"), ox.RdfFormat.N_TRIPLES, graphs=False)
    assert canonical(read) == canonical(expected)


def test_jsonld_reads_back_by_another_implementation(reference: Path, built: bytes, tmp_path: Path) -> None:
    document = json.loads(exported(reference, "jsonld", tmp_path))
    read = jsonld.to_rdf(document, {"format": "application/n-quads"})
    assert canonical(oxigraph_lines(read, ox.RdfFormat.N_QUADS)) == canonical(
        oxigraph_lines(built, ox.RdfFormat.N_QUADS)
    )


def test_with_the_ontology_every_syntax_has_all(reference: Path, tmp_path: Path) -> None:
    export(reference, "nquads", tmp_path / "all", with_ontology=True)
    assert set((tmp_path / "all").read_text().splitlines()) == set(
        (reference / "build/dataset.nq").read_text().splitlines()
    )


@pytest.mark.parametrize("syntax", ["turtle", "trig", "ntriples", "nquads", "rdfxml", "jsonld"])
def test_exports_are_the_same_every_time(syntax: str, reference: Path, tmp_path: Path) -> None:
    first = exported(reference, syntax, tmp_path)
    assert exported(reference, syntax, tmp_path) == first


@pytest.mark.parametrize("syntax", ["turtle", "trig", "ntriples", "nquads", "jsonld"])
def test_processes_and_parts_write_the_same_bytes(
    syntax: str, reference: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = exported(reference, syntax, tmp_path)
    monkeypatch.setattr(dataset, "_PIECE", 200_000)
    monkeypatch.setattr(dataset, "_PAGES", 1)
    export(reference, syntax, tmp_path / "other", processes=2)
    assert (tmp_path / "other").read_text(encoding="utf-8") == first


@pytest.mark.parametrize(("syntax", "graphs"), [("ntriples", False), ("nquads", True)])
def test_lines_are_in_order(syntax: str, graphs: bool, reference: Path, tmp_path: Path) -> None:
    lines = exported(reference, syntax, tmp_path).splitlines()
    assert lines == sorted(lines, key=lambda line: (line.rpartition(" <")[2] if graphs else "", line))


def test_turtle_is_readable(reference: Path, tmp_path: Path) -> None:
    text = exported(reference, "turtle", tmp_path)
    assert (
        """
taxon:amur-tiger a wg:Taxon ;
	dwc:nameAccordingTo "Common usage of mammal checklists" ;
	dwc:scientificName "Panthera tigris altaica" ;
	dwc:scientificNameAuthorship "Temminck, 1844" ;
	dwc:taxonRank "subspecies" ;
	skos:altLabel "Siberian tiger"@en ;
	skos:prefLabel "Amur tiger"@en ;
	wg:affectedBy stress:prey-decline ;
	wg:coOccursWith taxon:amur-leopard ;
	wg:parentTaxon taxon:tiger ;
	wg:redListCategory red-list-category-3.1:EN ;
	wg:sharesPreyWith taxon:amur-leopard ;
	wg:threatenedBy threat:illegal-wildlife-trade .
"""
        in text
    )
    assert "iucn-threats-3.3:5.1" in text


def test_one_document_for_an_entity(reference: Path, tmp_path: Path) -> None:
    files = export_entities(reference, tmp_path)
    assert len(files) == sum(json.loads((reference / "build/summary.json").read_text())["entities"].values())
    assert "taxon/amur-leopard.jsonld" in files
    document = json.loads((tmp_path / "taxon/wild-boar.jsonld").read_text(encoding="utf-8"))
    assert document["id"] == "taxon/wild-boar"
    assert document["type"] == "Taxon"
    assert document["label"] == {"en": "wild boar"}
    (claim,) = document["claims"]
    assert claim["object"] == "action/vaccination"
    assert claim["evidence"]["selector"]["start"] == 3057
    jsonld.expand(document)


def test_a_project_that_is_not_built(project: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has not been built; try: wildgraph build"):
        export(project, "turtle", tmp_path / "x")
