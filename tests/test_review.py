"""Reviewing: decisions in the ledger, the terminal, the page, claims in the build, agreement, and changed sources."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
import wildgraph
from candidates import COUNT, ROAD, candidate, decision, found, run, write_candidates
from wildgraph.extract import InputError, open_project, token_hash
from wildgraph.extract.agreement import agreement
from wildgraph.extract.candidate import Candidate, Number, Thing
from wildgraph.extract.ledger import read_ledger, write_ledger
from wildgraph.extract.reanchor import reanchor
from wildgraph.extract.session import Filter, Session, read_candidates, status
from wildgraph.queries.review_page import review_page


def session(project: Path, curator: str = "Ada Lovelace", only: Filter | None = None) -> Session:
    opened = open_project(project)
    return Session(opened, read_candidates(opened), curator=curator, date="2026-11-21", only=only)


def test_a_candidate_becomes_the_row_of_a_claim(waiting: Path) -> None:
    rows = [session(waiting).cells(c) for c in found(waiting)]
    assert [{k: v for k, v in row.items() if k != "evidence"} for row in rows] == [
        {"source": "example-page", "subject": "red-fox", "predicate": "population", "estimate": "120",
         "hedge": "around", "life_stage": "adult", "when": "2020"},
        {"source": "example-page", "subject": "red-fox", "predicate": "threat", "object": "road-traffic"},
        {"source": "example-page", "subject": "red-fox", "predicate": "action", "object": "warning-signs",
         "actors": "example-trust:lead"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "cells"),
    [
        ({"quantity": Number(high="60", hedge="fewer than")}, {"upper": "<60", "hedge": "less-than"}),
        ({"quantity": Number("80", hedge="over", unit="individual")}, {"lower": ">80", "unit": "individuals"}),
        ({"quantity": Number("1200", "1500")}, {"lower": "1200", "upper": "1500"}),
        ({"quantity": Number("9"), "qualifiers": {"year": "1970s"}}, {"when": "197X"}),
        ({"quantity": Number("9"), "qualifiers": {"year": "1970-1980"}}, {"when": "1970/1980"}),
        ({"quantity": Number("9"), "qualifiers": {"year": "2020", "yearSource": "published"}},
         {"when": "2020", "when_basis": "inferred"}),
        ({"quantity": Number("9"), "qualifiers": {"region": "Example Valley"}}, {"place": "example-valley"}),
        ({"quantity": Number("9"), "qualifiers": {"polarity": "negated"}}, {"polarity": "negated"}),
        ({"predicate": "status", "object": Thing("endangered", "red-list-category-3.1:EN")},
         {"object": "red-list-category-3.1:EN"}),
        ({"predicate": "threat", "object": Thing("run over", "iucn-stresses-api4:2.1")},
         {"predicate": "stress", "object": "road-kill"}),
        ({"predicate": "social", "object": Thing("alone")}, {"predicate": "sociality"}),
        ({"predicate": "commonName", "object": Thing("Red Fox")}, {"object": "Red Fox"}),
    ],
)  # fmt: skip
def test_numbers_years_places_and_codes_are_written_as_the_project_does(
    waiting: Path, more: dict[str, object], cells: dict[str, str]
) -> None:
    base = candidate(waiting, COUNT, "population")
    row = session(waiting).cells(replace(base, **more))
    assert row | cells == row


def test_what_cannot_be_a_claim_says_what_is_missing(waiting: Path) -> None:
    work = session(waiting)
    row = work.cells(candidate(waiting, ROAD, "threat", Thing("new railway")))
    assert [(p.message, p.value, p.fix) for p in work.adopter.problems(row)] == [
        ("unknown entity", "new-railway", "add a row with id new-railway to entities.tsv")
    ]
    work.queue.insert(0, candidate(waiting, ROAD, "threat", Thing("new railway")))
    with pytest.raises(InputError):
        work.decide("accept")
    assert not work.path.exists()


def test_decisions_are_saved_one_by_one_and_taken_back(waiting: Path) -> None:
    work = session(waiting)
    work.decide("accept")
    assert [d.verdict for d in read_ledger(work.path)] == ["accept"]
    work.decide("reject", note="not a threat")
    work.skip()
    assert work.current is None
    assert work.undo()
    assert work.undo()
    assert [d.verdict for d in read_ledger(work.path)] == ["accept"]
    work.decide("edit", cells=work.cells(work.queue[1]) | {"place": "example-valley"})
    assert [d.edited for d in read_ledger(work.path)] == [(), ("place",)]
    assert [c.predicate for c in session(waiting).queue] == ["action"]


def test_a_filter_narrows_the_queue(waiting: Path) -> None:
    assert [c.predicate for c in session(waiting, only=Filter(predicate="threat")).queue] == ["threat"]
    assert [c.predicate for c in session(waiting, only=Filter(rule="action.plain")).queue] == ["action"]
    assert len(session(waiting, only=Filter(document="example-page")).queue) == 3
    assert session(waiting, only=Filter(document="another")).queue == []


def test_accepted_candidates_are_built_like_curated_claims(waiting: Path) -> None:
    work = session(waiting)
    work.decide("accept")
    work.decide("edit", cells=work.cells(work.queue[1]) | {"timing": "ongoing"})
    work.decide("reject")
    built = wildgraph.build(waiting)
    assert built.summary.claims == {"population": 1, "threat": 1}
    assert built.summary.verified == 2
    assert "review/ada-lovelace.tsv" in built.summary.inputs
    asked = """SELECT ?predicate ?rule ?by ?day ?graph WHERE { GRAPH ?graph {
        ?claim wg:candidate ?c ; wg:predicate/skos:notation ?predicate_ ; wg:extractionRule ?rule ;
               wg:reviewedBy ?by ; wg:reviewDate ?day } } ORDER BY ?rule"""
    asked = asked.replace("wg:predicate/skos:notation ?predicate_", "wg:predicate ?predicate")
    rows = wildgraph.ask(waiting, sparql=asked).format("csv").splitlines()[1:]
    assert [row.split(",")[1:4] for row in rows] == [
        ["population.plain", "Ada Lovelace", "2026-11-21"],
        ["threat.plain", "Ada Lovelace", "2026-11-21"],
    ]
    assert all("graph/source/example-page" in row for row in rows)
    assert not [f for f in wildgraph.check_project(waiting).findings if f.severity is wildgraph.Severity.VIOLATION]


def test_what_a_curated_claim_says_already_adds_its_span(project: Path) -> None:
    curated = len(open_project(project).claims)
    write_candidates(project, [candidate(project, "new road", "range", Thing("Example Valley"))])
    work = session(project)
    work.decide("accept")
    opened = open_project(project)
    both = next(claim for claim in opened.claims if claim.predicate.name == "range")
    assert len(opened.claims) == curated
    assert len(both.evidence) == 2
    assert both.review
    assert both.origin.path == "claims/claims.tsv"


def test_two_curators_who_differ_make_no_claim_and_a_warning(waiting: Path) -> None:
    for name, verdict in (("Ada", "accept"), ("Ben", "reject")):
        session(waiting, name, Filter(predicate="threat")).decide(verdict)
        session(waiting, name, Filter(predicate="action")).decide("accept")
    opened = open_project(waiting)
    assert [claim.predicate.name for claim in opened.claims] == ["action"]
    assert opened.claims[0].review
    assert opened.claims[0].review.curators == ("Ada", "Ben")
    assert [(w.message, w.value) for w in opened.warnings if w.path.startswith("review")] == [
        ("curators decide differently, so that no claim follows", "Ada: accept, Ben: reject")
    ]
    state = status(opened, read_candidates(opened))
    assert (state.stale, len(state.disputed)) == (True, 1)


def test_candidates_carry_the_record_of_their_rule(waiting: Path) -> None:
    many = [replace(decision(n, "accept"), rule="threat.plain") for n in range(20)]
    write_ledger(waiting / "review/old.tsv", [replace(d, verdict="reject") for d in many])
    opened = open_project(waiting)
    assert [c.confidence for c in read_candidates(opened)] == ["unmeasured", "0 of 20", "unmeasured"]


def test_without_candidates_it_says_what_to_do(project: Path) -> None:
    result = run("review", "--status", folder=project)
    assert (result.returncode, "has no candidates; try: wildgraph extract" in result.stderr) == (2, True)


class Page(HTMLParser):
    """Collects what a page would load, the ids it has and the anchors it goes to."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        self.loads += [value for name, value in given.items() if name in {"src", "srcset", "data", "action"} and value]
        if tag == "a":
            self.targets.append(given.get("href") or "")
        if "id" in given:
            self.ids.append(given["id"] or "")


