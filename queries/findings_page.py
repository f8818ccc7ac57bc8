"""Findings as a page: one HTML file with what was found, where, and what to do, that needs nothing else."""

from __future__ import annotations

from html import escape
from typing import TextIO

from ..graph import Check, Finding, Severity
from ..graph.findings import Group, counted, grouped

__all__ = ["write_html"]

_STYLE = """
:root { --ink: #1d2327; --soft: #5c6670; --line: #dfe3e6; --paper: #fff; --card: #f7f8f8;
  --violation: #a3262a; --warning: #8a5a00; --info: #2a5d8f }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9eb; --soft: #a2adb6; --line: #343b41; --paper: #14181b;
  --card: #1c2125; --violation: #f08a8c; --warning: #e3b15a; --info: #86b7e8 } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 64rem; padding: 2rem 1rem 4rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.5 system-ui, sans-serif }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .25rem }
p { margin: 0 }
.verdict { font-size: 1.125rem } .soft { color: var(--soft) }
.counts { display: flex; flex-wrap: wrap; gap: .5rem 2rem; list-style: none; margin: 1.5rem 0; padding: 1rem 0;
  border-block: 1px solid var(--line) }
.counts b { font-size: 1.5rem; font-variant-numeric: tabular-nums; display: block; line-height: 1.2 }
section { margin: 2rem 0 } h2 { font-size: 1.125rem; line-height: 1.3; margin: 0 }
.violation { color: var(--violation) } .warning { color: var(--warning) } .info { color: var(--info) }
.kind { font-size: .8125rem; font-weight: 600; letter-spacing: .04em; text-transform: uppercase }
.fix { border-left: 3px solid var(--line); margin: .5rem 0; padding-left: .75rem }
ol { list-style: none; margin: .75rem 0 0; padding: 0 }
li.finding { background: var(--card); border-radius: .375rem; margin: .5rem 0; padding: .5rem .75rem }
code { font: .875em ui-monospace, monospace; overflow-wrap: anywhere }
@media print { li.finding { break-inside: avoid } }
"""


def write_html(check: Check, file: TextIO) -> None:
    """Write a page with the findings by rule and file, worst first, a few of each; no script, no outside request."""
    groups = grouped(check.findings)
    counts = counted(groups)
    good = check.report.conforms and not counts[Severity.VIOLATION]
    verdict = "The graph conforms to its shapes." if good else "The graph does not conform to its shapes."
    numbers = "".join(
        f'<li class="{severity.name.lower()}"><b>{number:,}</b>{severity.name.lower()}{"" if number == 1 else "s"}</li>'
        for severity, number in counts.items()
    )
    file.write(
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>Findings</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>Findings</h1>\n"
        f'<p class="verdict">{verdict}</p>\n<p class="soft">Engine: {escape(check.report.engine)}</p>\n'
        f'<ul class="counts">{numbers}</ul>\n'
    )
    for group in groups:
        file.write(_group(group))
    file.write("</main>\n</body>\n</html>\n")


def _group(group: Group) -> str:
    first, kind = group.first, group.first.severity.name.lower()
    title = first.message if ":" in first.rule else first.rule
    where = f" in <code>{escape(group.path)}</code>" if group.path else ""
    fix = f'<p class="fix">{escape(first.fix)}</p>' if first.fix else ""
    constraint = f'<p class="soft">The shape asks: {escape(first.constraint)}</p>' if first.constraint else ""
    rest = group.count - len(group.shown)
    more = f'<p class="soft">and {rest:,} more</p>' if rest else ""
    return (
        f'<section>\n<p class="kind {kind}">{kind}</p>\n<h2>{group.count:,} × {escape(title)}{where}</h2>\n'
        f"{constraint}{fix}<ol>{''.join(map(_finding, group.shown))}</ol>{more}\n</section>\n"
    )


def _finding(finding: Finding) -> str:
    origin = finding.origin
    place = f"{escape(origin.path)}:{origin.line}" if origin else escape(finding.focus)
    value = f" <code>{escape(finding.value)}</code>" if finding.value else ""
    label = f"<p>{escape(finding.label)}</p>" if finding.label else ""
    words = f'<p class="soft"><code>{place}</code></p><p>{escape(finding.message)}{value}</p>'
    return f'<li class="finding">{label}{words}</li>\n'
