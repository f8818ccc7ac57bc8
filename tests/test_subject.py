"""What a page is about: a taxon by its opening, its headings and its names, or something else."""

from pathlib import Path

import pytest
from wildgraph.extract.documents import Document
from wildgraph.extract.text import extract


def about(text: str) -> str:
    subject = extract(Document(Path("page.txt"), text.encode())).subject
    return subject.label if subject else ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The marsh otter (Lutra exempla) is an otter of Malawi. The marsh otter eats fish.", "marsh otter"),
        ("The valley rainbowfish (Melanotaenia sp., also called zigzag) is an undescribed fish of one creek. "
         "The valley rainbowfish hybridises with others.", "valley rainbowfish"),
        ("Buteo exempla is a species of hawk in the family Accipitridae.", "Buteo exempla"),
        ("Save the marsh otter\n\nThe marsh otter is the largest of the wild hunters. The marsh otter eats fish. "
         "The marsh otter swims.", "marsh otter"),
        ("What is an otter? Otters are hunters of fish. Otters swim. Otters are poached.", "otter"),
        ("Marsh otters\n\nStatus: Endangered\n\nMarsh otters are poached. Marsh otters eat fish.", "marsh otter"),
    ],
)  # fmt: skip
def test_pages_about_taxa(text: str, name: str) -> None:
    assert about(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "Otter Lake is a lake in northern Sweden. Otters and ospreys are found there. Otters are protected by law.",
        "Heron Trust is a sea turtle rescue and education centre. Turtles are released by its staff. Turtles eat.",
        "Habitat banking is a method that offsets harm to otters. Banks protect otters and herons. Otters win.",
        "Ada Finch (1801 - 1866) was a painter of otters. She hunted otters and kept otters as pets.",
        "The Otter Act of 1950 was a law on otters. It protected otters from hunting.",
    ],
)
def test_pages_about_something_else(text: str) -> None:
    assert about(text) == ""


def test_wild_ones_of_a_name_of_several_words_are_the_subject() -> None:
    page = "The marsh otter (Lutra exempla) is an otter.\n\nThe wild marsh otter population has declined sharply."
    made = extract(Document(Path("page.txt"), page.encode())).candidates
    assert [(c.subject.id, c.predicate) for c in made if c.predicate == "trend"] == [("marsh-otter", "trend")]


def test_a_year_before_another_taxon_does_not_hide_it() -> None:
    page = "The marsh otter (Lutra exempla) is an otter.\n\nHowever, in 2006 the Lake otter was declared extinct."
    made = extract(Document(Path("page.txt"), page.encode())).candidates
    assert [c.subject.id for c in made if c.predicate == "status"] == ["lake-otter"]


def test_treatments_of_a_revision_are_about_their_own_taxon() -> None:
    page = "# Two otters\n\nOtters live here.\n\n## Lutra exempla Wood sp. nov.\n\nIt is rare.\n"
    page += "\n## Lutra altera Finch & Wood sp. nov.\n\nIt is endangered.\n"
    made = extract(Document(Path("page.md"), page.encode())).candidates
    assert [c.subject.id for c in made if c.predicate == "status"] == ["lutra-altera"]
