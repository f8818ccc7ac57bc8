"""Makes a build of any size: the reference dataset's graph again and again, with new names.

    python benchmarks/copies.py FOLDER [--triples 10000000]

Taxa, claims and evidence are new in every copy; threats, stresses, actions, habitats, organisations, uses and places
are shared by copies in groups of fifty, sources by all: a threat then has some hundred claims, a source millions of
triples. The graph is copied as N-Quads because building it from tables takes minutes and is measured elsewhere.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from io import StringIO
from itertools import groupby
from pathlib import Path

import wildgraph
from wildgraph.extract.scaffold import init
from wildgraph.graph.build import read_summary
from wildgraph.graph.coverage import coverage_quads
from wildgraph.graph.identify import Names
from wildgraph.graph.quads import lines as quad_lines
from wildgraph.graph.spool import Spool
from wildgraph.graph.stated import stated
from wildgraph.graph.store import bulk_load

__all__ = ["make_build", "write_copies"]

BASE = "https://w3id.org/wildgraph/amur-leopard/"
_OWN = "taxon|taxon-group|claim|evidence|conflict"
_SHARED = "threat|stress|action|habitat|organization|use|place|stakeholder|policy"
_GROUP = 50
_NAME = re.compile(rf"<{re.escape(BASE)}({_OWN}|{_SHARED})/[^>#]*")


def make_build(project: Path, triples: int, *, store: bool = True) -> Path:
    """Make a project whose build has about that many triples; return its build folder."""
    build = project / "build"
    if not (build / "dataset.nq").is_file():
        if not project.exists():
            init(project, example=True)
        wildgraph.build(project)
        (build / "dataset.nq").rename(project / "one.nq")
        write_copies(project / "one.nq", build / "dataset.nq", triples)
        summary = json.loads((build / "summary.json").read_text(encoding="utf-8"))
        summary["defaults"] = {kind: _renamed(kind, name) for kind, name in summary["defaults"].items()}
        (build / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
        for path in (build / "store").iterdir():
            path.unlink()
    if store and not any((build / "store").iterdir()):
        bulk_load(build / "store", build / "dataset.nq")
    assert read_summary(build).base == BASE
    return build


def write_copies(source: Path, target: Path, triples: int) -> int:
    """Write N-Quads until there are that many lines, graph by graph; return how many there are."""
    templates = {name: _NAME.sub(_mark, text) for name, text in _sections(source).items()}
    each = sum(map(_share, "".join(templates.values()).split("\n")))
    copies = max(1, round((triples - templates[f"{BASE}graph/ontology"].count("\n")) / each))
    lines = 0
    with target.open("w", encoding="utf-8", newline="\n") as file:
        for template in templates.values():
            for line, _ in groupby(Spool(_copied(template, copies), key=str)):
                if "/coverage/" not in line:
                    file.write(line)
                    lines += 1
        file.flush()
        with stated(target, Names(BASE)) as claims:
            counted = quad_lines(coverage_quads(claims, Names(BASE)))
        file.writelines(counted)
        lines += len(counted)
    return lines


def _share(line: str) -> float:
    """Return how many lines a copy adds for a line: those of shared things are the same in a group."""
    return 1.0 if "\x00" in line else 1 / _GROUP if "\x01" in line else 0.0


def _copied(template: str, copies: int) -> Iterator[str]:
    marked = "\x00" in template or "\x01" in template
    for copy in range(copies if marked else 1):
        text = template.replace("\x00", f"-{copy:05}").replace("\x01", f"-g{copy // _GROUP:04}")
        yield from StringIO(text, newline="\n")


def _sections(source: Path) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for line in source.read_text(encoding="utf-8").splitlines(keepends=True):
        found.setdefault(line.rpartition(" <")[2].partition(">")[0], []).append(line)
    return {name: "".join(lines) for name, lines in found.items()}


def _mark(match: re.Match[str]) -> str:
    return match[0] + ("\x00" if match[1] in _OWN.split("|") else "\x01")


def _renamed(kind: str, name: str) -> str:
    if kind == "source":
        return name
    return f"{name}-00000" if kind in {"taxon", "prey"} else f"{name}-g0000"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--triples", type=int, default=10_000_000)
    given = parser.parse_args()
    print(make_build(given.folder, given.triples))
