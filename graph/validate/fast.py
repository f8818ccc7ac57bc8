"""The fast engine: the Rust package `shacl`, in child processes, each with a part of the shapes and what they read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ...extract import InputError
from ...ontology.terms import Term
from ..spool import Spool
from ..store import parse_errors, parse_lines
from .reads import merged, reads_of
from .report import NotChecked, Outcome, Result, joined, severity_of
from .shapes import Shapes
from .split import divided
from .targets import focus_nodes

__all__ = ["LIMIT", "run_fast"]

#: How many results the engine is asked for at once, by all processes together. It keeps some 7 KB of memory for each.
LIMIT = 50_000
#: Bytes of data for which a process more is worth its start, and the most processes: each reads all the data.
_WORTH, _MOST = 16_000_000, 4
#: Run as a file, the worker need not import the packages that it stands in, which take longer than a small validation.
_WORKER = Path(__file__).with_name("worker.py")


def run_fast(
    data: Path, shapes: Shapes, *, timeout: float, report: bool = False, workers: int | None = None
) -> Outcome:
    """Validate a file of canonical N-Triples or N-Quads, in as many processes as there are processors.

    What is found is the same for any number of `workers`. When the engine crashes or takes longer than `timeout`
    seconds, each shape is run by itself, so that the rest is still validated and the one at fault is named. When there
    are more results than the engine can hold in little memory, it is run on one part of the shapes or of the focus
    nodes after the other. Raises InputError when the file does not parse.
    """
    if not shapes.targeted:
        return Outcome(Spool([], Result.order))
    size = data.stat().st_size
    parts = divided(data, shapes, workers or min(os.cpu_count() or 1, _MOST, 1 + size // _WORTH))
    engine = _Engine(data, report, LIMIT // len(parts), whole=size < _WORTH and not workers)
    with ThreadPoolExecutor(len(parts)) as pool:
        return joined(pool.map(lambda part: engine.run(part, timeout), parts))


@dataclass(frozen=True, slots=True)
class _Engine:
    """The engine on some data: at most `limit` results at once; with `whole`, the data are not worth cutting down."""

    data: Path
    report: bool
    limit: int
    whole: bool

    def run(self, shapes: Shapes, timeout: float) -> Outcome:
        """Validate, in parts where one process cannot do it."""
        outcome = self._child(shapes, timeout)
        if outcome is None:
            return joined(self.run(part, timeout) for part in self._smaller(shapes))
        if isinstance(outcome, Outcome):
            return outcome
        if not outcome.startswith("not finished") and (problems := parse_errors(self.data)):
            raise InputError(problems)
        if len(shapes.targeted) <= 1:
            return Outcome(Spool([], Result.order), missed=tuple(NotChecked(str(s), outcome) for s in shapes.targeted))
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            alone = [shapes.only([shape]) for shape in shapes.targeted]
            return joined(pool.map(lambda part: self.run(part, timeout / 10), alone))

    def _smaller(self, shapes: Shapes) -> list[Shapes]:
        """Return shapes with fewer results each: half of the shapes, or a part of the focus nodes of the only one."""
        if len(shapes.targeted) > 1:
            middle = len(shapes.targeted) // 2
            return [shapes.only(shapes.targeted[:middle]), shapes.only(shapes.targeted[middle:])]
        (shape,) = shapes.targeted
        nodes = shapes.aimed_at or focus_nodes(self.data, shapes.graph, shape)
        step = min(self.limit - 1, (len(nodes) + 1) // 2)
        return [shapes.aimed(shape, nodes[start : start + step]) for start in range(0, len(nodes), step)]

    def _child(self, shapes: Shapes, timeout: float) -> Outcome | str | None:
        """Run one child process; return what it found, None when that is too much, or in words why it did not."""
        most = 0 if self.report or len(shapes.aimed_at) == 1 else self.limit
        read = None if self.whole else merged(reads_of(shapes.graph, shape) for shape in shapes.targeted).predicates()
        given = {"shapes": shapes.ntriples(), "predicates": None if read is None else sorted(read)}
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile("w+", encoding="utf-8") as out:
            written = Path(folder) / "report.nt"
            files = [str(self.data), str(most), *([str(written)] if self.report else [])]
            try:
                run = subprocess.run(
                    [sys.executable, "-P", str(_WORKER), *files],
                    input=json.dumps(given).encode(),
                    stdout=out,
                    stderr=subprocess.PIPE,
                    timeout=timeout,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                return f"not finished after {timeout:g} seconds"
            if run.returncode:
                lines = run.stderr.decode(errors="replace").strip().splitlines()
                return f"the engine stopped ({lines[-1] if lines else f'signal {-run.returncode}'})"
            out.seek(0)
            results = Spool(_results(out, shapes), Result.order)
            if most and len(results) >= most:
                return None
            return Outcome(results, written.read_text("utf-8") if self.report else "")


def _results(lines: Iterable[str], shapes: Shapes) -> Iterator[Result]:
    for line in lines:
        severity, focus, path, value, component, source, messages = json.loads(line)
        shape = source[1:-1] if source and source.startswith("<") else ""
        named = path[1:-1] if path and path.startswith("<") and path.endswith(">") and " " not in path else ""
        words = shapes.words(shape, component.strip("<>"), named)
        yield Result(
            severity=severity_of(severity.strip("<>")),
            focus=_term(focus),
            path=named,
            value=_term(value) if value else None,
            component=component.strip("<>"),
            shape=shape,
            message="; ".join(sorted(messages)) or words,
            constraint=words,
            fix=shapes.fix(shape),
        )


def _term(text: str) -> Term:
    """Return the term that an N-Triples term stands for."""
    if text.startswith("<"):
        return Term("iri", text[1:-1])
    if text.startswith("_:"):
        return Term("bnode", text[2:])
    (_, _, value, _), *_ = parse_lines([f"<x:s> <x:p> {text} .\n"])
    return value
