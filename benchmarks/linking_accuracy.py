"""How often the matcher is right, on names made wrong: python benchmarks/linking_accuracy.py CHECKLIST...

Every fifth taxon of each dump is kept out of the index: its names are the ones that must not be linked.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from collections import Counter
from pathlib import Path

from misspellings import Case, True_, make_cases
from wildgraph.graph.link.answer import Match, Query
from wildgraph.graph.link.build import build_index
from wildgraph.graph.link.dumps import TaxonRow, open_dump
from wildgraph.graph.link.index import Index
from wildgraph.graph.link.match import match_many
from wildgraph.graph.link.name import read_names

COLUMNS = (
    "taxonID", "scientificName", "scientificNameAuthorship", "taxonRank", "taxonomicStatus", "acceptedNameUsageID",
    "parentNameUsageID", "kingdom", "family",
)  # fmt: skip


def wilson(good: int, total: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927)."""
    if not total:
        return 0.0, 1.0
    z, p = 1.96, good / total
    middle, half = p + z * z / (2 * total), z * (p * (1 - p) / total + z * z / (4 * total * total)) ** 0.5
    return (middle - half) / (1 + z * z / total), (middle + half) / (1 + z * z / total)


def split(path: Path, folder: Path) -> tuple[Path, list[True_], list[str]]:
    """Write a dump without every fifth species; return it, the names in it, and the names kept out."""
    rows = [row for row in open_dump(path)[1].rows if isinstance(row, TaxonRow)]
    species = sorted({row.accepted or row.id for row in rows if row.rank in {"species", "subspecies", "variety", ""}})
    out = set(species[::5])
    kept = [row for row in rows if (row.accepted or row.id) not in out]
    target = folder / f"{path.name.partition('.')[0]}.csv"
    with target.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        for r in kept:
            writer.writerow(
                (r.id, r.name, r.authorship, r.rank, r.status, r.accepted or "", r.parent, r.kingdom, r.family)
            )
    names = read_names([row.name for row in kept], [row.authorship for row in kept])
    true = [
        True_(row.id, n.canonical, n.authorship, row.rank, row.accepted or row.id)
        for row, n in zip(kept, names, strict=True)
        if n.canonical and not n.phrase and not n.hybrid and " " in n.canonical
    ]
    inside = {name.canonical for name in true}
    gone = [row for row in rows if (row.accepted or row.id) in out]
    absent = [
        f"{n.canonical} {n.authorship}" if number % 2 else n.canonical
        for number, n in enumerate(read_names([r.name for r in gone], [r.authorship for r in gone]))
        if n.canonical not in inside and not n.phrase and " " in n.canonical
    ]
    return target, true, absent


def verdict(case: Case, found: Match) -> str:
    """Return right, wrong, ambiguous, not found, or for names that are not there: kept out, above."""
    best = found.best
    if case.truth is None:
        return "wrong" if found.outcome in {"exact", "variant", "fuzzy"} else "kept out"
    if best is None:
        held = any(c.id == case.truth.id for c in found.candidates)
        return "ambiguous, true one shown" if held else "not found"
    if found.outcome == "broader":
        return "above" if case.truth.canonical.startswith(best.name.split(" ")[0]) else "wrong"
    taxon = best.accepted_id or best.id
    return "right" if best.id == case.truth.id or taxon == case.truth.taxon else "wrong"


def main() -> None:
    """Print accuracy by kind of error, with intervals, and the errors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dumps", nargs="+", type=Path)
    parser.add_argument("--count", type=int, default=500, help="cases of each kind and dump")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--errors", type=int, default=3, help="wrong links to show of each kind")
    given = parser.parse_args()
    tally: Counter[tuple[str, str]] = Counter()
    shown: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for path in given.dumps:
            table, names, absent = split(path, Path(folder))
            build_index([table], Path(folder) / "an.index", fresh=True)
            cases = make_cases(names, absent, count=given.count, seed=given.seed)
            homonyms = homonymous(names)
            with Index.open(Path(folder) / "an.index") as index:
                asked = [Query(case.text, case.authorship) for case in cases]
                for case, found in zip(cases, match_many(index, asked), strict=True):
                    said = verdict(case, found)
                    several = case.kind == "shortened" and len(found.candidates) > 1
                    if (
                        case.truth
                        and (case.truth.canonical in homonyms or several)
                        and said.startswith(("ambi", "not"))
                    ):
                        said = "homonym left open"
                    tally[case.kind, said] += 1
                    if said in {"wrong", "not found", "ambiguous, true one shown"}:
                        best = found.candidates[0] if found.candidates else None
                        to = f"{best.name} {best.authorship}" if best else "-"
                        truth = f"{case.truth.canonical} {case.truth.authorship}" if case.truth else "not in the list"
                        text = f"{case.text} {case.authorship}".strip()
                        why = found.rungs[-1].why
                        line = f"{case.kind:20} {said:10} {found.outcome:9} {text!r} -> {to!r}, is {truth!r}; {why}"
                        shown.append(line)
    report(tally)
    counts: Counter[tuple[str, str]] = Counter()
    for line in shown:
        key = (line[:20], line[21:31])
        counts[key] += 1
        if counts[key] <= given.errors:
            print(line)


def homonymous(names: list[True_]) -> set[str]:
    """Return the spellings that stand for several taxa: without more context no one can decide them."""
    taxa: dict[str, set[str]] = {}
    for name in names:
        taxa.setdefault(name.canonical, set()).add(name.taxon)
    return {canonical for canonical, of in taxa.items() if len(of) > 1}


def report(tally: Counter[tuple[str, str]]) -> None:
    """Print a row for each kind."""
    kinds = list(dict.fromkeys(kind for kind, _ in tally))
    print(
        f"{'kind':20} {'right':>6} {'wrong':>6} {'shown':>6} {'open':>6} {'above':>6} {'none':>6}  links right, found"
    )
    rows = [(kind, {said: n for (k, said), n in tally.items() if k == kind}) for kind in kinds]
    total: Counter[str] = Counter()
    for kind, said in rows:
        total.update(said)
        print(_row(kind, said))
    print(_row("all", total))


def _row(kind: str, said: dict[str, int]) -> str:
    right, wrong = said.get("right", 0), said.get("wrong", 0)
    shown, opened = said.get("ambiguous, true one shown", 0), said.get("homonym left open", 0)
    above, none = said.get("above", 0), said.get("not found", 0)
    kept = said.get("kept out", 0)
    findable = right + wrong + shown + above + none
    low, high = wilson(right, right + wrong)
    cells = f"{kind:20} {right:6} {wrong:6} {shown:6} {opened:6} {above:6} {none:6}"
    if kind == "absent":
        low, high = wilson(kept, kept + wrong)
        return f"{cells}  kept out {kept / max(kept + wrong, 1):.2%} ({low:.1%}-{high:.1%})"
    least, most = wilson(right, findable)
    links = f"{right / max(right + wrong, 1):.2%} ({low:.1%}-{high:.1%})"
    return f"{cells}  {links}  {right / max(findable, 1):.2%} ({least:.1%}-{most:.1%})"


if __name__ == "__main__":
    main()
