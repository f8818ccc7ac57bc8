"""Working on links: proposing from an index or a service, deciding, what is remembered, how far it got."""

import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import wildgraph
from loopback import Answer, Question, one_after_another, serving
from rich.console import Console
from typer.testing import CliRunner
from wildgraph import UsageError, open_project
from wildgraph.__main__ import app
from wildgraph.graph.link.answer import Candidate, Match, Query
from wildgraph.graph.link.ask import ask_index, ask_service, first_found, queries_of, wanted
from wildgraph.graph.link.build import build_index
from wildgraph.graph.link.coverage import coverage
from wildgraph.graph.link.decide import decide, undo, waiting
from wildgraph.graph.link.dumps import Release
from wildgraph.graph.link.files import read_links
from wildgraph.graph.link.http import Client
from wildgraph.graph.link.index import Index
from wildgraph.graph.link.propose import propose
from wildgraph.graph.link.services import Asker, gbif
from wildgraph.queries.link_page import link_page
from wildgraph.queries.links import review_links

DAY = "2026-01-02"
TAXA = (
    "taxonID\tscientificName\ttaxonRank\ttaxonomicStatus\tacceptedNameUsageID\tkingdom\tfamily\n"
    "10\tVulpes vulpes\tspecies\taccepted\t\tAnimalia\tCanidae\n"
    "11\tFicus\tgenus\taccepted\t\tAnimalia\tFicidae\n"
    "12\tFicus\tgenus\taccepted\t\tPlantae\tMoraceae\n"
    "13\tFelis concolor\tspecies\tsynonym\t14\tAnimalia\tFelidae\n"
    "14\tPuma concolor\tspecies\taccepted\t\tAnimalia\tFelidae\n"
    "15\tPanthera pardus\tspecies\taccepted\t\tAnimalia\tFelidae\n"
)
MORE = [
    ("fig", "taxon", "fig", "Ficus", "genus"),
    ("old-puma", "taxon", "old puma", "Felis concolor", "species"),
    ("amur-leopard", "taxon", "Amur leopard", "Panthera pardus orientalis", "subspecies"),
    ("cats", "taxon", "cats", "", ""),
]


@pytest.fixture
def zoo(project: Path) -> Path:
    """The small project with more taxa: a homonym, a synonym, a subspecies, one without a scientific name."""
    path = project / "entities.tsv"
    header, *rows = path.read_text().splitlines()
    columns = header.split("\t")
    for name, kind, label, scientific, rank in MORE:
        cells = {"id": name, "type": kind, "label": label, "scientific_name": scientific, "rank": rank}
        cells |= {"according_to": "Common usage"} if scientific else {}
        rows.append("\t".join(cells.get(column, "") for column in columns))
    path.write_text("\n".join([header, *rows]) + "\n")
    return project


@pytest.fixture
def index(tmp_path: Path) -> Path:
    (tmp_path / "taxon.tsv").write_text(TAXA, encoding="utf-8")
    said = Release(name="gbif", release="2023-08", licence="CC-BY-4.0")
    build_index([tmp_path / "taxon.tsv"], tmp_path / "names.index", said=said)
    return tmp_path / "names.index"


def asked(project: Path, index: Path, *, again: bool = False, day: str = DAY) -> list[tuple[str, str, str]]:
    """Propose from the index; return what is new as entity, relation and identifier."""
    opened = open_project(project)
    with Index.open(index) as names:
        entities = wanted(opened, read_links(opened), "gbif", again=again)
        done = propose(opened, ask_index(opened, names, names.dump("gbif"), entities), date=day)
    return sorted((link.subject.rpartition("/")[2], link.predicate, link.identifier) for link in done.links)


ALL = [
    ("amur-leopard", "broadMatch", "15"),
    ("fig", "exactMatch", "11"),
    ("fig", "exactMatch", "12"),
    ("old-puma", "closeMatch", "14"),
    ("old-puma", "exactMatch", "13"),
    ("red-fox", "exactMatch", "10"),
]


def handle(project: Path, entity: str, identifier: str) -> str:
    (found,) = [
        link.handle
        for group in waiting(open_project(project))
        for link in group.links
        if link.subject.endswith(f"/{entity}") and link.identifier == identifier
    ]
    return found


def test_what_is_found_waits_and_enters_no_graph(zoo: Path, index: Path) -> None:
    assert asked(zoo, index) == ALL
    assert {path.name for path in (zoo / "links").rglob("*.tsv")} == {"gbif.sssom.tsv"}
    assert wildgraph.build(zoo).summary.links == {}
    groups = {group.label: (group.ambiguous, len(group.links)) for group in waiting(open_project(zoo))}
    assert groups == {
        "Ficus": (True, 2),
        "Felis concolor": (True, 2),
        "Panthera pardus orientalis": (False, 1),
        "Vulpes vulpes": (False, 1),
    }


