"""Explaining what tables made: things by any name, claims with their rows, sources with their counts."""

from __future__ import annotations

from pathlib import Path

import pytest
import wildgraph
from wildgraph.extract import UsageError
from wildgraph.extract.tables.add import add_tables
from wildgraph.queries.explain import explain

MAPPING = """
format = "csv"
[[entity]]
from = "t"
type = "taxon"
id = "id"
label = "name -> text('la')"
[entity.properties]
"dwc:taxonRank" = "rank"
"skos:altLabel" = "french -> text('fr')"
"wg:acceptedTaxon" = "accepted -> taxon"
[[claim]]
from = "t"
predicate = "population"
subject = "id -> taxon"
quantity = "n -> quantity"
when = "counted -> date"
"""
ROWS = (
    "id,name,rank,french,accepted,n,counted\n7,Lynx lynx,species,lynx boréal,,ca. 30,2013\n8,Felis lynx,species,,7,,\n"
)


@pytest.fixture
def project(tmp_path: Path) -> wildgraph.Project:
    """Return a built project of one table."""
    (tmp_path / "t.csv").write_text(ROWS)
    (tmp_path / "own.toml").write_text(MAPPING)
    add_tables(tmp_path / "t.csv", tmp_path, mapping="own.toml")
    return wildgraph.build(tmp_path).project


def test_a_taxon_of_a_table_is_told_with_its_claims_and_rows(project: wildgraph.Project) -> None:
    told = explain(project, "Lynx lynx")
    assert (told.iri, told.title, told.kind) == ("https://example.org/t/taxon/t/7", "Lynx lynx", "taxon")
    assert dict(told.facts) == {
        "taxon rank": "species", "also called": "lynx boréal", "rows of tables": "t.csv:2", "synonyms": "Felis lynx",
    }  # fmt: skip
    [claim] = told.statements
    assert claim.words == "Lynx lynx: population around 30 individuals, time of the phenomenon 2013"
    assert (claim.predicate, claim.source, claim.origin) == ("population", "t.csv", "t.csv:2")


@pytest.mark.parametrize("name", ["lynx boréal", "LYNX LYNX", "7", "t/7", "https://example.org/t/taxon/t/7"])
def test_it_is_found_by_any_of_its_names(project: wildgraph.Project, name: str) -> None:
    assert explain(project, name).title == "Lynx lynx"


def test_a_claim_of_a_table_is_told(project: wildgraph.Project) -> None:
    claim = explain(project, "7").statements[0]
    told = explain(project, claim.iri)
    assert (told.kind, told.statements) == ("claim", (claim,))
    assert dict(told.facts)["subject"] == "Lynx lynx"
    assert dict(told.facts)["rows of tables"] == "t.csv:2"


def test_of_a_table_the_claims_are_counted(project: wildgraph.Project) -> None:
    told = explain(project, "t")
    assert (told.kind, told.statements) == ("source", ())
    assert dict(told.facts)["claims of population"] == "1"


def test_what_nothing_is_called_has_the_nearest_name(project: wildgraph.Project) -> None:
    with pytest.raises(UsageError, match="nothing is called 'Linx lynx'; did you mean Lynx lynx"):
        explain(project, "Linx lynx")
    with pytest.raises(UsageError, match=r"nothing is called 'https://example\.org/x'"):
        explain(project, "https://example.org/x")


def test_tables_that_are_not_built_are_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(ROWS)
    add_tables(tmp_path / "t.csv", tmp_path)
    with pytest.raises(UsageError, match="has not been built; try: wildgraph build"):
        explain(wildgraph.open_project(tmp_path), "Lynx lynx")
