"""The two pages of the reconciliation service: a preview of one thing, and the list of services."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from urllib.parse import quote

from ..graph.link.answer import Candidate
from ..graph.link.index import Dump

__all__ = ["preview_page", "services_page"]


def preview_page(dump: Dump, one: Candidate) -> str:
    """Return a page about one thing that fits into the frame the manifest states."""
    facts = {
        "Rank": one.rank,
        "Status": f"{one.status} of {one.accepted_name}" if one.accepted_name else one.status,
        "Family": one.family,
        "Kingdom": one.kingdom,
        "Type": one.type,
        "Country": one.country,
    }
    rows = "".join(f"<tr><th>{escape(name)}<td>{escape(text)}" for name, text in facts.items() if text)
    link = f'<a href="{escape(one.iri)}">{escape(one.id)}</a>' if one.iri.startswith("http") else escape(one.id)
    title = f"<h1><i>{escape(one.name)}</i> {escape(one.authorship)}</h1>"
    body = f"{title}<p>{escape(one.definition)}</p><table>{rows}</table><footer>{escape(dump.title)} {link}</footer>"
    return _page(one.name, body)


def services_page(dumps: Iterable[Dump], root: str) -> str:
    """Return the page that lists the services."""
    rows = "".join(
        f"<tr><td>{escape(one.title)} {escape(one.release)}<td><code>{escape(root)}/{quote(one.key, safe='@')}</code>"
        f"<td>{one.records:,} records, {escape(one.licence or 'no licence said')}"
        for one in dumps
    )
    words = "Add one of these addresses to OpenRefine (Reconcile, Start reconciling, Add standard service)."
    return _page("Reconciliation services", f"<h1>Reconciliation services</h1><p>{words}</p><table>{rows}</table>")


_STYLE = """
:root { color-scheme: light dark }
body { font: 14px/1.45 system-ui, sans-serif; margin: 12px }
h1 { font-size: 1.1em; margin: 0 0 .5em }
th { text-align: left; font-weight: 400; opacity: .7; padding-right: 1em }
td, th { vertical-align: top; padding-bottom: .2em }
td + td { padding-left: 1em }
p { margin: .3em 0 }
footer { opacity: .7; margin-top: .6em; font-size: .9em }
"""


def _page(title: str, body: str) -> str:
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>'