def test_a_proposal_says_how_it_was_found_and_where(zoo: Path, index: Path) -> None:
    asked(zoo, index)
    (link,) = [one for one in read_links(open_project(zoo)).proposed if one.subject.endswith("red-fox")]
    assert (link.justification, link.release, link.tool, link.date) == ("LexicalMatching", "2023-08", "wildgraph", DAY)
    assert link.object == "https://www.gbif.org/species/10"
    assert link.confidence
    assert 0.5 < link.confidence <= 1


def test_asking_again_changes_nothing(zoo: Path, index: Path) -> None:
    asked(zoo, index)
    before = (zoo / "links/proposed/gbif.sssom.tsv").read_bytes()
    assert asked(zoo, index, day="2027-05-06") == ALL
    assert (zoo / "links/proposed/gbif.sssom.tsv").read_bytes() == before


def test_what_was_accepted_becomes_a_link_with_a_name_and_a_day(zoo: Path, index: Path) -> None:
    asked(zoo, index)
    done = decide(
        open_project(zoo), accept=[handle(zoo, "red-fox", "10")], by="A. Curator", date="2026-02-03", note="checked"
    )
    assert done.changed == ("links/gbif.sssom.tsv", "links/proposed/gbif.sssom.tsv")
    (link,) = read_links(open_project(zoo)).accepted
    assert (link.reviewer, link.reviewed, link.comment) == ("A. Curator", "2026-02-03", "checked")
    assert wildgraph.build(zoo).summary.links == {"exactMatch": 1}
    assert asked(zoo, index) == [row for row in ALL if row[0] != "red-fox"]


def test_what_was_rejected_is_never_proposed_again(zoo: Path, index: Path) -> None:
    asked(zoo, index)
    decide(open_project(zoo), reject=[handle(zoo, "fig", "11")], by="A. Curator", date=DAY)
    for again in (False, True):
        assert ("fig", "exactMatch", "11") not in asked(zoo, index, again=again)
    (zoo / "links/proposed/gbif.sssom.tsv").unlink()
    assert asked(zoo, index) == [row for row in ALL if row != ("fig", "exactMatch", "11")]
    assert wildgraph.build(zoo).summary.links == {"rejected": 1}


def test_to_reject_any_relation_is_to_reject_them_all(zoo: Path, index: Path) -> None:
    asked(zoo, index)
    decide(
        open_project(zoo), reject=[handle(zoo, "old-puma", "13")], predicate="relatedMatch", by="A. Curator", date=DAY
    )
    assert ("old-puma", "exactMatch", "13") not in asked(zoo, index)


def test_a_proposal_can_be_accepted_as_another_relation(zoo: Path, index: Path) -> None:
    asked(zoo, index)
    decide(open_project(zoo), accept=[handle(zoo, "red-fox", "10")], predicate="closeMatch", by="A", date=DAY)
    assert [link.predicate for link in read_links(open_project(zoo)).accepted] == ["closeMatch"]


def test_a_decision_can_be_taken_back(zoo: Path, index: Path) -> None:
    asked(zoo, index)
    before = {path: path.read_bytes() for path in (zoo / "links").rglob("*.tsv")}
    done = decide(
        open_project(zoo), accept=[handle(zoo, "red-fox", "10")], reject=[handle(zoo, "fig", "11")], by="A", date=DAY
    )
    undo(open_project(zoo), [link.handle for link in (*done.accepted, *done.rejected)])
    assert {path: path.read_bytes() for path in (zoo / "links").rglob("*.tsv")} == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"accept": ["00000000"], "by": "A"}, "'00000000' is the handle of no link here"),
        ({"accept": [""], "by": "A"}, "is the handle of no link here"),
        ({"accept": ["0"], "by": ""}, "say who decides"),
        ({"accept": ["0"], "by": "A", "predicate": "sameAs"}, "'sameAs' is no relation"),
    ],
)
def test_decisions_that_cannot_be_made(zoo: Path, index: Path, arguments: dict[str, object], message: str) -> None:
    asked(zoo, index)
    with pytest.raises(UsageError, match=re.escape(message)):
        decide(open_project(zoo), date=DAY, **arguments)  # type: ignore[arg-type]


def test_nobody_accepts_and_rejects_at_once(zoo: Path, index: Path) -> None:
    asked(zoo, index)
    one = handle(zoo, "red-fox", "10")
    with pytest.raises(UsageError, match="accepted and rejected at once"):
        decide(open_project(zoo), accept=[one], reject=[one], by="A", date=DAY)


