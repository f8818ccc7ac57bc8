"""Guessing what the columns of an unknown table are about, from what they are called and from what their cells hold."""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from ..normalise import normalise
from .description import Table
from .sample import Rows

__all__ = ["DATED", "Guess", "Guesses", "guess_columns", "quoted"]

#: What a column may claim that is so at a time; what is counted is so in a place as well.
DATED = frozenset({"claim:population", "claim:trend", "claim:status"})

#: The share of cells that must be as a guess has it: of a column that is called so, and of one that is not.
_NAMED, _UNNAMED = 0.5, 0.8
#: Texts that stand for an empty cell in the tables of databases and statistics programs.
_NULLS = (
    "NULL",
    "null",
    "NA",
    "N/A",
    "n/a",
    "NaN",
    "nan",
    "None",
    "\\N",
    "#N/A",
    "-",
    "--",
    "-999",
    "-999.0",
    "-999.00",
)
#: What sets several values in a cell apart. A comma does only where all that it sets apart is understood.
_BETWEEN = ("|", ";", "\n", ",")
_SPLIT = {"claim:range", "claim:habitat", "claim:threat", "skos:altLabel"}
_NAME = re.compile(r"[\"(*†]*(?:[×xX] )?[A-ZÀ-Þ][\w.-]+")
_BINOMIAL = re.compile(r"[A-Z][a-z]+[ _](?:[x×] )?[a-z-]{2,}(?:us|um|is|ae|i|a|e|os|ens|ans|or|es|ax|ix|ops|on|er)\b")
_CODE = re.compile(r"\d{1,2}(?:\.\d{1,2})*")
_WEB = re.compile(r"(?:https?://|www\.|doi:|10\.\d+/)\S+")
_YEAR = re.compile(r"[XxYy_]?_?((?:1[89]|20)\d\d)")
_FEWEST_YEARS = 3
_DATED = re.compile(r"(?<!\d)(?:1[6-9]|20)\d\d(?!\d)")
_UNITS = ("units", "unit", "einheit", "unite", "unidad")
_PLACES = ("location", "site", "locality", "place", "population", "country")
#: 5.000 where no cell has another number of digits after the point.
_THOUSANDS, _DECIMALS = re.compile(r"\d\.\d{3}(?!\d)"), re.compile(r"\d\.(?!\d{3}(?!\d))\d")


@dataclass(frozen=True, slots=True)
class Guess:
    """What a column becomes, its value in a mapping, and what spoke for it. `codes` says that its cells are codes."""

    becomes: str
    value: str
    why: str
    codes: bool = False


@dataclass(frozen=True, slots=True)
class Guesses:
    """The guesses of one table by column, and the texts that stand for an empty cell.

    `years` are the columns that are years, `unit` and `place` those that say what is counted in them, and where.
    """

    columns: Mapping[str, Guess]
    years: tuple[str, ...] = ()
    unit: str = ""
    place: str = ""
    nulls: tuple[str, ...] = ()

    def values(self) -> dict[str, list[str]]:
        """Return the values in the mapping by what they become."""
        found: dict[str, list[str]] = defaultdict(list)
        for guess in self.columns.values():
            found[guess.becomes].append(guess.value)
        return dict(found)


def guess_columns(table: Table, rows: Rows) -> Guesses:
    """Return what the columns of a table seem to be about, given some of its rows."""
    nulls = _nulls(rows)
    years = tuple(name for name in table.names if _YEAR.fullmatch(name))
    years = years if len(years) >= _FEWEST_YEARS else ()
    guesser = _Guesser(table, rows, nulls, series=bool(years))
    guesser.by_name()
    guesser.by_parts()
    guesser.by_cells()
    kept = tuple(null for null in nulls if not guesser.means(null))
    columns = {name: guesser.found[name] for name in table.names if name in guesser.found}
    if not any(guess.becomes in DATED for guess in columns.values()):
        columns = {name: guess for name, guess in columns.items() if guess.becomes != "when"}
    if not years:
        return Guesses(columns, nulls=kept)
    called = {_plain(name): name for name in table.names}
    unit, place = (next((called[n] for n in names if n in called), "") for names in (_UNITS, _PLACES))
    return Guesses(columns, years, unit, place, kept)


