"""The child process of the fast engine: a crash or a runaway constraint ends this process and nothing else.

Reads shapes in N-Triples on stdin; writes one JSON line a result, then the report as N-Triples.
"""

from __future__ import annotations

import json
import sys

import shacl

__all__ = ["main"]


def main(data: str) -> None:
    """Validate one RDF file against the shapes on stdin."""
    shapes = shacl.Shapes.from_text(sys.stdin.read(), format="ntriples")
    report = shapes.validate_file(data)
    out = sys.stdout
    for r in report.results:
        row = (r.severity_iri, r.focus_node, r.path, r.value, r.component_iri, r.source_shape, r.messages)
        out.write(json.dumps(row) + "\n")
    out.write("\n")
    out.write(report.serialize("ntriples"))


if __name__ == "__main__":
    main(sys.argv[1])
