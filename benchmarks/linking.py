"""Speed and size of the index of names: python benchmarks/linking.py CHECKLIST [--names 1000000]

Genera and epithets of a real checklist are taken apart and put together anew, so that a list of any length looks like
one of the world's. Prints the time to load it, bytes a name, and names matched in a second.
"""

from __future__ import annotations

import argparse
import csv
import random
import resource
import tempfile
import time
from pathlib import Path
from statistics import median

from misspellings import True_, make_cases
from wildgraph.graph.link.answer import Query
from wildgraph.graph.link.build import build_index
from wildgraph.graph.link.dumps import TaxonRow, open_dump
from wildgraph.graph.link.index import Index
from wildgraph.graph.link.match import match, match_many
from wildgraph.graph.link.name import read_names

HEADER = ("taxonID", "scientificName", "scientificNameAuthorship", "taxonRank", "taxonomicStatus",
          "acceptedNameUsageID", "kingdom", "family")  # fmt: skip
_AT_ONCE = 2000
KINGDOMS = ("Plantae", "Animalia", "Fungi", "Chromista")


def parts(checklist: Path) -> tuple[list[str], list[str], list[str]]:
    """Return the genera, epithets and authorships of a checklist."""
    rows = [row for row in open_dump(checklist)[1].rows if isinstance(row, TaxonRow)]
    names = read_names([row.name for row in rows], [row.authorship for row in rows])
    words = [name.canonical.split(" ") for name in names if name.canonical and not name.phrase]
    genera = sorted({w[0] for w in words if len(w) > 1})
    epithets = sorted({w[-1] for w in words if len(w) > 1})
    return genera, epithets, sorted({name.authorship for name in names if name.authorship})


def invented(genera: list[str], count: int, rng: random.Random) -> list[str]:
    """Return genera made of the first half of one and the second half of another."""
    made: set[str] = set()
    while len(made) < count:
        a, b = rng.choice(genera), rng.choice(genera)
        made.add(a[: max(3, len(a) // 2)] + b[len(b) // 2 :].lower())
    return sorted(made)


def write_list(path: Path, checklist: Path, count: int, seed: int) -> list[True_]:
    """Write a checklist of so many names; return those that stand for one taxon only."""
    rng = random.Random(seed)
    genera, epithets, authors = parts(checklist)
    names = invented(genera, max(count // 12, 10), rng)
    families = {genus: f"{rng.choice(genera)[:6]}aceae" for genus in names}
    seen: set[str] = set()
    true = []
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, delimiter="\t")
        writer.writerow(HEADER)
        accepted = "0"
        while len(seen) < count:
            genus = names[int(len(names) * rng.random() ** 2)]
            words = [genus, *rng.sample(epithets, 2 if rng.random() < 0.15 else 1)]
            canonical = " ".join(words)
            if canonical in seen:
                continue
            seen.add(canonical)
            number, synonym = str(len(seen)), bool(accepted != "0" and rng.random() < 0.4)
            rank = "subspecies" if len(words) == 3 else "species"
            author = rng.choice(authors)
            accepted = accepted if synonym else number
            writer.writerow((number, canonical, author, rank, "synonym" if synonym else "accepted",
                             accepted if synonym else "", KINGDOMS[len(genus) % 4], families[genus]))  # fmt: skip
            true.append(True_(number, canonical, author, rank, accepted))
    return true


def rate(index: Index, queries: list[Query], rounds: int) -> tuple[float, float, int]:
    """Return names in a second by the clock and by the processor, as medians, and how many were linked."""
    clock, processor, linked = [], [], 0
    for _ in range(rounds):
        start, used = time.perf_counter(), time.process_time() + _children()
        linked = sum(found.linked for found in match_many(index, queries))
        clock.append(len(queries) / (time.perf_counter() - start))
        processor.append(len(queries) / (time.process_time() + _children() - used))
    return median(clock), median(processor), linked


def least(index: Index, queries: list[Query]) -> float:
    """Return the processor time of one name in microseconds, the least of some thousands at a time.

    It hardly depends on what else the machine does, which names in a second do.
    """
    times = []
    for start in range(0, len(queries) - _AT_ONCE + 1, _AT_ONCE):
        some, used = queries[start : start + _AT_ONCE], time.process_time()
        for _ in match_many(index, some, workers=1):
            pass
        times.append(time.process_time() - used)
    times.sort()
    return 1e6 * median(times[: max(1, len(times) // 10)]) / _AT_ONCE


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def single(index: Index, queries: list[Query]) -> tuple[float, float]:
    """Return the median and the 99th of a hundred times of one look-up, in milliseconds."""
    times = []
    for query in queries:
        start = time.perf_counter()
        match(index, query)
        times.append(1000 * (time.perf_counter() - start))
    times.sort()
    return median(times), times[len(times) * 99 // 100]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checklist", type=Path)
    parser.add_argument("--names", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="folder to keep the list and the index in, and to take them from")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(exist_ok=True)
        table, index = folder / "list.tsv", folder / "a.index"
        true = write_list(table, given.checklist, given.names, seed=5)
        start, used = time.perf_counter(), time.process_time()
        built = build_index([table], index, fresh=True)
        clock, processor = time.perf_counter() - start, time.process_time() - used
        print(f"load {given.names:,} names        {clock:8.1f} s by the clock, {processor:.1f} s of processor")
        print(f"index                      {built.size / given.names:8.0f} bytes a name")
        measure(index, true, given.queries, given.rounds)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"peak memory                {peak:8.0f} MB")


def measure(path: Path, true: list[True_], count: int, rounds: int) -> None:
    """Print the rates of exact names, of mixed ones, and the time of single look-ups."""
    rng = random.Random(11)
    chosen = [rng.choice(true) for _ in range(count)]
    exact = [Query(name.canonical, name.authorship) for name in chosen]
    wrong = [
        c for c in make_cases(true[::50], [], count=count // 40, seed=3) if c.kind.startswith(("a slip", "scanned"))
    ]
    slips = [Query(case.text, case.authorship) for case in wrong][: count // 10]
    mixed = exact[: count - len(slips)] + slips
    rng.shuffle(mixed)
    with Index.open(path) as index:
        for label, queries in (
            ("exact, with author", exact),
            ("mixed, 10 % misspelt", mixed),
            ("misspelt only", slips),
        ):
            clock, processor, linked = rate(index, queries, rounds)
            share = linked / len(queries)
            each = least(index, queries)
            print(f"{label:26} {clock:8,.0f} names/s, {processor:,.0f} a second of processor, {share:.1%} linked")
            print(f"{'':26} {each:8.1f} us of processor a name in one process, at best")
        for label, queries in (("single exact", exact[:3000]), ("single misspelt", slips[:3000])):
            middle, slow = single(index, queries)
            print(f"{label:26} {middle:8.3f} ms median, {slow:.3f} ms at the 99th percentile")


if __name__ == "__main__":
    main()
