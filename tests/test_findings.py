"""Findings: sorted and counted whatever their number, and shown in words."""

import csv
import json
from pathlib import Path

import pytest
import wildgraph
from hypothesis import given
from hypothesis import strategies as st
from wildgraph import Finding, Severity
from wildgraph.extract import Origin
from wildgraph.graph.check import check_files
from wildgraph.graph.findings import SHOWN, counted, grouped
from wildgraph.graph.origins import Known, known, write_origins
from wildgraph.graph.spool import Spool
from wildgraph.graph.validate import fast, validate
from wildgraph.queries.findings import write_csv, write_json, write_sarif
from wildgraph.queries.findings_page import write_html

PREFIXES = "@prefix sh: <http://www.w3.org/ns/shacl#> .\n@prefix x: <http://x/> .\n"
SHAPES = (
    PREFIXES
    + """x:S a sh:NodeShape ; sh:targetClass x:Fox , x:Hare ; sh:property x:P , x:Q .
x:P sh:path x:name ; sh:minCount 1 . x:Q sh:path x:age ; sh:maxCount 0 ; sh:severity sh:Warning .
x:T a sh:NodeShape ; sh:targetSubjectsOf x:age ; sh:nodeKind sh:Literal .
x:U a sh:NodeShape ; sh:targetObjectsOf x:age ; sh:nodeKind sh:IRI ."""
)


@pytest.fixture
def foxes(tmp_path: Path) -> tuple[Path, Path]:
    """Data with 40 foxes that all break a rule, and shapes."""
    data, shapes = tmp_path / "foxes.ttl", tmp_path / "shapes.ttl"
    lines = [
        f"x:f{n:02} a x:Fox ; x:age {n} , 'old' ; <http://www.w3.org/2000/01/rdf-schema#label> 'fox {n}' ."
        for n in range(40)
    ]
    data.write_text(PREFIXES + "\n".join(lines))
    shapes.write_text(SHAPES)
    return data, shapes


@given(st.lists(st.integers(), max_size=200), st.integers(1, 50))
def test_a_spool_is_a_sorted_list(values: list[int], batch: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("wildgraph.graph.spool._BATCH", batch)
        patch.setattr("wildgraph.graph.spool._PAGE", 3)
        spool = Spool(values, lambda value: value)
        assert list(spool) == list(spool) == sorted(values)
        assert list(zip(spool, spool, strict=True)) == [(value, value) for value in sorted(values)]
        assert len(spool) == len(values)


def test_many_results_are_found_part_by_part(foxes: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    data, shapes = foxes
    whole = list(validate([data], [shapes]).results)
    monkeypatch.setattr(fast, "LIMIT", 7)
    assert list(validate([data], [shapes]).results) == whole
    assert len(whole) == 161


def test_findings_are_counted_by_rule_and_file(foxes: tuple[Path, Path]) -> None:
    groups = grouped(check_files([foxes[0]], [foxes[1]]).findings)
    assert [(group.count, len(group.shown), group.first.rule) for group in groups] == [
        (40, SHOWN, "http://x/P"),
        (40, SHOWN, "http://x/T"),
        (41, SHOWN, "http://x/U"),
        (40, SHOWN, "http://x/Q"),
    ]
    assert counted(groups) == {Severity.VIOLATION: 121, Severity.WARNING: 40, Severity.INFO: 0}


def test_a_shape_without_a_message_says_what_it_asks(foxes: tuple[Path, Path]) -> None:
    first = grouped(check_files([foxes[0]], [foxes[1]]).findings)[0].first
    assert (first.label, first.message, first.constraint) == (
        "fox 0",
        "http://x/name has at least 1",
        "http://x/name has at least 1",
    )


def test_findings_go_into_every_format_whole(foxes: tuple[Path, Path], tmp_path: Path) -> None:
    check = check_files([foxes[0]], [foxes[1]])
    for name, write in (("csv", write_csv), ("json", write_json), ("sarif", write_sarif), ("html", write_html)):
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as file:
            write(check, file)
    with (tmp_path / "csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 161
    assert rows[0]["label"] == "fox 0"
    assert len(json.loads((tmp_path / "json").read_text())["findings"]) == 161
    assert len(json.loads((tmp_path / "sarif").read_text())["runs"][0]["results"]) == 161
    page = (tmp_path / "html").read_text()
    assert "41 × " in page
    assert "and 31 more" in page


def test_a_page_of_findings_escapes_what_the_data_say(tmp_path: Path) -> None:
    (tmp_path / "d.ttl").write_text(PREFIXES + "x:a a x:Fox ; x:age '<script>alert(1)</script>' ; x:name 'a' .")
    (tmp_path / "s.ttl").write_text(SHAPES)
    with (tmp_path / "page.html").open("w") as file:
        write_html(check_files([tmp_path / "d.ttl"], [tmp_path / "s.ttl"]), file)
    assert "<script" not in (tmp_path / "page.html").read_text()


def test_findings_point_at_rows_and_name_what_is_there(reference_copy: Path) -> None:
    (reference_copy / "shapes").mkdir()
    (reference_copy / "shapes/own.ttl").write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n@prefix wg: <https://w3id.org/wildgraph/ns#> .\n"
        "@prefix oa: <http://www.w3.org/ns/oa#> .\n@prefix x: <http://x/> .\n"
        "x:S sh:targetClass wg:PopulationClaim , wg:Place , oa:SpecificResource ; sh:property x:P .\n"
        "x:P sh:path x:none ; sh:minCount 1 .\n"
    )
    found = [f for f in wildgraph.check_project(reference_copy).findings if f.rule == "http://x/P"]
    assert all(f.origin and f.label for f in found)
    assert {f.origin.path.partition("/")[0] for f in found if f.origin} == {"claims", "entities.tsv"}
    assert any("evidence/" in f.focus for f in found)


def test_join_with_origins(tmp_path: Path) -> None:
    rows = {name: Known(f"label of {name}", Origin("t.tsv", n)) for n, name in enumerate("bdf", 1)}
    write_origins(tmp_path / "origins.tsv", rows.items())
    joined = list(known(tmp_path / "origins.tsv", "aabbcdfz", lambda name: name))
    assert [(name, row.origin.line if row else 0) for name, row in joined] == [
        ("a", 0), ("a", 0), ("b", 1), ("b", 1), ("c", 0), ("d", 2), ("f", 3), ("z", 0),
    ]  # fmt: skip


def test_findings_sort_worst_first() -> None:
    low = Finding(Severity.INFO, "a", "", "", "")
    high = Finding(Severity.VIOLATION, "z", "", "", "")
    assert list(Spool([low, high], Finding.sort_key)) == [high, low]
