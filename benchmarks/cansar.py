"""Threat notes of CAN-SAR as a gold standard: Canadian documents whose threats people put into IUCN classes.

    python benchmarks/cansar.py make ../shared/data/iucn-like-cansar OUT      one text a document, and OUT/gold.jsonl
    wildgraph extract OUT/*.txt --json > candidates.jsonl
    python benchmarks/cansar.py classes OUT candidates.jsonl > classes.jsonl  the classes of the threats found
    wildgraph score OUT/gold.jsonl classes.jsonl

A note stands in the column of its class (1 to 11), so that the class of the note is known. What an extractor
finds in a note is brought to classes too, each once a note. Notes that say nothing of a threat are left out.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wildgraph.extract.candidate import read_candidate
from wildgraph.extract.equal import Names
from wildgraph.ontology import vocabulary

SCHEME = "iucn-threats-3.3"
CLASSES = [str(number) for number in range(1, 12)]
SILENT = re.compile(r"(?i)\W*(NE|NA|NR|not calculated|threat unknown|unknown|not specific|none)?\W*")


def notes(table: Path) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """Yield each document's number and title with its notes: (class, words)."""
    with table.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found = [(c, " ".join(row[f"X{c}_notes"].split())) for c in CLASSES]
            told = [(c, note) for c, note in found if not SILENT.fullmatch(note)]
            if told:
                yield row["rowID"], f"{row['common_name'].capitalize()} ({row['species']})", told


def documents(table: Path) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """Yield file name, text and gold rows of each document."""
    for number, title, told in notes(table):
        text, rows = f"{title}\n\nThreats\n", []
        for threat, note in told:
            start = len(text) + 1
            text += f"\n{note}\n"
            rows.append({"id": f"cansar-{number}-{threat}", "predicate": "threat", "object": f"{SCHEME}:{threat}",
                         "subject": title, "tier": "core", "start": start, "end": start + len(note)})  # fmt: skip
        name = f"cansar-{number}.txt"
        digest = hashlib.sha256(text.encode()).hexdigest()
        yield name, text, [{**row, "doc": number, "file": name, "sha256": digest} for row in rows]


def make(table: Path, out: Path) -> None:
    """Write the texts and their gold standard."""
    out.mkdir(parents=True, exist_ok=True)
    gold = []
    for name, text, rows in documents(table):
        (out / name).write_text(text, encoding="utf-8", newline="\n")
        gold += rows
    lines = [json.dumps(row, sort_keys=True, ensure_ascii=False) for row in gold]
    (out / "gold.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
    print(f"{len(gold)} notes of {len({row['doc'] for row in gold})} documents in {out}", file=sys.stderr)


def classes(out: Path, candidates: Path) -> None:
    """Print the classes that candidates put each note into, as rows to be scored."""
    gold = [json.loads(line) for line in (out / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    names = Names(vocabulary())
    found: dict[tuple[str, int, str], dict[str, Any]] = {}
    for line in candidates.read_text(encoding="utf-8").splitlines():
        candidate = read_candidate(line)
        thing = candidate.object
        if candidate.predicate != "threat" or thing is None:
            continue
        codes = names.codes(names.things(thing.text, thing.id))
        tops = {code.partition(":")[2].split(".")[0] for code in codes if code.startswith(f"{SCHEME}:")}
        for row in gold:
            inside = any(row["start"] <= span.start < row["end"] for span in candidate.evidence)
            if row["sha256"] == candidate.doc.sha256 and inside:
                for top in sorted(tops):
                    key = (row["file"], row["start"], top)
                    found[key] = {**row, "id": f"found-{row['id']}-{top}", "object": f"{SCHEME}:{top}"}
    for _, row in sorted(found.items()):
        print(json.dumps(row, sort_keys=True, ensure_ascii=False))


if __name__ == "__main__":
    if sys.argv[1:2] == ["make"] and len(sys.argv) == 4:
        make(Path(sys.argv[2]) / "CAN-SAR_database_half.csv", Path(sys.argv[3]))
    elif sys.argv[1:2] == ["classes"] and len(sys.argv) == 4:
        classes(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        sys.exit(__doc__)
