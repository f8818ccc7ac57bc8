"""Checking: SHACL results, lints and stale builds in one list of findings that point at rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path

from ..extract import Origin, Project, UsageError, open_project
from ..ontology.terms import Term, expand, shorten
from .build import BUILD, DATASET, ORIGINS, input_hashes, read_summary
from .compare import find_conflicts
from .evidence import local_documents
from .findings import Finding, Severity
from .link.files import read_links
from .lint import run_lints
from .origins import Known, known
from .replace import recover
from .spool import Spool
from .store import Graph
from .validate import Report, Result, shape_files, validate

__all__ = ["Check", "check_files", "check_project"]

#: Where a project keeps what an incremental check remembers; it may be deleted at any time.
MEMORY = ".cache/check"
#: Bytes of RDF up to which a file is loaded to have labels for what is found in it.
_LABELLED = 50_000_000


#: Each conflict with its claims from rows of tables; those of curated claims alone are lints.
_CONFLICTS = """SELECT DISTINCT ?conflict ?claim ?subject ?kind ?reason WHERE {
  ?conflict a wg:Conflict ; wg:conflictKind ?kind ; wg:conflictReason ?reason ; wg:conflictingClaim ?claim .
  ?claim wg:subject ?subject . FILTER EXISTS { ?claim wg:row ?row }
} ORDER BY ?conflict ?claim"""

_Located = tuple[Result, Known | None]


@dataclass(frozen=True, slots=True)
class Check:
    """What a check found: the findings, worst first, and the standard validation report behind them."""

    findings: Spool[Finding]
    report: Report


def check_project(
    root: str | Path,
    *,
    engine: str = "fast",
    report: bool = False,
    inference: bool = False,
    incremental: bool = False,
) -> Check:
    """Check the built graph of a project against the shipped shapes and its own, and run the lints.

    `engine` is one of `ENGINES`; with `report`, the standard report is kept; with
    `inference`, what follows by OWL 2 RL is validated too; with `incremental`, findings of an earlier
    incremental check are taken over where nothing changed. Raises UsageError when the project has
    not been built, InputError when its files cannot be read, and MachineError when engines disagree.
    """
    project = open_project(root)
    folder = Path(root) / BUILD
    recover(folder)
    if not (folder / DATASET).is_file():
        raise UsageError(f"{root} has not been built; try: wildgraph build {root}")
    found = validate(
        [folder / DATASET],
        shape_files(Path(root)),
        engine=engine,
        report=report,
        inference=inference,
        canonical=True,
        memory=Path(root) / MEMORY if incremental else None,
    )
    by_focus = Spool(found.results, lambda result: result.focus.text)
    graph = Graph.open(folder)
    rows = known(folder / ORIGINS, by_focus, lambda result: result.focus.text)
    if project.tables:
        rows = _with_table_rows(rows, graph, project)
    findings = chain(
        _findings(rows, graph),
        _not_checked(found),
        run_lints(project, find_conflicts(project, read_links(project).accepted), local_documents(project)),
        _contested(graph, project),
        _stale(project, folder),
    )
    return Check(Spool(findings, Finding.sort_key), found)


def check_files(
    data: Sequence[Path], shapes: Sequence[Path], *, engine: str = "fast", report: bool = False, inference: bool = False
) -> Check:
    """Check RDF files against shapes (the shipped ones when none are given). Raises as `check_project`."""
    found = validate(data, shapes or shape_files(), engine=engine, report=report, inference=inference)
    small = len(found.results) and sum(path.stat().st_size for path in data) <= _LABELLED
    rows = ((result, None) for result in found.results)
    findings = chain(_findings(rows, Graph.load(*data) if small else None), _not_checked(found))
    return Check(Spool(findings, Finding.sort_key), found)


def _not_checked(report: Report) -> Iterator[Finding]:
    if report.aimless:
        message = "nothing was checked: no shape has a target in the data"
        fix = "Give the shapes that are meant for this data with --shapes."
        yield Finding(Severity.WARNING, "nothing-checked", "", "the data", message, fix=fix)
    fix = "Simplify the shape, or run it with --engine pyshacl."
    for miss in report.not_checked:
        message = f"not checked: {miss.reason}"
        yield Finding(Severity.VIOLATION, "not-checked", miss.shape, shorten(miss.shape), message, fix=fix)


def _findings(rows: Iterator[_Located], graph: Graph | None) -> Iterator[Finding]:
    words = _words(graph)
    for result, row in rows:
        yield Finding(
            severity=result.severity,
            rule=shorten(result.shape or result.component),
            focus=result.focus.text,
            label=row.label if row else words(result.focus, ""),
            message=result.message,
            value=words(result.value, shorten(result.value.text)) if result.value not in {None, result.focus} else "",
            constraint=result.constraint,
            fix=result.fix,
            origin=row.origin if row else None,
        )


def _with_table_rows(rows: Iterator[_Located], graph: Graph, project: Project) -> Iterator[_Located]:
    """Add the file and line of what a row of a table source made: the graph keeps them, not the file of origins."""
    files = _table_files(project)
    for result, row in rows:
        yield result, row or _table_row(result.focus.text, graph, files)


def _contested(graph: Graph, project: Project) -> Iterator[Finding]:
    """Yield the conflicts that rows of tables are part of, each at the row of its first claim."""
    if not project.tables:
        return
    files, last = _table_files(project), ""
    fix = project.vocabulary.concept("lint-1.0", "conflict").facts["fix"]
    for row in graph.select(_CONFLICTS).rows:
        conflict, claim, subject, kind, reason = (term.text if term else "" for term in row)
        if conflict == last:
            continue
        severity = Severity.WARNING if kind.endswith("/contradiction") else Severity.INFO
        place, last = _table_row(claim, graph, files), conflict
        label = graph.labels([subject]).get(subject, subject)
        yield Finding(severity, "conflict", claim, label, reason, fix=fix, origin=place.origin if place else None)


def _table_files(project: Project) -> dict[str, str]:
    return {f"{project.settings.base}graph/source/{table.id}": table.file for table in project.tables}


def _table_row(name: str, graph: Graph, files: Mapping[str, str]) -> Known | None:
    for predicate, value, source in graph.about(name):
        if predicate == expand("wg:row") and source in files:
            table, _, line = value.text.rpartition(":")
            file = files[source] if Path(files[source]).name == table else f"{files[source]}/{table}"
            label = graph.labels([name]).get(name, "")
            return Known(label, Origin(file, int(line) if line.isdigit() else 0))
    return None


def _words(graph: Graph | None) -> Callable[[Term, str], str]:
    """Return a function that gives the label of a term of a graph, or else what it is told."""

    @lru_cache(10_000)
    def label(name: str) -> str:
        return graph.labels([name]).get(name, "") if graph else ""

    return lambda term, otherwise: (label(term.text) if term.kind == "iri" else "") or otherwise


def _stale(project: Project, folder: Path) -> list[Finding]:
    before, now = read_summary(folder).inputs, input_hashes(project)
    changed = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
    fix = f"wildgraph build {project.root}"
    message = "changed since the build that was checked"
    return [
        Finding(Severity.WARNING, "stale-build", "", name, message, fix=fix, origin=Origin(name, 1)) for name in changed
    ]
