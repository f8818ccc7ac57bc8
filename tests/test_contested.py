"""Claims of tables beside each other and beside curated ones: what is in conflict, what stands, what is taken over."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from random import Random

import pytest
import wildgraph
from wildgraph.extract.tables.add import add_tables
from wildgraph.graph.compare import MOST_TOLD, find_conflicts
from wildgraph.queries.explain import explain
from wildgraph.queries.web.pages import Pages

SOURCES = "id\ttitle\tpublished\tlicense\nold\tOld page\t2001\tunknown\n"
COLUMNS = "subject\tpredicate\tobject\testimate\tunit\tpolarity\trank\trank_reason\trank_by\twhen\tsource\n"
TAXA = """
format = "csv"
[[entity]]
from = "{file}"
type = "taxon"
id = "name -> taxon('names')"
label = "name -> text('la')"
distinct = true
[entity.properties]
"dwc:nameAccordingTo" = "'the table'"
"""
#: Claims about the taxa of a common list, so that rows of several tables are about one thing.
CLAIM = """
[[claim]]
from = "{file}"
predicate = "{predicate}"
subject = "name -> taxon('names')"
{value}
when = "when -> date"
life_stage = "stage -> life-stage"
"""
FOX = "<https://example.org/my-dataset/taxon/red-fox>"
NAMED = "<https://example.org/my-dataset/taxon/names/{}>"
#: That the curated fox is the Vulpes of the tables.
LINK = (
    "subject_id\tpredicate_id\tobject_id\tmapping_justification\n"
    "this:taxon/red-fox\tskos:exactMatch\tthis:taxon/names/Vulpes\tsemapv:ManualMappingCuration\n"
)
SCHEME = "https://w3id.org/wildgraph/scheme/red-list-category/3.1/"
PLACES = """
[[entity]]
from = "{name}"
type = "place"
id = "v -> place('all')"
label = "v -> text('fr')"
distinct = true
[[claim]]
"""
Table = Callable[..., None]


@pytest.fixture
def curated(project: Path) -> Callable[..., Path]:
    """Give the small project claims of its own about the red fox, as cells in the order of `COLUMNS`."""

    def write(*rows: str) -> Path:
        (project / "sources.tsv").write_text(SOURCES)
        lines = ["red-fox\t" + row.replace(",", "\t") + "\told\n" for row in rows]
        (project / "claims/claims.tsv").write_text(COLUMNS + "".join(lines))
        return project

    return write


@pytest.fixture
def table(project: Path) -> Table:
    """Add a table of a kind of claim to the project; its columns are name, v, when and stage."""

    def add(file: str, rows: str, *, predicate: str = "population", extra: str = "") -> None:
        value = {"population": 'quantity = "v -> quantity"', "status": 'object = "v -> red-list-category"'}
        (project / f"{file}.csv").write_text("name,v,when,stage\n" + rows)
        rules = TAXA + CLAIM.format(file=file, predicate=predicate, value=value.get(predicate, extra))
        (project / f"{file}.toml").write_text(rules.format(file=file))
        add_tables(project / f"{file}.csv", project, mapping=f"{file}.toml")

    return add


def link(project: Path) -> None:
    (project / "links").mkdir(exist_ok=True)
    (project / "links/own.sssom.tsv").write_text(LINK)


def summary(project: Path) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = json.loads((project / "build/summary.json").read_text())
    return found


def reasons(project: Path) -> list[str]:
    """Build a project and return the reasons of its conflicts."""
    wildgraph.build(project)
    rows = wildgraph.ask(project, sparql="SELECT ?r WHERE { ?c a wg:Conflict ; wg:conflictReason ?r }").rows
    return sorted(row[0].text for row in rows if row[0])


def direct(project: Path, predicate: str) -> list[str]:
    """Build a project and return subject and object of the direct triples of a predicate, short."""
    wildgraph.build(project)
    rows = wildgraph.ask(project, sparql=f"SELECT ?s ?o WHERE {{ ?s {predicate} ?o }}").rows
    return sorted(" ".join(term.text.rpartition("/")[2] for term in row if term) for row in rows)


def test_two_tables_that_differ_are_in_conflict(project: Path, table: Table) -> None:
    table("a", "Vulpes,70,2013,adult\nLynx,5,2013,adult\n")
    table("b", "Vulpes,35,2013,adult\nLynx,5,2013,adult\n")
    assert reasons(project) == [
        "70 individuals for 2013 (a.csv, a.csv:2, undated) against 35 individuals for 2013 (b.csv, b.csv:2, undated)"
    ]
    assert summary(project)["conflicts"] == {"contradiction": 1}
    assert summary(project)["compared"] == {"claims": 2, "cut": 0}


def test_rows_of_one_table_are_compared_too(project: Path, table: Table) -> None:
    table("a", "Vulpes,70,,\nVulpes,ca. 30,,\n")
    assert reasons(project) == [
        "70 individuals (a.csv, a.csv:2, undated) against around 30 individuals (a.csv, a.csv:3, undated); "
        "neither says for when"
    ]


def test_rows_that_do_not_compare_are_not_even_looked_at(project: Path, table: Table) -> None:
    table(
        "a",
        "Year,70,2013,\nYear,35,2014,\nUndated,70,2013,\nUndated,35,,\nStage,70,2013,adult\nStage,35,2013,juvenile\n"
        "Same,70,2013,\nSame,70,2013-05,\nOne,70,2013,\nOther,35,2013,\nWords,many,2013,\nWords,35,2013,\n",
    )
    assert reasons(project) == []
    assert summary(project)["compared"] == {"claims": 0, "cut": 0}


def test_a_table_and_a_curated_claim_about_linked_taxa_are_in_conflict(
    curated: Callable[..., Path], table: Table
) -> None:
    project = curated("population,,40,,,,,,2013")
    table("a", "Vulpes,70,2013,\n")
    assert reasons(project) == []
    link(project)
    assert reasons(project) == [
        "70 individuals for 2013 (a.csv, a.csv:2, undated) against 40 individuals for 2013 (Old page, stated 2001)"
    ]
    for taxon in (FOX, NAMED.format("Vulpes")):
        assert len(wildgraph.ask(project, "conflicts-of", taxon=taxon[1:-1]).rows) == 1


def test_taxa_of_tables_are_one_through_what_both_are_the_same_as(project: Path, table: Table) -> None:
    table("a", "Vulpes,70,2013,\n")
    table("b", "Fox,35,2013,\nLynx,3,2013,\n")
    for name in "ab":
        mapping = project / f"{name}.toml"
        same = 'nameAccordingTo" = "\'the table\'"\n"skos:exactMatch" = "\'https://example.org/5\' -> iri"\n'
        wanted = mapping.read_text().replace('nameAccordingTo" = "\'the table\'"\n', same)
        mapping.write_text(wanted.replace("format", 'title = "x"\nformat') if name == "a" else wanted)
    (project / "b.csv").write_text("name,v,when,stage\nFox,35,2013,\n")
    assert len(reasons(project)) == 1


#: Two rows of a table, as number and date, and the same as columns of a claim file; what becomes of them.
CASES = [
    ("10,2013", "12,2013", "estimate=10 when=2013", "estimate=12 when=2013", ["contradiction"]),
    ("10,2013", "12,2010/2014", "estimate=10 when=2013", "estimate=12 when=2010/2014", ["contradiction"]),
    ("10,", "12,", "estimate=10", "estimate=12", ["difference"]),
    ("10,2013", "12,", "estimate=10 when=2013", "estimate=12", []),
    ("ca. 10,2013", "12,2013", "estimate=10 hedge=around when=2013", "estimate=12 when=2013", ["difference"]),
    ("60,2013", "<60,2013", "estimate=60 when=2013", "upper=<60 hedge=less-than when=2013", ["contradiction"]),
    ("60,2013", "up to 60,2013", "estimate=60 when=2013", "upper=60 hedge=up-to when=2013", []),
    ("3-5,2013", "5-9,2013", "lower=3 upper=5 when=2013", "lower=5 upper=9 when=2013", []),
    ("3-5,2013", ">5,2013", "lower=3 upper=5 when=2013", "lower=>5 hedge=more-than when=2013", ["contradiction"]),
    ("10,197X", "12,1975-04", "estimate=10 when=197X", "estimate=12 when=1975-04", ["contradiction"]),
]
NUMBERS = ("estimate", "lower", "upper", "hedge", "when")


def test_tables_are_compared_by_the_rules_of_curated_claims(project: Path, table: Table) -> None:
    for file in (0, 1):
        table("ab"[file], "".join(f"T{n},{case[file]},\n" for n, case in enumerate(CASES)))
    wildgraph.build(project)
    query = "SELECT ?s ?k WHERE { ?c a wg:Conflict ; wg:subject ?s ; wg:conflictKind ?k }"
    rows = wildgraph.ask(project, sparql=query).rows
    found = {tuple(term.text.rpartition("/")[2] for term in row if term) for row in rows}
    assert found == {(f"T{n}", kind) for n, (*_, kinds) in enumerate(CASES) for kind in kinds}


@pytest.mark.parametrize(("first", "second", "kinds"), [case[2:] for case in CASES])
def test_curated_claims_are_compared_so(project: Path, first: str, second: str, kinds: list[str]) -> None:
    (project / "sources.tsv").write_text(SOURCES)
    cells = [dict(part.split("=", 1) for part in row.split(" ")) for row in (first, second)]
    lines = ["\t".join(("red-fox", "population", "old", *(row.get(name, "") for name in NUMBERS))) for row in cells]
    head = "\t".join(("subject", "predicate", "source", *NUMBERS))
    (project / "claims/claims.tsv").write_text("\n".join((head, *lines)) + "\n")
    assert [conflict.kind for conflict in find_conflicts(wildgraph.open_project(project))] == kinds


#: Numbers as a table has them, with the columns of a claim file that say the same.
SAID = [
    (text.format(n=n, m=n + 3), {name: value.format(n=n, m=n + 3) for name, value in columns.items()})
    for n in (1, 3, 4)
    for text, columns in (
        ("{n}", {"estimate": "{n}"}),
        ("ca. {n}", {"estimate": "{n}", "hedge": "around"}),
        ("{n}-{m}", {"lower": "{n}", "upper": "{m}"}),
        (">{n}", {"lower": ">{n}", "hedge": "more-than"}),
        ("<{n}", {"upper": "<{n}", "hedge": "less-than"}),
    )
]
TIMES = ("", "2013", "2013-05", "2010/2014", "201X", "../2001", "2014/..")


def test_among_many_claims_tables_have_the_conflicts_that_curated_claims_have(project: Path, table: Table) -> None:
    every = list(product(("Vulpes", "Lynx"), SAID, TIMES, ("", "adult", "juvenile")))
    rows = Random(7).sample(every, 120)
    table("a", "".join(f"{name},{text},{when},{stage}\n" for name, (text, _), when, stage in rows))
    bare = [_PLACE.sub("", reason) for reason in reasons(project)]
    (project / "sources.tsv").write_text(SOURCES)
    with (project / "entities.tsv").open("a") as file:
        file.writelines(f"{name.lower()}\ttaxon\t{name}\n" for name in ("Vulpes", "Lynx"))
    head = ("subject", "predicate", "source", "life_stage", *NUMBERS)
    with (project / "claims/claims.tsv").open("w") as file:
        file.write("\t".join(head) + "\n")
        for name, (_, columns), when, stage in rows:
            cells = {"subject": name.lower(), "predicate": "population", "source": "old"} | columns
            cells |= {"when": when, "life_stage": stage}
            file.write("\t".join(cells.get(column, "") for column in head) + "\n")
    expected = [_PLACE.sub("", c.reason) for c in find_conflicts(wildgraph.open_project(project))]
    assert len(expected) > 100
    assert sorted(map(sides, bare)) == sorted(map(sides, expected))


#: Who says a side of a conflict, and when.
_PLACE = re.compile(r" \([^()]*\)|; neither says for when")


def sides(reason: str) -> list[str]:
    return sorted(reason.split(" against "))


def without_stage(mapping: Path) -> None:
    mapping.write_text(mapping.read_text().replace('life_stage = "stage -> life-stage"\n', ""))


def test_a_denial_contradicts(project: Path, table: Table) -> None:
    place = 'object = "v -> place(\'all\')"\npolarity = "stage -> occurrence-status"'
    rows = "Vulpes,{},,{}\n"
    table("a", rows.format("Canada", "present") + rows.format("Mexico", "present"), predicate="range", extra=place)
    table("b", rows.format("Canada", "absent") + rows.format("Peru", "absent"), predicate="range", extra=place)
    for name in "ab":
        without_stage(project / f"{name}.toml")
        mapping = (project / f"{name}.toml").read_text()
        (project / f"{name}.toml").write_text(mapping.replace("[[claim]]", PLACES.format(name=name)))
    assert reasons(project) == [
        "Canada (a.csv, a.csv:2, undated) against not Canada (b.csv, b.csv:2, undated); neither says for when"
    ]


def test_counts_of_records_are_not_compared(project: Path, table: Table) -> None:
    count = 'object = "v -> place(\'all\')"\ncount = "*"\nunit = "records"\naggregate = true'
    table("a", "Vulpes,Canada,2013,\n", predicate="recorded", extra=count)
    table("b", "Vulpes,Canada,2013,\nVulpes,Canada,2013,\n", predicate="recorded", extra=count)
    assert reasons(project) == []
    assert summary(project)["compared"]["claims"] == 0


def test_of_very_many_conflicts_the_first_are_told_and_the_rest_is_said(project: Path, table: Table) -> None:
    table("a", "".join(f"Vulpes,{n},2013,\n" for n in range(100)) + "Lynx,1,2013,\nLynx,2,2013,\n")
    assert len(reasons(project)) == MOST_TOLD + 1
    assert summary(project)["compared"] == {"claims": 102, "cut": 1}


def test_the_latest_category_stands_over_tables_and_curated_rows_together(project: Path, table: Table) -> None:
    table("a", "Vulpes,VU,2001,\nLynx,EN,2020,\n", predicate="status")
    table("b", "Vulpes,LC,2019,\nLynx,NT,2012,\nPuma,LC,,\n", predicate="status")
    assert direct(project, "wg:redListCategory") == ["Lynx EN", "Puma LC", "Vulpes LC"]


def test_categories_of_one_day_stand_side_by_side(project: Path, table: Table) -> None:
    table("a", "Vulpes,VU,2019,\n", predicate="status")
    table("b", "Vulpes,LC,2019,\n", predicate="status")
    assert direct(project, "wg:redListCategory") == ["Vulpes LC", "Vulpes VU"]
    assert len(reasons(project)) == 1


def test_curated_categories_stand_as_without_tables(curated: Callable[..., Path], table: Table) -> None:
    project = curated(
        "status,red-list-category-3.1:VU,,,,preferred,why,me,2001",
        "status,red-list-category-3.1:EN,,,,,,,2019",
        "trend,population-trend-api4:decreasing,,,,,,,2001",
        "trend,population-trend-api4:increasing,,,,,,,2019",
        "status,red-list-category-3.1:CR,,,,deprecated,why,me,2020",
    )
    before = [direct(project, name) for name in ("wg:redListCategory", "wg:populationTrend")]
    assert before == [["red-fox VU"], ["red-fox increasing"]]
    table("a", "Lynx,LC,2019,\n", predicate="status")
    assert [direct(project, name) for name in ("wg:redListCategory", "wg:populationTrend")] == [
        ["Lynx LC", "red-fox VU"], ["red-fox increasing"],
    ]  # fmt: skip


def builds(project: Path) -> Iterator[bytes]:
    """Yield the dataset of a build that may take over sources, and of one that makes all anew."""
    wildgraph.build(project)
    yield (project / "build/dataset.nq").read_bytes()
    shutil.rmtree(project / "build")
    wildgraph.build(project)
    yield (project / "build/dataset.nq").read_bytes()


def test_a_source_that_is_taken_over_is_compared_anew(project: Path, table: Table) -> None:
    table("a", "Vulpes,70,2013,\n")
    table("b", "Vulpes,70,2013,\nLynx,VU,,\n")
    table("c", "Vulpes,LC,2019,\n", predicate="status")
    told = []
    for number in (70, 35, 50, 70):
        (project / "b.csv").write_text(f"name,v,when,stage\nVulpes,{number},2013,\n")
        again, anew = builds(project)
        assert again == anew
        told.append(summary(project)["conflicts"])
    assert told == [{}, {"contradiction": 1}, {"contradiction": 1}, {}]


def test_the_graph_with_conflicts_of_tables_conforms(project: Path, table: Table) -> None:
    table("a", "Vulpes,70,2013,\nVulpes,35,2013,\n")
    (reason,) = reasons(project)
    found = wildgraph.check_project(project)
    assert found.report.conforms
    (finding,) = [f for f in found.findings if f.rule == "conflict"]
    assert (finding.message, finding.label, finding.severity) == (reason, "Vulpes", wildgraph.Severity.WARNING)
    assert finding.origin is not None
    assert (finding.origin.path, finding.origin.line in {2, 3}) == ("a.csv", True)


def test_explaining_a_thing_tells_the_conflicts_of_tables(curated: Callable[..., Path], table: Table) -> None:
    project = curated("population,,40,,,,,,2013")
    table("a", "Vulpes,70,2013,\n")
    link(project)
    told = reasons(project)
    for name in ("red-fox", "Vulpes"):
        facts = explain(wildgraph.open_project(project), name).facts
        assert [words for kind, words in facts if kind == "in conflict"] == told
    assert len(explain(wildgraph.open_project(project), "Vulpes").statements) == 1
    claim = next(s for s in explain(wildgraph.open_project(project), "Vulpes").statements if s.origin == "a.csv:2")
    assert ("in conflict", told[0]) in explain(wildgraph.open_project(project), claim.iri).facts


def test_pages_show_both_sides_with_the_rows_of_tables(project: Path, table: Table) -> None:
    table("a", "Vulpes,70,2013,\n")
    table("b", "Vulpes,35,2013,\n")
    settings = project / "wildgraph.toml"
    settings.write_text(settings.read_text().replace('id = "b"', 'id = "b"\npublished = "2019"'))
    assert "(b.csv, b.csv:2, stated 2019)" in reasons(project)[0]
    (row,) = wildgraph.ask(project, "who-says", number="35", taxon=NAMED.format("Vulpes")[1:-1]).rows
    assert "2019" in {term.text for term in row if term}
    html = Pages.open(project).html("taxon/names/Vulpes.html") or ""
    for words in ("Where sources disagree", "<dt>rows</dt><dd>a.csv:2</dd>", "<dt>rows</dt><dd>b.csv:2</dd>", "2019"):
        assert words in html


def test_a_stress_of_a_row_is_caused_by_its_threat(project: Path, table: Table) -> None:
    cause = "object = \"v -> stress('all')\"\ncause = \"stage -> threat('all')\""
    table("a", "Vulpes,decline,,traffic\n", predicate="stress", extra=cause)
    threat = "object = \"v -> threat('all')\"\nstress = \"stage -> stress('all')\""
    table("b", "Vulpes,logging,,loss\n", predicate="threat", extra=threat)
    for name in "ab":
        without_stage(project / f"{name}.toml")
    assert direct(project, "wg:causes") == ["logging loss", "road-traffic road-kill", "traffic decline"]


def test_a_relation_that_holds_both_ways_is_written_both_ways(project: Path, table: Table) -> None:
    table("a", "Vulpes,Lynx,,\nLynx,Puma,,\n", predicate="coOccurs", extra="object = \"v -> taxon('names')\"")
    assert direct(project, "wg:coOccursWith") == ["Lynx Puma", "Lynx Vulpes", "Puma Lynx", "Vulpes Lynx"]
