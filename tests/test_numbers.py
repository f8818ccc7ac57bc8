"""Numbers as pages write them."""

import pytest
from wildgraph.extract.text.forms import fold
from wildgraph.extract.text.numbers import find_amounts


def read(text: str) -> list[tuple[str, ...]]:
    return [(a.kind, a.low, *filter(None, (a.high, a.hedge, a.unit))) for a in find_amounts(fold(text))]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("as few as 70", [("count", "70", "as-few-as")]),
        ("fewer than 350 remain", [("count", "350", "less-than")]),
        ("1,200–1,500 birds", [("count", "1200", "1500")]),
        ("26\u00a0000 individuals", [("count", "26000")]),
        ("around 45 adults in 2013", [("count", "45", "around"), ("year", "2013")]),
        ("20 % of habitat", [("percent", "20", "%")]),
        ("smaller than 2,500 sq km", [("area", "2500", "less-than", "km2")]),
        ("up to 7cm long", [("length", "7", "up-to", "cm")]),
        ("three to four eggs", [("count", "3", "4")]),
        ("between 2,000 and 3,000 plants", [("count", "2000", "3000")]),
        ("two to three million", [("count", "2000000", "3000000")]),
        ("a dozen nests", [("count", "12")]),
        ("2 to 3 kg (4.4–6.6 lb)", [("mass", "2", "3", "kg"), ("mass", "4.4", "6.6", "lb")]),
        ("from 35 in 2007 to 45", [("count", "35"), ("year", "2007"), ("count", "45")]),
        ("2000 individuals", [("count", "2000")]),
        ("between 1970-1980", [("year", "1970/1980")]),
        ("throughout the seventies", [("year", "1970s")]),
        ("in the early 1990s", [("year", "1990s")]),
        ("only around 80 are left", [("count", "80", "around")]),
        ("only 80 are left", [("count", "80", "as-few-as")]),
        ("20-25,000 birds", [("count", "20000", "25000")]),
        ("3-5,000 birds", [("count", "3000", "5000")]),
        ("20 to 25,000 birds", [("count", "20", "25000")]),
        ("2-25,000 birds", [("count", "2", "25000")]),
        ("0.6 animals per square kilometre", [("ratio", "0.6")]),
        ("two to four squirrels per hectare", [("ratio", "2", "4")]),
        ("3.5 adults per 100 km²", [("ratio", "3.5", "per100km2"), ("area", "100", "km2")]),
        ("one pair per 25 km2", [("ratio", "1"), ("area", "25", "km2")]),
        ("three times larger", []),
        ("0.5 % decline", [("percent", "0.5", "%")]),
    ],
)
def test_amounts(text: str, wanted: list[tuple[str, ...]]) -> None:
    assert read(text) == wanted


@pytest.mark.parametrize(
    "text", ["a ratio of 50:50", "call 555-123-4567", "Appendix 1", "on 3 May", "the 2nd", "10:30", "doi 10.1000/182"]
)
def test_what_counts_nothing(text: str) -> None:
    assert read(text) == []


def test_a_price_is_no_count() -> None:
    assert read("orders over $60") == [("money", "60")]
