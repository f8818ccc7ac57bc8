"""Organisations of the Research Organization Registry, in schemas 1 and 2 (https://ror.readme.io/docs/data-structure)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Any

from .files import Files, json_items
from .known import known
from .record import Foreign, Reading, Row, ThingRow

__all__ = ["open_ror"]


def open_ror(files: Files) -> Reading | None:
    """Open a data dump or a folder of records; of the two schemas in a dump the newer is read. None when it is none."""
    names = [n for n in files.with_suffix(".json") if b"https://ror.org/" in files.head(n, size=1 << 16)]
    newer = [n for n in names if "schema_v2" in n]
    if not names:
        return None
    version = re.search(r"v?(\d+\.\d+)", files.path.name)
    date = re.search(r"\d{4}-\d{2}-\d{2}", files.path.name)
    release = replace(
        known("Research Organization Registry"),
        kind="organization",
        release=version[1] if version else "",
        date=date[0] if date else "",
    )
    items = chain.from_iterable(json_items(files, name) for name in newer or names)
    return Reading("ROR JSON", release, _rows(items))


def _rows(items: Iterator[dict[str, Any]]) -> Iterator[Row]:
    for item in items:
        ref = str(item.get("id", ""))
        if not ref.startswith("https://ror.org/"):
            continue
        yield _second(ref, item) if "names" in item else _first(ref, item)
        yield from _foreign(ref, item)


def _second(ref: str, item: dict[str, Any]) -> ThingRow:
    names = [(str(n["value"]), list(n.get("types", ()))) for n in item["names"]]
    shown = next((text for text, kinds in names if "ror_display" in kinds), names[0][0] if names else "")
    labels = tuple(
        (text, next((kind for kind in ("label", "acronym") if kind in kinds), "alias")) for text, kinds in names
    )
    place: dict[str, Any] = next((p.get("geonames_details", {}) for p in item.get("locations", ())), {})
    country = str(place.get("country_code") or "")
    return _row(ref, item, shown, labels, country, str(place.get("name") or ""))


def _first(ref: str, item: dict[str, Any]) -> ThingRow:
    labels = [(str(text), "alias") for text in item.get("aliases", ())]
    labels += [(str(text), "acronym") for text in item.get("acronyms", ())]
    labels += [(str(label["label"]), "label") for label in item.get("labels", ())]
    place: dict[str, Any] = next(iter(item.get("addresses", ())), {})
    country = str(item.get("country", {}).get("country_code") or "")
    return _row(ref, item, str(item.get("name", "")), tuple(labels), country, str(place.get("city") or ""))


def _row(
    ref: str, item: dict[str, Any], shown: str, labels: tuple[tuple[str, str], ...], country: str, city: str
) -> ThingRow:
    related = [(str(r.get("type", "")).lower(), str(r.get("id", ""))) for r in item.get("relationships", ())]
    active = item.get("status", "active") == "active"
    return ThingRow(
        ref,
        shown,
        labels,
        ", ".join(sorted(str(kind).lower() for kind in item.get("types", ()))),
        country,
        city,
        "accepted" if active else str(item["status"]),
        None if active else next((i for kind, i in related if kind == "successor"), ""),
        next((i for kind, i in related if kind == "parent"), ""),
    )


def _foreign(ref: str, item: dict[str, Any]) -> Iterator[Foreign]:
    said = item.get("external_ids", ())
    pairs = said.items() if isinstance(said, dict) else [(entry.get("type", ""), entry) for entry in said]
    for scheme, entry in pairs:
        values = entry.get("all", ())
        for value in [values] if isinstance(values, str) else values or ():
            yield Foreign(ref, str(scheme).lower(), str(value))
