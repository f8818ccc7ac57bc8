"""Anchors: spans of a text that changed are found again by the hash of their words."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .claim import Span, token_hash

__all__ = ["Anchor", "Proposal", "find_spans", "propose"]

_CHUNK = re.compile(r"\S+")
_WORD = re.compile(r"\w+")
_LETTER = re.compile(r"(?s).[\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff]*")
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?]+(?=\s|$)|[.!?]|$|\n)")
_Token = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a span is now. `state` is `same`, `moved` or `orphaned`; `places` is in how many places its words stand."""

    old: Span
    new: Span | None
    state: str
    places: int = 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """A stretch of the new text that a curator may take for an orphaned span; `score` is 0 to 100."""

    span: Span
    score: float


def find_spans(spans: Iterable[Span], text: str) -> dict[Span, Anchor]:
    """Find spans in a text by their hashes. A span that still stands where it stood stays as it is.

    Of several places with the same words the nearest wins: nearest to where the span stood, moved as far as the
    closest span whose words stand in one place only. A span without a hash is orphaned unless it is found otherwise.
    """
    wanted = sorted(set(spans), key=lambda span: (span.start, span.end, span.hash))
    found: dict[Span, Anchor] = {}
    moved = []
    for span in wanted:
        if span.hash and span.end <= len(text) and token_hash(text[span.start : span.end]) == span.hash:
            found[span] = Anchor(span, span, "same", 1)
        else:
            moved.append(span)
    places = _places({span.hash: span.end - span.start for span in moved if span.hash}, text) if moved else {}
    sure = dict.fromkeys(found, 0)
    sure |= {span: places[span.hash][0][0] - span.start for span in moved if len(places.get(span.hash, ())) == 1}
    for span in moved:
        options = places.get(span.hash, [])
        if not options:
            found[span] = Anchor(span, None, "orphaned")
            continue
        near = min(sure, key=lambda other: (abs(other.start - span.start), other.start), default=None)
        due = span.start + (sure[near] if near else 0)
        start, end = min(options, key=lambda place: (abs(place[0] - due), place[0]))
        found[span] = Anchor(span, Span(start, end, span.hash), "moved", len(options))
    return found


def _places(lengths: dict[str, int], text: str) -> dict[str, list[tuple[int, int]]]:
    """Return where the words with each hash stand, for hashes of spans of a known number of characters.

    One pass over the text for all of them: from every word, runs of words are hashed until they are longer than any
    span could have become by a change of white space and punctuation.
    """
    tokens = list(_tokens(text))
    found = _runs(tokens, lengths)
    # Markdown's emphasis belongs to a word for whoever hashed it with its marks, and does not for others.
    if any(word[0] == "_" or word[-1] == "_" for word, _, _ in tokens):
        for digest, places in _runs([bare for token in tokens if (bare := _bare(*token))[0]], lengths).items():
            found[digest] = sorted({*found.get(digest, ()), *places})
    return found


def _bare(word: str, start: int, end: int) -> _Token:
    left = len(word) - len(word.lstrip("_"))
    right = len(word) - len(word.rstrip("_"))
    return word.strip("_"), start + left, end - right


def _runs(tokens: Sequence[_Token], lengths: Mapping[str, int]) -> dict[str, list[tuple[int, int]]]:
    longest = max(lengths.values(), default=0) * 2 + 40
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for first, (word, start, end) in enumerate(tokens):
        digest = hashlib.sha256(word.encode())
        if digest.hexdigest()[:16] in lengths:
            found[digest.hexdigest()[:16]].append((start, end))
        for following in range(first + 1, len(tokens)):
            word, _, end = tokens[following]
            if end - start > longest:
                break
            digest.update(b" " + word.encode())
            if (name := digest.hexdigest()[:16]) in lengths:
                found[name].append((start, end))
    return found


def _tokens(text: str) -> Iterator[_Token]:
    """Yield the words of a text as `token_hash` counts them, each with its place."""
    for chunk in _CHUNK.finditer(text):
        for word, start, end in _words(chunk[0]):
            yield word, chunk.start() + start, chunk.start() + end


@lru_cache(maxsize=100_000)
def _words(chunk: str) -> tuple[_Token, ...]:
    plain = unicodedata.normalize("NFKC", chunk)
    # Offsets are of the text as it is, words of its normal form: letters are normalised with their accents one by one.
    letters = [match.span() for match in _LETTER.finditer(chunk)]
    parts = [unicodedata.normalize("NFKC", chunk[start:end]) for start, end in letters]
    if "".join(parts) != plain:
        return tuple((word, 0, len(chunk)) for word in _WORD.findall(plain.casefold()))
    # Case folding comes last, because it makes two letters of some.
    folded = [part.casefold() for part in parts]
    places = [place for place, part in zip(letters, folded, strict=True) for _ in part]
    words = _WORD.finditer("".join(folded))
    return tuple((m[0], places[m.start()][0], places[m.end() - 1][1]) for m in words)


def propose(words: str, text: str, *, limit: int = 3, least: float = 70) -> list[Proposal]:
    """Return the stretches of a text that are most like some words, the best first."""
    from rapidfuzz import fuzz  # a compiled library that only a changed page needs

    if not words.strip():
        return []
    found = []
    for match in _SENTENCE.finditer(text):
        aligned = fuzz.partial_ratio_alignment(words, match[0], score_cutoff=least)
        if aligned is not None:
            here = match[0]
            start, end = (aligned.dest_start, aligned.dest_end) if len(words) <= len(here) else (0, len(here))
            start, end = _fitted(words, [m.span() for m in _WORD.finditer(here)], here, start, end)
            span = Span(match.start() + start, match.start() + end, token_hash(here[start:end]))
            found.append(Proposal(span, round(fuzz.ratio(words, here[start:end]), 1)))
    kept = [proposal for proposal in found if proposal.score >= least]
    return sorted(kept, key=lambda p: (-p.score, p.span.start))[:limit]


def _fitted(words: str, tokens: list[tuple[int, int]], text: str, start: int, end: int) -> tuple[int, int]:
    """Return the run of whole words that is most like `words`, growing and shrinking from a first guess."""
    from rapidfuzz import fuzz

    inside = [n for n, token in enumerate(tokens) if token[0] < end and token[1] > start]
    if not inside:
        return start, end
    first, last = inside[0], inside[-1]

    def score(one: int, other: int) -> float:
        return fuzz.ratio(words, text[tokens[one][0] : tokens[other][1]])

    while True:
        steps = [(first - 1, last), (first, last + 1), (first + 1, last), (first, last - 1)]
        possible = [(a, b) for a, b in steps if 0 <= a <= b < len(tokens)]
        best = max(possible, key=lambda step: score(*step), default=(first, last))
        if score(*best) <= score(first, last):
            return tokens[first][0], tokens[last][1]
        first, last = best
