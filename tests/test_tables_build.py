"""Tables in a build: which quads rows become, what is merged, kept and rejected, and what a second build does again."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import wildgraph
from wildgraph.extract import InputError, MachineError
from wildgraph.extract.tables import documents
from wildgraph.extract.tables.add import add_tables
from wildgraph.graph.tables import write_source
from wildgraph.graph.tables.engine import Engine

TAXA = "taxonID,scientificName,taxonRank,parentNameUsageID,acceptedNameUsageID,taxonomicStatus\n"
MAPPING = """
format = "csv"
[[entity]]
from = "t"
type = "taxon"
id = "name"
label = "name -> text('la')"
distinct = true
[entity.properties]
"dwc:nameAccordingTo" = "'the table'"
[[claim]]
from = "t"
predicate = "{predicate}"
subject = "name -> taxon"
{rest}
"""

Make = Callable[..., Path]


@pytest.fixture
def made(tmp_path: Path) -> Make:
    """Build a project from the text of one table, with a mapping of its own or the proposed one; return its folder."""

    def make(text: str | bytes, *, mapping: str = "", name: str = "t.csv") -> Path:
        project = tmp_path / "project"
        project.mkdir(exist_ok=True)
        (project / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        if mapping:
            (project / "own.toml").write_text(mapping)
        add_tables(project / name, project, mapping="own.toml" if mapping else "")
        wildgraph.build(project)
        return project

    return make


def select(project: Path, where: str) -> list[str]:
    """Return the values of ?x, sorted."""
    rows = wildgraph.ask(project, sparql=f"SELECT ?x WHERE {{ {where} }}").rows
    return sorted(row[0].text for row in rows if row[0])


def quarantine(project: Path) -> list[list[str]]:
    lines = (project / "build/quarantine/t.tsv").read_text().splitlines()
    return [line.split("\t") for line in lines[1:]]


def test_a_row_becomes_a_taxon_that_says_which_row_it_is_from(made: Make) -> None:
    project = made(TAXA + "1,Lynx lynx,Species,,1,valid\n")
    found = select(project, "<https://example.org/t/taxon/t/1> ?p ?x . FILTER (?p != rdf:type)")
    assert found == ["1", "Lynx lynx", "Lynx lynx", "accepted", "species", "t.csv:2", "the source"]


def test_synonyms_parents_and_subspecies_keep_their_relations(made: Make) -> None:
    rows = (
        "1,Lynx,genus,,,\n2,Lynx lynx,species,1,2,accepted\n3,Felis lynx,species,,2,synonym\n4,Lynx lynx a,ssp.,2,,\n"
    )
    project = made(TAXA + rows)
    assert select(
        project, "?s wg:acceptedTaxon ?o BIND (CONCAT(STRAFTER(STR(?s), '/t/taxon/t/'), '>', STR(?o)) AS ?x)"
    ) == ["3>https://example.org/t/taxon/t/2"]
    assert len(select(project, "?x wg:parentTaxon ?o")) == 2
    assert select(project, "?s dwc:taxonRank ?x FILTER (?x = 'subspecies')") == ["subspecies"]


def test_a_dangling_reference_is_kept_and_reported(made: Make) -> None:
    project = made(TAXA + "1,Lynx lynx,species,99,,\n")
    assert select(project, "?s wg:unresolved ?x") == ["parentNameUsageID: 99"]
    assert select(project, "?s wg:parentTaxon ?x") == []
    assert quarantine(project) == [
        ["t.csv", "2", "wg:parentTaxon", "99", "there is no taxon 99", "kept without the value"]
    ]


def test_of_two_rows_of_one_id_the_first_stands(made: Make) -> None:
    project = made(TAXA + "1,Lynx lynx,,,,\n1,Felis lynx,,,,\n")
    assert select(project, "?s dwc:scientificName ?x") == ["Lynx lynx"]
    assert quarantine(project)[0][1:4] == ["3", "id", "1"]
    assert "the one of line 2 stands" in quarantine(project)[0][4]


def test_a_circle_of_parents_is_told_and_does_not_stop_a_build(made: Make) -> None:
    project = made(TAXA + "1,Aa,,2,,\n2,Bb,,1,,\n3,Cc,,2,,\n")
    assert len(select(project, "?x wg:parentTaxon ?o")) == 3
    assert [row[1:] for row in quarantine(project)] == [
        ["2", "wg:parentTaxon", "2", "the parents go in a circle", "kept as it is"],
        ["3", "wg:parentTaxon", "1", "the parents go in a circle", "kept as it is"],
    ]


def test_good_rows_are_kept_beside_bad_ones_and_every_row_is_accounted_for(made: Make) -> None:
    rows = '1,Lynx lynx,,,,\n2,too,many,cells,in,this,row\n3,"Lynx rufus,,,,\n4,Lynx pardinus,,,,\n,,,,,\n'
    project = made(TAXA + rows)
    assert select(project, "?s dwc:scientificName ?x") == ["Lynx lynx", "Lynx pardinus"]
    assert [row[1] for row in quarantine(project)] == ["3", "4", "6"]
    reasons = [row[4] for row in quarantine(project)]
    assert reasons[0] == "the row has 7 cells, the header 6"
    assert reasons[1] == "unbalanced quote"
    counts = json.loads((project / "build/summary.json").read_text())["tables"]["t"]["counts"]
    assert (counts["rows"], counts["rejected"]) == ({"t.csv": 5}, {"t.csv": 3})


def test_a_cell_may_span_lines(made: Make) -> None:
    project = made('taxonID,scientificName,taxonRemarks\n1,Lynx lynx,"one\ntwo"\n2,Lynx rufus,x\n')
    assert select(project, "?s dwc:taxonRemarks ?x") == ["one\ntwo", "x"]
    assert select(project, "?s wg:row ?x") == ["t.csv:2", "t.csv:4"]


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (b"1,L\x00ynx,x\n", "x"),
        (b'1,"Lynx ""big""",x\n', "x"),
        ("1,Lynx,caf\u00e9\n".encode("latin-1"), "caf\u00e9"),
        ("1,Lynx,caf\u00e9\n".encode(), "caf\u00e9"),
        (b"1,Lynx,x\r\n", "x"),
        (b"1,Lynx," + b"x" * (10 << 20) + b"\n", "x" * (10 << 20)),
        (b'1,Lynx,"a"" <http://b> .\\"\n', 'a" <http://b> .\\'),
    ],
    ids=["nul", "quotes", "latin-1", "utf-8", "crlf", "10-megabytes", "injection"],
)
def test_odd_text_is_read(made: Make, given: bytes, read: str) -> None:
    project = made(b"taxonID,scientificName,taxonRemarks\n" + given)
    assert select(project, "?s dwc:taxonRemarks ?x") == [read]


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize(
    ("rows", "numbers"),
    [
        (["1,Aa,x", "2,Bb,y"], ["2", "3"]),
        (["1,Aa,x", "", "2,Bb,y"], ["2", "4"]),
        (["1,Aa,x", "2,Bb"], ["2", "3"]),
        (["1,Aa,x,y,z", "2,Bb,y"], ["3"]),
        (['1,Aa,"x"', '2,"Bb ""b""",y'], ["2", "3"]),
        (['1,Aa,"x', 'x"', "2,Bb,y"], ["2", "4"]),
        (["1,Aa,x\ry", "2,Bb,y"], ["2", "3", "4"]),
        (['1,Aa,"x\x00"', "2,Bb,y"], ["2", "3"]),
    ],
    ids=["plain", "blank", "short", "long", "quoted", "spanning", "return", "nul"],
)
def test_rows_are_known_by_the_line_they_begin_on(made: Make, end: str, rows: list[str], numbers: list[str]) -> None:
    project = made(end.join(["taxonID,scientificName,taxonRemarks", *rows]))
    assert select(project, "?s wg:row ?x") == [f"t.csv:{number}" for number in numbers]
    assert "\x00" not in (project / "build/dataset.nq").read_text()


