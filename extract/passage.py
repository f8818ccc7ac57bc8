"""Passages: the sentence around a span, cut into stretches that are evidence and stretches that are not."""

from __future__ import annotations

from .candidate import Candidate
from .claim import Span

__all__ = ["passages"]

#: Characters shown on either side of a span that no sentence is known of.
_AROUND = 160


def passages(candidate: Candidate, text: str) -> list[list[tuple[str, bool]]]:
    """Return, for each place of a candidate's evidence, its words: (words, whether they are evidence).

    Spans of one sentence are one passage. Nothing is returned for spans outside the text.
    """
    found: dict[tuple[int, int], list[Span]] = {}
    for span in candidate.evidence:
        if 0 <= span.start < span.end <= len(text):
            found.setdefault(_bounds(candidate, span, text), []).append(span)
    return [_marked(start, end, spans, text) for (start, end), spans in sorted(found.items())]


def _bounds(candidate: Candidate, span: Span, text: str) -> tuple[int, int]:
    start, end = candidate.sentence
    if start <= span.start and span.end <= end <= len(text):
        return start, end
    start = max(text.rfind("\n", 0, span.start) + 1, text.rfind(". ", 0, span.start) + 1, span.start - _AROUND, 0)
    breaks = [text.find(mark, span.end) for mark in (". ", "\n")]
    ends = [place + 1 for place in breaks if place >= 0]
    start += len(text[start : span.start]) - len(text[start : span.start].lstrip())
    return start, min([*ends, span.end + _AROUND, len(text)])


def _marked(start: int, end: int, spans: list[Span], text: str) -> list[tuple[str, bool]]:
    inside = [any(span.start <= place < span.end for span in spans) for place in range(start, end)]
    pieces: list[tuple[str, bool]] = []
    for character, marked in zip(text[start:end], inside, strict=True):
        if pieces and pieces[-1][1] == marked:
            pieces[-1] = (pieces[-1][0] + character, marked)
        else:
            pieces.append((character, marked))
    return [(words.replace("\n", " "), marked) for words, marked in pieces]
