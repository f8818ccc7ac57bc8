"""Scoring: how many statements of a gold standard were found, and how many of those found are in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from pathlib import Path
from typing import Any

from ..ontology import Vocabulary
from .assign import best_pairs
from .equal import SCORING, Names
from .project import open_project
from .statement import SCOPE, Mention, read_mentions

__all__ = ["Count", "Pairing", "Scores", "score", "score_files", "wilson"]

_REFERENCE = Path(__file__).parent.parent / "datasets" / "amur-leopard"

_DECADE = re.compile(r"\b(\d{3})0s\b")
_TIERS = {name: tier for tier, names in SCORING["tier"].items() if tier != "other" for name in names}
_TOLERANCE = Decimal("0.005")  # of converted numbers, which sources round


@dataclass(frozen=True, slots=True)
class Count:
    """How many statements the gold standard has, how many were predicted, and how many of them are the same."""

    gold: int = 0
    predicted: int = 0
    found: int = 0

    @property
    def precision(self) -> float | None:
        """The share of the predictions that is right; None without a prediction."""
        return self.found / self.predicted if self.predicted else None

    @property
    def recall(self) -> float | None:
        """The share of the gold standard that was found; None without a gold statement."""
        return self.found / self.gold if self.gold else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of the two; None when there is nothing to find and nothing was predicted."""
        return 2 * self.found / (self.gold + self.predicted) if self.gold + self.predicted else None

    def as_json(self) -> dict[str, Any]:
        """Return the counts and the three figures, each with its 95 % interval."""
        union = self.gold + self.predicted - self.found
        # F1 is 2J / (1 + J) of the share J of the union that both have, so an interval of J gives one of F1.
        f1_interval = [2 * bound / (1 + bound) for bound in wilson(self.found, union)]
        shares = {
            "precision": (self.precision, list(wilson(self.found, self.predicted))),
            "recall": (self.recall, list(wilson(self.found, self.gold))),
            "f1": (self.f1, f1_interval),
        }
        rounded = {name: value if value is None else round(value, 4) for name, (value, _) in shares.items()}
        intervals = {f"{name}Interval": [round(b, 4) for b in bounds] for name, (_, bounds) in shares.items()}
        return {"gold": self.gold, "predicted": self.predicted, "found": self.found, **rounded, **intervals}


@dataclass(frozen=True, slots=True)
class Pairing:
    """Gold statements and predictions side by side: those that are the same, those missed and those wrong."""

    pairs: tuple[tuple[Mention, Mention], ...]
    missed: tuple[Mention, ...]
    wrong: tuple[Mention, ...]

    def count(self, key: Callable[[Mention], str]) -> dict[str, Count]:
        """Return the counts for each value of `key`; a pair counts where its gold statement does."""
        found = Counter(key(gold) for gold, _ in self.pairs)
        gold = found + Counter(key(mention) for mention in self.missed)
        predicted = found + Counter(key(mention) for mention in self.wrong)
        return {name: Count(gold[name], predicted[name], found[name]) for name in sorted(gold | predicted)}


