"""Scoring: statements of a gold standard against predictions."""

import itertools
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from wildgraph.extract import InputError, Span
from wildgraph.extract.assign import best_pairs
from wildgraph.extract.candidate import Candidate, DocumentId, Number, Thing, candidate_json
from wildgraph.extract.equal import folded
from wildgraph.extract.score import Scores, score_files, wilson

PAGE = DocumentId("page.txt", "a" * 64, "b" * 64)


def row(predicate: str, value: object, start: int, end: int, **more: object) -> dict[str, object]:
    fixed = {"id": f"g{start}", "doc": "page", "sha256": "a" * 64, "subject": "red-fox", "tier": "core"}
    return {**fixed, "predicate": predicate, "object": value, "start": start, "end": end, **more}


def found(
    predicate: str, thing: Thing | None, *spans: tuple[int, int], number: Number | None = None, **more: object
) -> Candidate:
    return Candidate(
        doc=PAGE,
        subject=Thing("foxes", "red-fox"),
        predicate=predicate,
        object=thing,
        quantity=number,
        evidence=tuple(Span(*span) for span in spans),
        **more,  # type: ignore[arg-type]
    )


def scored(folder: Path, gold: list[dict[str, object]], candidates: list[Candidate]) -> Scores:
    (folder / "gold.jsonl").write_text("".join(json.dumps(g) + "\n" for g in gold), encoding="utf-8")
    (folder / "found.jsonl").write_text("".join(candidate_json(c) + "\n" for c in candidates), encoding="utf-8")
    return score_files(folder / "gold.jsonl", folder / "found.jsonl")


def counts(scores: Scores) -> tuple[int, int, int]:
    figures = scores.as_json()["lenient"]["all"]
    return figures["gold"], figures["predicted"], figures["found"]


def test_gold_scores_one_against_itself(shared: Path) -> None:
    scores = score_files(shared / "gold/seeds.jsonl", shared / "gold/seeds.jsonl").as_json()
    for rule in ("lenient", "strict"):
        assert (scores[rule]["all"]["precision"], scores[rule]["all"]["recall"]) == (1.0, 1.0)
    assert scores["lenient"]["tiers"]["core"]["gold"] == 74


@pytest.mark.parametrize(
    ("gold", "thing"),
    [
        ("habitat-loss", Thing("loss of habitats")),
        ("roads", Thing("building of roads", "road-building")),
        ("logging", Thing("felling", "iucn-threats-3.3:5.3")),
        ("logging", Thing("felling", "cmp-threats-4.0:5.3")),
        ("logging", Thing("felling", "https://w3id.org/wildgraph/scheme/iucn-threats/3.3/5.3")),
        ("CR", Thing("Critically Endangered")),
        ("increase", Thing("up", "population-trend-api4:increasing")),
    ],
)
def test_names_of_one_thing_match(tmp_path: Path, gold: str, thing: Thing) -> None:
    assert counts(scored(tmp_path, [row("threat", gold, 10, 20)], [found("threat", thing, (15, 30))])) == (1, 1, 1)


@pytest.mark.parametrize(
    ("gold", "candidate"),
    [
        (row("threat", "poaching", 10, 20), found("threat", Thing("hunting", "hunting"), (10, 20))),
        (row("threat", "logging", 10, 20), found("threat", Thing("logging"), (20, 30))),
        (row("threat", "logging", 10, 20), found("habitat", Thing("logging"), (10, 20))),
        (row("population", 70, 10, 20), found("population", None, (10, 20), number=Number("7"))),
        (row("threat", "fire", 10, 20, polarity="negated"), found("threat", Thing("fire"), (10, 20))),
        (row("threat", "fire", 10, 20), found("threat", Thing("fire"), (10, 20), qualifiers={"polarity": "negated"})),
        (row("litterSize", "1-4", 10, 20), found("litterSize", None, (10, 20), number=Number("1", "5"))),
    ],
)
def test_another_thing_place_predicate_or_number_is_wrong(
    tmp_path: Path, gold: dict[str, object], candidate: Candidate
) -> None:
    assert counts(scored(tmp_path, [gold], [candidate])) == (1, 1, 0)


@pytest.mark.parametrize(
    ("predicate", "value", "number", "other"),
    [
        ("population", 60, Number(high="60", hedge="less-than"), "population"),
        ("population", 1200, Number("1200"), "population"),
        ("litterSize", "1-4", Number("1", "4"), "litterSize"),
        ("massLb", 110, Number("49.9", unit="kg"), "massKg"),
        ("rangeAreaKm2", 2500, Number("2500", unit="km2"), "rangeAreaKm2"),
    ],
)
def test_numbers_match_by_value(tmp_path: Path, predicate: str, value: object, number: Number, other: str) -> None:
    gold = [row(predicate, value, 10, 20)]
    assert counts(scored(tmp_path, gold, [found(other, None, (10, 20), number=number)])) == (1, 1, 1)


def test_a_span_elsewhere_in_the_sentence_matches_leniently_only(tmp_path: Path) -> None:
    candidate = found("threat", Thing("logging"), (30, 37), sentence=(5, 60))
    scores = scored(tmp_path, [row("threat", "logging", 10, 20)], [candidate])
    assert len(scores.lenient.pairs) == 1
    assert len(scores.strict.pairs) == 0


