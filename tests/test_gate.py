"""The gate that every extractor's candidates pass, and the ways in: files of models and installed plug-ins."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from wildgraph.extract import InputError, MachineError, Span, UsageError, open_project
from wildgraph.extract.candidate import Candidate, DocumentId, Number, Thing, read_candidate
from wildgraph.extract.claim import token_hash
from wildgraph.extract.equal import Names
from wildgraph.extract.extractors import extractors, import_candidates, run_extractor
from wildgraph.extract.gate import Gate
from wildgraph.extract.verbatim import at_boundaries, numbers_in, occurrences, year_stands
from wildgraph.ontology import vocabulary

GATE = Gate(vocabulary(), Names(vocabulary()))


def claim(text: str, quote: str, predicate: str, **more: object) -> Candidate:
    start = text.index(quote)
    return Candidate(
        doc=DocumentId("page.txt", "a" * 64, "b" * 64),
        subject=Thing("Foxes"),
        predicate=predicate,
        evidence=(Span(start, start + len(quote)),),
        **more,  # type: ignore[arg-type]
    )


def kinds(candidate: Candidate, text: str) -> list[str]:
    return [refusal.kind for refusal in GATE.refusals(candidate, text)]


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("as few as 7", "Foxes: as few as 70 remain"),
        ("5 % decline", "a 0.5 % decline of foxes"),
        ("500 sq km", "a range of 2,500 sq km"),
        ("fox", "foxes"),
        ("2,5", "2,500"),
        ("cafe", "cafe\u0301"),
        ("den", "the Den"),
        ("red fox", "red-fox"),
    ],
)
def test_evidence_that_is_not_there_word_by_word(quote: str, text: str) -> None:
    assert occurrences(quote, text) == []


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ('the "red" fox', "the “red”  fox"),
        ("fox's den - here", "fox’s den\n– here"),
        ("7cm", "is 7cm long"),
        ("(70)", "about (70)."),
    ],
)
def test_white_space_quotes_and_dashes_are_folded(quote: str, text: str) -> None:
    assert len(occurrences(quote, text)) == 1


@pytest.mark.parametrize(
    ("text", "quote", "number"),
    [
        ("Foxes: as few as 70 remain.", "as few as 70", "7"),
        ("Foxes saw a 0.5 % decline.", "0.5 % decline", "5"),
        ("Foxes have a range of 2,500 sq km.", "2,500 sq km", "500"),
        ("Foxes have three to four cubs.", "three to four", "34"),
    ],
)
def test_a_part_of_a_number_is_not_the_number(text: str, quote: str, number: str) -> None:
    assert kinds(claim(text, quote, "population", quantity=Number(number)), text) == ["number"]


@pytest.mark.parametrize(("start", "end"), [(18, 20), (14, 19), (1, 5)])
def test_a_span_that_cuts_a_word_or_a_number(start: int, end: int) -> None:
    text = "Foxes: as few as 2,500 remain."
    assert not at_boundaries(start, end, text)
    bad = Candidate(
        doc=DocumentId("p", "a", "b"), subject=Thing("Foxes"), predicate="population", quantity=Number("500"),
        evidence=(Span(start, end),),
    )  # fmt: skip
    assert kinds(bad, text) == ["evidence"]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1.2 million", ["1.2", "1200000.0"]),
        ("three to four cubs", ["3", "4"]),
        ("two hundred and fifty", ["250"]),
        ("twenty-five or thirty", ["25", "30"]),
        ("a thousand, not a dozen", ["1000", "12"]),
        ("1,200–1,500 (n=70)", ["1200", "1500", "70"]),
        ("3,5", []),
        ("millions", []),
    ],
)
def test_numbers_are_read_whole(text: str, numbers: list[str]) -> None:
    assert list(numbers_in(text)) == [Decimal(number) for number in numbers]


@pytest.mark.parametrize(
    ("years", "text", "stands"),
    [
        ("2013", "in 2013.", True),
        ("2013", "for 20130 euros", False),
        ("2007/2008", "the winter of 2007–08", True),
        ("197X", "in the 1970s", True),
        ("1970s", "throughout the seventies", True),
        ("1970s", "in 1975", False),
    ],
)
def test_years_stand_or_not(years: str, text: str, stands: bool) -> None:
    assert year_stands(years, text) is stands


TEXT = "Foxes in Norway.\n\nLogging and new roads harm foxes since 1990, says the Fox Trust."


@pytest.mark.parametrize(
    ("thing", "more", "kinds_"),
    [
        (Thing("Logging", "iucn-threats-3.3:5.3"), {}, []),
        (Thing("", "iucn-threats-3.3:5.3"), {}, []),
        (Thing("poaching", "iucn-threats-3.3:5.1"), {}, ["name"]),
        (Thing("new roads", "iucn-threats-3.3:4.1"), {}, []),
        (Thing("new roads", "made-up:9.9"), {}, ["object"]),
        (Thing("Logging"), {"qualifiers": {"year": "1990"}}, []),
        (Thing("Logging"), {"qualifiers": {"year": "1991"}}, ["year"]),
        (Thing("Logging"), {"qualifiers": {"region": "Sweden"}}, ["name"]),
        (Thing("Logging"), {"actor": Thing("Fox Trust")}, []),
        (Thing("Logging"), {"actor": Thing("Wolf Trust")}, ["name"]),
        (Thing("Logging"), {"subject": Thing("Wolves")}, ["name"]),
        (Thing("new-built roads"), {}, ["name"]),
        (Thing("harm foxes since"), {}, ["object"]),
        (None, {}, ["object"]),
    ],
)
def test_names_and_objects(thing: Thing | None, more: dict[str, object], kinds_: list[str]) -> None:
    quote = "Logging and new roads harm foxes since 1990, says the Fox Trust."
    candidate = claim(TEXT, quote, "threat", object=thing)
    changed = Candidate(**{name: getattr(candidate, name) for name in candidate.__slots__} | more)
    assert kinds(changed, TEXT) == kinds_


def test_who_says_we_is_named_elsewhere_in_the_document() -> None:
    text = "The Fox Trust helps foxes.\n\nWe build roads for foxes."
    made = claim(text, "We build roads for foxes", "threat", object=Thing("roads"), actor=Thing("Fox Trust"))
    assert kinds(made, text) == []
    assert kinds(made, text.replace("We build", "He built")) != []


def test_emphasis_marks_do_not_join_words() -> None:
    assert at_boundaries(1, 14, "_Vulpes vulpes_")


def test_a_wrong_hash_is_another_text() -> None:
    made = Candidate(
        doc=DocumentId("p", "a", "b"), subject=Thing("Foxes"), predicate="threat", object=Thing("Logging"),
        evidence=(Span(18, 25, token_hash("Roads")),),
    )  # fmt: skip
    assert kinds(made, TEXT) == ["evidence"]


def records(project: Path, *found: object, name: str = "model.json") -> Path:
    path = project / name
    path.write_text(json.dumps(found), encoding="utf-8")
    return path


def test_a_models_file_is_read_located_and_gated(project: Path) -> None:
    good = {"subject": "red fox", "predicate": "threat", "object": "road", "evidence": "killed on the new road"}
    count = {"subject": "red fox", "predicate": "population", "quantity": 120, "year": 2020,
             "evidence": [{"quote": "A survey in 2020 counted around 120 adults"}]}  # fmt: skip
    bad = [
        good | {"evidence": "killed on the old road"},
        good | {"evidence": "the"},
        good | {"object": "railway"},
        good | {"doc": "another.txt"},
        count | {"quantity": 12},
        {"subject": "red fox"},
        "a sentence",
    ]
    intake = import_candidates(open_project(project), records(project, good, count, *bad))
    assert (intake.passed, intake.stopped) == (2, 7)
    assert dict(intake.reasons) == {"document": 1, "evidence": 2, "form": 2, "name": 1, "number": 1}
    lines = intake.candidates.read_text(encoding="utf-8").splitlines()
    found = [read_candidate(line) for line in lines]
    page = (project / "documents/example-page.txt").read_text(encoding="utf-8")
    assert [page[c.evidence[0].start : c.evidence[0].end] for c in found] == [
        "A survey in 2020 counted around 120 adults",
        "killed on the new road",
    ]
    assert found[0].extractor == "model"
    assert intake.quarantine
    stopped = [json.loads(line) for line in intake.quarantine.read_text(encoding="utf-8").splitlines()]
    assert stopped[1]["reasons"][0]["message"].startswith("the words 'the' stand in 2 places")


def test_importing_twice_gives_the_same_bytes(project: Path) -> None:
    good = {"subject": "red fox", "predicate": "threat", "object": "road", "evidence": "killed on the new road"}
    again = good | {"evidence": "on the new road"}
    first = import_candidates(open_project(project), records(project, good, again)).candidates.read_bytes()
    assert import_candidates(open_project(project), records(project, again, good)).candidates.read_bytes() == first
    assert len(read_candidate(first.decode()).evidence) == 2


@pytest.mark.parametrize("content", [b"\xff\xfe{", b"{oops", b"[" * 20000])
def test_a_file_that_is_no_json(project: Path, content: bytes) -> None:
    (project / "bad.json").write_bytes(content)
    with pytest.raises(InputError):
        import_candidates(open_project(project), project / "bad.json")


PLUGIN = """
from wildgraph.extract.candidate import Candidate, Thing
from wildgraph.extract.claim import Span