def test_utf_16_is_read(made: Make) -> None:
    project = made("taxonID\tscientificName\ttaxonRank\n1\tLynx lynx\tspecies\n".encode("utf-16"))
    assert select(project, "?s dwc:scientificName ?x") == ["Lynx lynx"]


def test_ids_are_escaped_and_never_injected(made: Make) -> None:
    project = made(TAXA + '"a b> <http://evil> .",Lynx lynx,,,,\n"x""y{",Lynx rufus,,,,\n')
    base = "https://example.org/t/taxon/t/"
    assert select(project, "?x a wg:Taxon") == [f"{base}a%20b%3E%20%3Chttp://evil%3E%20.", f"{base}x%22y%7B"]


def test_columns_named_predicate_and_value_are_columns_like_others(made: Make) -> None:
    mapping = MAPPING.format(
        predicate="characteristic", rest='text = "value"\nproperties = {"wg:characteristic" = "predicate"}'
    )
    project = made("name,predicate,value\nLynx lynx,tail,short\n", mapping=mapping)
    assert select(project, "?c wg:text ?x") == ["short"]
    assert select(project, "?c wg:characteristic ?x") == ["tail"]


def test_quantities_keep_hedge_bounds_and_wording(made: Make) -> None:
    mapping = MAPPING.format(predicate="population", rest='quantity = "n -> quantity"')
    project = made("name;n\nAa;7400000-8240000,7820000\nBb;>20,000\nCc;many\n", mapping=mapping)
    assert select(project, "?c wg:subject ?s ; wg:estimate ?x") == ["7820000"]
    assert select(project, "?c wg:lower ?x") == ["20000", "7400000"]
    assert select(project, "?c wg:lowerExclusive true ; wg:wording ?x") == [">20,000"]
    assert quarantine(project)[0][2:5] == ["n", "many", "not understood as quantity"]