def test_a_taxon_is_asked_about_with_what_stands_above_it(reference: Path) -> None:
    project = open_project(reference)
    (query,) = queries_of(project, project.entities["amur-leopard"])
    assert query == Query("Panthera pardus orientalis", "(Schlegel, 1857)", "subspecies", family="Felidae")
    assert queries_of(project, project.entities["african-leopard"]) == []
    names = [one.name for one in queries_of(project, project.entities["wwf"])]
    assert names == ["WWF", "World Wide Fund for Nature", "World Wildlife Fund"]


def test_names_that_lead_to_different_things_are_ambiguous(reference: Path) -> None:
    project = open_project(reference)
    query = Query("WWF", kind="organization")
    answers = {
        "WWF": Match(query, "ror@1", "exact", (Candidate("ror@1", "00ppaw753", "", "WWF"),)),
        "World Wide Fund for Nature": Match(query, "ror@1", "none"),
        "World Wildlife Fund": Match(
            query, "ror@1", "exact", (Candidate("ror@1", "011590k05", "", "World Wildlife Fund"),)
        ),
    }

    found = first_found(queries_of(project, project.entities["wwf"]), lambda one: answers[one.name])
    assert (found.outcome, [one.id for one in found.candidates]) == ("ambiguous", ["00ppaw753", "011590k05"])


def test_labels_of_closed_datasets_are_not_even_written_into_the_queue(zoo: Path) -> None:
    project = open_project(zoo)
    found = Candidate("iucn@api-v4", "23062", "", "Vulpes vulpes")
    propose(project, [(project.entities["red-fox"], Match(Query("x"), "iucn@api-v4", "exact", (found,)))], date=DAY)
    (link,) = read_links(open_project(zoo)).proposed
    assert (link.object_label, link.identifier) == ("", "23062")


def test_a_service_proposes_through_the_same_queue(zoo: Path) -> None:
    answer = {
        "usage": {"key": "5219243", "canonicalName": "Vulpes vulpes", "rank": "SPECIES"},
        "diagnostics": {"matchType": "EXACT", "confidence": 99},
    }
    project = open_project(zoo)
    with serving(one_after_another(Answer(answer))) as server:
        client = Client(contact="test@example.org")
        place = replace(gbif.ENDPOINT, base=server.url, pause=0)
        (query,) = queries_of(project, project.entities["red-fox"])
        match = gbif.match_backbone(client, query, place)
        client.close()
    propose(project, [(project.entities["red-fox"], match)], date=DAY)
    (link,) = read_links(open_project(zoo)).proposed
    assert (link.predicate, link.identifier, link.release) == ("exactMatch", "5219243", "species-match-v2")


def gbif_at(url: str) -> Asker:
    return lambda client, query: gbif.match_backbone(client, query, replace(gbif.ENDPOINT, base=url, pause=0))


def test_one_odd_name_does_not_cost_a_run(zoo: Path) -> None:
    good = {"usage": {"key": "1", "canonicalName": "x", "rank": "SPECIES"}, "diagnostics": {"matchType": "FUZZY"}}

    def play(question: Question) -> Answer:
        odd = question.params["scientificName"] == "Ficus"
        return Answer({"error": "odd"}, status=400) if odd else Answer(good)

    project = open_project(zoo)
    entities = wanted(project, read_links(project), "gbif")
    with serving(play) as server:
        asker = Client(contact="test@example.org")
        answered = [entity.id for entity, _ in ask_service(project, asker, gbif_at(server.url), entities)]
        asker.close()
    assert answered == ["amur-leopard", "old-puma", "red-fox"]
    assert [notice.partition(":")[0] for notice in asker.notices] == ["fig was left out"]


def test_a_service_that_is_down_ends_the_run(zoo: Path) -> None:
    project = open_project(zoo)
    entities = wanted(project, read_links(project), "gbif")
    asker = Client(contact="test@example.org")
    with serving(one_after_another(Answer({}, status=400))) as server:
        with pytest.raises(wildgraph.MachineError, match="status 400"):
            list(ask_service(project, asker, gbif_at(server.url), entities))
        asker.close()
    assert len(server.asked) == 3


# --- The report ------------------------------------------------------------------------------------------


def test_what_has_no_iri_is_counted_and_not_lost_in_silence(zoo: Path) -> None:
    project = open_project(zoo)
    found = Candidate("island-list@1", "17", "", "Vulpes vulpes")
    done = propose(
        project, [(project.entities["red-fox"], Match(Query("x"), "island-list@1", "exact", (found,)))], date=DAY
    )
    assert (done.links, done.nameless) == ((), 1)


def test_a_dump_of_any_name_is_known_by_its_iris(zoo: Path) -> None:
    project = open_project(zoo)
    found = Candidate("my-places@1", "2635167/", "https://sws.geonames.org/2635167/", "Example Valley")
    answer = Match(Query("Example Valley", kind="place"), "my-places@1", "exact", (found,))
    propose(project, [(project.entities["example-valley"], answer)], date=DAY)
    (link,) = read_links(open_project(zoo)).proposed
    assert (link.target and link.target.name, link.identifier) == ("geonames", "2635167")