def quoted(column: str) -> str:
    """Return a column as a mapping names it."""
    return (
        column
        if column.isidentifier()
        else json.dumps(f"`{column}`", ensure_ascii=False)[1:-1].replace("\x7f", "\\u007f")
    )


@cache
def _entries() -> list[dict[str, Any]]:
    return list(tomllib.loads((Path(__file__).parent / "guesses.toml").read_text(encoding="utf-8"))["guess"])


class _Guesser:
    def __init__(self, table: Table, rows: Rows, nulls: tuple[str, ...], *, series: bool) -> None:
        self.table = table
        self.cells = {
            name: [row[name] for row in rows if name in row and row[name] not in nulls] for name in table.names
        }
        self.rows = rows
        self.series = series
        self.found: dict[str, Guess] = {}

    def by_name(self) -> None:
        """Guess by what columns are called; each meaning is given to one column, but names in several languages."""
        for entry in _entries():
            for name in (*entry.get("sure", ()), *entry.get("names", ())):
                check = entry.get("check", "") if name not in entry.get("sure", ()) else ""
                column = next((c for c in self.table.names if _plain(c) == name and c not in self.found), None)
                if column and self._taken(entry) is None and self._passes(check, column, _NAMED):
                    self._put(column, entry, f"columns called {column!r} usually are")

    def by_parts(self) -> None:
        """Take a column of epithets and one of genera for the name, where no column has the whole of it."""
        genus = next((c for c, guess in self.found.items() if guess.becomes == "dwc:genus"), None)
        names = {"species", "speciesname", "epithet", "specificepithet", "speciesepithet"}
        epithet = next((c for c in self.table.names if _plain(c) in names and c not in self.found), None)
        if genus and epithet and not any(g.becomes == "dwc:scientificName" for g in self.found.values()):
            value = f"{quoted(genus)} -> join(' ', {quoted(epithet)}) -> trim"
            why = f"its cells are epithets, so the name is put together with {genus!r}"
            self.found[epithet] = Guess("dwc:scientificName", value, why)

    def by_cells(self) -> None:
        """Guess by the cells of columns that are called something else."""
        if not any(g.becomes == "dwc:scientificName" for g in self.found.values()):
            shares = {c: _share(_is_binomial, self.cells[c]) for c in self.table.names if c not in self.found}
            best = max(shares, key=lambda c: shares[c], default="")
            if best and shares[best] >= _NAMED and len(set(self.cells[best])) > 1:
                self._put(best, _entries()[0], self._many(best, _is_binomial, "look like scientific names"))
        for entry in (e for e in _entries() if "words" in e and self._taken(e) is None):
            known = partial(_known, entry["words"])
            for column in (c for c in self.table.names if c not in self.found):
                parts = [part for cell in self.cells[column] for part in _parts(cell)]
                if len(set(parts)) > 1 and _share(known, parts) >= _UNNAMED and not all(map(_is_small, parts)):
                    self._put(column, entry, self._many(column, known, f"are known as {entry['words']}"))
                    break

    def means(self, text: str) -> bool:
        """Say whether a text that may stand for an empty cell means something in a column: NA as a country."""
        coded = [name for name, guess in self.found.items() if guess.becomes in {"claim:range", "claim:status"}]
        return any(row.get(name) == text for row in self.rows for name in coded)

    def _put(self, column: str, entry: Mapping[str, Any], why: str) -> None:
        cells, value = self.cells[column], entry["value"].format(quoted(column))
        becomes = entry["becomes"]
        if becomes == "dwc:scientificName" and any("_" in cell and " " not in cell for cell in cells):
            value += " -> replace('_', ' ')"
        if (
            becomes == "claim:population"
            and any(map(_THOUSANDS.search, cells))
            and not any(map(_DECIMALS.search, cells))
        ):
            value, why = value.replace(" ->", " -> replace('.', '') ->", 1), f"{why}; a point sets thousands apart"
        codes = False
        if becomes in _SPLIT:
            between = _between(cells, becomes)
            if between:
                name, arrow, rest = value.partition(" -> ")
                value = f"{name} -> split('{between}'){arrow}{rest}".replace("\n", "\\n")
                why += f"; several in a cell are set apart by {between!r}"
            parts = [part for cell in cells for part in (cell.split(between) if between else [cell])]
            codes = (
                becomes == "claim:threat" and _share(lambda part: bool(_CODE.fullmatch(part.strip())), parts) > _NAMED
            )
        self.found[column] = Guess(becomes, value, why, codes)

    def _taken(self, entry: Mapping[str, Any]) -> str | None:
        same = (c for c, g in self.found.items() if g.becomes == entry["becomes"])
        if entry["becomes"] != "skos:altLabel":
            return next(same, None)
        language = entry["value"].partition("->")[2]
        return next((c for c in same if self.found[c].value.endswith(language)), None)

    def _passes(self, check: str, column: str, wanted: float) -> bool:
        cells = self.cells[column]
        if not check or not self.rows:
            return True
        if check == "key":
            return self._is_key(column)
        tests: dict[str, Callable[[str], bool]] = {
            "name": lambda text: bool(_NAME.match(text)), "web": lambda text: bool(_WEB.match(text)),
            "binomial": _is_binomial, "year": lambda text: bool(_DATED.search(text)),
        }  # fmt: skip
        return _share(tests.get(check, partial(_known, check)), cells) >= wanted

    def _is_key(self, column: str) -> bool:
        """Say whether a column is a key of taxa: no name has two of them. A row of counts by year is no taxon."""
        if self.series:
            return False
        name = next((c for c, guess in self.found.items() if guess.becomes == "dwc:scientificName"), None)
        pairs = {(row[name], row[column]) for row in self.rows if name in row and column in row} if name else set()
        return bool(pairs) and max(Counter(pair[0] for pair in pairs).values()) == 1

    def _many(self, column: str, test: Callable[[str], bool], words: str) -> str:
        cells = self.cells[column]
        count = sum(all(map(test, _parts(cell))) for cell in cells)
        return f"{count} of {len(cells)} cells looked at {words}"


