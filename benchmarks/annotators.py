"""Agreement of the two annotators of the held-out gold standard: F1 by predicate, and Cohen's kappa.

    python benchmarks/annotators.py ../shared/data

F1 is that of `wildgraph score`, lenient. Kappa is of the decisions whether a sentence has a statement of a predicate,
for every sentence of the annotated stretches and every predicate that one of the two used.
"""

import argparse
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from wildgraph.extract import open_project
from wildgraph.extract.documents import convert, read
from wildgraph.extract.equal import Names
from wildgraph.extract.score import Scores, score
from wildgraph.extract.statement import SCOPE, Mention, read_mentions

ROOT = Path(__file__).parent.parent
GOLD = ROOT / "tests/gold"
Place = tuple[str, int]


def kappa(decisions: Sequence[tuple[bool, bool]]) -> float:
    """Return Cohen's kappa (1960) of pairs of decisions."""
    total = len(decisions)
    same = sum(first == second for first, second in decisions) / total
    yes = [sum(pair[side] for pair in decisions) / total for side in (0, 1)]
    chance = yes[0] * yes[1] + (1 - yes[0]) * (1 - yes[1])
    return 1.0 if chance == 1 else (same - chance) / (1 - chance)


def sentence_starts(mentions: Sequence[Mention], data: Path) -> dict[str, list[int]]:
    """Return where the sentences of each document start."""
    files = sorted({mention.file for mention in mentions})
    paths = {path.name: path for path in data.glob("species-texts-*/*")}
    readings = {file: read(convert(paths[file].read_bytes(), file)) for file in files}
    return {file: [sentence.start for sentence in reading.sentences] for file, reading in readings.items()}


def sentences(mentions: Sequence[Mention], starts: dict[str, list[int]]) -> Iterator[Place]:
    """Yield the sentences that begin in an annotated stretch."""
    for file, here in starts.items():
        scopes = [m for m in mentions if m.predicate == SCOPE and m.file == file]
        yield from (
            (file, start) for start in here if not scopes or any(scope.start <= start < scope.end for scope in scopes)
        )


def told(mentions: Sequence[Mention], starts: dict[str, list[int]], family: str) -> set[Place]:
    """Return the sentences in which a statement of a predicate begins."""
    here = [mention for mention in mentions if mention.family == family and mention.predicate != SCOPE]
    return {(m.file, starts[m.file][max(bisect_right(starts[m.file], m.start) - 1, 0)]) for m in here}


def compare(first: Sequence[Mention], second: Sequence[Mention]) -> Scores:
    known = open_project(ROOT / "datasets/amur-leopard")
    return score(first, second, known.vocabulary, Names(known.vocabulary, known.entities.values()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the folder of species-texts-wikipedia and -pensoft")
    data = parser.parse_args().data
    first, second = (read_mentions(GOLD / f"annotators/held-out-{name}.jsonl") for name in ("first", "second"))
    starts = sentence_starts(first, data)
    places = list(sentences(first, starts))
    pairing = compare(first, second).lenient
    counts = pairing.count(lambda mention: mention.family) | pairing.count(lambda _: "all")
    table = Table("predicate", "first", "second", "both", "F1", "kappa", box=None)
    every: list[tuple[bool, bool]] = []
    for family, count in counts.items():
        one, other = told(first, starts, family), told(second, starts, family)
        decisions = [(place in one, place in other) for place in places]
        agreed = kappa(every if family == "all" else decisions)
        every += decisions if family != "all" else []
        table.add_row(
            family, str(count.gold), str(count.predicted), str(count.found), f"{count.f1 or 0:.2f}", f"{agreed:.2f}"
        )
    Console().print(f"{len(places)} sentences, {len(every):,} decisions")
    Console().print(table)


if __name__ == "__main__":
    main()
