"""Findings for other programs: JSON, CSV and SARIF, which code hosts show beside the lines of a review."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict
from itertools import islice
from typing import Any, TextIO

from ..graph import Check, Finding, Severity
from .formula import inert

__all__ = ["SARIF_LIMIT", "write_csv", "write_json", "write_sarif"]

_LEVELS = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_COLUMNS = ("severity", "rule", "file", "line", "label", "message", "value", "constraint", "fix", "focus")
#: How many results a SARIF log has at most: code hosts refuse files with more.
SARIF_LIMIT = 25_000


def write_json(check: Check, file: TextIO) -> None:
    """Write one JSON object with the verdict and every finding; `severity` is info, warning or violation."""
    head = json.dumps({"conforms": check.report.conforms, "engine": check.report.engine})
    file.write(f'{head[:-1]}, "findings": [')
    for number, finding in enumerate(check.findings):
        record = {**asdict(finding), "severity": finding.severity.name.lower()}
        file.write(f"{',' if number else ''}\n  {json.dumps(record, ensure_ascii=False, sort_keys=True)}")
    file.write("\n]}\n")


def write_csv(check: Check, file: TextIO) -> None:
    """Write CSV, one finding a row. A cell that a spreadsheet would take for a formula gets an apostrophe."""
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for f in check.findings:
        path, line = (f.origin.path, f.origin.line) if f.origin else ("", "")
        row = (f.severity.name.lower(), f.rule, path, line, f.label, f.message, f.value, f.constraint, f.fix, f.focus)
        writer.writerow([inert(str(cell)) for cell in row])


def write_sarif(check: Check, file: TextIO) -> None:
    """Write a SARIF 2.1.0 log of the worst `SARIF_LIMIT` findings; paths are relative to the project folder."""
    shown = list(islice(check.findings, SARIF_LIMIT))
    fixes = {finding.rule: finding.fix for finding in shown}
    driver = {
        "name": "wildgraph",
        "rules": [{"id": rule, "help": {"text": fixes[rule] or rule}} for rule in sorted(fixes)],
    }
    run = {
        "tool": {"driver": driver},
        "properties": {"findings": len(check.findings), "shown": len(shown)},
        "results": [_sarif(finding) for finding in shown],
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    json.dump(log, file, indent=1, ensure_ascii=False)
    file.write("\n")


def _sarif(finding: Finding) -> dict[str, Any]:
    value = f" [{finding.value}]" if finding.value else ""
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.label or finding.focus}: {finding.message}{value}"},
    }
    if finding.origin:
        place = {"artifactLocation": {"uri": finding.origin.path}, "region": {"startLine": max(1, finding.origin.line)}}
        result["locations"] = [{"physicalLocation": place}]
    return result
