"""Validation: the data goes to the engines that the shapes allow, and what they find comes back as one report."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import chain
from pathlib import Path

from ...extract import InputError, MachineError, Problem
from ..spool import Spool
from ..store import parse_errors, write_ntriples
from .audit import audit, differences
from .fast import Outcome, run_fast
from .reference import literals_as_written, read_data, run_reference
from .report import Report, Result
from .shapes import Shapes, read_shapes

__all__ = ["run"]


def run(
    data: Sequence[Path], shapes: Sequence[Path], *, engine: str, timeout: float, report: bool, canonical: bool
) -> Report:
    """Validate; `validate` in this package's `__init__` says how."""
    with literals_as_written(), ExitStack() as stack:
        if not canonical and (problems := [problem for path in data for problem in parse_errors(path)]):
            raise InputError(problems)
        read = read_shapes(shapes)
        if not read.targeted:
            raise InputError([_no_shapes(data, shapes)])
        lines = data[0] if canonical else _as_lines(data, stack)
        return _Run(lines, read, timeout, report).run(engine)


class _Run:
    """One run over a file of N-Triples or N-Quads."""

    def __init__(self, data: Path, shapes: Shapes, timeout: float, report: bool) -> None:
        self.data = data
        self.shapes = shapes
        self.timeout = timeout
        self.report = report

    def run(self, engine: str) -> Report:
        if engine == "pyshacl":
            self._refuse_broken()
            listed, ntriples = run_reference(read_data([self.data]), self.shapes)
            return Report(Spool(listed, Result.order), "pyshacl", ntriples)
        beyond = self.shapes.beyond_core()
        mine = self.shapes.only(s for s in self.shapes.targeted if s not in beyond) if beyond else self.shapes
        found = self._engine(mine)
        missed = {miss.shape for miss in found.missed}
        finished = mine.only(s for s in mine.targeted if str(s) not in missed) if missed else mine
        if engine == "both":
            name, checked = "fast, compared with pyshacl", self._compare(finished, found)
        else:
            name, checked = "fast, audited by pyshacl", self._audit(finished, found)
        if not beyond:
            return Report(found.results, name, found.ntriples, found.missed, checked)
        extra, more = run_reference(read_data([self.data]), self.shapes.only(beyond))
        name += f"; {len(beyond)} shape{'s' if len(beyond) > 1 else ''} by pyshacl alone"
        results = Spool(chain(found.results, extra), Result.order)
        return Report(results, name, found.ntriples + more, found.missed, checked)

    def _engine(self, shapes: Shapes) -> Outcome:
        if not shapes.targeted:
            return Outcome(Spool([], Result.order))
        found = run_fast(self.data, shapes, timeout=self.timeout, report=self.report)
        if found.missed:
            self._refuse_broken()
        return found

    def _refuse_broken(self) -> None:
        if problems := parse_errors(self.data):
            raise InputError(problems)

    def _compare(self, shapes: Shapes, found: Outcome) -> int:
        again, _ = run_reference(read_data([self.data]), shapes)
        _agree(differences(found.results, again))
        return len(again)

    def _audit(self, shapes: Shapes, found: Outcome) -> int:
        count, differing = audit(self.data, shapes, found.results)
        _agree(differing)
        return count


def _agree(differing: Sequence[str]) -> None:
    if differing:
        shown = "\n  ".join(differing[:10])
        raise MachineError(f"the engines disagree; use --engine pyshacl and report this:\n  {shown}")


def _as_lines(data: Sequence[Path], stack: ExitStack) -> Path:
    """Return one file of N-Triples in canonical form, with all the data."""
    path = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "data.nt"
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
