"""How well names of taxa are recognised: BiodivNER's mentions of organisms, that people marked in abstracts and data.

    python benchmarks/mentions.py ../shared/data/ner-biodiv/BiodivNER_dev.csv [MORE.csv]

A mention that was found is right when it shares a word with a marked one ("overlap") or has the same words ("exact").
BiodivNER marks ranks and roles too ("species", "organism"), which are no names of taxa: the second pair of rows leaves
out those, marked or found, that consist of such words only. What the list of names has as food (leaves, seeds) is no
organism and is not counted.
"""

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table
from wildgraph.extract.score import wilson
from wildgraph.extract.text import Lexicon, Subject, load_lexicon
from wildgraph.extract.text.latin import latin_names
from wildgraph.extract.text.mentions import Mentions

RANKS = frozenset(
    [
        "species",
        "subspecies",
        "morphospecies",
        "taxon",
        "taxa",
        "organism",
        "organisms",
        "flora",
        "fauna",
        "biota",
        "microbiota",
        "community",
        "communities",
        "population",
        "populations",
        "individual",
        "individuals",
        "host",
        "hosts",
        "genus",
        "family",
        "order",
        "herbivory",
    ]
)

Span = tuple[int, int]
Marked = tuple[str, list[Span]]


def sentences(path: Path) -> Iterator[Marked]:
    """Yield each sentence with the stretches that are marked as organisms."""
    words: list[tuple[str, str]] = []
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["Sentence #"] and words:
                yield marked(words)
                words = []
            words.append((row["Word"], row["Tag"]))
    yield marked(words)


def marked(words: list[tuple[str, str]]) -> Marked:
    """Join the words of a sentence, and their tags to stretches of it."""
    spans: list[Span] = []
    text, inside = "", False
    for word, tag in words:
        text += " " if text else ""
        start, text = len(text), text + word
        if tag == "I-Organism" and inside:
            spans[-1] = (spans[-1][0], len(text))
        elif tag.endswith("Organism"):
            spans.append((start, len(text)))
        inside = tag.endswith("Organism")
    return text, spans


def found(text: str, finder: Mentions) -> list[Span]:
    return [(m.start, m.end) for m in finder.find(text)[1] if m.tags & {"taxon", "latin"} and "food" not in m.tags]


def named(text: str, spans: list[Span]) -> list[Span]:
    return [(start, end) for start, end in spans if set(text[start:end].casefold().split()) - RANKS]


def share(right: int, total: int) -> str:
    low, high = wilson(right, total)
    return f"{right / total:.2f} {low:.2f}-{high:.2f} of {total}" if total else "none"


def figures(pairs: list[tuple[list[Span], list[Span]]], *, exact: bool) -> tuple[str, str]:
    """Return precision and recall of (marked, found) in each sentence."""

    def same(one: Span, other: Span) -> bool:
        return one == other if exact else one[0] < other[1] and other[0] < one[1]

    right = sum(any(same(f, m) for m in gold) for gold, said in pairs for f in said)
    recalled = sum(any(same(f, m) for f in said) for gold, said in pairs for m in gold)
    return share(right, sum(len(said) for _, said in pairs)), share(recalled, sum(len(gold) for gold, _ in pairs))


def read(path: Path, lexicon: Lexicon) -> list[tuple[str, list[Span], list[Span]]]:
    """Return each sentence with what is marked and what is found, the file being the document of its Latin names."""
    lines = list(sentences(path))
    latin = latin_names("\n".join(text for text, _ in lines), ())
    finder = Mentions(lexicon, Subject("", "subject", (), (), "", latin=latin))
    return [(text, spans, found(text, finder)) for text, spans in lines]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    lexicon = load_lexicon()
    table = Table("file", "mentions", "match", "precision", "recall", box=None)
    for path in parser.parse_args().files:
        rows = read(path, lexicon)
        whole = [(gold, said) for _, gold, said in rows]
        names = [(named(text, gold), named(text, said)) for text, gold, said in rows]
        for kind, pairs in (("all", whole), ("no ranks", names)):
            for match in ("overlap", "exact"):
                table.add_row(path.stem, kind, match, *figures(pairs, exact=match == "exact"))
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
