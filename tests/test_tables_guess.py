"""Tables of no known format: which header is found, what columns are taken for and why, and what is built of it."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from table_projects import ask, built, counts, left_out
from wildgraph.extract.tables import describe
from wildgraph.extract.tables.propose import propose


def guessed(folder: Path, text: str) -> dict[str, tuple[str, str]]:
    """Return what each column of a table is taken for, and why."""
    (folder / "t.csv").write_text(text)
    meanings = propose(describe(folder / "t.csv", folder / "scratch")).meanings
    return {m.column: (m.becomes, m.why) for m in meanings}


def test_lines_above_the_header_are_told_and_not_read(tmp_path: Path) -> None:
    text = "List of bats\nby somebody, 2020\n\nNo;Species;English name\n1;Myotis myotis;bat\n2;Plecotus auritus;bat\n"
    project, added = built(tmp_path, {"t.csv": text}, add="t.csv")
    assert added.proposal.package.tables[0].names == ("No", "Species", "English name")
    assert ask(project, "?s a wg:Taxon ; skos:prefLabel ?x") == ["Myotis myotis", "Plecotus auritus"]
    assert ask(project, "?c wg:row ?x") == []
    assert "above the header is not read: 'List of bats / by somebody, 2020'" in counts(project)["notes"][0]


@pytest.mark.parametrize("text", ["a,b,c\n1\n2\n3,x,y\n", "name\nLynx lynx\nLynx rufus\n", "a,b\n\n\n1,2\n"])
def test_a_first_line_that_is_a_header_stays_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "t.csv").write_text(text)
    assert describe(tmp_path / "t.csv", tmp_path).tables[0].names == tuple(text.partition("\n")[0].split(","))


def test_a_table_without_a_header_keeps_its_first_row(tmp_path: Path) -> None:
    text = "11\tLynx lynx\tspecies\n12\tLynx rufus\tspecies\n13\tLynx pardinus\tspecies\n"
    project, added = built(tmp_path, {"t.tsv": text}, add="t.tsv")
    assert ask(project, "?s a wg:Taxon ; skos:prefLabel ?x") == ["Lynx lynx", "Lynx pardinus", "Lynx rufus"]
    assert "the first line is no header" in str(added.proposal.package.notes[0])


def test_years_as_columns_become_claims_with_their_unit(tmp_path: Path) -> None:
    text = (
        "ID,Binomial,Location,Units,1990,1991,1992\n"
        "1,Lynx_lynx,North,Number of individuals,NULL,15,20.5\n"
        "2,Lynx_lynx,South,Breeding pairs,4,NULL,NULL\n"
        "3,Lynx_rufus,NULL,NULL,NULL,NULL,0\n"
    )
    project, _ = built(tmp_path, {"t.csv": text}, add="t.csv")
    assert ask(project, "?s a wg:Taxon ; skos:prefLabel ?x") == ["Lynx lynx", "Lynx rufus"]
    counted = "?c a wg:PopulationClaim ; wg:estimate ?n ; wg:phenomenonTime ?t ; wg:place ?p . ?p skos:prefLabel ?l"
    assert ask(project, counted, "l", "t", "n") == ["North | 1991 | 15", "North | 1992 | 20.5"]
    other = "?c wg:text ?n ; wg:phenomenonTime ?t OPTIONAL { ?c wg:characteristic ?u }"
    assert ask(project, other, "u", "t", "n") == ["- | 1992 | 0", "Breeding pairs | 1990 | 4"]
    assert left_out(project) == []


def test_a_count_has_the_year_and_the_country_of_its_row(tmp_path: Path) -> None:
    text = "species,country,population,year,status\nLynx lynx,Norway,400,2015,VU\nLynx lynx,Sweden,1200,2015,VU\n"
    project, _ = built(tmp_path, {"t.csv": text}, add="t.csv")
    counted = "?c a wg:PopulationClaim ; wg:estimate ?n ; wg:phenomenonTime ?t ; wg:place ?p . ?p skos:prefLabel ?l"
    assert ask(project, counted, "l", "t", "n") == ["Norway | 2015 | 400", "Sweden | 2015 | 1200"]
    assert ask(project, "?c a wg:StatusClaim ; wg:phenomenonTime ?x") == ["2015"]
    assert ask(project, "?x a wg:Conflict") == []


def test_a_year_without_a_claim_is_not_read(tmp_path: Path) -> None:
    assert guessed(tmp_path, "species,year\nLynx lynx,1758\nLynx rufus,1777\n")["year"] == ("", "no guess; not read")


def test_texts_for_nothing_are_empty_but_not_where_they_mean_something(tmp_path: Path) -> None:
    project, added = built(
        tmp_path, {"t.csv": "species,country,notes,family\nLynx lynx,NA,NA,-\nLynx rufus,US,x,-\nLynx aa,FR,-,NA\n"}
    )
    assert 'nulls = ["-"]' in added.proposal.text
    assert ask(project, "?s dwc:countryCode ?x") == ["FR", "NA", "US"]
    assert ask(project, "?s dwc:taxonRemarks ?x") == ["NA", "x"]


def test_several_values_in_a_cell_are_taken_apart(tmp_path: Path) -> None:
    text = 'species,countries,threats\nLynx lynx,"Sweden, Norway",5.1.1; 4.1\nLynx rufus,Mexico,\n'
    project, added = built(tmp_path, {"t.csv": text})
    assert ask(project, "?s wg:occursIn ?p . ?p dwc:countryCode ?x") == ["MX", "NO", "SE"]
    assert ask(project, "?t a wg:Threat ; wg:classifiedAs ?c . ?c skos:notation ?x") == ["4.1", "5.1"]
    why = {m.column: m.why for m in added.proposal.meanings}
    assert why["countries"].endswith("several in a cell are set apart by ','")
    assert "# The codes are taken for those of iucn-threats-3.3" in added.proposal.text


def test_cells_tell_what_a_name_does_not(tmp_path: Path) -> None:
    found = guessed(tmp_path, "Laji,Luokka,Maa,Lempinimi\nLynx lynx,LC,FI,kissa\nAlces alces,VU,SE,hirvi\n")
    assert {name: becomes for name, (becomes, _) in found.items()} == {
        "Laji": "dwc:scientificName", "Luokka": "claim:status", "Maa": "claim:range", "Lempinimi": "",
    }  # fmt: skip
    assert found["Luokka"][1] == "2 of 2 cells looked at are known as red-list-category"


def test_epithets_are_put_together_with_their_genus(tmp_path: Path) -> None:
    project, _ = built(tmp_path, {"t.csv": "Genus,Species\nLynx,lynx\nLynx,rufus\n"})
    assert ask(project, "?s dwc:scientificName ?x") == ["Lynx lynx", "Lynx rufus"]


def test_a_number_of_the_row_is_no_key_of_a_taxon(tmp_path: Path) -> None:
    project, _ = built(tmp_path, {"t.csv": "id,species,site\n1,Lynx lynx,a\n2,Lynx lynx,b\n3,Lynx rufus,c\n"})
    assert ask(project, "?x a wg:Taxon") == [
        "https://example.org/t/taxon/t/Lynx%20lynx", "https://example.org/t/taxon/t/Lynx%20rufus",
    ]  # fmt: skip


def test_a_point_between_thousands_is_no_decimal_point(tmp_path: Path) -> None:
    project, _ = built(tmp_path, {"t.csv": "Art;Bestand\nLynx lynx;5.000-7.000\nFelis silvestris;ca. 1.200\n"})
    assert ask(project, "?c wg:lower ?x") == ["5000"]
    assert ask(project, "?c wg:estimate ?x") == ["1200"]


def test_common_names_of_several_languages_keep_theirs(tmp_path: Path) -> None:
    project, _ = built(tmp_path, {"t.csv": "species,English name,Nom commun\nLynx lynx,lynx,lynx boréal\n"})
    found = ask(project, "?s a wg:Taxon ; skos:altLabel ?n BIND (CONCAT(?n, '@', LANG(?n)) AS ?x)")
    assert found == ["lynx boréal@fr", "lynx@en"]


def test_a_frame_names_the_columns_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("code,url,Wert\nA,https://example.org/a,1\n")
    proposal = propose(describe(tmp_path / "t.csv", tmp_path / "scratch"))
    assert not proposal.ready
    assert "# t: code, url, Wert\n" in proposal.text
    assert {m.becomes for m in proposal.meanings} == {""}


def test_a_sheet_may_have_titles_and_merged_cells(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["A1"] = "Red List of butterflies"
    sheet.merge_cells("A1:C1")
    for row in (
        [],
        ["Family", "Species", "Category"],
        ["Nymphalidae", "Aglais io", "LC"],
        [None, "Aglais urticae", "NT"],
    ):
        sheet.append(row)
    sheet.merge_cells("A4:A5")
    book.create_sheet("Threats").append(["Species", "Threat"])
    book["Threats"].append(["Aglais io", "drainage"])
    (tmp_path / "data").mkdir()
    book.save(tmp_path / "data/t.xlsx")
    project, _ = built(tmp_path, {}, add="t.xlsx")
    assert ask(project, "?s dwc:family ?f ; dwc:scientificName ?n", "n", "f") == [
        "Aglais io | Nymphalidae", "Aglais urticae | Nymphalidae",
    ]  # fmt: skip
    assert ask(project, "?c a wg:ThreatClaim ; wg:row ?x") == ["t.xlsx#Threats:2"]
    assert "Red List of butterflies" in counts(project)["notes"][0]
