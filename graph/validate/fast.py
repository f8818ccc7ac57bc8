"""The fast engine: the Rust package `shacl`, in child processes, one for each part of the shapes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ...ontology.terms import Term
from ..store import parse_lines
from .report import NotChecked, Result, severity_of
from .shapes import Shapes

__all__ = ["run_fast"]

_Outcome = tuple[list[Result], str, list[NotChecked]]


def run_fast(data: Path, shapes: Shapes, *, timeout: float) -> _Outcome:
    """Return results, the report as N-Triples, and the shapes that could not be checked.

    When the engine crashes or takes longer than `timeout` seconds, each shape is run by itself, so that the rest is
    still validated and the one at fault is named.
    """
    outcome = _run(data, shapes, timeout)
    if isinstance(outcome, tuple):
        return outcome[0], outcome[1], []
    if len(shapes.targeted) <= 1:
        return [], "", [NotChecked(str(shape), outcome) for shape in shapes.targeted]
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        alone = [shapes.only([shape]) for shape in shapes.targeted]
        parts = list(pool.map(lambda part: run_fast(data, part, timeout=timeout / 10), alone))
    results = [result for part in parts for result in part[0]]
    return results, "".join(part[1] for part in parts), [miss for part in parts for miss in part[2]]


def _run(data: Path, shapes: Shapes, timeout: float) -> tuple[list[Result], str] | str:
    """Run one child process; return what it found, or in words why it did not."""
    command = [sys.executable, "-m", f"{__package__}.worker", str(data)]
    with tempfile.TemporaryFile() as shapes_file, tempfile.TemporaryFile("w+", encoding="utf-8") as out:
        shapes_file.write(shapes.ntriples().encode())
        shapes_file.seek(0)
        try:
            run = subprocess.run(
                command, stdin=shapes_file, stdout=out, stderr=subprocess.PIPE, timeout=timeout, check=False
            )
        except subprocess.TimeoutExpired:
            return f"not finished after {timeout:g} seconds"
        if run.returncode:
            lines = run.stderr.decode(errors="replace").strip().splitlines()
            return f"the engine stopped ({lines[-1] if lines else f'signal {-run.returncode}'})"
        out.seek(0)
        return list(_results(iter(out.readline, "\n"), shapes)), out.read()


def _results(lines: Iterator[str], shapes: Shapes) -> Iterator[Result]:
    fixes: dict[str, str] = {}
    for line in lines:
        severity, focus, path, value, component, source, messages = json.loads(line)
        shape = source[1:-1] if source and source.startswith("<") else ""
        if shape not in fixes:
            fixes[shape] = shapes.fix(shape) if shape else ""
        yield Result(
            severity=severity_of(severity.strip("<>")),
            focus=_term(focus),
            path=path[1:-1] if path and path.startswith("<") and path.endswith(">") and " " not in path else "",
            value=_term(value) if value else None,
            component=component.strip("<>"),
            shape=shape,
            message="; ".join(sorted(messages)),
            fix=fixes[shape],
        )


def _term(text: str) -> Term:
    """Return the term that an N-Triples term stands for."""
    if text.startswith("<"):
        return Term("iri", text[1:-1])
    if text.startswith("_:"):
        return Term("bnode", text[2:])
    (_, _, value, _), *_ = parse_lines([f"<x:s> <x:p> {text} .\n"])
    return value
