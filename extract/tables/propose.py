"""Proposing a mapping: a shipped one that fits the format, or one guessed from the names of the columns, explained."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from .description import Package, Table
from .mapping import Rule, TableMapping, read_mapping, shipped_mappings

__all__ = ["Meaning", "Proposal", "propose"]

#: Formats whose tables the same mapping reads.
_ALIKE = {"dwca": "dwc", "dwc-dp": "dwc-dp"}
#: How a place, a threat or a habitat that a column names becomes an entity of its own.
_THINGS = {
    "claim:range": ("place", "range"),
    "claim:habitat": ("habitat", "habitat"),
    "claim:threat": ("threat", "threat"),
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What becomes of one column: `becomes` is empty where nothing reads it. `why` says what spoke for it."""

    table: str
    column: str
    becomes: str
    why: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping for a package. `mapping` names a shipped one; it is empty where `text` is one to be written."""

    package: Package
    mapping: str
    text: str
    why: str
    meanings: tuple[Meaning, ...]


def propose(package: Package) -> Proposal:
    """Return the mapping that fits a package best, with the reason and what becomes of each column.

    Where no shipped mapping fits and no column is recognised, `text` is a frame to fill in.
    """
    wanted = _ALIKE.get(package.format, package.format)
    best: tuple[int, TableMapping] | None = None
    for path in shipped_mappings().values():
        mapping = read_mapping(path)
        roles = {table.role for table in package.tables} & mapping.roles
        core = any(table.role in mapping.cores for table in package.tables)
        score = sum(2 if role in mapping.cores else 1 for role in roles) if core else 0
        if mapping.format == wanted and score and (best is None or score > best[0]):
            best = score, mapping
    if best is None:
        return _guessed(package)
    mapping = best[1]
    roles_found = ", ".join(sorted({t.role for t in package.tables} & mapping.roles))
    why = f"the package is of the format {package.format} and has {roles_found}"
    return Proposal(package, mapping.name, "", why, tuple(_read_by(package, mapping)))


def _read_by(package: Package, mapping: TableMapping) -> Iterator[Meaning]:
    for table in package.tables:
        rules = [rule for rule in mapping.rules if rule.table == table.role]
        for column in table.columns:
            uses = list(dict.fromkeys(use for rule in rules for use in _uses(rule, column.name)))
            named = column.term.rpartition("/")[2] == column.name and column.term
            why = f"its term is {column.term}" if named else f"the column is called {column.header or column.name}"
            yield Meaning(table.name, column.name, ", ".join(uses), why if uses else "no rule reads it")
        if not table.columns:
            yield Meaning(table.name, "*", "", "its columns are read when it is built")


def _uses(rule: Rule, column: str) -> Iterator[str]:
    needs = rule.fields.get("needs")
    subject = "of interaction" if needs else rule.type or rule.predicate or "facts"
    for field, value in rule.fields.items():
        if column in value.columns:
            yield f"{field} of the {'claim ' if rule.kind == 'claim' else ''}{subject}"
    for name, values in rule.properties.items():
        if any(column in value.columns for value in values):
            yield name if rule.kind != "claim" else f"{name} of the claim {subject}"


@cache
def _guesses() -> list[dict[str, Any]]:
    return list(tomllib.loads((Path(__file__).parent / "guesses.toml").read_text(encoding="utf-8"))["guess"])


def _guessed(package: Package) -> Proposal:
    sections, meanings = [], []
    for table in package.tables:
        found = _table_guess(table)
        meanings += [
            Meaning(table.name, column.name, found.get(column.name, ("", ""))[0], _reason(column.name, found))
            for column in table.columns
        ]
        if "dwc:scientificName" in dict(found.values()):
            sections.append(_rules(table, found))
    head = f'title = "{_inside(package.path.stem)}"\nformat = "{package.format}"\n'
    text = head + ("\n".join(sections) if sections else _FRAME.format(table=package.tables[0].role))
    why = "no shipped mapping fits; this one was guessed from the names of the columns" if sections else _NOTHING
    return Proposal(package, "", text, why, tuple(meanings))


_NOTHING = "no column looks like a scientific name, so the mapping is a frame to fill in"
_FRAME = """
# Say which columns name what; docs/tables.md has the whole language.
[[entity]]
from = "{table}"
type = "taxon"
id = "COLUMN"
label = "COLUMN -> text('la')"
[entity.properties]
"dwc:scientificName" = "COLUMN"
"dwc:nameAccordingTo" = "'the source'"
"""


def _reason(column: str, found: dict[str, tuple[str, str]]) -> str:
    return f"columns called {column!r} usually are" if column in found else "no guess; not read"


def _table_guess(table: Table) -> dict[str, tuple[str, str]]:
    """Return, by column, what it becomes and its value in the mapping; each meaning is given once."""
    found: dict[str, tuple[str, str]] = {}
    for guess in _guesses():
        for name in guess["names"]:
            column = next((c.name for c in table.columns if _plain(c.name) == name and c.name not in found), None)
            if column:
                quoted = column if column.isidentifier() else _inside(f"`{column}`")
                found[column] = (guess["becomes"], guess["value"].format(quoted))
                break
    return found


def _rules(table: Table, found: dict[str, tuple[str, str]]) -> str:
    values = dict(found.values())
    name = values["dwc:scientificName"]
    key = f"{values['id']} | {name}" if "id" in values else name
    rules = [_ENTITY.format(table=table.role, type="taxon", id=key, label=f"{name} -> text('la')")]
    rules += [f'"{b}" = "{v}"' for b, v in values.items() if b[:6] != "claim:" and b != "id"]
    rules.append('"dwc:nameAccordingTo" = "\'the source\'"')
    for becomes, value in values.items():
        head = f'\n[[claim]]\nfrom = "{table.role}"\n'
        if becomes in _THINGS:
            kind, predicate = _THINGS[becomes]
            country = f'"dwc:countryCode" = "{value} -> country-code"\n' if kind == "place" else ""
            rules.append(_ENTITY.format(table=table.role, type=kind, id=value, label=value) + f"\n{country}")
            rules.append(f'{head}predicate = "{predicate}"\nsubject = "{key} -> taxon"\nobject = "{value} -> {kind}"')
        elif becomes.startswith("claim:"):
            field = "quantity" if becomes == "claim:population" else "object"
            rules.append(f'{head}predicate = "{becomes[6:]}"\nsubject = "{key} -> taxon"\n{field} = "{value}"')
    return "\n".join(rules) + "\n"


_ENTITY = """
[[entity]]
from = "{table}"
type = "{type}"
id = "{id}"
label = "{label}"
distinct = true
[entity.properties]"""


def _inside(text: str) -> str:
    """Return a text as it stands between the quotes of TOML."""
    return json.dumps(text)[1:-1].replace("\x7f", "\\u007f")


def _plain(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())
