"""Times extraction beside spaCy's blank pipeline with an entity ruler that knows the same names, on the same text.

    pip install spacy
    python benchmarks/extraction.py FILE... [--repeat N]

Processor time of one process, medians of N runs, one warm-up before. spaCy is no dependency: without it only wildgraph
is timed. spaCy finds names alone; wildgraph reads sections, numbers, subjects and statements too.
"""

import argparse
import importlib
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table
from wildgraph.extract.documents import Document
from wildgraph.extract.text import extract, load_lexicon, load_rules
from wildgraph.extract.text.lexicon import Lexicon


def timed(work: Callable[[], int], repeat: int) -> tuple[float, int]:
    """Return the median of the seconds that the work takes, and what it found."""
    found = work()
    spent = []
    for _ in range(repeat):
        start = time.process_time()
        assert work() == found, "two runs differ"
        spent.append(time.process_time() - start)
    return statistics.median(spent), found


def wildgraph_reader(documents: list[Document], lexicon: Lexicon) -> Callable[[], int]:
    rules = load_rules()

    def read() -> int:
        fresh = [Document(document.path, document.content) for document in documents]
        return sum(len(extract(d, vocabularies=lexicon, rules=rules).candidates) for d in fresh)

    return read


def spacy_reader(documents: list[Document], lexicon: Lexicon) -> Callable[[], int] | None:
    try:
        spacy = importlib.import_module("spacy")  # no dependency of ours
    except ImportError:
        return None
    language = spacy.blank("en")
    language.max_length = 20_000_000
    ruler = language.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
    patterns = [{"label": entries[0].type, "pattern": form} for form, entries in sorted(lexicon.forms.items())]
    ruler.add_patterns(patterns)
    return lambda: sum(len(language(document.text).ents) for document in documents)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    start = time.process_time()
    lexicon = load_lexicon()
    rules = load_rules()
    loading = time.process_time() - start
    documents = [Document(path, path.read_bytes()) for path in options.files]
    characters = sum(len(document.text) for document in documents)
    table = Table("reader", "seconds", "characters/s", "found", "ratio", box=None)
    base = None
    readers = {"wildgraph": wildgraph_reader(documents, lexicon), "spaCy ruler": spacy_reader(documents, lexicon)}
    for name, read in readers.items():
        if read is None:
            table.add_row(name, "", "", "not installed", "")
            continue
        seconds, found = timed(read, options.repeat)
        base = base or seconds
        table.add_row(name, f"{seconds:.3f}", f"{characters / seconds:,.0f}", f"{found:,}", f"{seconds / base:.2f}")
    console = Console()
    console.print(
        f"{len(documents)} files, {characters:,} characters; {len(lexicon.forms):,} names and {len(rules)} rules"
    )
    console.print(f"loading names and rules: {loading:.2f} s")
    console.print(table)


if __name__ == "__main__":
    main()
