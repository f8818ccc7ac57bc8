"""Organisations, places and habitats: aliases and acronyms, country and type, and false friends left alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from wildgraph.graph.link.answer import Match, Query
from wildgraph.graph.link.build import build_index
from wildgraph.graph.link.index import Index
from wildgraph.graph.link.match import match

GEONAMES = [
    ("1", "Russia", "Russian Federation,Rossiya", "A", "PCLI", "RU", ""),
    ("2", "Russia", "", "P", "PPL", "US", "OH"),
    ("3", "Khasan", "Hasan", "P", "PPL", "RU", "59"),
    ("4", "Khasan", "", "H", "LK", "RU", "14"),
    ("5", "Land of the Leopard National Park", "Leopard Land", "L", "PRK", "RU", "59"),
]
ENVO = {
    "graphs": [
        {
            "id": "http://purl.obolibrary.org/obo/envo.owl",
            "meta": {"version": "http://purl.obolibrary.org/obo/envo/releases/2025-10-20/envo.owl"},
            "nodes": [
                {
                    "id": "http://purl.obolibrary.org/obo/ENVO_1",
                    "lbl": "forest",
                    "type": "CLASS",
                    "meta": {
                        "definition": {"val": "Land with\n many trees."},
                        "synonyms": [
                            {"pred": "hasExactSynonym", "val": "woodland"},
                            {"pred": "hasNarrowSynonym", "val": "taiga"},
                            {"pred": "hasRelatedSynonym", "val": "timber"},
                        ],
                    },
                },
                {
                    "id": "http://purl.obolibrary.org/obo/ENVO_2",
                    "lbl": "old wood",
                    "type": "CLASS",
                    "meta": {
                        "deprecated": True,
                        "basicPropertyValues": [
                            {
                                "pred": "http://purl.obolibrary.org/obo/IAO_0100001",
                                "val": "http://purl.obolibrary.org/obo/ENVO_1",
                            }
                        ],
                    },
                },
            ],
            "edges": [],
        }
    ]
}
OWL = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:owl="http://www.w3.org/2002/07/owl#"
  xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#" xmlns:obo="http://purl.obolibrary.org/obo/"
  xmlns:oboInOwl="http://www.geneontology.org/formats/oboInOwl#">
  <owl:Ontology rdf:about="http://purl.obolibrary.org/obo/envo/subsets/marsh.owl">
    <owl:versionIRI rdf:resource="http://purl.obolibrary.org/obo/envo/releases/2024-02-03/marsh.owl"/></owl:Ontology>
  <owl:Class rdf:about="http://purl.obolibrary.org/obo/ENVO_3"><rdfs:label>marsh</rdfs:label>
    <obo:IAO_0000115>Wet ground.</obo:IAO_0000115><oboInOwl:hasExactSynonym>fen</oboInOwl:hasExactSynonym></owl:Class>
</rdf:RDF>"""
OBO = """format-version: 1.2
data-version: releases/2024-02-03
ontology: envo

[Term]
id: ENVO:3
name: marsh
def: "Wet ground." []
synonym: "fen" EXACT []
"""


def geonames() -> str:
    rows = []
    for ref, name, others, kind, code, country, area in GEONAMES:
        columns = [ref, name, name, others, "1.5", "2.5", kind, code, country, "", area, "", "", "", "", "", "", "", ""]
        rows.append("\t".join(columns))
    return "\n".join(rows) + "\n"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("things")
    (folder / "places.txt").write_text(geonames(), encoding="utf-8")
    (folder / "envo.json").write_text(json.dumps(ENVO), encoding="utf-8")
    build_index([folder / "places.txt", folder / "envo.json"], folder / "names.index")
    with Index.open(folder / "names.index") as opened:
        yield opened


