"""The child process of the fast engine: a crash or a runaway constraint ends this process and nothing else.

Reads from stdin, as JSON, the shapes in N-Triples and the predicates that they read (null for all); writes one JSON
line a result, at most so many, and, if asked, the report as N-Triples to a file. Of N-Quads that are as a build writes
them, lines with other predicates are left out on the way to the engine, which reads from a pipe.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import shacl

__all__ = ["main", "read_only"]

#: How many bytes of lines are looked at together.
_BLOCK = 1 << 20


class _Wanted(dict[bytes, bool]):
    """Whether lines with a predicate are kept; what is no IRI is, so that the engine sees what is broken."""

    def __missing__(self, predicate: bytes) -> bool:
        self[predicate] = not (predicate.startswith(b"<") and predicate.endswith(b">"))
        return self[predicate]


def read_only(data: Path, predicates: list[str]) -> Iterator[bytes]:
    """Yield, in blocks, the lines of canonical N-Triples or N-Quads that have one of some predicates."""
    wanted = _Wanted({f"<{name}>".encode(): True for name in predicates})
    with data.open("rb") as file:
        while lines := file.readlines(_BLOCK):
            try:
                yield b"".join([line for line in lines if wanted[line.split(b" ", 2)[1]]])
            except IndexError:  # a line without two spaces, at which the engine is to stop
                yield b"".join(lines)


def _validated(shapes: shacl.Shapes, data: Path, predicates: list[str] | None, most: int | None) -> shacl.Report:
    if predicates is None:
        return shapes.validate_file(str(data), max_results=most)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as pool:
        needed = Path(folder) / f"needed{data.suffix}"

        def fill() -> None:
            with needed.open("wb") as file:
                file.writelines(read_only(data, predicates))

        if not hasattr(os, "mkfifo"):  # Windows: the lines go through a file
            fill()
            return shapes.validate_file(str(needed), max_results=most)
        os.mkfifo(needed)
        filling = pool.submit(fill)
        report = shapes.validate_file(str(needed), max_results=most)
        filling.result()
        return report


def main(data: str, most: str, report_file: str = "") -> None:
    """Validate one RDF file against the shapes on stdin."""
    given = json.load(sys.stdin)
    shapes = shacl.Shapes.from_text(given["shapes"], format="ntriples")
    report = _validated(shapes, Path(data), given["predicates"], int(most) or None)
    for r in report.results:
        row = (r.severity_iri, r.focus_node, r.path, r.value, r.component_iri, r.source_shape, r.messages)
        sys.stdout.write(json.dumps(row) + "\n")
    if report_file:
        Path(report_file).write_text(report.serialize("ntriples"), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