def test_the_page_asks_nobody_for_anything_and_its_anchors_lead_somewhere(waiting: Path) -> None:
    session(waiting).decide("accept")
    html = review_page(session(waiting))
    page = Page()
    page.feed(html)
    assert page.loads == []
    assert not {"script", "link", "img", "iframe", "form"} & set(page.tags)
    assert "url(" not in html
    assert "@import" not in html
    assert all(target.removeprefix("#") in page.ids for target in page.targets)
    assert len(page.ids) == len(set(page.ids))
    for name in ("document-", "predicate-threat", "rule-threat_2eplain", "decision-accepted"):
        assert name in html


def test_the_page_shows_words_only_where_the_licence_lets_it(waiting: Path) -> None:
    marked = f"<mark>{ROAD}</mark>"
    assert marked in review_page(session(waiting))
    path = waiting / "sources.tsv"
    path.write_text(path.read_text(encoding="utf-8").replace("CC0-1.0", "unknown"), encoding="utf-8")
    hidden = review_page(session(waiting))
    assert "new road" not in hidden
    assert "137-159" in hidden
    assert marked in review_page(session(waiting), private=True)


def test_text_on_the_page_is_escaped(waiting: Path) -> None:
    write_candidates(waiting, [candidate(waiting, ROAD, "commonName", Thing("<script>alert(1)</script>"))])
    html = review_page(session(waiting))
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def change(project: Path, old: str, new: str) -> None:
    path = project / "documents/example-page.txt"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_a_changed_page_is_reported_stale_and_re_anchored(waiting: Path, tmp_path: Path) -> None:
    work = session(waiting)
    for _ in range(3):
        work.decide("accept")
    (tmp_path / "before").mkdir()
    old = (waiting / "documents/example-page.txt").read_bytes()
    (tmp_path / "before/example-page.txt").write_bytes(old)
    change(waiting, "A survey", "Nobody knew more for long. A survey")
    change(waiting, "puts up warning signs", "has put up some warning signs")
    assert run("review", "--status", folder=waiting).returncode == 1
    with pytest.raises(InputError, match="wrong sha256"):
        open_project(waiting)

    write_candidates(waiting, found_again(waiting))
    shown = reanchor(waiting, read_candidates(open_project(waiting, any_version=True)), before=tmp_path / "before")
    assert {state: shown.count(state) for state in ("same", "moved", "orphaned")} == {
        "same": 0, "moved": 2, "orphaned": 1,
    }  # fmt: skip
    lost = next(moved for moved in shown.spans if moved.anchor.state == "orphaned")
    text = (waiting / "documents/example-page.txt").read_text(encoding="utf-8")
    best = lost.proposals[0].span
    assert text[best.start : best.end] == "The Example Trust has put up some warning signs"

    done = run("review", "--reanchor", "--before", tmp_path / "before", "--write", folder=waiting)
    assert done.returncode == 1  # one span is orphaned
    assert "review/ada-lovelace.tsv corrected" in done.stdout
    opened = open_project(waiting)
    for made in (d for d in opened.decisions if d.cells["predicate"] != "action"):
        start, end, digest = re.split("[-:]", made.cells["evidence"])
        assert token_hash(text[int(start) : int(end)]) == digest
    state = status(opened, read_candidates(opened))
    assert [d.cells["predicate"] for d in state.changed] == ["action"]
    assert (state.gone, state.waiting) == ((), 0 if len(read_candidates(opened)) == 2 else 1)


