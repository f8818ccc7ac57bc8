"""The child process of the fast engine: a crash or a runaway constraint ends this process and nothing else.

Reads shapes in N-Triples on stdin; writes one JSON line a result, at most so many, and, if asked, the report as
N-Triples to a file.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import shacl

__all__ = ["main"]


def main(data: str, most: str, report_file: str = "") -> None:
    """Validate one RDF file against the shapes on stdin."""
    shapes = shacl.Shapes.from_text(sys.stdin.read(), format="ntriples")
    report = shapes.validate_file(data, max_results=int(most) or None)
    for r in report.results:
        row = (r.severity_iri, r.focus_node, r.path, r.value, r.component_iri, r.source_shape, r.messages)
        sys.stdout.write(json.dumps(row) + "\n")
    if report_file:
        Path(report_file).write_text(report.serialize("ntriples"), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
