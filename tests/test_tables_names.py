"""Tables and columns may be called anything, and a mapping that names one that is not there is told."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest
from table_projects import ask, built, counts, left_out
from wildgraph.extract.tables import describe

#: Names that the engine, its queries or the graph use for things of their own.
NAMES = (
    "rowid", "_row", "_id", "n", "cells", "line", "value", "result", "block", "statement", "key", "role", "t", "order",
    "predicate", "subject", "object", "graph", "p0", "i0", "k0", "c0", "l0", "_item0", 'a"b', "a'b", "%s", "{}",
)  # fmt: skip
MAPPING = """
format = "csv"
[[entity]]
from = "t"
type = "taxon"
id = "name"
label = "name"
[entity.properties]
"dwc:nameAccordingTo" = "'the table'"
"""


def comma(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


@pytest.mark.parametrize("kind", ["csv", "spanning", "jsonl"])
def test_a_column_may_have_any_name(tmp_path: Path, kind: str) -> None:
    head, row = ["name", *NAMES], ["Lynx lynx", *(f"v{n}" for n in range(len(NAMES)))]
    if kind == "jsonl":
        text = "".join(json.dumps(dict(zip(head, cells, strict=True))) + "\n" for cells in (row, row))
    else:
        text = comma([[*head, "end"], [*row, "a\nb" if kind == "spanning" else "a"]])
    read = [name if name != "_row" else "_row_2" for name in NAMES]
    claim = '[[claim]]\nfrom = "t"\npredicate = "characteristic"\nsubject = "name -> taxon"\n'
    rules = "".join(f"{claim}text = {json.dumps(f'`{name}`')}\n" for name in read)
    name = "t.jsonl" if kind == "jsonl" else "t.csv"
    project, _ = built(tmp_path, {name: text}, mapping=MAPPING + rules)
    assert ask(project, "?c wg:text ?x") == sorted(row[1:])


def test_columns_of_json_that_differ_by_case_are_both_read(tmp_path: Path) -> None:
    claims = "".join(
        f'[[claim]]\nfrom = "t"\npredicate = "characteristic"\nsubject = "name -> taxon"\ntext = "{name}"\n'
        for name in ("n", "N_2")
    )
    project, _ = built(tmp_path, {"t.json": '[{"name": "Aa", "n": 1, "N": 2}]'}, mapping=MAPPING + claims)
    assert ask(project, "?c wg:text ?x") == ["1", "2"]


def test_a_mapping_may_call_a_table_by_its_file(tmp_path: Path) -> None:
    project, added = built(tmp_path, {"t.csv": "scientificName,taxonID,name\nLynx lynx,1,x\n"}, mapping=MAPPING)
    assert added.proposal.package.tables[0].role == "Taxon"
    assert ask(project, "?s a wg:Taxon ; skos:prefLabel ?x") == ["x"]


def test_a_table_that_a_mapping_names_and_that_is_not_there_is_told(tmp_path: Path) -> None:
    project, _ = built(tmp_path, {"birds.csv": "name,value\nLynx lynx,1\n"}, mapping=MAPPING.replace('"t"', '"bird"'))
    assert counts(project)["notes"] == ["own.toml:4:1: the source has no such table: 'bird'\n    did you mean birds?"]
    assert counts(project)["unread"] == ["birds.csv"]


def test_columns_that_begin_with_a_low_line_are_listed_as_not_read(tmp_path: Path) -> None:
    project, _ = built(tmp_path, {"t.csv": "name,_uuid\nLynx lynx,1\n"}, mapping=MAPPING)
    assert counts(project)["unmapped"] == {"t.csv": ["_uuid"]}


def test_a_folder_of_json_is_one_source_and_each_row_of_a_list_is_accounted_for(tmp_path: Path) -> None:
    files = {
        "a.json": '{"sis_taxon_id": 1, "taxon": {"scientific_name": "Aa b"}, "habitats": [{"code": "1_1"}, {"x": 1}]}',
        "b.json": '{"sis_taxon_id": 2, "taxon": {"scientific_name": "Aa c"}}',
    }
    project, _ = built(tmp_path, files)
    assert ask(project, "?s a wg:Taxon ; wg:row ?x") == []
    assert ask(project, "?s a wg:Taxon ; dwc:scientificName ?x") == ["Aa b", "Aa c"]
    assert ask(project, "?s a wg:HabitatClaim ; wg:row ?x") == ["data/*.json#habitats:1"]
    assert [line.split(" | ")[:2] for line in left_out(project)] == [["data/*.json#habitats", "2"]]


def test_all_sheets_of_a_workbook_in_a_folder_are_tables(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["name", "n"])
    book.create_sheet("more").append(["name", "m"])
    (tmp_path / "data").mkdir()
    book.save(tmp_path / "data/t.xlsx")
    package = describe(tmp_path / "data", tmp_path / "scratch")
    assert [table.names for table in package.tables] == [("name", "n"), ("name", "m")]


@pytest.mark.parametrize("quoted", ["", '"'])
def test_a_record_that_is_too_long_is_told(tmp_path: Path, quoted: str) -> None:
    long = quoted + "x" * (33 << 20) + quoted
    text = f"taxonID,scientificName,taxonRemarks\n1,Aa,{long}\n2,Bb,y\n"
    project, _ = built(tmp_path, {"t.csv": text}, add="t.csv")
    assert ask(project, "?s wg:row ?x") == ["t.csv:3"]
    assert left_out(project)[0].startswith("t.csv | 2 |  | ")
    assert left_out(project)[0].endswith("| the record has 33 MiB; 32 MiB are read | rejected")
    assert len(left_out(project)) == 1


def test_nul_bytes_that_are_left_out_are_told(tmp_path: Path) -> None:
    project, _ = built(tmp_path, {"t.csv": "taxonID,scientificName\n1,Ly\x00nx lynx\n"}, add="t.csv")
    assert ask(project, "?s a wg:Taxon ; skos:prefLabel ?x") == ["Lynx lynx"]
    assert counts(project)["notes"] == ["t.csv: NUL bytes are left out of its cells: '1'"]


@pytest.mark.parametrize(
    "name", ["bird's list.csv", 'a "b" \\c.csv', "x; DROP TABLE y--.csv", "é (1) ß.csv", "a\nb.csv", "%s{}.csv"]
)
def test_a_file_may_have_any_name(tmp_path: Path, name: str) -> None:
    text = 'id,"scientific ""name""\\"\n1,Lynx lynx\n1,x,y,z\n'
    project, _ = built(tmp_path, {name: text}, add=name)
    assert ask(project, "?s dwc:scientificName ?x") == ["Lynx lynx"]
    assert len(left_out(project)) == 1


def test_the_name_of_a_file_is_escaped_where_rows_are_told(tmp_path: Path) -> None:
    project, _ = built(tmp_path, {'a "b".csv': "taxonID,scientificName\n1,Lynx\n"}, add='a "b".csv')
    assert ask(project, "?s wg:row ?x") == ['a "b".csv:2']
