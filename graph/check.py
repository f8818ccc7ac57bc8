"""Checking: SHACL results, lints and stale builds in one list of findings that point at rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..extract import Claim, Origin, Project, UsageError, open_project
from ..ontology.terms import shorten
from .assemble import Assembler
from .build import BUILD, DATASET, input_hashes, read_origins, read_summary
from .compare import find_conflicts
from .describe import sentence
from .evidence import local_documents
from .findings import Finding, Severity
from .lint import run_lints
from .replace import recover
from .store import Graph
from .validate import Report, Result, shape_files, validate

__all__ = ["Check", "check_files", "check_project"]

#: For so many findings about rows of tables the place and the label are looked up; more are not read by anybody.
_LABELLED = 20_000


@dataclass(frozen=True, slots=True)
class Check:
    """What a check found: the findings, worst first, and the standard validation report behind them."""

    findings: tuple[Finding, ...]
    report: Report


def check_project(root: str | Path, *, engine: str = "fast") -> Check:
    """Check the built graph of a project against the shipped shapes and its own, and run the lints.

    `engine` is one of `ENGINES`. Raises UsageError when the project has not been built, InputError when its files
    cannot be read, and MachineError when engines disagree.
    """
    project = open_project(root)
    folder = Path(root) / BUILD
    recover(folder)
    if not (folder / DATASET).is_file():
        raise UsageError(f"{root} has not been built; try: wildgraph build {root}")
    report = validate([folder / DATASET], shape_files(Path(root)), engine=engine)
    origins = read_origins(folder, (result.focus.text for result in report.results))
    labels = _labels(project, report.results)
    if project.tables:
        focus = sorted({result.focus.text for result in report.results} - origins.keys())
        origins |= _row_origins(folder, project, focus)
        labels = Graph.open(folder).labels(focus[:_LABELLED]) | labels
    findings = [_finding(result, labels, origins) for result in report.results]
    findings += _not_checked(report)
    findings += run_lints(project, find_conflicts(project), local_documents(project))
    findings += _stale(project, folder)
    return Check(tuple(sorted(findings, key=Finding.sort_key)), report)


def check_files(data: Sequence[Path], shapes: Sequence[Path], *, engine: str = "fast") -> Check:
    """Check RDF files against shapes (the shipped ones when none are given). Raises as `check_project`."""
    report = validate(data, shapes or shape_files(), engine=engine)
    labels = Graph.load(*data).labels(result.focus.text for result in report.results)
    findings = [*(_finding(result, labels, {}) for result in report.results), *_not_checked(report)]
    return Check(tuple(sorted(findings, key=Finding.sort_key)), report)


def _not_checked(report: Report) -> list[Finding]:
    fix = "Simplify the shape, or run it with --engine pyshacl."
    return [
        Finding(
            Severity.VIOLATION, "not-checked", miss.shape, shorten(miss.shape), f"not checked: {miss.reason}", fix=fix
        )
        for miss in report.not_checked
    ]


def _finding(result: Result, labels: dict[str, str], origins: dict[str, Origin]) -> Finding:
    told = result.value if result.value != result.focus else None  # of a node shape the value is the node itself
    value = (labels.get(told.text) or shorten(told.text)) if told else ""
    return Finding(
        severity=result.severity,
        rule=shorten(result.shape or result.component),
        focus=result.focus.text,
        label=labels.get(result.focus.text, ""),
        message=result.message,
        value=value,
        fix=result.fix,
        origin=origins.get(result.focus.text),
    )


def _labels(project: Project, results: Iterable[Result]) -> dict[str, str]:
    """Return words for the focus nodes and values that are claims, entities or sources of the project."""
    wanted = {term.text for result in results for term in (result.focus, result.value) if term}
    names = Assembler(project).names
    claims: dict[str, Claim] = {names.claim(claim): claim for claim in project.claims} if wanted else {}
    found = {name: sentence(claims[name], project) for name in wanted if name in claims}
    found |= {names.entity(e.type, e.id): e.label.text for e in project.entities.values()}
    return found | {names.source(s.id): s.title for s in project.sources.values()}


def _row_origins(folder: Path, project: Project, names: Sequence[str]) -> dict[str, Origin]:
    """Return the file and line of each of the IRIs that a row of a table source made."""
    graph = Graph.open(folder)
    found: dict[str, Origin] = {}
    files = {f"{project.settings.base}graph/source/{table.id}": table.file for table in project.tables}
    for start in range(0, min(len(names), _LABELLED), 500):
        values = " ".join(f"<{name}>" for name in names[start : start + 500])
        where = f"VALUES ?thing {{ {values} }} GRAPH ?graph {{ ?thing wg:row ?row }}"
        query = f"SELECT ?thing ?row ?graph WHERE {{ {where} }}"
        for thing, row, source in graph.select(query).rows:
            if thing is None or row is None or source is None:
                continue
            name, _, line = row.text.rpartition(":")
            file = files.get(source.text, "")
            place = file if Path(file).name == name else f"{file}/{name}"
            found.setdefault(thing.text, Origin(place, int(line) if line.isdigit() else 0))
    return found


def _stale(project: Project, folder: Path) -> list[Finding]:
    before, now = read_summary(folder).inputs, input_hashes(project)
    changed = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
    fix = f"wildgraph build {project.root}"
    message = "changed since the build that was checked"
    return [
        Finding(Severity.WARNING, "stale-build", "", name, message, fix=fix, origin=Origin(name, 1)) for name in changed
    ]
