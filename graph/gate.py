"""The licence gate: what the terms of others forbid to pass on stays out of an export, and is counted.

Which terms forbid what is data: `link/targets.toml`. A dataset whose terms forbid redistribution is linked by
identifier only: no statement about its things; their labels are dropped when link files are read. A source under such
a licence keeps its description, with its address, and loses its claims, their evidence and what follows from them
alone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from ..extract import open_project
from .assemble import Assembler
from .compare import conflict_quads, find_conflicts
from .derive import derived_quads
from .link.files import read_links
from .link.targets import may_publish, targets
from .quads import lines as written
from .store import Graph

__all__ = ["Gate", "open_gate"]

_LICENCES = "SELECT ?source ?licence { ?source a wg:Source ; dcterms:license ?licence }"


@dataclass
class Gate:
    """Decides on lines of a dataset. `withheld` counts, by whose terms, what did not pass.

    `sources` are those under closed licences, with the licence; `derived` has the lines that follow from the others.
    """

    base: str
    sources: dict[str, str] = field(default_factory=dict)
    derived: frozenset[bytes] | None = None
    withheld: Counter[str] = field(default_factory=Counter)

    def passing(self, text: bytes) -> bytes:
        """Return the lines of a text that may be passed on, in their order."""
        if not any(sign in text for sign in self._signs):
            return text
        kept = []
        for line in text.splitlines(keepends=True):
            if name := self._withheld_for(line):
                self.withheld[name] += 1
            else:
                kept.append(line)
        return b"".join(kept)

    def notes(self) -> list[str]:
        """Return what to tell the user: how much was withheld, for whose sake, and where the terms stand."""
        found = []
        for name, count in sorted(self.withheld.items()):
            terms = targets()[name].terms if name in targets() else self.sources.get(name, "")
            found.append(f"withheld {count:,} statements of {name}: its terms allow no more than a link ({terms})")
        return found

    @cached_property
    def _things(self) -> list[tuple[bytes, str]]:
        """How lines about things of closed datasets begin."""
        return [(f"<{target.iri}".encode(), name) for name, target in targets().items() if target.identifier_only]

    @cached_property
    def _signs(self) -> list[bytes]:
        """What must be in a text for one of its lines to be withheld."""
        found = [start for start, _ in self._things]
        graphs = ["derived", "build", *(f"source/{name}" for name in self.sources)] if self.sources else []
        return found + [f" <{self.base}graph/{graph}> .".encode() for graph in graphs]

    def _withheld_for(self, line: bytes) -> str:
        for start, name in self._things:
            if line.startswith(start):
                return name
        return self._source_of(line) if self.sources else ""

    def _source_of(self, line: bytes) -> str:
        """Return the source under a closed licence that a line comes from, or an empty string."""
        graph = line.rstrip(b" .\n").rpartition(b" <")[2].decode().removesuffix(">").removeprefix(f"{self.base}graph/")
        if graph == "derived":
            return "derived" if self.derived is not None and line not in self.derived else ""
        evidence = ""
        if graph == "build":
            evidence = line.decode().removeprefix(f"<{self.base}evidence/").partition("/")[0]
        name = evidence or graph.removeprefix("source/")
        return name if name in self.sources else ""


def open_gate(project: Path, build: Path, base: str) -> Gate:
    """Return the gate of a built project. What follows from open claims alone is worked out again only if need be."""
    rows = Graph.open(build).select(_LICENCES).rows
    licences = {s.text.removeprefix(f"{base}source/"): licence.text for s, licence in rows if s and licence}
    closed = {name: licence for name, licence in licences.items() if not may_publish(licence)}
    if not closed:
        return Gate(base)
    whole = open_project(project)
    kept = replace(whole, claims=tuple(claim for claim in whole.claims if claim.source not in closed))
    assembler = Assembler(kept)
    follows = [*derived_quads(assembler), *conflict_quads(find_conflicts(kept, read_links(kept).accepted), assembler)]
    return Gate(base, closed, frozenset(line.encode() for line in written(follows)))
