"""SHACL validation. Nothing outside this folder knows a SHACL engine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...ontology.vocabulary import FOLDER
from .report import NotChecked, Report, Result

__all__ = ["ENGINES", "NotChecked", "Report", "Result", "shape_files", "shapes_in_words", "validate"]

#: `fast` with an audit by pyshacl, `pyshacl` alone, or `both` in full with every difference an error.
ENGINES = ("fast", "pyshacl", "both")
#: Seconds after which a run of the fast engine is given up; its shapes are then tried one by one.
TIMEOUT = 600.0


def shape_files(project: Path | None = None) -> list[Path]:
    """Return the shapes that wildgraph ships, then those of a project."""
    own = sorted((project / "shapes").glob("*.ttl")) if project else []
    return [*sorted((FOLDER / "shapes").glob("*.ttl")), *own]


def shapes_in_words(project: Path | None = None) -> str:
    """Return Markdown that says what the shipped shapes and those of a project ask. Raises InputError."""
    from .shapes import read_shapes  # slow to import, as below
    from .words import page

    return page(read_shapes(shape_files(project)).graph)


def validate(
    data: Sequence[Path],
    shapes: Sequence[Path],
    *,
    engine: str = "fast",
    timeout: float = TIMEOUT,
    report: bool = False,
    canonical: bool = False,
    inference: bool = False,
    memory: Path | None = None,
) -> Report:
    """Validate the union of the graphs in RDF files against the shapes in others.

    `engine` is one of `ENGINES`, `timeout` in seconds; with `report`, the standard report is kept as well. `canonical`
    says that the data are one file of N-Quads as a build writes it, which is then read as it is; with `inference`, what
    follows from the data by OWL 2 RL is validated with them. Shapes that the fast engine cannot do go to pyshacl.
    With `memory`, a file that is kept, only what changed since the last time is validated again where the shapes allow
    it; it needs `canonical` data and the engine `fast`, and neither `report` nor `inference`, or else it is not used.
    Raises InputError when a file does not parse, when there is no shape or one with a term that SHACL lacks, and
    MachineError when the engines disagree.
    """
    from .run import run  # pyshacl and rdflib take half a second to import, which only a validation should pay

    return run(
        data,
        shapes,
        engine=engine,
        timeout=timeout,
        report=report,
        canonical=canonical,
        inference=inference,
        memory=memory,
    )