def test_codes_belong_to_a_scheme_and_unknown_ones_are_reported(made: Make) -> None:
    mapping = MAPPING.format(predicate="status", rest='object = "cat -> red-list-category"')
    project = made("name,cat\nAa,VU\nBb,Lower Risk/near threatened\nCc,Z9\n", mapping=mapping)
    scheme = "https://w3id.org/wildgraph/scheme/red-list-category/"
    assert select(project, "?c a wg:StatusClaim ; wg:object ?x") == [f"{scheme}2.3/LR-nt", f"{scheme}3.1/VU"]
    assert select(project, "?s wg:redListCategory ?x") == [f"{scheme}2.3/LR-nt", f"{scheme}3.1/VU"]
    assert [row[3] for row in quarantine(project) if row[2] == "cat"] == ["Z9"]


def test_claims_that_say_the_same_are_one_with_all_their_rows(made: Make) -> None:
    mapping = MAPPING.format(predicate="characteristic", rest='text = "v"')
    project = made("name,v\nAa,x\nAa,x\n", mapping=mapping)
    assert len(set(select(project, "?x a wg:TraitClaim"))) == 1
    assert select(project, "?c a wg:TraitClaim ; wg:row ?x") == ["t.csv:2", "t.csv:3"]
    assert json.loads((project / "build/summary.json").read_text())["tables"]["t"]["counts"]["merged"] == 1


