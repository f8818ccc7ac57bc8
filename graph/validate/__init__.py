"""SHACL validation. Nothing outside this folder knows a SHACL engine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...ontology.vocabulary import FOLDER
from .report import NotChecked, Report, Result

__all__ = ["ENGINES", "NotChecked", "Report", "Result", "shape_files", "validate"]

#: `fast` with an audit by pyshacl, `pyshacl` alone, or `both` in full with every difference an error.
ENGINES = ("fast", "pyshacl", "both")
#: Seconds after which a run of the fast engine is given up; its shapes are then tried one by one.
TIMEOUT = 600.0


def shape_files(project: Path | None = None) -> list[Path]:
    """Return the shapes that wildgraph ships, then those of a project."""
    own = sorted((project / "shapes").glob("*.ttl")) if project else []
    return [*sorted((FOLDER / "shapes").glob("*.ttl")), *own]


def validate(
    data: Sequence[Path],
    shapes: Sequence[Path],
    *,
    engine: str = "fast",
    timeout: float = TIMEOUT,
    report: bool = False,
    canonical: bool = False,
) -> Report:
    """Validate the union of the graphs in RDF files against the shapes in others.

    `engine` is one of `ENGINES`, `timeout` in seconds; with `report`, the standard report is kept as well. `canonical`
    says that the data are one file of N-Quads as a build writes it, which is then read as it is. Shapes that the fast
    engine cannot do go to pyshacl. Raises InputError when a file does not parse, when there is no shape or one with a
    term that SHACL lacks, and MachineError when the engines disagree.
    """
    from .run import run  # pyshacl and rdflib take half a second to import, which only a validation should pay

    return run(data, shapes, engine=engine, timeout=timeout, report=report, canonical=canonical)
