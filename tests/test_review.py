"""Reviewing: decisions in the ledger, the terminal, the page, claims in the build, agreement, and changed sources."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory

import pexpect
import pytest
import wildgraph
from hypothesis import given
from hypothesis import strategies as st
from wildgraph.extract import InputError, Span, open_document, open_project, token_hash
from wildgraph.extract.agreement import agreement
from wildgraph.extract.candidate import Candidate, DocumentId, Number, Thing, candidate_json
from wildgraph.extract.ledger import LEDGER, Decision, Record, read_ledger, records, write_ledger
from wildgraph.extract.reanchor import reanchor
from wildgraph.extract.session import Filter, Session, read_candidates, status
from wildgraph.queries.review_page import review_page

RUN = [sys.executable, "-m", "wildgraph"]
ROAD = "killed on the new road"
COUNT = "A survey in 2020 counted around 120 adults there"
SIGNS = "The Example Trust puts up warning signs"


def candidate(project: Path, words: str, predicate: str, thing: Thing | None = None, **more: object) -> Candidate:
    source = open_project(project, any_version=True).sources["example-page"]
    document = open_document(project, source)
    assert document
    start = document.text.index(words)
    doc = DocumentId(source.file, document.sha256, document.canonical_sha256)
    fixed: dict[str, object] = {"rule": f"{predicate}.plain", "extractor": "rules"}
    return Candidate(
        doc=doc, subject=Thing("red fox"), predicate=predicate, object=thing,
        evidence=(Span(start, start + len(words), token_hash(words)),), **(fixed | more),  # type: ignore[arg-type]
    )  # fmt: skip


def found(project: Path) -> list[Candidate]:
    count = Number("120", hedge="around", life_stage="adults")
    return [
        candidate(project, COUNT, "population", quantity=count, qualifiers={"year": "2020", "yearSource": "sentence"}),
        candidate(project, ROAD, "threat", Thing("road")),
        candidate(project, SIGNS, "action", Thing("warning signs"), actor=Thing("Example Trust")),
    ]


@pytest.fixture
def waiting(project: Path) -> Path:
    """The small project without claims of its own, with three candidates."""
    (project / "claims/claims.tsv").write_text("subject\tpredicate\tobject\tsource\tevidence\n", encoding="utf-8")
    write_candidates(project, found(project))
    return project


def write_candidates(project: Path, candidates: list[Candidate]) -> None:
    (project / "candidates").mkdir(exist_ok=True)
    text = "".join(candidate_json(c) + "\n" for c in candidates)
    (project / "candidates/rules.jsonl").write_text(text, encoding="utf-8")


def session(project: Path, curator: str = "Ada Lovelace", only: Filter | None = None) -> Session:
    opened = open_project(project)
    return Session(opened, read_candidates(opened), curator=curator, date="2026-11-21", only=only)


def run(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {"COLUMNS": "100", "NO_COLOR": "1", "PATH": "/usr/bin:/bin"}
    command = [*RUN, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment, check=False)


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
    row = session(waiting).cells(replace(base, **more))  # type: ignore[arg-type]
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


def decision(number: int, verdict: str, curator: str = "Ada", rule: str = "r") -> Decision:
    cells = {"source": "page", "subject": "fox", "predicate": "threat", "object": "road", "evidence": "1-2"}
    return Decision(
        candidate=f"{number:024x}", verdict=verdict, cells=cells, rule=rule, curator=curator, date="2026-11-21"
    )


def test_the_record_of_a_rule_is_unmeasured_below_twenty() -> None:
    made = [decision(n, "accept") for n in range(31)] + [decision(40 + n, "reject") for n in range(3)]
    made += [decision(100 + n, "accept", rule="few") for n in range(19)]
    found_ = records(made)
    assert {rule: str(record) for rule, record in found_.items()} == {"few": "unmeasured", "r": "31 of 34"}
    assert str(Record(20, 20)) == "20 of 20"


def test_candidates_carry_the_record_of_their_rule(waiting: Path) -> None:
    many = [replace(decision(n, "accept"), rule="threat.plain") for n in range(20)]
    write_ledger(waiting / "review/old.tsv", [replace(d, verdict="reject") for d in many])
    opened = open_project(waiting)
    assert [c.confidence for c in read_candidates(opened)] == ["unmeasured", "0 of 20", "unmeasured"]


def test_ledgers_are_sorted_and_the_same_bytes_in_whatever_order(tmp_path: Path) -> None:
    made = [decision(n, "accept") for n in range(9)]
    write_ledger(tmp_path / "a.tsv", made)
    write_ledger(tmp_path / "b.tsv", reversed(made))
    assert (tmp_path / "a.tsv").read_bytes() == (tmp_path / "b.tsv").read_bytes()
    assert read_ledger(tmp_path / "a.tsv")[0].cells == made[0].cells


def test_odd_cells_survive(tmp_path: Path) -> None:
    odd = replace(decision(1, "reject"), note='"so" he\tsaid\nit', cells={**decision(1, "x").cells, "object": '"x" y'})
    write_ledger(tmp_path / "a.tsv", [odd])
    read = read_ledger(tmp_path / "a.tsv")[0]
    assert (read.note, read.cells["object"]) == ('"so" he said it', '"x" y')


@given(st.dictionaries(st.sampled_from(["object", "place", "note", "wording"]), st.text(max_size=30)))
def test_whatever_stands_in_a_cell_is_read_as_it_was_written(cells: dict[str, str]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.tsv"
        plain = {name: " ".join("".join(c if c >= " " else " " for c in cell).split()) for name, cell in cells.items()}
        note = plain.pop("note", "")
        made = decision(1, "accept")
        made = replace(made, note=note, cells={**made.cells, **{k: v for k, v in plain.items() if v}})
        write_ledger(path, [made])
        read = read_ledger(path)[0]
        assert (read.cells, read.note) == (made.cells, note)


def test_two_branches_merge_line_by_line(tmp_path: Path) -> None:
    base, ours, theirs = (tmp_path / f"{name}.tsv" for name in ("base", "ours", "theirs"))
    write_ledger(base, [decision(n, "accept") for n in range(0, 40, 4)])
    write_ledger(ours, [decision(n, "accept") for n in [*range(0, 40, 4), 9]])
    write_ledger(theirs, [decision(n, "accept") for n in [*range(0, 40, 4), 25]])
    subprocess.run(["git", "merge-file", ours, base, theirs], check=True)
    assert [int(d.candidate, 16) for d in read_ledger(ours)] == [0, 4, 8, 9, 12, 16, 20, 24, 25, 28, 32, 36]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("\taccept\t", "\tacept\t", "review/ada.tsv:2:26: unknown decision: 'acept'"),
        ("2026-11-21", "21.11.26", "not a date: '21.11.26'"),
        ("0" * 23 + "1", "17", "review/ada.tsv:2:1: not the id of a candidate: '17'"),
        ("\tpage\t", "\t\t", "source is empty"),
        ("decision", "decison", "unknown column: 'decison'"),
    ],
)
def test_a_ledger_that_is_wrong_is_a_problem_with_its_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "review/ada.tsv"
    write_ledger(path, [decision(1, "accept")])
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(message)):
        read_ledger(path)


def test_every_column_of_the_ledger_is_documented() -> None:
    text = (Path(__file__).parent.parent / "docs/files.md").read_text(encoding="utf-8")
    assert [column for column in LEDGER.columns if f"`{column}`" not in text] == []


def spawn(project: Path, *arguments: str) -> pexpect.spawn:
    environment = {"PATH": "/usr/bin:/bin", "TERM": "xterm", "COLUMNS": "90", "LINES": "40"}
    command = ["-m", "wildgraph", "review", "--curator", "Ada", "--date", "2026-11-21", *arguments]
    return pexpect.spawn(
        sys.executable, command, cwd=str(project), env=environment, encoding="utf-8", timeout=30, dimensions=(40, 90)
    )


def test_a_review_in_a_terminal(waiting: Path) -> None:
    terminal = spawn(waiting)
    terminal.expect("1 of 3")
    terminal.expect(re.escape("\x1b[1;30;43m" + COUNT))  # the span stands out
    terminal.expect("quit")
    terminal.send("a")
    terminal.expect("2 of 3")
    assert len(read_ledger(waiting / "review/ada.tsv")) == 1
    terminal.expect("quit")
    terminal.send("u")
    terminal.expect("1 of 3")
    assert read_ledger(waiting / "review/ada.tsv") == []
    terminal.expect("quit")
    terminal.send("s")
    terminal.expect(ROAD)
    terminal.expect("quit")
    terminal.send("e")
    terminal.expect("edit> ")
    terminal.sendline("objct=x")
    terminal.expect("did you mean object")
    terminal.sendline("object=nowhere")
    terminal.expect("unknown entity")
    terminal.sendline("object=road-traffic")
    terminal.sendline("timing=ongoing")
    terminal.sendline("")
    terminal.expect("warning-signs")
    terminal.expect("quit")
    terminal.send("r")
    terminal.expect("2 of 3 decided, 0 left in this session; saved in review/ada.tsv")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0
    made = read_ledger(waiting / "review/ada.tsv")
    assert [(d.verdict, d.edited) for d in made] == [("edit", ("timing",)), ("reject", ())]


def test_leaving_a_review_at_any_moment_keeps_the_decisions(waiting: Path) -> None:
    terminal = spawn(waiting, "--predicate", "threat")
    terminal.expect("1 of 1")
    terminal.expect("quit")
    terminal.sendcontrol("c")
    terminal.expect("0 of 1 decided, 1 left")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0


def test_a_claim_that_lacks_an_entity_is_refused_until_it_is_there(waiting: Path) -> None:
    write_candidates(waiting, [candidate(waiting, ROAD, "threat", Thing("new railway"))])
    terminal = spawn(waiting)
    terminal.expect("add a row with id new-railway to entities.tsv")
    terminal.expect("quit")
    terminal.send("a")
    terminal.expect("not a claim yet")
    terminal.expect("add what is missing")
    terminal.expect("quit")
    with (waiting / "entities.tsv").open("a", encoding="utf-8") as file:
        file.write("new-railway\tthreat\tnew railway\n")
    terminal.send("a")
    terminal.expect("not a claim yet|1 of 1 decided")
    terminal.expect("quit|1 of 1 decided")
    terminal.send("a")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert [d.cells["object"] for d in read_ledger(waiting / "review/ada.tsv")] == ["new-railway"]


def test_a_key_writes_the_entity_that_is_missing(waiting: Path) -> None:
    write_candidates(waiting, [candidate(waiting, ROAD, "threat", Thing("hunters", "hunting"))])
    terminal = spawn(waiting)
    terminal.expect("unknown entity 'hunting'")
    terminal.expect("quit")
    terminal.send("n")
    terminal.expect("entities.tsv:9  hunting: type threat, label hunting, codes iucn-threats-3.3:5.1")
    terminal.expect("quit")
    terminal.send("n")
    terminal.expect("every entity of this claim is known")
    terminal.expect("quit")
    terminal.send("a")
    terminal.expect("1 of 1 decided")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert (waiting / "entities.tsv").read_text().endswith("hunting\tthreat\thunting\t\t\t\t\tiucn-threats-3.3:5.1\t\n")


def test_without_a_terminal_it_says_what_to_do(waiting: Path) -> None:
    result = run("review", "--curator", "Ada", folder=waiting)
    assert (result.returncode, "needs a terminal" in result.stderr) == (2, True)


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