def test_parquet_numbers_are_written_as_they_are(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    project = tmp_path / "p"
    project.mkdir()
    duckdb.sql(
        "SELECT * FROM (VALUES (1, 'Lynx lynx', 3), (2, 'Lynx rufus', NULL)) AS t(taxonID, name, n)"
    ).write_parquet(str(project / "t.parquet"))
    (project / "own.toml").write_text(MAPPING.format(predicate="population", rest='quantity = "n -> quantity"'))
    add_tables(project / "t.parquet", project, mapping="own.toml")
    wildgraph.build(project)
    assert select(project, "?c wg:estimate ?x") == ["3"]


def test_the_built_graph_conforms(made: Make) -> None:
    project = made(TAXA + "1,Lynx lynx,species,,,accepted\n")
    assert wildgraph.check_project(project).report.conforms


def test_a_finding_about_a_row_names_table_and_line(made: Make) -> None:
    project = made(TAXA + "1,lynx lynx,species,,,\n")
    finding = next(f for f in wildgraph.check_project(project).findings if f.rule == "wgs:Taxon-name-form")
    assert finding.origin is not None
    assert (finding.origin.path, finding.origin.line, finding.label) == ("t.csv", 2, "lynx lynx")


def test_an_unchanged_table_is_taken_over_and_a_changed_one_made_anew(
    made: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = made(TAXA + "1,Lynx lynx,,,,\n")
    before = (project / "build/dataset.nq").read_bytes()
    written: list[str] = []
    real = write_source

    def noting(*args: object, **options: object) -> object:
        written.append("made")
        return real(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("wildgraph.graph.tables.section.write_source", noting)
    wildgraph.build(project)
    assert written == []
    assert (project / "build/dataset.nq").read_bytes() == before
    (project / "t.csv").write_text(TAXA + "1,Lynx pardinus,,,,\n")
    wildgraph.build(project)
    assert written == ["made"]
    assert select(project, "?s dwc:scientificName ?x") == ["Lynx pardinus"]


def test_a_changed_mapping_makes_the_table_anew(made: Make) -> None:
    mapping = MAPPING.format(predicate="characteristic", rest='text = "v"')
    project = made("name,v\nAa,x\n", mapping=mapping)
    (project / "own.toml").write_text(mapping.replace("'the table'", "'somebody'"))
    wildgraph.build(project)
    assert select(project, "?s dwc:nameAccordingTo ?x") == ["somebody"]


def test_two_builds_are_the_same_bytes(made: Make) -> None:
    project = made(TAXA + "".join(f"{n},Aa b{n},species,,,\n" for n in range(500)))
    first = (project / "build/dataset.nq").read_bytes()
    shutil.rmtree(project / "build")
    command = [sys.executable, "-m", "wildgraph", "build", str(project)]
    subprocess.run(command, check=True, env={"PYTHONHASHSEED": "1", "PATH": ""}, capture_output=True)
    assert (project / "build/dataset.nq").read_bytes() == first


def test_a_disk_that_is_too_small_is_said_before(made: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 10})
    monkeypatch.setattr("wildgraph.graph.tables.section.shutil.disk_usage", lambda _path: usage)
    with pytest.raises(MachineError, match="MiB of disk"):
        made(TAXA + "1,Lynx lynx,,,,\n")


def test_wrong_declarations_are_all_told_with_their_lines(made: Make) -> None:
    project = made(TAXA + "1,Lynx lynx,,,,\n")
    with (project / "wildgraph.toml").open("a") as file:
        file.write('\n[[tables]]\nid = "T 2"\nfile = "no.csv"\nmapping = "dwca-cheklist"\ncolour = "red"\n')
    with pytest.raises(InputError) as caught:
        wildgraph.open_project(project)
    told = str(caught.value)
    assert "wildgraph.toml:13:1: unknown key in [[tables]]: 'colour'" in told
    assert "[[tables]] lacks title" in told
    assert "the file is not there: 'no.csv'" in told
    assert "did you mean dwca-checklist" in told


def test_a_column_that_the_table_has_not_is_told_with_the_nearest_name(made: Make) -> None:
    project = made(
        "name,size\nAa,3\n", mapping=MAPPING.format(predicate="population", rest='quantity = "sise -> quantity"')
    )
    notes = json.loads((project / "build/summary.json").read_text())["tables"]["t"]["notes"]
    assert notes == ["own.toml:15:1: t has no such column: 'sise'\n    did you mean size?"]


def test_a_table_without_rows_is_built(made: Make) -> None:
    project = made(TAXA)
    counts = json.loads((project / "build/summary.json").read_text())["tables"]["t"]["counts"]
    assert (counts["rows"], counts["rejected"], counts["made"]) == ({"t.csv": 0}, {}, {})
    assert quarantine(project) == []


NUMBERS = MAPPING.format(predicate="population", rest='quantity = "n -> quantity"\nproperties = {"wg:count" = "n"}')


def test_zeros_at_the_end_of_a_decimal_are_kept(made: Make) -> None:
    project = made("name,n\nAa,1.50\nBb,2.0\n", mapping=NUMBERS)
    assert select(project, "?c wg:count ?x") == ["1.50", "2.0"]


def test_whole_numbers_with_gaps_stay_whole(made: Make) -> None:
    project = made("name,n\nAa,3\nBb,\nCc,5\n", mapping=NUMBERS)
    assert select(project, "?c wg:estimate ?x") == select(project, "?c wg:count ?x") == ["3", "5"]


def test_nulls_of_json_say_nothing(made: Make) -> None:
    rows = '{"name": "Aa", "n": 3}\n{"name": "Bb", "n": null}\n{"name": null, "n": 4}\n'
    project = made(rows, mapping=NUMBERS, name="t.jsonl")
    assert select(project, "?x a wg:Taxon BIND (1 AS ?y)") == [
        "https://example.org/t/taxon/t/Aa", "https://example.org/t/taxon/t/Bb",
    ]  # fmt: skip
    assert select(project, "?c wg:count ?x") == ["3"]
    assert quarantine(project)[0][:2] == ["t.jsonl", "3"]


def test_a_key_that_comes_late_in_json_lines_is_read(made: Make) -> None:
    project = made(
        '{"name": "Aa"}\n\n{"name": "Bb", "n": 2.50}\nnot JSON\n{"name": "Cc"}\n', mapping=NUMBERS, name="t.jsonl"
    )
    assert select(project, "?s a wg:Taxon ; skos:prefLabel ?x") == ["Aa", "Bb", "Cc"]
    assert select(project, "?c wg:row ?x") == ["t.jsonl:3"]
    assert select(project, "?c wg:count ?x") == ["2.50"]


def test_lines_that_are_no_objects_stand_in_the_quarantine_file(made: Make) -> None:
    project = made('{"name": "Aa"}\nnot JSON\n[1]\n{"name": "Bb"}\n', mapping=NUMBERS, name="t.jsonl")
    assert [row[:2] + row[3:5] for row in quarantine(project)] == [
        ["t.jsonl", "2", "not JSON", "not JSON: Expecting value: line 1 column 1 (char 0)"],
        ["t.jsonl", "3", "[1]", "not an object"],
    ]
    counts = json.loads((project / "build/summary.json").read_text())["tables"]["t"]["counts"]
    assert (counts["rows"], counts["rejected"]) == ({"t.jsonl": 4}, {"t.jsonl": 2})


def test_what_is_no_object_in_a_list_of_json_is_told(made: Make) -> None:
    project = made('[{"name": "Aa"}, "Bb", {"name": "Cc", "n": [1, {"m": 2}]}]', mapping=NUMBERS, name="t.json")
    assert quarantine(project)[0][:5] == ["t.json", "2", "", '"Bb"', "not an object"]
    assert select(project, "?c wg:count ?x") == ["1"]


def test_json_that_is_too_large_to_hold_is_refused_with_a_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "MAX_DOCUMENT", 1 << 20)
    (tmp_path / "t.json").write_text(json.dumps([{"name": "x" * 1000}] * 2000))
    with pytest.raises(InputError, match=r"a JSON document of 1 MiB; 1 MiB are read\n    write a line .* t.jsonl"):
        add_tables(tmp_path / "t.json", tmp_path)


SLOW_BUILD = """
import sys, time
from wildgraph.graph.tables.engine import Engine
def write_quads(*arguments, write=Engine.write_quads, **options):
    list(write(*arguments, **options))
    print("written", flush=True)
    time.sleep(30)
Engine.write_quads = write_quads
from wildgraph.__main__ import main
sys.argv = ["wildgraph", "build", sys.argv[1]]
main()
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_build_stopped_in_the_middle_of_a_table_leaves_the_last_one(made: Make, how: signal.Signals) -> None:
    project = made(TAXA + "1,Lynx lynx,,,,\n")
    before = (project / "build/dataset.nq").read_bytes()
    (project / "t.csv").write_text(TAXA + "1,Lynx pardinus,,,,\n")
    command = [sys.executable, "-c", SLOW_BUILD, str(project)]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert run.stdout
    assert run.stdout.readline() == "written\n"
    run.send_signal(how)
    _, errors = run.communicate(timeout=20)
    if how is signal.SIGINT:
        assert errors == "wildgraph: stopped; nothing was changed\n"
    assert (project / "build/dataset.nq").read_bytes() == before
    assert select(project, "?s dwc:scientificName ?x") == ["Lynx lynx"]
    wildgraph.build(project)
    assert select(project, "?s dwc:scientificName ?x") == ["Lynx pardinus"]
    assert [path.name for path in project.iterdir() if path.name.startswith(".build-")] == []


def test_wrong_mappings_are_told_with_their_lines(made: Make) -> None:
    wrong = MAPPING.format(predicate="treat", rest='object = "v -> cuntry"')
    with pytest.raises(InputError) as caught:
        made("name,v\nAa,x\n", mapping=wrong)
    told = str(caught.value)
    assert "own.toml:13:1: unknown predicate: 'treat'" in told
    assert "unknown transform: 'cuntry'\n    did you mean country" in told


def test_a_proposal_says_what_each_column_becomes_and_why(tmp_path: Path) -> None:
    (tmp_path / "birds.csv").write_text("Species,Common name,IUCN status,Colour\nLynx lynx,lynx,LC,red\n")
    added = add_tables(tmp_path / "birds.csv", tmp_path / "project", dry_run=True)
    meanings = {m.column: (m.becomes, m.why) for m in added.proposal.meanings}
    assert meanings["Species"] == ("dwc:scientificName", "columns called 'Species' usually are")
    assert meanings["IUCN status"][0] == "claim:status"
    assert meanings["Colour"] == ("", "no guess; not read")
    assert not (tmp_path / "project").exists()


def test_occurrences_are_counted_by_taxon_area_and_year(made: Make) -> None:
    head = "occurrenceID,scientificName,countryCode,eventDate\n"
    project = made(head + "1,Lynx lynx,SE,2015-03-01\n2,Lynx lynx,SE,2015-04-02T10:00\n3,Lynx lynx,NO,2016\n")
    assert select(project, "?c wg:phenomenonTime ?t ; wg:estimate ?n BIND (CONCAT(STR(?t), '=', STR(?n)) AS ?x)") == [
        "2015=2", "2016=1",
    ]  # fmt: skip


def test_csv_runs_no_formula_and_keeps_numbers(made: Make) -> None:
    project = made(TAXA + "1,=HYPERLINK(1),,,,\n")
    query = "SELECT ?x WHERE { { ?s dwc:scientificName ?x } UNION { BIND (-5 AS ?x) } } ORDER BY ?x"
    answer = wildgraph.ask(project, sparql=query)
    assert sorted(answer.format("csv").split("\r\n")) == ["", "'=HYPERLINK(1)", "-5", "x"]
    assert '"=HYPERLINK(1)"' in answer.format("tsv")


def test_interactions_are_turned_the_right_way_round(made: Make) -> None:
    head = "sourceTaxonName,interactionTypeName,targetTaxonName\n"
    project = made(head + "Lynx lynx,eats,Lepus timidus\nCapreolus capreolus,eaten by,Lynx lynx\n")
    eaten = select(project, "?s obo:RO_0002470 ?o BIND (STRAFTER(STR(?o), '/taxon/t/') AS ?x)")
    assert eaten == ["Capreolus%20capreolus", "Lepus%20timidus"]


def test_vascan_is_built_whole(shared: Path, tmp_path: Path) -> None:
    add_tables(shared / "data/checklist-vascan/vascan.zip", tmp_path)
    summary = wildgraph.build(tmp_path).summary
    counts = summary.tables["vascan"]["counts"]
    assert counts["rows"] == {
        "taxon.txt": 33304, "vernacularname.txt": 32687, "description.txt": 10759, "resourcerelationship.txt": 1107,
        "distribution.txt": 30141,
    }  # fmt: skip
    assert counts["rejected"] == {}
    assert len(select(tmp_path, "?x a wg:Taxon")) == 33304
    taxon = "<https://example.org/vascan/taxon/vascan/2431>"
    assert select(tmp_path, f"{taxon} wg:occursIn ?p . ?p skos:prefLabel ?x") == ["Ontario", "Quebec"]


def test_lines_of_many_times_the_memory_are_written(tmp_path: Path) -> None:
    with Engine(tmp_path, memory="64MB") as engine:
        engine.run("CREATE TABLE t AS SELECT range AS _row FROM range(250000)")
        (made,) = engine.write_quads("SELECT repeat('x', 2000) AS block FROM t", tmp_path / "out", table="t")
        assert made.stat().st_size == 250_000 * 2001
        made.unlink()
        sql = "SELECT repeat('x', 2000) AS block FROM t"
        parts = list(engine.write_quads(sql, tmp_path / "out", table="t", by_row=True))
    assert [part.stat().st_size for part in parts] == [125_000 * 2001] * 2


def test_a_long_table_is_written_in_parts_in_order(tmp_path: Path) -> None:
    with Engine(tmp_path) as engine:
        engine.run("CREATE TABLE t AS SELECT range + 1000000000 * (range // 200000) AS _row FROM range(300000)")
        parts = list(engine.write_quads("SELECT _row AS block FROM t", tmp_path / "out", table="t", by_row=True))
        (whole,) = engine.write_quads("SELECT _row AS block FROM t", tmp_path / "whole", table="t")
    assert len(parts) == 3
    assert b"".join(part.read_bytes() for part in parts) == whole.read_bytes()


def test_too_little_memory_is_told_in_words(tmp_path: Path) -> None:
    told = "the tables need more memory than 64MB: .*; make the table smaller"
    with Engine(tmp_path, memory="64MB") as engine, pytest.raises(MachineError, match=told):
        engine.run("CREATE TABLE t AS SELECT repeat('x', 100000000) AS x FROM range(3)")


def test_lists_of_json_may_have_any_name(made: Make) -> None:
    project = made('[{"scientificName": "Lynx lynx", "../../x\'y": [{"n": 1}]}]', name="t.json")
    assert select(project, "?s dwc:scientificName ?x") == ["Lynx lynx"]


def test_half_a_character_in_json_is_no_end(made: Make) -> None:
    project = made(r'[{"scientificName": "Lynx \ud800 lynx"}]', name="t.json")
    assert select(project, "?s dwc:scientificName ?x") == ["Lynx ? lynx"]