def found_again(project: Path) -> list[Candidate]:
    count = Number("120", hedge="around", life_stage="adults")
    return [
        candidate(project, COUNT, "population", quantity=count, qualifiers={"year": "2020", "yearSource": "sentence"}),
        candidate(project, ROAD, "threat", Thing("road")),
    ]


def test_spans_of_curated_claims_are_re_anchored_and_other_bytes_stay(project: Path) -> None:
    table = project / "claims/claims.tsv"
    before = table.read_text(encoding="utf-8").splitlines()
    change(project, "Foxes of", "Red foxes of the")
    result = reanchor(project, write=True)
    assert (result.count("moved"), result.count("orphaned")) == (5, 0)
    assert list(result.written) == ["claims/claims.tsv", "sources.tsv"]
    after = table.read_text(encoding="utf-8").splitlines()
    assert [re.sub(r"\d+-\d+:", "", row) for row in after] == [re.sub(r"\d+-\d+:", "", row) for row in before]
    assert wildgraph.build(project).summary.verified == 5
    assert reanchor(project).changed == ()


def test_a_decision_whose_candidate_is_gone_is_stale_and_kept(waiting: Path) -> None:
    session(waiting).decide("accept")
    write_candidates(waiting, found(waiting)[1:])
    result = run("review", "--status", folder=waiting)
    assert result.returncode == 1
    assert "review/ada-lovelace.tsv:2 is on a candidate that is no longer found" in result.stdout
    assert len(open_project(waiting).claims) == 1