@pytest.fixture(scope="module")
def ror(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Iterator[Index]:
    out = tmp_path_factory.mktemp("ror") / "names.index"
    build_index([shared / "data/ror-organisations"], out)
    with Index.open(out) as opened:
        yield opened


def names(found: Match) -> list[str]:
    return [candidate.name for candidate in found.candidates]


@pytest.mark.parametrize(
    ("name", "context", "outcome", "ids"),
    [
        ("Russia", {}, "ambiguous", ["1", "2"]),
        ("Russia", {"country": "RU"}, "exact", ["1"]),
        ("Russia", {"type": "PCLI"}, "exact", ["1"]),
        ("Russia", {"type": "P"}, "exact", ["2"]),
        ("Russian Federation", {}, "exact", ["1"]),
        ("russian federation", {}, "exact", ["1"]),
        ("Khasan", {}, "ambiguous", ["3", "4"]),
        ("Khasan", {"type": "LK"}, "exact", ["4"]),
        ("Khasan", {"country": "CN"}, "none", ["3", "4"]),
        ("Land of the Leopard National Parc", {}, "none", []),
        ("Land of the Leoperd National Park", {}, "fuzzy", ["5"]),
        ("The Land of the Leopard National Park", {}, "variant", ["5"]),
        ("Land of the Leopard National Park (Russia)", {}, "variant", ["5"]),
        ("unknown", {}, "none", []),
    ],
)
def test_places(index: Index, name: str, context: dict[str, str], outcome: str, ids: list[str]) -> None:
    found = match(index, Query(name, kind="place", **context))
    assert (found.outcome, [candidate.id for candidate in found.candidates]) == (outcome, ids)


@pytest.mark.parametrize(
    ("name", "outcome", "relation"),
    [
        ("forest", "exact", "exact"),
        ("Woodland", "exact", "exact"),
        ("forests", "variant", "exact"),
        ("taiga", "broader", "broad"),
        ("timber", "ambiguous", "close"),
        ("Korean pine forest", "broader", "broad"),
        ("mixed woodlands", "broader", "broad"),
        ("steppe", "none", "-"),
    ],
)
def test_habitats(index: Index, name: str, outcome: str, relation: str) -> None:
    found = match(index, Query(name, kind="habitat"))
    assert (found.outcome, *(c.relation for c in found.candidates)) in {(outcome, relation), (outcome,)}
    if found.candidates:
        assert found.candidates[0].definition == "Land with many trees."


def test_an_obsolete_class_names_what_replaces_it(index: Index) -> None:
    best = match(index, Query("old wood", kind="habitat")).best
    assert best is not None
    assert (best.status, best.accepted_iri) == ("obsolete", "http://purl.obolibrary.org/obo/ENVO_1")


@pytest.mark.parametrize(("name", "text"), [("marsh.owl", OWL), ("envo.obo", OBO)])
def test_ontologies_in_other_syntaxes(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    build_index([tmp_path / name], tmp_path / "names.index")
    with Index.open(tmp_path / "names.index") as index:
        assert (index.dumps[0].kind, index.dumps[0].release) == ("habitat", "2024-02-03")
        best = match(index, Query("fen", kind="habitat")).best
    assert best is not None
    assert (best.name, best.id, best.definition) == ("marsh", "http://purl.obolibrary.org/obo/ENVO_3", "Wet ground.")


def test_an_organisation_without_a_record_stays_without(ror: Index) -> None:
    for name in ("TRAFFIC", "Traffic", "TRAFFIC International"):
        assert match(ror, Query(name, kind="organization")).candidates == ()


def test_the_offices_of_a_network_are_told_apart(ror: Index) -> None:
    assert match(ror, Query("WWF", kind="organization")).outcome == "ambiguous"
    assert len(names(match(ror, Query("WWF", kind="organization")))) == 9
    assert names(match(ror, Query("WWF", country="NP", kind="organization"))) == ["WWF Nepal"]
    assert match(ror, Query("WWF", country="DE", kind="organization")).outcome == "none"
    assert match(ror, Query("World Wildlife Fund", kind="organization")).outcome == "ambiguous"
    assert names(match(ror, Query("WWF Schweiz", kind="organization"))) == ["World Wide Fund for Nature"]
    assert names(match(ror, Query("WWF-UK", kind="organization"))) == ["WWF-UK"]
    assert match(ror, Query("WWF Germany", kind="organization")).outcome == "none"


def test_an_acronym_alone_is_left_to_a_person(ror: Index) -> None:
    found = match(ror, Query("TNC", kind="organization"))
    assert (found.outcome, names(found)) == ("ambiguous", ["The Nature Conservancy"])
    assert match(ror, Query("TNC", country="US", kind="organization")).outcome == "exact"
    assert names(match(ror, Query("WWF", locality="Kathmandu", kind="organization"))) == ["WWF Nepal"]


def test_a_legal_form_or_an_article_makes_no_other_organisation(ror: Index) -> None:
    assert names(match(ror, Query("Nature Conservancy", kind="organization"))) == ["The Nature Conservancy"]
    assert match(ror, Query("Wildlfe Conservation Society", kind="organization")).outcome == "fuzzy"