@dataclass(frozen=True, slots=True)
class Scores:
    """The pairings by the two rules, and what stood outside them.

    `details` says, for each circumstance that the gold standard gives, in how many of the lenient pairs the
    prediction has the same, and of how many. `unscored` counts the predictions in documents the gold standard does
    not speak of or in parts that it does not cover, `silent` names the documents for which nothing was predicted,
    `versions` those whose canonical text is another one, so that offsets do not compare.
    """

    lenient: Pairing
    strict: Pairing
    details: Mapping[str, tuple[int, int]]
    unscored: Mapping[str, int]
    silent: tuple[str, ...]
    versions: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return everything as JSON values, as docs/commands.md describes it."""
        return {
            **{name: _figures(pairing) for name, pairing in (("lenient", self.lenient), ("strict", self.strict))},
            "details": {name: {"same": same, "of": total} for name, (same, total) in self.details.items()},
            "unscored": dict(self.unscored),
            "silent": list(self.silent),
            "versions": list(self.versions),
            "missed": [_shown(mention) for mention in self.lenient.missed],
            "wrong": [_shown(mention) for mention in self.lenient.wrong],
        }


def score_files(gold: Path, predictions: Path, *, project: Path | None = None) -> Scores:
    """Compare two files; names are looked up in the ontology and in a project, by default the reference dataset.

    Raises InputError with every line that cannot be read.
    """
    known = open_project(project or _REFERENCE)
    names = Names(known.vocabulary, known.entities.values())
    return score(read_mentions(gold), read_mentions(predictions), known.vocabulary, names)


def score(gold: Sequence[Mention], predicted: Sequence[Mention], vocabulary: Vocabulary, names: Names) -> Scores:
    """Compare predictions with a gold standard, by the rules that docs/review.md gives in words."""
    files = {mention.doc: mention.file for mention in gold}
    scopes = [mention for mention in gold if mention.predicate == SCOPE]
    gold = [mention for mention in gold if mention.predicate != SCOPE]
    predicted = [mention for mention in predicted if mention.predicate != SCOPE]
    here = _distinct(mention for mention in predicted if mention.doc in files and _covered(mention, scopes))
    outside = Counter(m.file for m in predicted if m.doc not in files or not _covered(m, scopes))
    judge = _Judge(vocabulary, names)
    lenient = judge.pairing(gold, here, judge.lenient)
    texts = {mention.doc: mention.canonical for mention in gold if mention.canonical}
    others = {m.file for m in here if m.canonical and texts.get(m.doc, m.canonical) != m.canonical}
    return Scores(
        lenient=lenient,
        strict=judge.pairing(gold, here, judge.strict),
        details=judge.details(lenient.pairs),
        unscored=dict(sorted(outside.items())),
        silent=tuple(sorted(file for doc, file in files.items() if doc not in {mention.doc for mention in here})),
        versions=tuple(sorted(others)),
    )


def _covered(mention: Mention, scopes: Sequence[Mention]) -> bool:
    """Say whether a prediction is of what the gold standard covers of the document: its scopes, if it has some."""
    of_document = [scope for scope in scopes if scope.doc == mention.doc]
    return not of_document or any(
        _overlap(scope, (mention.start, mention.end)) and (not scope.covers or mention.family in scope.covers)
        for scope in of_document
    )


def wilson(found: int, total: int) -> tuple[float, float]:
    """Return the 95 % score interval of a share (Wilson 1927); all of 0 to 1 when nothing was counted."""
    if not total:
        return 0.0, 1.0
    z = 1.959964
    share, slack = found / total, z * z / total
    middle = (share + slack / 2) / (1 + slack)
    reach = z * sqrt(share * (1 - share) / total + slack / total / 4) / (1 + slack)
    return max(0.0, middle - reach), min(1.0, middle + reach)


class _Judge:
    """Knows when a prediction says what a gold statement says."""

    def __init__(self, vocabulary: Vocabulary, names: Names) -> None:
        self._vocabulary = vocabulary
        self._names = names

    def lenient(self, gold: Mention, other: Mention) -> bool:
        near = _overlap(gold, (other.start, other.end)) or _overlap(gold, other.sentence)
        return bool(near) and self._same_object(gold, other)

    def strict(self, gold: Mention, other: Mention) -> bool:
        return (gold.start, gold.end) == (other.start, other.end) and self._same_object(gold, other)

    def pairing(
        self, gold: Sequence[Mention], predicted: Sequence[Mention], same: Callable[[Mention, Mention], bool]
    ) -> Pairing:
        """Pair every gold statement with one prediction at most, as many as can be, the nearest spans first."""
        places: dict[tuple[str, str], list[int]] = {}
        for number, mention in enumerate(predicted):
            places.setdefault((mention.doc, mention.family), []).append(number)
        worth = {
            (here, there): self._worth(row, predicted[there])
            for here, row in enumerate(gold)
            for there in places.get((row.doc, row.family), ())
            if same(row, predicted[there])
        }
        chosen = best_pairs(worth)
        taken = {there: here for here, there in chosen.items()}
        owners = {(predicted[there].owner, here) for there, here in taken.items()}
        again = {there for here, there in worth if there not in taken and (predicted[there].owner, here) in owners}
        return Pairing(
            tuple((gold[here], predicted[there]) for here, there in chosen.items()),
            tuple(row for here, row in enumerate(gold) if here not in chosen),
            tuple(m for there, m in enumerate(predicted) if there not in taken and there not in again),
        )

    def details(self, pairs: Iterable[tuple[Mention, Mention]]) -> dict[str, tuple[int, int]]:
        same: Counter[str] = Counter()
        total: Counter[str] = Counter()
        for gold, other in pairs:
            total["subject"] += 1
            same["subject"] += self._names.same(gold.subject, other.subject)
            for name, value in gold.details.items():
                total[name] += 1
                same[name] += self._same_detail(value, other.details.get(name, ""))
        return {name: (same[name], total[name]) for name in sorted(total)}

    def _worth(self, gold: Mention, other: Mention) -> int:
        """One pair more outweighs any better fit; an equal span outweighs overlap, overlap the circumstances."""
        exact = (gold.start, gold.end) == (other.start, other.end)
        shared = _overlap(gold, (other.start, other.end)) * 1000 // max(gold.end - gold.start, other.end - other.start)
        fitting = sum(self._same_detail(v, other.details.get(name, "")) for name, v in gold.details.items())
        return (1 << 40) + (exact << 20) + (shared << 4) + min(fitting, 15)

    def _same_detail(self, value: str, other: str) -> bool:
        here, there = (_DECADE.sub(r"\1X", text) for text in (value, other))
        return bool(other) and self._names.same((here, ""), (there, ""))

    def _same_object(self, gold: Mention, other: Mention) -> bool:
        if gold.negated != other.negated:
            return False
        if gold.numbers and other.numbers:
            return self._same_numbers(gold, other)
        return self._names.same(gold.object, other.object)

    def _same_numbers(self, gold: Mention, other: Mention) -> bool:
        units = self._vocabulary.schemes["unit-1.0"].concepts
        factor = None
        if gold.unit != other.unit and gold.unit in units and other.unit in units:
            factor = self._vocabulary.factor(other.unit, gold.unit)
        pairs = zip(gold.numbers or (), other.numbers or (), strict=True)
        if factor is None:
            return all(here == there for here, there in pairs)
        return all(abs(here - there * factor) <= _TOLERANCE * abs(here) for here, there in pairs)


def _overlap(gold: Mention, span: tuple[int, int]) -> int:
    return max(0, min(gold.end, span[1]) - max(gold.start, span[0]))


def _distinct(mentions: Iterable[Mention]) -> list[Mention]:
    return list({(m.owner, m.start, m.end): m for m in mentions}.values())


def _tiers(pairing: Pairing) -> dict[str, Count]:
    return pairing.count(lambda mention: mention.tier or _TIERS.get(mention.family, SCORING["tier"]["other"]))


def _figures(pairing: Pairing) -> dict[str, Any]:
    # a document is called as the gold standard calls it, wherever it was read from
    called = {mention.doc: mention.file for mention in (*(gold for gold, _ in pairing.pairs), *pairing.missed)}
    groups = {
        "tiers": _tiers(pairing),
        "predicates": pairing.count(lambda mention: mention.family),
        "documents": pairing.count(lambda mention: called.get(mention.doc, mention.file)),
    }
    whole = pairing.count(lambda _: "all").get("all", Count())
    tables = {name: {key: count.as_json() for key, count in counts.items()} for name, counts in groups.items()}
    return {"all": whole.as_json(), **tables}


def _shown(mention: Mention) -> dict[str, Any]:
    return {
        "id": mention.owner,
        "file": mention.file,
        "predicate": mention.predicate,
        "object": mention.object[1] or mention.object[0] or "-".join(str(n) for n in mention.numbers or ()),
        "start": mention.start,
        "end": mention.end,
    }
