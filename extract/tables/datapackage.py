"""Data packages (https://specs.frictionlessdata.io): Camtrap DP, Darwin Core Data Package, ColDP and others."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..problems import InputError, Problem
from .description import Column, Dialect, Package, Table
from .text import columns_of, encoding_of, first_lines, local_name, sniff, split_line

__all__ = ["read_datapackage"]

#: What in a profile's address tells the format.
_PROFILES = {"camtrap": "camtrap-dp", "dwc-dp": "dwc-dp", "dwc_dp": "dwc-dp", "coldp": "coldp"}


def read_datapackage(path: Path) -> Package | None:
    """Return the package that a datapackage.json describes, or None when the file describes no tables.

    Raises InputError when it is no JSON or when no table that it names is there.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InputError(
            [Problem(str(path), getattr(error, "lineno", 0), getattr(error, "colno", 0), f"not JSON: {error}")]
        ) from error
    resources = document.get("resources") if isinstance(document, dict) else None
    if not isinstance(resources, list):
        return None
    notes: list[Problem] = []
    tables = [t for resource in resources if isinstance(resource, dict) and (t := _table(resource, path, notes))]
    if not tables:
        raise InputError([*notes, Problem(str(path), 0, 0, "none of its tables is there", "", "put the files back")])
    return Package(path.parent, _format(document, tables), tuple(tables), _metadata(document), tuple(notes))


def _format(document: Mapping[str, Any], tables: list[Table]) -> str:
    profile = f"{document.get('profile', '')} {document.get('$schema', '')} {document.get('name', '')}".lower()
    for word, name in _PROFILES.items():
        if word in profile:
            return name
    roles = {table.role for table in tables}
    if {"occurrence", "event"} <= roles or "organism" in roles or "material" in roles:
        return "dwc-dp"
    return "csv"


def _table(resource: Mapping[str, Any], path: Path, notes: list[Problem]) -> Table | None:
    name = str(resource.get("name", ""))
    stated = resource.get("path", [])
    paths = [stated] if isinstance(stated, str) else [p for p in stated if isinstance(p, str)]
    files = [path.parent / p for p in paths]
    there = [
        f for f in files if "://" not in str(f) and f.is_file() and f.resolve().is_relative_to(path.parent.resolve())
    ]
    if not there:
        fix = "put the file beside datapackage.json"
        value = ", ".join(paths)
        notes.append(Problem(str(path), 0, 0, f"the file of the table {name} is not there", value, fix, warning=True))
        return None
    if there[0].suffix.lower() in {".parquet", ".pq"}:
        return Table(name, tuple(there), (), kind="parquet")
    dialect = resource.get("dialect") or {}
    encoding = encoding_of(there[0], str(resource.get("encoding", "utf-8")))
    lines = first_lines(there[0], encoding)
    found = sniff(lines)
    delimiter = str(dialect.get("delimiter", found.delimiter)) if isinstance(dialect, dict) else found.delimiter
    quote = str(dialect.get("quoteChar", '"')) if isinstance(dialect, dict) else '"'
    header = split_line(lines[0], delimiter, quote)
    columns, _ = columns_of(header)
    terms = {str(f.get("name")): f for f in _fields(resource)}
    named = tuple(_column(column, terms.get(column.header, {})) for column in columns)
    return Table(name, tuple(there), named, dialect=Dialect(delimiter, quote, encoding, 1))


def _column(column: Column, entry: Mapping[str, Any]) -> Column:
    term = str(entry.get("dcterms:isVersionOf") or entry.get("iri") or entry.get("rdfType") or column.term)
    name = local_name(column.name)
    return Column(name, column.index, term, header=column.header)


def _fields(resource: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    schema = resource.get("schema")
    fields = schema.get("fields", []) if isinstance(schema, dict) else []
    return (field for field in fields if isinstance(field, dict))


def _metadata(document: Mapping[str, Any]) -> dict[str, str]:
    found = {"title": str(document.get("title") or document.get("name") or "")}
    licenses = document.get("licenses")
    if isinstance(licenses, list) and licenses and isinstance(licenses[0], dict):
        scopes = [entry for entry in licenses if entry.get("scope", "data") == "data"]
        found["license"] = str((scopes or licenses)[0].get("name") or (scopes or licenses)[0].get("path") or "")
    contributors = document.get("contributors")
    if isinstance(contributors, list):
        for entry in contributors:
            if isinstance(entry, dict) and entry.get("role") in {"publisher", "rightsHolder"} and entry.get("title"):
                found.setdefault("publisher", str(entry["title"]))
    found["published"] = str(document.get("created", ""))[:10]
    return {name: text for name, text in found.items() if text}
