"""Spans found again in a text that changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wildgraph.extract import Span, token_hash
from wildgraph.extract.anchor import find_spans, propose

WORDS = st.text(alphabet="abcéßİﬁ½ąe\u0301N°70,.()-'", min_size=1, max_size=8).filter(lambda w: bool(w.strip()))
GAPS = st.sampled_from([" ", "  ", "\n", ". ", " — ", "\u00a0"])


@st.composite
def texts(draw: st.DrawFn, size: int = 12) -> str:
    words = draw(st.lists(st.tuples(WORDS, GAPS), max_size=size))
    return "".join(word + gap for word, gap in words)


def span(text: str, words: str, nth: int = 0) -> Span:
    start = -1
    for _ in range(nth + 1):
        start = text.index(words, start + 1)
    return Span(start, start + len(words), token_hash(words))


@given(before=texts(), after=texts(), new_before=texts(), new_after=texts())
def test_a_change_elsewhere_loses_no_span(before: str, after: str, new_before: str, new_after: str) -> None:
    passage = "around 45 adult foxes of the Blue Valley"
    old = f"{before} {passage} {after}"
    new = f"{new_before} {passage} {new_after}"
    anchor = find_spans([span(old, passage)], new)[span(old, passage)]
    assert anchor.new is not None
    assert token_hash(new[anchor.new.start : anchor.new.end]) == token_hash(passage)
    assert anchor.state in {"same", "moved"}


@given(text=texts(20), added=texts(6), data=st.data())
def test_every_run_of_words_is_found_after_an_insertion_before_it(text: str, added: str, data: st.DataObject) -> None:
    chunks = text.split()
    if not chunks:
        return
    first = data.draw(st.integers(0, len(chunks) - 1))
    last = data.draw(st.integers(first, len(chunks) - 1))
    words = " ".join(chunks[first : last + 1])
    if token_hash(words) == token_hash(""):
        return
    old = " ".join(chunks)
    start = len(" ".join(chunks[:first])) + (first > 0)
    wanted = Span(start, start + len(words), token_hash(words))
    new = f"{added}\n\n{old}"
    found = find_spans([wanted], new)[wanted].new
    assert found is not None
    assert token_hash(new[found.start : found.end]) == wanted.hash


@given(gaps=st.lists(st.integers(1, 60), min_size=2, max_size=6), shift=st.integers(0, 40), chosen=st.integers(0, 5))
def test_of_equal_passages_the_nearest_wins(gaps: list[int], shift: int, chosen: int) -> None:
    text = "".join("x " * gap + "the den " for gap in gaps)
    starts = [place for place in range(len(text)) if text.startswith("the den", place)]
    old = Span(starts[chosen % len(starts)] + shift, 0, "")
    wanted = Span(old.start, old.start + 7, token_hash("the den"))
    found = find_spans([wanted], text)[wanted].new
    assert found is not None
    assert abs(found.start - wanted.start) == min(abs(start - wanted.start) for start in starts)


def test_the_shift_of_a_sure_neighbour_tells_equal_passages_apart() -> None:
    old = "Foxes live here. The den is dry. Later: the den is wet."
    new = "A new line of words stands in front of it. " + old
    first, second, sure = span(old, "den"), span(old, "den", 1), span(old, "live here")
    found = find_spans([first, second, sure], new)
    assert [found[s].new for s in (first, second)] == [span(new, "den"), span(new, "den", 1)]
    assert [found[s].places for s in (first, second, sure)] == [2, 2, 1]


def test_white_space_punctuation_and_typography_may_change() -> None:
    wanted = span("As few as 70 remain.", "As few as 70")
    anchor = find_spans([wanted], "So: “as  few\nas 70” remain")[wanted]
    assert anchor.new
    assert (anchor.new.start, anchor.new.end) == (5, 18)


def test_a_span_that_is_gone_is_orphaned_and_something_like_it_proposed() -> None:
    new = "Foxes are rare. About 47 adult foxes were counted in 2015. They sleep in dens."
    wanted = Span(0, 21, token_hash("around 45 adult foxes"))
    assert find_spans([wanted], new)[wanted].state == "orphaned"
    best = propose("around 45 adult foxes", new)[0]
    assert new[best.span.start : best.span.end] == "About 47 adult foxes"
    assert propose("a lighthouse in the fog", new) == []


@pytest.mark.parametrize("words", ["Vulpes vulpes", "_Vulpes vulpes_", "fox (_Vulpes vulpes_) is"])
def test_emphasis_marks_of_markdown_may_be_part_of_a_span_or_not(words: str) -> None:
    old = "The red fox (_Vulpes vulpes_) is red."
    wanted = span(old, words)
    found = find_spans([wanted], "A new line. " + old)[wanted].new
    assert found
    assert token_hash(("A new line. " + old)[found.start : found.end]) == wanted.hash


@pytest.mark.parametrize("text", ["", " ", "\n\n", "…"])
def test_an_empty_text_orphans_all(text: str) -> None:
    wanted = Span(3, 9, token_hash("a fox"))
    assert find_spans([wanted], text)[wanted].state == "orphaned"
