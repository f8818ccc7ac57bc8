"""The gold standards: every span still stands in its document, and no sentence of a document is kept."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from wildgraph.benchmarks.cansar import documents
from wildgraph.extract import token_hash
from wildgraph.extract.score import score_files
from wildgraph.ontology import vocabulary

GOLD = Path(__file__).parent / "gold"
FILES = [
    "development.jsonl",
    "held-out.jsonl",
    "development-threats.jsonl",
    "development-traits.jsonl",
    "development-long.jsonl",
]
#: Those whose documents are at hand.
SHARED = FILES[:2]


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (GOLD / name).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("name", SHARED)
def test_every_span_stands_in_its_document(name: str, shared: Path) -> None:
    folder = shared / "data/species-texts-wikipedia"
    checked = 0
    for row in rows(name):
        if row["file"].endswith(".md") and not row.get("scope"):
            text = (folder / row["file"]).read_text(encoding="utf-8")
            assert token_hash(text[row["start"] : row["end"]]) == row["hash"], row["id"]
            checked += 1
    assert checked > 100


@pytest.mark.parametrize("name", FILES)
def test_a_gold_standard_scores_one_against_itself(name: str) -> None:
    figures = score_files(GOLD / name, GOLD / name).as_json()
    assert figures["strict"]["all"]["precision"] == figures["strict"]["all"]["recall"] == 1.0
    assert figures["unscored"] == {}


def test_the_held_out_part_shares_no_document_with_another_and_all_have_ids_of_their_own() -> None:
    held_out = {row["sha256"] for row in rows("held-out.jsonl")}
    for name in FILES:
        assert name == "held-out.jsonl" or not held_out & {row["sha256"] for row in rows(name)}
    ids = [row["id"] for name in FILES for row in rows(name)]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", FILES)
def test_predicates_are_those_of_the_vocabulary(name: str) -> None:
    assert {row["predicate"] for row in rows(name) if not row.get("scope")} <= vocabulary().predicates.keys()


@pytest.mark.parametrize("name", FILES)
def test_no_value_shares_eight_words_with_its_document(name: str, shared: Path) -> None:
    for row in rows(name):
        assert all(len(value.split()) < 8 for value in row.values() if isinstance(value, str)), row["id"]
    assert shared


def test_threat_notes_become_texts_with_their_classes(shared: Path) -> None:
    made = list(documents(shared / "data/iucn-like-cansar/CAN-SAR_database_half.csv"))
    gold = [row for _, _, rows_ in made for row in rows_]
    assert (len(made), len(gold)) == (150, 198)
    for _, text, rows_ in made:
        for row in rows_:
            assert text[row["start"] - 1] == "\n" == text[row["end"]]
    # All notes on class 10, geological events, say that none is known.
    assert {row["object"] for row in gold} == {f"iucn-threats-3.3:{n}" for n in range(1, 12) if n != 10}


def test_the_script_for_threat_notes_runs(shared: Path, tmp_path: Path) -> None:
    script = Path(__file__).parent.parent / "benchmarks/cansar.py"
    command = [sys.executable, str(script), "make", str(shared / "data/iucn-like-cansar"), str(tmp_path / "out")]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    assert said.startswith("198 notes of 150 documents")
