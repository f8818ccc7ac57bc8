"""Candidates as JSON Lines."""

import json

import pytest
from wildgraph.extract.candidate import Candidate, DocumentId, Number, Thing, candidate_json, read_candidate
from wildgraph.extract.claim import Span

FOUND = Candidate(
    doc=DocumentId("page.txt", "a" * 64, "b" * 64),
    subject=Thing("they", "amur-leopard", "document subject"),
    predicate="population",
    quantity=Number(low="70", hedge="as-few-as", unit="individual", life_stage="adult"),
    qualifiers={"year": "2013", "yearSource": "sentence"},
    evidence=(Span(105, 135, "0123456789abcdef"),),
    sentence=(90, 140),
    rule="population.as-few-as",
    extractor="wildgraph-rules",
)


def test_a_candidate_survives_json() -> None:
    assert read_candidate(candidate_json(FOUND)) == FOUND


def test_the_json_has_the_documented_keys() -> None:
    record = json.loads(candidate_json(FOUND))
    assert list(record) == sorted(record)
    assert record["doc"]["canonicalSha256"] == "b" * 64
    assert record["quantity"] == {"hedge": "as-few-as", "lifeStage": "adult", "low": "70", "unit": "individual"}
    assert record["evidence"] == [{"end": 135, "hash": "0123456789abcdef", "start": 105, "unit": "codepoint"}]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "not JSON"),
        ("[]", "not a JSON object"),
        ('{"doc": {}}', "without subject, predicate, evidence"),
        (candidate_json(FOUND).replace('"low"', '"lo"'), "unknown keys lo"),
        (candidate_json(FOUND).replace('"start": 105', '"start": "x"'), "not a span"),
    ],
)
def test_a_line_that_is_no_candidate_says_why(line: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_candidate(line)
