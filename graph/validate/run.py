"""Validation: the data goes to the engines that the shapes allow, and what they find comes back as one report."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from ...extract import InputError, MachineError, Problem
from ..store import parse_errors, write_ntriples
from .audit import audit, differences
from .fast import run_fast
from .reference import literals_as_written, read_data, run_reference
from .report import Report, Result
from .shapes import Shapes, read_shapes

__all__ = ["run"]


def run(data: Sequence[Path], shapes: Sequence[Path], *, engine: str, timeout: float) -> Report:
    """Validate; `validate` in this package's `__init__` says how."""
    with literals_as_written():
        return _run(data, shapes, engine, timeout)


def _run(data: Sequence[Path], shapes: Sequence[Path], engine: str, timeout: float) -> Report:
    if problems := [problem for path in data for problem in parse_errors(path)]:
        raise InputError(problems)
    read = read_shapes(shapes)
    if not read.targeted:
        raise InputError([_no_shapes(data, shapes)])
    if engine == "pyshacl":
        results, ntriples = run_reference(read_data(data), read)
        return _report(results, "pyshacl", ntriples)
    with ExitStack() as stack:
        lines = _as_lines(data, stack)
        return _fast(lines, data, read, timeout, whole=engine == "both")


def _fast(lines: Path, data: Sequence[Path], shapes: Shapes, timeout: float, *, whole: bool) -> Report:
    beyond = shapes.beyond_core()
    mine = shapes.only(s for s in shapes.targeted if s not in beyond) if beyond else shapes
    results, ntriples, missed = run_fast(lines, mine, timeout=timeout) if mine.targeted else ([], "", [])
    finished = mine.only(s for s in mine.targeted if str(s) not in {m.shape for m in missed}) if missed else mine
    if whole:
        again, _ = run_reference(read_data(data), finished)
        checked, differing = len(again), differences(results, again)
    else:
        checked, differing = audit(lines, finished, results)
    if differing:
        shown = "\n  ".join(differing[:10])
        raise MachineError(f"the engines disagree; use --engine pyshacl and report this:\n  {shown}")
    name = "fast, compared with pyshacl" if whole else "fast, audited by pyshacl"
    if beyond:
        extra, more = run_reference(read_data(data), shapes.only(beyond))
        results, ntriples = [*results, *extra], ntriples + more
        name += f"; {len(beyond)} shape{'s' if len(beyond) > 1 else ''} by pyshacl alone"
    return Report(_sorted(results), name, ntriples, tuple(missed), checked)


def _report(results: list[Result], engine: str, ntriples: str) -> Report:
    return Report(_sorted(results), engine, ntriples)


def _sorted(results: list[Result]) -> tuple[Result, ...]:
    return tuple(sorted(results, key=Result.order))


def _as_lines(data: Sequence[Path], stack: ExitStack) -> Path:
    """Return one file of N-Triples or N-Quads with all the data: the file itself if it is the only one and such."""
    if len(data) == 1 and data[0].suffix in {".nt", ".nq"}:
        return data[0]
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    path = folder / "data.nt"
    write_ntriples(data, path)
    return path


def _no_shapes(data: Sequence[Path], shapes: Sequence[Path]) -> Problem:
    where = ", ".join(str(path) for path in shapes) or "(none)"
    try:
        swapped = bool(read_shapes(data).targeted)
    except InputError:
        swapped = False
    hint = " and the data file has some: were they swapped?" if swapped else ""
    return Problem(where, 0, 0, f"no SHACL shape with a target in it{hint}", fix="give a file of shapes with --shapes")