def test_each_statement_is_used_once(tmp_path: Path) -> None:
    gold = [row("threat", "logging", 0, 10), row("threat", "logging", 5, 30)]
    # The first could take the longer gold row, and nothing would be left for the second.
    candidates = [
        found("threat", Thing("logging"), (0, 30)),
        found("threat", Thing("logging"), (20, 30), qualifiers={"year": "2001"}),
    ]
    scores = scored(tmp_path, gold, candidates)
    assert [(g.owner, p.start) for g, p in scores.lenient.pairs] == [("g0", 0), ("g5", 20)]


def test_a_candidate_with_two_spans_finds_two_rows(tmp_path: Path) -> None:
    gold = [row("threat", "logging", 0, 10), row("threat", "logging", 50, 60)]
    assert counts(scored(tmp_path, gold, [found("threat", Thing("logging"), (0, 10), (50, 60))])) == (2, 2, 2)


def test_a_second_span_over_one_row_is_no_second_prediction(tmp_path: Path) -> None:
    gold = [row("threat", "logging", 0, 40)]
    assert counts(scored(tmp_path, gold, [found("threat", Thing("logging"), (0, 10), (30, 40))])) == (1, 1, 1)


def test_tiers_documents_and_circumstances(tmp_path: Path) -> None:
    gold = [
        row("population", 45, 0, 10, qualifier="around", year="2013"),
        row("litterSize", "1-4", 20, 30, tier="trait"),
    ]
    right = found("population", None, (0, 10), number=Number("45", hedge="around"), qualifiers={"year": "2012"})
    elsewhere = Candidate(
        doc=DocumentId("other.txt", "c" * 64, ""), subject=Thing("x"), predicate="threat", object=Thing("y"),
        evidence=(Span(0, 5),),
    )  # fmt: skip
    scores = scored(tmp_path, gold, [right, found("threat", Thing("fire"), (50, 60)), elsewhere])
    tiers = scores.as_json()["lenient"]["tiers"]
    assert {name: (t["gold"], t["predicted"], t["found"]) for name, t in tiers.items()} == {
        "core": (1, 2, 1),
        "trait": (1, 0, 0),
    }
    assert scores.details == {"hedge": (1, 1), "subject": (1, 1), "year": (0, 1)}
    assert scores.unscored == {"other.txt": 1}


def test_lines_that_cannot_be_read_are_all_named(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('{"start": 1}\nnot json\n', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        score_files(path, path)
    assert [(p.line, p.message.split(":")[0]) for p in caught.value.problems] == [
        (1, "without 'predicate'"),
        (2, "Expecting value"),
    ]


@pytest.mark.parametrize(("hits", "total", "low", "high"), [(0, 10, 0.0, 0.278), (31, 34, 0.770, 0.970), (0, 0, 0, 1)])
def test_wilson_intervals(hits: int, total: int, low: float, high: float) -> None:
    assert wilson(hits, total) == pytest.approx((low, high), abs=0.001)


def test_the_best_pairs_are_worth_most() -> None:
    chance = random.Random(7)
    for _ in range(200):
        pairs = [(left, right) for left in range(4) for right in range(4) if chance.random() < 0.6]
        worth = {pair: chance.randint(1, 9) for pair in pairs}
        best = max(
            sum(worth.get((left, right), 0) for left, right in enumerate(order))
            for order in itertools.permutations(range(4))
        )
        assert sum(worth[pair] for pair in best_pairs(worth).items()) == best


def test_folding_makes_one_name_of_many() -> None:
    assert folded("Loss of the leopard’s habitats") == folded("habitat-loss, leopards")
    assert folded("50:50") != folded("50")
    assert folded("north-eastern Norway") == folded("northeast Norway") != folded("north Norway")


def test_the_command_prints_both_rules_and_the_errors(tmp_path: Path) -> None:
    scored(tmp_path, [row("threat", "logging", 0, 10)], [found("threat", Thing("fire"), (50, 60))])
    command = [sys.executable, "-m", "wildgraph", "score", "gold.jsonl", "found.jsonl", "--errors"]
    shown = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert "lenient" in shown
    assert "strict" in shown
    assert "page:0-10  threat logging  g0" in shown
    assert "page.txt:50-60  threat fire" in shown


def test_only_the_parts_that_a_gold_standard_covers_are_scored(tmp_path: Path) -> None:
    scope = {"id": "s1", "doc": "page", "sha256": "a" * 64, "start": 0, "end": 100, "scope": True}
    gold = [scope, row("threat", "logging", 0, 10)]
    inside, outside = found("threat", Thing("fire"), (50, 60)), found("threat", Thing("mining"), (150, 160))
    scores = scored(tmp_path, gold, [inside, outside])
    assert counts(scores) == (1, 1, 0)
    assert scores.unscored == {"page.txt": 1}


def test_only_the_predicates_that_a_gold_standard_covers_are_scored(tmp_path: Path) -> None:
    scope = {"id": "s1", "doc": "page", "sha256": "a" * 64, "start": 0, "end": 100, "scope": True}
    gold = [{**scope, "predicates": ["threat"]}, row("threat", "logging", 0, 10)]
    told = [found("stress", Thing("inbreeding"), (50, 60)), found("habitat", Thing("forest"), (50, 60))]
    scores = scored(tmp_path, gold, told)
    assert counts(scores) == (1, 1, 0)
    assert scores.unscored == {"page.txt": 1}


def test_another_text_of_the_same_document_is_named(tmp_path: Path) -> None:
    gold = [row("threat", "logging", 0, 10, canonicalSha256="c" * 64)]
    assert scored(tmp_path, gold, [found("threat", Thing("logging"), (0, 10))]).versions == ("page.txt",)
