"""Names of a build: found in any case of letters, with whatever is written in them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from wildgraph.graph.called import Called, called, things_called, write_called

D = "https://example.org/d/"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
LABEL = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
TAXON = "<https://w3id.org/wildgraph/ns#Taxon>"


@pytest.fixture
def write(tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    """Write the names of taxa with these ids and labels, as they stand in N-Quads; return the file."""

    def names(labels: dict[str, str]) -> Path:
        lines = [f"<{D}taxon/{name}> {TYPE} {TAXON} <{D}g> .\n" for name in labels]
        lines += [f"<{D}taxon/{name}> {LABEL} {label} <{D}g> .\n" for name, label in labels.items()]
        (tmp_path / "dataset.nq").write_text("".join(lines), encoding="utf-8")
        write_called(tmp_path / "dataset.nq", tmp_path / "names.tsv")
        return tmp_path / "names.tsv"

    return names


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ('"Lynx lynx"@la', "LYNX lynx"),
        ('"Öland \\"dwarf\\" hare"@en', 'öland "DWARF" hare'),
        ('"back\\\\slash"', "Back\\Slash"),
        ('"two\\nlines\\\\n"', "two lines\\n"),
        ('"ΟΔΟΣ"@el', "οδοσ"),
        ('"İzmir"@tr', "İZMİR"),
        ('"a <b> \\"@en <c> ."', 'a <b> "@en <c> .'),
    ],
    ids=["latin", "quotes", "backslash", "line end", "sigma", "dotted i", "injection"],
)
def test_a_thing_is_found_whatever_the_case(write: Callable[[dict[str, str]], Path], label: str, name: str) -> None:
    path = write({"a": '"another"', "it": label, "z": '"zebra"'})
    assert things_called(path, name, {"taxon"}) == {f"{D}taxon/it"}


def test_ids_are_names_too_and_each_name_is_told_with_its_type(write: Callable[[dict[str, str]], Path]) -> None:
    path = write({"vascan/a%201": '"Lynx"'})
    thing = f"{D}taxon/vascan/a%201"
    assert list(called(path)) == [Called("taxon", thing, "a 1"), Called("taxon", thing, "Lynx")]
    assert things_called(path, "A 1", {"taxon"}) == {thing}
    assert things_called(path, "lynx", {"place"}) == set()


def test_all_things_of_a_name_are_found_and_none_beside(write: Callable[[dict[str, str]], Path]) -> None:
    path = write({f"n{number}": f'"name {number // 2}"' for number in range(100)})
    assert things_called(path, "name 7", {"taxon"}) == {f"{D}taxon/n14", f"{D}taxon/n15"}
    assert things_called(path, "name", {"taxon"}) == set()
    assert things_called(path, "~", {"taxon"}) == set()


def test_no_names_are_no_error(write: Callable[[dict[str, str]], Path]) -> None:
    assert things_called(write({}), "lynx", {"taxon"}) == set()