def test_of_several_releases_the_newest_is_asked(zoo: Path, tmp_path: Path) -> None:
    table, out = tmp_path / "taxon.tsv", tmp_path / "names.index"
    table.write_text(TAXA, encoding="utf-8")
    build_index([table], out, said=Release(name="gbif", release="2022", date="2022-11-01"))
    table.write_text(TAXA.replace("10\t", "99\t"), encoding="utf-8")
    build_index([table], out, said=Release(name="gbif", release="2023", date="2023-08-28"))
    told = json.loads(run("link", "propose", zoo, "--index", out, "--date", DAY, "--json"))
    assert [one["dump"] for one in told] == ["gbif@2023"]
    assert handle(zoo, "red-fox", "99")


def test_every_entity_is_in_one_list(zoo: Path, index: Path) -> None:
    asked(zoo, index)
    decide(open_project(zoo), accept=[handle(zoo, "red-fox", "10")], by="A", date=DAY)
    found = coverage(open_project(zoo))
    (row,) = [one for one in found.rows if one.target == "gbif"]
    assert (row.exact, row.other) == (("red-fox",), ())
    assert (row.ambiguous, row.proposed) == (("fig", "old-puma"), ("amur-leopard",))
    assert (row.unmatched, row.nameless) == (("cats",), ("cats",))
    assert (row.entities, row.linked, row.percent) == (5, 1, 20.0)
    assert (found.linked, found.entities) == (1, 8)


def test_the_page_has_everything_and_asks_for_nothing(zoo: Path, index: Path) -> None:
    asked(zoo, index)
    project = open_project(zoo)
    page = link_page(project, coverage(project))
    assert page == link_page(project, coverage(project))
    for group in waiting(project):
        for link in group.links:
            assert f"--accept {link.handle}" in page
    assert "default-src 'none'" in page
    assert not re.search(r"<script|<link|<img|<iframe|@import|url\(|\ssrc=", page)


def test_names_are_escaped(zoo: Path) -> None:
    project = open_project(zoo)
    bad = Candidate("gbif@1", "1", "", "<script>alert(1)</script>")
    propose(project, [(project.entities["red-fox"], Match(Query("x"), "gbif@1", "exact", (bad,)))], date=DAY)
    assert "<script>" not in link_page(open_project(zoo), coverage(open_project(zoo)))


def test_a_person_goes_through_the_queue(zoo: Path, index: Path) -> None:
    asked(zoo, index)
    lines = iter(["", "1 -2", "9", "1", "q"])  # amur-leopard: later; fig: one of two; old-puma: a slip, then the first
    out = io.StringIO()
    console = Console(file=out, width=100)
    counts = review_links(open_project(zoo), console, lambda _: next(lines), by="A. Curator", date=DAY)
    assert counts == (2, 1)
    links = read_links(open_project(zoo))
    assert [link.identifier for link in links.accepted] == ["11", "13"]
    assert [link.identifier for link in links.rejected] == ["12"]
    assert "numbers from 1 to 2" in out.getvalue()


# --- The command line ------------------------------------------------------------------------------------


def run(*words: object) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_verbs(zoo: Path, index: Path, tmp_path: Path) -> None:
    told = json.loads(run("link", "propose", zoo, "--index", index, "--date", DAY, "--json"))
    assert told[0]["outcomes"] == {"ambiguous": 1, "broader": 1, "exact": 2}
    assert handle(zoo, "red-fox", "10") in run("link", "review", zoo)
    changed = run("link", "review", zoo, "--accept", handle(zoo, "red-fox", "10"), "--by", "A. Curator", "--date", DAY)
    assert changed == "links/gbif.sssom.tsv\nlinks/proposed/gbif.sssom.tsv\n"
    report = json.loads(run("link", "report", zoo, "--html", tmp_path / "page.html", "--json"))
    assert (report["linked"], report["entities"]) == (1, 8)
    assert (tmp_path / "page.html").read_text().startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["propose", ".", "--online", "gbiff"], "no service is called 'gbiff'; did you mean gbif"),
        (["propose", ".", "--online", "gbif", "--offline"], "was never asked, and this run is offline"),
        (["propose", ".", "--online", "gbif"], "services want to know who asks"),
        (["propose", ".", "--index", "nowhere.index"], "there is no index nowhere.index"),
        (["review", ".", "--accept", "0", "--by", "A", "--date", "soon"], "--date 'soon' is no day"),
    ],
)
def test_wrong_calls(zoo: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], message: str) -> None:
    monkeypatch.chdir(zoo)
    result = CliRunner().invoke(app, ["link", *words])
    assert isinstance(result.exception, wildgraph.WildgraphError)
    assert message in str(result.exception)
