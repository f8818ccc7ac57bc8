"""Prints what an incremental check costs: the first, one where nothing changed, and one where a small graph did.

    python benchmarks/revalidation.py [--triples 1000000]

The data are the reference dataset's graph repeated with new names; the change takes three triples out of the graph of
links. Beside each stands a full check of the same data, and results are compared by hash. Times are those of the whole
command, audit included.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from wildgraph.benchmarks.copies import make_build
from wildgraph.benchmarks.validation import VALIDATE, Figure, measured

INCREMENTAL = VALIDATE.replace("canonical=True)", "canonical=True, memory=Path(MEMORY))")


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--triples", type=int, default=1_000_000)
    asked = arguments.parse_args()
    print(f"{'check':>30} {'CPU s':>8} {'wall s':>8} {'MiB':>6} {'results':>8}")
    with tempfile.TemporaryDirectory() as name:
        data = make_build(Path(name) / "project", asked.triples, store=False) / "dataset.nq"
        memory = Path(name) / "memory" / "check"
        full = show("full", measured(VALIDATE, 1, DATA=str(data), ENGINE="fast"))
        for title in ("first, to be remembered", "nothing changed"):
            show(title, measured(INCREMENTAL, 1, DATA=str(data), ENGINE="fast", MEMORY=str(memory)), full)
        change(data)
        again = measured(INCREMENTAL, 1, DATA=str(data), ENGINE="fast", MEMORY=str(memory))
        full = measured(VALIDATE, 1, DATA=str(data), ENGINE="fast")
        show("a graph of links changed", again, full)
        show("the same in full", full)


def change(data: Path) -> None:
    """Take three triples out of the graph of links."""
    edited = data.with_name("edited.nq")
    left = 3
    with data.open("rb") as old, edited.open("wb") as new:
        for line in old:
            if left and b"/graph/links> ." in line and b"annotatedTarget" in line:
                left -= 1
            else:
                new.write(line)
    edited.replace(data)


def show(title: str, figure: Figure, full: Figure | None = None) -> Figure:
    """Print one line of the table."""
    same = "" if full is None else "same results" if figure.digest == full.digest else "OTHER RESULTS"
    cells = f"{figure.cpu:8.1f} {figure.wall:8.1f} {figure.memory:6} {figure.results:8,}"
    print(f"{title:>30} {cells}  {same}", flush=True)
    return figure


if __name__ == "__main__":
    main()
