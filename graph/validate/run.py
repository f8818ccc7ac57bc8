"""Validation: the data goes to the engines that the shapes allow, and what they find comes back as one report."""

from __future__ import annotations

import hashlib
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from ...extract import InputError, MachineError, Problem
from ..spool import Spool
from ..store import parse_errors, write_ntriples
from .audit import audit, differences
from .fast import run_fast
from .incremental import run_incremental
from .inference import append_closure
from .lexical import ILL_FORMED, XSD, mark_ill_formed
from .reference import literals_as_written, run_reference
from .report import NotChecked, Outcome, Report, Result, joined
from .shapes import Shapes, read_shapes
from .targets import any_focus

__all__ = ["run"]

#: Seconds after which the audit, which takes five of a processor for data of any size, is given up.
_AUDIT = 120.0


def run(
    data: Sequence[Path],
    shapes: Sequence[Path],
    *,
    engine: str,
    timeout: float,
    report: bool,
    canonical: bool,
    inference: bool,
    memory: Path | None,
) -> Report:
    """Validate; `validate` in this package's `__init__` says how."""
    with literals_as_written(), ExitStack() as stack:
        if not canonical and (problems := [problem for path in data for problem in parse_errors(path)]):
            raise InputError(problems)
        read = read_shapes(shapes)
        if not read.targeted:
            raise InputError([_no_shapes(data, shapes)])
        lines, marked = (data[0], False) if canonical and not inference else _as_lines(data, stack)
        added = append_closure(lines) if inference else 0
        usable = memory is not None and canonical and engine == "fast" and not (inference or report)
        remembered = (memory, _version(shapes)) if memory and usable else None
        found = _Run(lines, read, timeout, report, remembered).run(engine)
        if not found.results and not found.not_checked:
            found = replace(found, aimless=not any_focus(lines, read))
        found = _as_in_the_data(found) if marked else found
        return replace(found, engine=f"{found.engine}; {added:,} triples inferred") if inference else found


class _Run:
    """One run over a file of N-Triples or N-Quads."""

    def __init__(
        self, data: Path, shapes: Shapes, timeout: float, report: bool, memory: tuple[Path, str] | None
    ) -> None:
        self.data = data
        self.shapes = shapes
        self.timeout = timeout
        self.report = report
        self.memory = memory

    def run(self, engine: str) -> Report:
        if engine == "pyshacl":
            if problems := parse_errors(self.data):
                raise InputError(problems)
            alone = run_reference(self.data, self.shapes, timeout=self.timeout)
            return Report(alone.results, "pyshacl", alone.ntriples, alone.missed)
        beyond = self.shapes.beyond_core()
        mine = self.shapes.only(s for s in self.shapes.targeted if s not in beyond) if beyond else self.shapes
        found, taken_over = self._engine(mine)
        missed = {miss.shape for miss in found.missed}
        finished = mine.only(s for s in mine.targeted if str(s) not in missed) if missed else mine
        if engine == "both":
            name, (checked, unaudited) = "fast, compared with pyshacl", self._compare(finished, found)
        else:
            name, (checked, unaudited) = f"fast, audited by pyshacl{taken_over}", self._audit(finished, found)
        found = replace(found, missed=(*found.missed, *unaudited))
        if beyond:
            name += f"; {len(beyond)} shape{'s' if len(beyond) > 1 else ''} by pyshacl alone"
            extra = run_reference(self.data, self.shapes.only(beyond), timeout=self.timeout)
            found = joined([found, extra])
        return Report(found.results, name, found.ntriples, found.missed, checked)

    def _engine(self, shapes: Shapes) -> tuple[Outcome, str]:
        """Return what the fast engine found, and in words what of it was taken over from an earlier check."""
        if self.memory is None:
            return run_fast(self.data, shapes, timeout=self.timeout, report=self.report), ""
        memory, version = self.memory
        found, words = run_incremental(self.data, shapes, memory, version=version, timeout=self.timeout)
        return found, f"; {words}"

    def _compare(self, shapes: Shapes, found: Outcome) -> tuple[int, tuple[NotChecked, ...]]:
        again = run_reference(self.data, shapes, timeout=self.timeout)
        left_out = shapes.only_in(miss.shape for miss in again.missed)
        mine, theirs = ((r for r in part.results if r.shape not in left_out) for part in (found, again))
        _agree(differences(mine, theirs))
        return len(again.results), again.missed

    def _audit(self, shapes: Shapes, found: Outcome) -> tuple[int, tuple[NotChecked, ...]]:
        count, differing, missed = audit(self.data, shapes, found.results, timeout=min(self.timeout, _AUDIT))
        _agree(differing)
        return count, missed


def _version(shapes: Sequence[Path]) -> str:
    """Return what findings depend on besides the data: the shapes, the engine and this package."""
    files = [hashlib.sha256(path.read_bytes()).hexdigest() for path in shapes]
    return " ".join([sys.byteorder, *(f"{name} {version(name)}" for name in ("shacl", "wildgraph")), *files])


def _agree(differing: Sequence[str]) -> None:
    if differing:
        shown = "\n  ".join(differing[:10])
        raise MachineError(f"the engines disagree; use --engine pyshacl and report this:\n  {shown}")


def _as_lines(data: Sequence[Path], stack: ExitStack) -> tuple[Path, bool]:
    """Return one file of N-Triples in canonical form, with all the data, and whether ill-formed literals are marked."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    write_ntriples(data, folder / "read.nt")
    return folder / "data.nt", mark_ill_formed(folder / "read.nt", folder / "data.nt")


def _as_in_the_data(found: Report) -> Report:
    """Return a report whose ill-formed literals have their own datatypes again."""
    results = Spool(map(_unmarked, found.results), Result.order)
    return replace(found, results=results, ntriples=found.ntriples.replace(ILL_FORMED, XSD))


def _unmarked(result: Result) -> Result:
    value = result.value
    if value is None or not value.datatype.startswith(ILL_FORMED):
        return result
    name = value.datatype.removeprefix(ILL_FORMED)
    said = f"'{value.text}' is not an xsd:{name}: {result.message}"
    return replace(result, value=replace(value, datatype=XSD + name), message=said)


def _no_shapes(data: Sequence[Path], shapes: Sequence[Path]) -> Problem:
    where = ", ".join(str(path) for path in shapes) or "(none)"
    try:
        swapped = bool(read_shapes(data).targeted)
    except InputError:
        swapped = False
    hint = " and the data file has some: were they swapped?" if swapped else ""
    return Problem(where, 0, 0, f"no SHACL shape with a target in it{hint}", fix="give a file of shapes with --shapes")
