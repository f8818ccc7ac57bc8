"""Conflicts and lints, each on rows that have it and on rows that do not."""

from pathlib import Path

import pytest
import wildgraph
from wildgraph.graph.compare import find_conflicts

COLUMNS = [
    "id",
    "subject",
    "predicate",
    "object",
    "estimate",
    "lower",
    "upper",
    "hedge",
    "unit",
    "life_stage",
    "place",
    "when",
    "asserted",
    "polarity",
    "rank",
    "rank_reason",
    "rank_by",
    "silence",
    "source",
]
SOURCES = (
    "id\ttitle\tpublished\tlicense\n"
    "old\tOld page\t2001\tunknown\n"
    "new\tNew page\t2019\tunknown\n"
    "undated\tUndated page\t\tunknown\n"
)


@pytest.fixture
def claims(project: Path) -> Path:
    (project / "claims/claims.tsv").unlink()
    (project / "sources.tsv").write_text(SOURCES)
    return project


def write(project: Path, *rows: str) -> None:
    """Write claims given as `column=value column=value`; the subject is the fox, the source the undated page."""
    lines = ["\t".join(COLUMNS)]
    for row in rows:
        cells = {"subject": "red-fox", "source": "undated"} | dict(part.split("=", 1) for part in row.split("; "))
        assert cells.keys() <= set(COLUMNS)
        lines.append("\t".join(cells.get(column, "") for column in COLUMNS))
    (project / "claims/all.tsv").write_text("\n".join(lines) + "\n")


def kinds(project: Path, *rows: str) -> list[str]:
    write(project, *rows)
    return [conflict.kind for conflict in find_conflicts(wildgraph.open_project(project))]


def lints(project: Path, *rows: str) -> list[str]:
    write(project, *rows)
    quiet = {"no-evidence", "single-source", "orphan-entity", "conflict"}
    return [f"{f.rule}: {f.message}" for f in wildgraph.build(project).findings if f.rule not in quiet]


COUNT = "predicate=population; "


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("estimate=10; when=2013", "estimate=12; when=2013; source=old", ["contradiction"]),
        ("estimate=10; when=2013", "estimate=10; when=2013; source=old", []),
        ("estimate=10; when=2013", "estimate=12; when=2014; source=old", []),
        ("estimate=10; when=2013", "estimate=12; source=old", []),
        ("estimate=10", "estimate=12; source=old", ["difference"]),
        ("estimate=10; when=2013; hedge=around", "estimate=12; when=2013; source=old", ["difference"]),
        ("estimate=10; when=2013; life_stage=adult", "estimate=12; when=2013; source=old", []),
        ("estimate=10; when=2013; place=example-valley", "estimate=12; when=2013; source=old", []),
        ("estimate=70; when=2013", "upper=<60; hedge=less-than; when=2013; source=old", ["contradiction"]),
        ("estimate=60; when=2013", "upper=<60; hedge=less-than; when=2013; source=old", ["contradiction"]),
        ("estimate=60; when=2013", "upper=60; hedge=up-to; when=2013; source=old", []),
        ("lower=3; upper=5; when=2013", "lower=5; upper=9; when=2013; source=old", []),
        ("lower=3; upper=5; when=2013", "lower=>5; when=2013; source=old; hedge=more-than", ["contradiction"]),
        ("estimate=10; when=2013", "estimate=12; when=2010/2014; source=old", ["contradiction"]),
        (
            "estimate=10; when=2013; rank=deprecated; rank_reason=typo; rank_by=me",
            "estimate=12; when=2013; source=old",
            [],
        ),
    ],
)
def test_counts_conflict_only_where_they_compare(claims: Path, first: str, second: str, expected: list[str]) -> None:
    assert kinds(claims, COUNT + first, COUNT + second) == expected


def test_units_are_converted_before_comparing(claims: Path) -> None:
    assert (
        kinds(claims, "predicate=massKg; estimate=10; unit=kg", "predicate=massKg; estimate=10000; unit=g; source=old")
        == []
    )
    assert kinds(
        claims, "predicate=massKg; estimate=10; unit=kg", "predicate=massKg; estimate=10; unit=lb; source=old"
    ) == ["difference"]


def test_one_taxon_has_one_status_at_a_time_in_a_place(claims: Path) -> None:
    status = "predicate=status; object=red-list-category-3.1:"
    assert kinds(claims, f"{status}EN; when=2013", f"{status}VU; when=2013; source=old") == ["contradiction"]
    assert kinds(claims, f"{status}EN; when=2013", f"{status}VU; when=2001; source=old") == []
    assert kinds(claims, f"{status}EN", f"{status}VU; place=example-valley; source=old") == []


def test_a_denial_contradicts(claims: Path) -> None:
    threat = "predicate=threat; object=road-traffic"
    assert kinds(claims, threat, f"{threat}; polarity=negated; source=old") == ["contradiction"]


def test_two_threats_do_not_conflict(claims: Path) -> None:
    place = "predicate=range; object=example-valley"
    assert kinds(claims, place, f"{place}; source=old") == []


