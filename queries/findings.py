"""Findings for other programs: JSON, CSV and SARIF, which code hosts show beside the lines of a review."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from ..graph import Finding, Severity

__all__ = ["findings_csv", "findings_json", "findings_sarif"]

_LEVELS = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_COLUMNS = ("severity", "rule", "file", "line", "label", "message", "value", "fix", "focus")


def findings_json(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return findings as JSON values; `severity` is info, warning or violation."""
    return [{**asdict(finding), "severity": finding.severity.name.lower()} for finding in findings]


def findings_csv(findings: Sequence[Finding]) -> str:
    """Return findings as CSV, one a row. A cell that a spreadsheet would take for a formula gets an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for f in findings:
        path, line = (f.origin.path, f.origin.line) if f.origin else ("", "")
        row = (f.severity.name.lower(), f.rule, path, line, f.label, f.message, f.value, f.fix, f.focus)
        writer.writerow([_harmless(str(cell)) for cell in row])
    return out.getvalue()


def findings_sarif(findings: Sequence[Finding]) -> str:
    """Return findings as a SARIF 2.1.0 log; paths are relative to the project folder."""
    rules = sorted({finding.rule for finding in findings})
    fixes = {finding.rule: finding.fix for finding in findings}
    driver = {
        "name": "wildgraph",
        "rules": [{"id": rule, "help": {"text": fixes[rule] or rule}} for rule in rules],
    }
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": [_sarif(finding) for finding in findings]}],
    }
    return json.dumps(log, indent=1, ensure_ascii=False) + "\n"


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


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell
