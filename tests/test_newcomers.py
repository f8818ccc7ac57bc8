"""The rows of entities.tsv that candidates need: what is known of a thing is written, what is not stays empty."""

from pathlib import Path

import pytest
from wildgraph.extract import Span, open_project
from wildgraph.extract.adopt import Adopter
from wildgraph.extract.candidate import Candidate, DocumentId, Thing
from wildgraph.extract.newcomers import newcomers

OTTER = Thing("giant otter", "giant-otter")
NAME = {"id": "giant-otter", "type": "taxon", "label": "giant otter"}


@pytest.fixture
def adopter(project: Path) -> Adopter:
    return Adopter(open_project(project))


def said(adopter: Adopter, predicate: str, value: Thing, subject: Thing = OTTER, **more: object) -> Candidate:
    source = adopter.project.sources["example-page"]
    doc = DocumentId(source.file, source.sha256, source.canonical_sha256)
    return Candidate(
        doc=doc, subject=subject, predicate=predicate, object=value, evidence=(Span(0, 4, ""),), rule="r",
        extractor="rules", **more,  # type: ignore[arg-type]
    )  # fmt: skip


def rows(adopter: Adopter, candidate: Candidate, *others: Candidate) -> list[dict[str, str]]:
    return list(newcomers(adopter, candidate, adopter.cells(candidate), others))


def test_a_listed_thing_has_its_label_and_code(adopter: Adopter) -> None:
    candidate = said(adopter, "threat", Thing("Fishermen sometimes kill", "persecution"))
    assert rows(adopter, candidate) == [
        NAME,
        {"id": "persecution", "type": "threat", "label": "persecution", "codes": "iucn-threats-3.3:5.1"},
    ]


def test_a_code_brings_its_own_label(adopter: Adopter) -> None:
    candidate = said(adopter, "habitat", Thing("flooded forest", "iucn-habitats-3.1:1.8"))
    assert rows(adopter, candidate)[1]["codes"] == "iucn-habitats-3.1:1.8"


def test_known_entities_need_no_row(adopter: Adopter) -> None:
    assert rows(adopter, said(adopter, "threat", Thing("roads"), Thing("red fox"))) == []


def test_the_taxon_has_the_scientific_name_that_the_page_gives_it(adopter: Adopter) -> None:
    name = said(adopter, "scientificName", Thing("Pteronura brasiliensis"))
    other = said(adopter, "scientificName", Thing("Lontra longicaudis"), Thing("river otter", "river-otter"))
    named = NAME | {"scientific_name": "Pteronura brasiliensis", "according_to": "Foxes of Example Valley"}
    assert rows(adopter, said(adopter, "range", Thing("Peru", "peru")), name, other)[0] == named


def test_two_scientific_names_are_left_to_a_person(adopter: Adopter) -> None:
    names = [said(adopter, "scientificName", Thing(n)) for n in ("Pteronura brasiliensis", "Lutra brasiliensis")]
    assert rows(adopter, names[0], names[1]) == [NAME]


def test_who_acts_and_where_are_entities_too(adopter: Adopter) -> None:
    candidate = said(
        adopter, "action", Thing("rangers", "anti-poaching"), actor=Thing("TRAFFIC", "traffic"),
        qualifiers={"region": "Pantanal"},
    )  # fmt: skip
    found = {row["id"]: (row["type"], row["label"]) for row in rows(adopter, candidate)}
    assert found["traffic"] == ("organization", "TRAFFIC")
    assert found["pantanal"] == ("place", "Pantanal")
    assert found["anti-poaching"][0] == "action"


def test_what_is_eaten_and_has_a_common_name_only_is_a_group(adopter: Adopter) -> None:
    assert rows(adopter, said(adopter, "preysOn", Thing("caimans", "caiman")))[1]["type"] == "taxon-group"