def test_a_decision_follows_its_candidate_when_a_rule_names_the_object_otherwise(waiting: Path) -> None:
    session(waiting, only=Filter(predicate="threat")).decide("accept")
    renamed = candidate(waiting, ROAD, "threat", Thing("new road", "road-traffic"))
    write_candidates(waiting, [renamed])
    assert run("review", "--status", folder=waiting).returncode == 1
    shown = run("review", "--reanchor", "--write", folder=waiting).stdout
    assert f"goes with {renamed.id}" in shown
    assert run("review", "--status", folder=waiting).returncode == 0
    assert [d.candidate for d in open_project(waiting).decisions] == [renamed.id]


def test_kappa_counts_and_differences(tmp_path: Path) -> None:
    # The textbook example: 20 and 15 alike, 5 and 10 different, observed 0.7, expected 0.5, kappa 0.4
    pairs = [("accept", "accept")] * 20 + [("accept", "reject")] * 5
    pairs += [("reject", "accept")] * 10 + [("reject", "reject")] * 15
    for side, name in enumerate(("ada", "ben")):
        write_ledger(tmp_path / f"{name}.tsv", [decision(n, pair[side], name) for n, pair in enumerate(pairs)])
    found_ = agreement(tmp_path / "ada.tsv", tmp_path / "ben.tsv")
    assert (found_.both, found_.observed, found_.kappa) == (50, 0.7, 0.4)
    assert found_.table["reject", "accept"] == 10
    assert len(found_.differences) == 15
    shown = run("review", "--agreement", "ada.tsv", "ben.tsv", folder=tmp_path).stdout
    assert "agreement 70%, Cohen's kappa 0.40" in shown
    told = json.loads(run("review", "--agreement", "ada.tsv", "ben.tsv", "--json", folder=tmp_path).stdout)
    assert told["differences"][0]["first"]["decision"] == "accept"


def test_equal_verdicts_on_different_claims_are_a_difference(tmp_path: Path) -> None:
    one = decision(1, "edit")
    write_ledger(tmp_path / "a.tsv", [one])
    write_ledger(tmp_path / "b.tsv", [replace(one, cells={**one.cells, "object": "rail"}, curator="Ben")])
    found_ = agreement(tmp_path / "a.tsv", tmp_path / "b.tsv")
    assert (found_.kappa, len(found_.differences)) == (None, 1)


def test_importing_by_the_command(waiting: Path) -> None:
    record = {"subject": "red fox", "predicate": "threat", "object": "road", "evidence": "on the new road"}
    (waiting / "model.json").write_text(json.dumps([record, record | {"evidence": "on the moon"}]), encoding="utf-8")
    shown = run("review", "--import", "model.json", folder=waiting).stdout
    assert "1 candidates in candidates/model.jsonl" in shown
    assert "1 evidence" in shown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--import", "nowhere.json"], "there is no file nowhere.json"),
        (["--import", "candidates/rules.jsonl"], "move it out of candidates"),
        (["--status", "--candidates", "nowhere.jsonl"], "there is no file nowhere.jsonl"),
        (["--agreement", "a.tsv", "b.tsv"], "there is no ledger a.tsv"),
        (["--run", "nothing"], "no extractor is called nothing"),
        (["--reanchor", "--before", "nowhere"], "there is no folder nowhere"),
    ],
)
def test_wrong_use_says_what_is_wrong(waiting: Path, arguments: list[str], message: str) -> None:
    result = run("review", *arguments, folder=waiting)
    assert message in result.stderr
    assert result.returncode == 2


def test_the_queue_as_json(waiting: Path) -> None:
    queue = json.loads(run("review", "--json", "--predicate", "threat", folder=waiting).stdout)
    assert [(item["rule"], item["cells"]["object"]) for item in queue] == [("threat.plain", "road-traffic")]


def test_a_line_that_is_no_candidate_is_a_problem(waiting: Path) -> None:
    (waiting / "candidates/rules.jsonl").write_text("{}\n[1]\n", encoding="utf-8")
    result = run("review", "--status", folder=waiting)
    assert result.returncode == 4
    assert "candidates/rules.jsonl:1:1: without doc, subject, predicate, evidence" in result.stderr
    assert "candidates/rules.jsonl:2:1: not a JSON object" in result.stderr
