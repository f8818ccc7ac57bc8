"""Candidates said again: one, with every place that says it."""

from wildgraph.extract.candidate import Candidate, DocumentId, Thing
from wildgraph.extract.claim import Span
from wildgraph.extract.text.found import Found


def said(*places: tuple[int, int], about: str = "otter") -> Candidate:
    evidence = tuple(Span(start, end, "0" * 16) for start, end in places)
    return Candidate(doc=DocumentId("a.txt", "", ""), subject=Thing(about, about), predicate="trend", evidence=evidence)


def places(found: Found) -> list[list[tuple[int, int]]]:
    return [[(span.start, span.end) for span in candidate.evidence] for candidate in found]


def test_a_statement_made_again_adds_its_place() -> None:
    found = Found()
    for candidate in (said((10, 20)), said((30, 40)), said((0, 5))):
        found.add(candidate)
    assert places(found) == [[(10, 20), (30, 40), (0, 5)]]


def test_a_place_that_overlaps_with_one_known_adds_nothing() -> None:
    found = Found()
    for candidate in (said((10, 20), (15, 30)), said((29, 35)), said((30, 40)), said((5, 11))):
        found.add(candidate)
    assert places(found) == [[(10, 20), (15, 30), (30, 40)]]


def test_two_statements_keep_their_places_apart() -> None:
    found = Found()
    found.add(said((10, 20)))
    found.add(said((12, 18), about="marten"))
    assert places(found) == [[(10, 20)], [(12, 18)]]
