"""Datasets that everybody knows, from `known.tsv`: what their dumps do not say of themselves."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from importlib.resources import files

from .record import Release

__all__ = ["completed", "known", "slug"]


@cache
def _table() -> tuple[tuple[str, str, str, str], ...]:
    text = (files(__package__) / "known.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines()[1:]]
    return tuple((row[0], row[1], row[2], row[3]) for row in rows)


def known(title: str) -> Release:
    """Return what is known of a dataset by its title: the name, the template of its IRIs, the licence."""
    for start, name, iri, licence in _table():
        if start.lower() in title.lower():
            return Release(name=name, title=title, iri=iri, licence=licence)
    return Release(title=title)


def completed(release: Release) -> Release:
    """Return a release with what is known of its title filled in where it says nothing itself."""
    more = known(release.title)
    return replace(
        release,
        name=release.name or more.name,
        iri=release.iri or more.iri,
        licence=release.licence or more.licence,
    )


def slug(text: str) -> str:
    """Return a text as a name of a dump: `vascan` for `VASCAN.zip`, `plants` for `plants-2024-05.txt.gz`."""
    bare = re.sub(r"(\.[a-z]{2,7})+$", "", text.lower())
    bare = re.sub(r"[-_. ]*v?\d[\d.-]*$", "", bare)
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-") or "dump"