def _nulls(rows: Rows) -> tuple[str, ...]:
    """Return the texts that stand for an empty cell: words that several columns share, or a number that cannot be."""
    columns = defaultdict(set)
    for row in rows:
        for name, text in row.items():
            if text in _NULLS:
                columns[text].add(name)
    return tuple(t for t in _NULLS if len(columns[t]) > 1 or (columns[t] and (t[:4] == "-999" or t in {"\\N", "NULL"})))


def _between(cells: Iterable[str], becomes: str) -> str:
    """Return what sets several values in a cell apart, empty where a cell has one."""
    for mark in _BETWEEN:
        some = [cell for cell in cells if mark in cell]
        if mark == "," and (
            becomes != "claim:range" or not all(_known("country", p) for c in some for p in c.split(","))
        ):
            continue
        if some:
            return mark
    return ""


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in re.split(r"[|;\n]", cell) if part.strip()]


def _share(test: Callable[[str], bool], texts: Iterable[str]) -> float:
    found = [test(text) for text in texts]
    return sum(found) / len(found) if found else 0.0


def _known(name: str, text: str) -> bool:
    found = normalise(name, text.strip())
    return found is not None and bool(found.text)


def _is_binomial(text: str) -> bool:
    return bool(_BINOMIAL.match(text))


def _is_small(text: str) -> bool:
    """Say whether a text is too short, or a number, to tell anything by itself."""
    return len(text) < 2 or text.isdigit()


def _plain(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", name).casefold() if c.isalnum())
