"""Normalisers: what people really type, and what is meant."""

from __future__ import annotations

import pytest
from wildgraph.extract.normalise import normalise
from wildgraph.extract.normalise.quantities import Amount, read_amount
from wildgraph.extract.normalise.words import word_lists, words_of
from wildgraph.ontology import vocabulary


@pytest.mark.parametrize(
    ("name", "typed", "meant"),
    [
        ("country", "Russian Federation", "RU"),
        ("country", "cote d'ivoire", "CI"),
        ("country", "ISO3166-2:CA-ON", "CA"),
        ("country", "Deutschland", "DE"),
        ("language", "ENG", "en"),
        ("language", "pt_BR", "pt-br"),
        ("language", "French", "fr"),
        ("rank", "ssp.", "subspecies"),
        ("rank", "Var", "variety"),
        ("sex", "FEM.", "sex-1.0:female"),
        ("sex", "unknown", ""),
        ("life-stage", "Larvae", "life-stage-1.0:larva"),
        ("taxonomic-status", "Valid", "accepted"),
        ("basis-of-record", "preserved specimen", "PreservedSpecimen"),
        ("occurrence-status", "Absent", "polarity-1.0:negated"),
        ("occurrence-status", "present", ""),
        ("occurrence-certainty", "doubtful", "certainty-1.0:possible"),
        ("red-list-category", "Lower Risk/least concern", "red-list-category-2.3:LR/lc"),
        ("date", "1963-03-08T14:07-0600", "1963-03-08"),
        ("date", "15.10.1932", "1932-10-15"),
        ("date", "31 August 1932", "1932-08-31"),
        ("date", "11-VII-1885", "1885-07-11"),
        ("date", "1980s", "198X"),
        ("date", "2021-12-02 00:00:00 UTC", "2021-12-02"),
        ("date", "2001-05-03/08", "2001-05-03/2001-05-08"),
        ("year", "2015-03-01", "2015"),
    ],
)
def test_a_value_is_read_as_it_is_meant(name: str, typed: str, meant: str) -> None:
    found = normalise(name, typed)
    assert found is not None
    assert found.text == meant


@pytest.mark.parametrize(
    ("name", "typed"),
    [("country", "Atlantis"), ("date", "03/04/2010"), ("date", "1963-03-08T14:67"), ("sex", "x"), ("rank", "?")],
)
def test_a_value_that_may_mean_anything_is_not_guessed(name: str, typed: str) -> None:
    assert normalise(name, typed) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("7400000-8240000,7820000", Amount(7820000, 7400000, 8240000)),  # type: ignore[arg-type]
        (">20,000", Amount(lower=20000, lower_exclusive=True, hedge="more-than")),  # type: ignore[arg-type]
        ("ca. 1 500", Amount(1500, hedge="around")),  # type: ignore[arg-type]
        ("fewer than 60", Amount(upper=60, upper_exclusive=True, hedge="less-than")),  # type: ignore[arg-type]
        ("250 000 – 300 000", Amount(lower=250000, upper=300000)),  # type: ignore[arg-type]
        ("250-300,270", Amount(270, 250, 300)),  # type: ignore[arg-type]
        ("250-300,000", Amount(lower=250, upper=300000)),  # type: ignore[arg-type]
        ("a few", None),
        ("300-250", None),
    ],
)
def test_quantities(typed: str, meant: Amount | None) -> None:
    assert read_amount(typed) == meant


def test_every_result_of_a_list_is_a_concept_or_a_predicate_that_exists() -> None:
    known = vocabulary()
    for name in word_lists():
        for result in words_of(name):
            scheme, colon, notation = result.partition(":")
            assert not colon or notation in known.schemes[scheme].concepts, (name, result)
    assert {result.lstrip("-") for result in words_of("interaction")} <= known.predicates.keys()