class Roads:
    name = "roads"
    def extract(self, text, doc):
        at = text.index("road")
        yield Candidate(doc=doc, subject=Thing("red fox"), predicate="threat", object=Thing("road"),
                        evidence=(Span(at, at + 4),))
        yield Candidate(doc=doc, subject=Thing("red fox"), predicate="threat", object=Thing("road"),
                        evidence=(Span(at, at + 3),))
"""


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "site"
    (folder / "fox_plugin-1.0.dist-info").mkdir(parents=True)
    (folder / "fox_plugin-1.0.dist-info/METADATA").write_text("Metadata-Version: 2.1\nName: fox-plugin\nVersion: 1.0\n")
    (folder / "fox_plugin-1.0.dist-info/entry_points.txt").write_text(
        "[wildgraph.extractors]\nroads = foxroads:Roads\n"
    )
    (folder / "foxroads.py").write_text(PLUGIN)
    monkeypatch.syspath_prepend(str(folder))
    return folder


def test_an_installed_extractor_passes_the_same_gate(plugin: Path, project: Path) -> None:
    assert plugin
    assert list(extractors()) == ["roads"]
    intake = run_extractor(open_project(project), "roads")
    assert (intake.passed, intake.stopped, dict(intake.reasons)) == (1, 1, {"evidence": 1})


def test_unknown_and_broken_extractors(plugin: Path, project: Path) -> None:
    with pytest.raises(UsageError, match="did you mean roads"):
        run_extractor(open_project(project), "road")
    (plugin / "fox_plugin-1.0.dist-info/entry_points.txt").write_text("[wildgraph.extractors]\nbad = nowhere:X\n")
    with pytest.raises(MachineError, match=r"bad \(nowhere:X\) cannot be loaded"):
        extractors()
