"""The licence gate: what the terms of others forbid to pass on stays out of an export, and is counted.

Which terms forbid what is data: `link/targets.toml`. A dataset whose terms forbid redistribution is linked by
identifier only: no label of its things, no statement about them. A source under such a licence keeps its
description, with its address, and loses its claims, their evidence and what follows from them alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..extract import open_project
from ..ontology.terms import expand
from .assemble import Assembler
from .compare import conflict_quads, find_conflicts
from .derive import derived_quads
from .link.targets import TARGET_IRI, may_publish, targets
from .quads import lines as written
from .store import Graph

__all__ = ["Gate", "open_gate"]

_LABEL = f" <{expand('sssom:object_label')}> "
_SOURCE = f" <{expand('sssom:object_source')}> <{TARGET_IRI}"
_LICENCES = "SELECT ?source ?licence { ?source a wg:Source ; dcterms:license ?licence }"


@dataclass
class Gate:
    """Decides on lines of a dataset. `withheld` counts, by whose terms, what did not pass."""

    base: str
    sources: dict[str, str] = field(default_factory=dict)
    derived: frozenset[str] | None = None
    withheld: Counter[str] = field(default_factory=Counter)

    def passing(self, lines: Iterable[str]) -> Iterator[str]:
        """Yield the lines that may be passed on, in their order."""
        closed = {name: target.iri for name, target in targets().items() if target.identifier_only}
        of_things = re.compile(
            "|".join(f"(?P<{_group(name)}><{re.escape(iri)})" for name, iri in sorted(closed.items()))
        )
        names = {_group(name): name for name in closed}
        labels: dict[str, str] = {}
        closed_nodes: dict[str, str] = {}
        for line in lines:
            thing = of_things.match(line)
            name = names[thing.lastgroup] if thing and thing.lastgroup else self._source_of(line)
            subject = line.partition(" ")[0]
            if name:
                self.withheld[name] += 1
            elif _LABEL in line:
                labels[subject] = line
            else:
                if _SOURCE in line and (target := line.partition(_SOURCE)[2].partition(">")[0]) in closed:
                    closed_nodes[subject] = target
                yield line
        for subject, line in labels.items():
            if subject in closed_nodes:
                self.withheld[closed_nodes[subject]] += 1
            else:
                yield line

    def notes(self) -> list[str]:
        """Return what to tell the user: how much was withheld, for whose sake, and where the terms stand."""
        found = []
        for name, count in sorted(self.withheld.items()):
            terms = targets()[name].terms if name in targets() else self.sources.get(name, "")
            found.append(f"withheld {count:,} statements of {name}: its terms allow no more than a link ({terms})")
        return found

    def _source_of(self, line: str) -> str:
        """Return the source under a closed licence that a line comes from, or an empty string."""
        if not self.sources:
            return ""
        graph = line.rstrip(" .\n").rpartition(" <")[2].removesuffix(">").removeprefix(f"{self.base}graph/")
        if graph == "derived":
            return "derived" if self.derived is not None and line not in self.derived else ""
        evidence = line.removeprefix(f"<{self.base}evidence/").partition("/")[0] if graph == "build" else ""
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
    follows = [*derived_quads(assembler), *conflict_quads(find_conflicts(kept), assembler)]
    return Gate(base, closed, frozenset(written(follows)))


def _group(name: str) -> str:
    return name.replace("-", "_")