def test_a_reason_names_both_sides_their_sources_and_dates(claims: Path) -> None:
    write(claims, COUNT + "estimate=10; hedge=around", COUNT + "upper=<8; hedge=less-than; source=old")
    (conflict,) = find_conflicts(wildgraph.open_project(claims))
    assert conflict.reason == (
        "less than 8 individuals (Old page, stated 2001) against around 10 individuals (Undated page, undated); "
        "neither says for when"
    )


COUNTS = (COUNT + "estimate=35; when=2007", COUNT + "estimate=45; when=2013")
GROWTH = "predicate=trend; object=population-trend-api4:increasing; unit=%; when=2007/2013; "


def test_percent_mismatch(claims: Path) -> None:
    assert lints(claims, *COUNTS, GROWTH + "estimate=22") == ["percent-mismatch: 22 % is stated, 35 to 45 is +28.6 %"]
    assert lints(claims, *COUNTS, GROWTH + "estimate=29") == []
    assert lints(claims, *COUNTS, GROWTH + "estimate=22; source=old") == []


def test_a_lint_is_silenced_with_a_reason(claims: Path) -> None:
    assert lints(claims, *COUNTS, GROWTH + "estimate=22; silence=percent-mismatch: as stated") == []


def test_range_unit(claims: Path) -> None:
    area = "predicate=rangeAreaKm2; estimate=2500; unit=km2"
    assert lints(claims, area, "predicate=rangeAreaKm2; estimate=2500; unit=ha; source=old") == [
        "range-unit: 2500 ha against 2500 km² in claims/all.tsv:2"
    ]
    assert lints(claims, area, "predicate=rangeAreaKm2; estimate=250000; unit=ha; source=old") == []


def test_stale_repetition(claims: Path) -> None:
    assert lints(claims, COUNT + "estimate=30; source=old", COUNT + "estimate=30; source=new") == [
        "stale-repetition: 30 individuals: said by old in 2001 already"
    ]
    assert lints(claims, COUNT + "estimate=30; source=old", COUNT + "estimate=30; source=new; when=2019") == []


def test_bare_code(claims: Path) -> None:
    assert lints(claims, "predicate=remark; object=5.1.1") == ["bare-code: '5.1.1' is a code"]
    assert lints(claims, "predicate=remark; object=5.1 times as many") == []


def test_orphan_entity(claims: Path) -> None:
    write(claims, "predicate=threat; object=road-traffic")
    found = [f.message for f in wildgraph.build(claims).findings if f.rule == "orphan-entity"]
    assert "nothing mentions road-kill" in found
    assert "nothing mentions road-traffic" not in found


def test_single_source(claims: Path) -> None:
    threat = "predicate=threat; object=road-traffic"
    write(claims, threat, f"{threat}; source=old", "predicate=range; object=example-valley")
    found = [f.origin.line for f in wildgraph.build(claims).findings if f.rule == "single-source" and f.origin]
    assert found == [4]


def test_no_evidence(claims: Path) -> None:
    write(claims, "predicate=threat; object=road-traffic")
    found = [f.message for f in wildgraph.build(claims).findings if f.rule == "no-evidence"]
    assert found == ["no span of the source is given"]


def test_source_prose(project: Path) -> None:
    path = project / "entities.tsv"
    rows = [row + "\t" for row in path.read_text().splitlines()]
    rows[0] += "description"
    rows[6] += "warning signs put up together with the council"
    path.write_text("\n".join(rows) + "\n")
    assert not [f for f in wildgraph.build(project).findings if f.rule == "source-prose"]
    rows[6] += "; the Example Trust puts up warning signs together"
    path.write_text("\n".join(rows) + "\n")
    (finding,) = [f for f in wildgraph.build(project).findings if f.rule == "source-prose"]
    assert finding.message.startswith("eight words in a row as in example-page: 'the example trust puts up")
    assert finding.severity is wildgraph.Severity.VIOLATION


def test_conflicts_and_derived_triples_do_not_depend_on_the_order_of_rows(claims: Path) -> None:
    rows = [
        "predicate=population; estimate=10; when=2013",
        "predicate=population; estimate=12; when=2013; source=old",
        "predicate=population; estimate=15; when=2013; source=new",
        "predicate=status; object=red-list-category-3.1:VU; asserted=2019",
        "predicate=status; object=red-list-category-3.1:EN; asserted=2019; source=old",
    ]
    graphs = []
    for order in (rows, rows[::-1]):
        write(claims, *order)
        wildgraph.build(claims)
        lines = (claims / "build/dataset.nq").read_text().splitlines()
        graphs.append([line for line in lines if line.endswith("graph/derived> .")])
    assert graphs[0] == graphs[1]
    assert sum("redListCategory" in line for line in graphs[0]) == 2


def test_a_preferred_status_stands_before_a_later_one(claims: Path) -> None:
    write(
        claims,
        "predicate=status; object=red-list-category-3.1:VU; asserted=2001; rank=preferred; rank_reason=x; rank_by=y",
        "predicate=status; object=red-list-category-3.1:EN; asserted=2019; source=old",
    )
    wildgraph.build(claims)
    lines = (claims / "build/dataset.nq").read_text().splitlines()
    (line,) = [line for line in lines if "redListCategory" in line and line.endswith("graph/derived> .")]
    assert "/VU>" in line
