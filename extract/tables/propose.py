"""Proposing a mapping: a shipped one that fits the format, or one guessed from the columns, explained."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from .description import Package, Table
from .documents import COPIED
from .guess import DATED, Guess, Guesses, guess_columns, quoted
from .mapping import Rule, TableMapping, read_mapping, shipped_mappings
from .sample import sample

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
    """A mapping for a package. `mapping` names a shipped one; it is empty where `text` is one to be written.

    One that is not `ready` is a frame that somebody has to fill in.
    """

    package: Package
    mapping: str
    text: str
    why: str
    meanings: tuple[Meaning, ...]
    ready: bool = True


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
            if column.name.startswith(COPIED):
                continue
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


def _guessed(package: Package) -> Proposal:
    sections: list[str] = []
    meanings: list[Meaning] = []
    nulls: list[str] = []
    for table in package.tables:
        guesses = guess_columns(table, sample(table))
        if "dwc:scientificName" in guesses.values():
            sections.append("\n".join(_rules(table, guesses)) + "\n")
            nulls += [null for null in guesses.nulls if null not in nulls]
        else:
            guesses = Guesses({})
        meanings += _meanings(table, guesses)
    head = f'title = "{_inside(package.path.stem)}"\nformat = "{package.format}"\n'
    if nulls:
        listed = ", ".join(f'"{_inside(null)}"' for null in nulls)
        head += f"# Cells with one of these texts are taken for empty.\nnulls = [{listed}]\n"
    text = head + ("\n".join(sections) if sections else _frame(package))
    return Proposal(package, "", text, _GUESSED if sections else _NOTHING, tuple(meanings), ready=bool(sections))


def _meanings(table: Table, guesses: Guesses) -> Iterator[Meaning]:
    for name in table.names:
        if name in guesses.years:
            yield Meaning(table.name, name, "quantity and year of a claim", "the column is called as a year")
        elif guess := guesses.columns.get(name):
            yield Meaning(table.name, name, _SHOWN.get(guess.becomes, guess.becomes), guess.why)
        elif name and name in {guesses.unit, guesses.place}:
            what = "unit" if name == guesses.unit else "place"
            yield Meaning(table.name, name, f"{what} of the claims by year", f"the column is called {name!r}")
        else:
            yield Meaning(table.name, name, "", "no guess; not read")


_GUESSED = "no shipped mapping fits; this one was guessed from the names of the columns and what their cells hold"
_SHOWN = {"when": "time of the claims"}
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
#: How many columns of a table the frame of a mapping names.
_NAMED = 60


def _frame(package: Package) -> str:
    told = []
    for table in package.tables:
        columns = ", ".join(quoted(name) for name in table.names[:_NAMED])
        more = f", and {len(table.names) - _NAMED} more" if len(table.names) > _NAMED else ""
        told.append(f"# {table.role}: {columns}{more}".replace("\n", " "))
    return "\n" + "\n".join(told) + _FRAME.format(table=package.tables[0].role)


def _rules(table: Table, guesses: Guesses) -> Iterator[str]:
    values = guesses.values()
    name = values["dwc:scientificName"][0]
    known = values.get("id", [])
    # alternatives are of columns, so a name that is put together is no alternative of an id
    key = known[0] if known and "->" in name else " | ".join([*known, name])
    yield _ENTITY.format(table=table.role, type="taxon", id=key, label=f"{name} -> text('la')")
    for becomes, found in values.items():
        if becomes[:6] != "claim:" and becomes not in {"id", "when"}:
            one = f'"{found[0]}"' if len(found) == 1 else "[" + ", ".join(f'"{v}"' for v in found) + "]"
            yield f'"{becomes}" = {one}'
    yield '"dwc:nameAccordingTo" = "\'the source\'"'
    for guess in (g for g in guesses.columns.values() if g.becomes[:6] == "claim:"):
        yield from _claim(table.role, guess, f"{key} -> taxon", _circumstances(guess, guesses))
    if guesses.years:
        if guesses.place and guesses.place not in guesses.columns:
            place = quoted(guesses.place)
            yield _ENTITY.format(table=table.role, type="place", id=place, label=place)
        yield _years(table, guesses, f"{key} -> taxon")


def _circumstances(guess: Guess, guesses: Guesses) -> str:
    """Return when and where a claim holds, by the columns beside it: a count of a country is no count of the world."""
    found = {other.becomes: other.value for other in guesses.columns.values()}
    lines = []
    if guess.becomes in DATED and "when" in found:
        lines.append(f'\nwhen = "{found["when"]}"')
    place = found.get("claim:range", "")
    if guess.becomes in DATED - {"claim:status"} and place and "split(" not in place:
        lines.append(f'\nplace = "{place} -> place"')
    return "".join(lines)


def _claim(table: str, guess: Guess, subject: str, circumstances: str) -> Iterator[str]:
    head = f'\n[[claim]]\nfrom = "{table}"\n'
    value = guess.value
    if guess.becomes not in _THINGS:
        field = "quantity" if guess.becomes == "claim:population" else "object"
        yield f'{head}predicate = "{guess.becomes[6:]}"\nsubject = "{subject}"\n{field} = "{value}"{circumstances}'
        return
    kind, predicate = _THINGS[guess.becomes]
    label, more = value, f'"dwc:countryCode" = "{value} -> country-code"\n' if kind == "place" else ""
    if guess.codes:
        yield f"\n# The codes are taken for those of {_THREATS}; write another scheme where they are not."
        label, more = (
            f"{value} -> label-of('{_THREATS}')",
            f'"wg:classifiedAs" = "{value} -> code-or-wider(\'{_THREATS}\')"\n',
        )
    yield _ENTITY.format(table=table, type=kind, id=value, label=label) + f"\n{more}"
    yield f'{head}predicate = "{predicate}"\nsubject = "{subject}"\nobject = "{value} -> {kind}"'


#: The scheme that bare codes of threats are taken for.
_THREATS = "iucn-threats-3.3"


def _years(table: Table, guesses: Guesses, subject: str) -> str:
    """Return the rules for columns that are years: counts where the unit is individuals, else what the unit says."""
    unit, place = guesses.unit, guesses.place
    head = [f'\n# A claim for each of these columns; {{}} stands for its name.\n[[claim]]\nfrom = "{table.role}"']
    head.append("each = [" + ", ".join(f'"{_inside(name)}"' for name in guesses.years) + "]")
    when = "when = \"'{}' -> match('([0-9]{4})') -> year\""
    count = [*head, 'predicate = "population"', f'subject = "{subject}"', 'quantity = "`{}` -> quantity"', when]
    if place:
        count.append(f'place = "{quoted(place)} -> place"')
    if not unit:
        return "\n".join(count)
    cells = sorted({row[unit] for row in sample(table) if "individual" in row.get(unit, "").casefold()})
    listed = ", ".join(f'"{_inside(cell)}"' for cell in cells)
    other = [*head, 'predicate = "characteristic"', f'subject = "{subject}"', 'text = "`{}`"', when]
    other += [f"unless = {{ {_key(unit)} = [{listed}] }}"] if cells else []
    other += ["[claim.properties]", f'"wg:characteristic" = "{quoted(unit)}"']
    count.append(f"where = {{ {_key(unit)} = [{listed}] }}")
    return "\n".join([*(count if cells else []), *other])


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
    return json.dumps(text, ensure_ascii=False)[1:-1].replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return f'"{_inside(name)}"'
