"""Rules: how pages say things, read from TOML files that a biologist can extend, each with examples that are tested."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ..problems import InputError, Problem, nearest
from .encode import compile_pattern
from .phrases import alternatives, whole_words

__all__ = ["FOLDER", "Example", "Rule", "load_rules"]

FOLDER = Path(__file__).parent.parent / "rules"
_KEYS = {
    "id", "predicate", "find", "words", "take", "side", "gap", "sections", "not_sections", "kinds", "unless", "value",
    "unit", "actor", "subject", "scope", "region", "unless_before", "positive", "negative",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence and what the rules find in it: predicate and object, or number, of every candidate of the rule.

    `about` is what its page is about, in the words of `read_sentence`; most examples need none.
    """

    text: str
    found: tuple[str, ...] = ()
    about: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One way of saying something; docs/extraction.md explains every key."""

    id: str
    predicate: str
    find: re.Pattern[str] | None
    words: frozenset[str] = frozenset()
    take: frozenset[str] = frozenset()
    side: str = "after"
    gap: int = 6
    sections: frozenset[str] = frozenset()
    not_sections: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    unless: re.Pattern[str] | None = None
    unless_before: re.Pattern[str] | None = None
    value: str = ""
    unit: str = ""
    actor: str = ""
    subject: str = ""
    scope: str = ""
    region: bool = True
    positive: tuple[Example, ...] = ()
    negative: tuple[Example, ...] = ()


def load_rules(folders: Iterable[Path] = ()) -> tuple[Rule, ...]:
    """Return the shipped rules and those of further folders; a rule with the id of an earlier one replaces it.

    Raises InputError with every problem of every file.
    """
    shipped = _shipped()
    extra = [path for folder in folders for path in sorted(folder.glob("*.toml"))]
    if not extra:
        return shipped
    rules = {rule.id: rule for rule in shipped}
    rules |= {rule.id: rule for rule in _read(extra, _macros())}
    return tuple(rules.values())


@cache
def _macros() -> dict[str, str]:
    return _sets(tomllib.loads((FOLDER / "words.toml").read_text(encoding="utf-8")))


def _sets(data: Mapping[str, str | list[str]]) -> dict[str, str]:
    return {name: alternatives(phrases) for name, phrases in data.items()}


@cache
def _shipped() -> tuple[Rule, ...]:
    return tuple(_read(sorted(path for path in FOLDER.glob("*.toml") if path.name != "words.toml"), _macros()))


def _read(paths: Iterable[Path], macros: Mapping[str, str]) -> list[Rule]:
    rules: list[Rule] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            problems.append(Problem(str(path), 0, 0, f"not TOML: {error}"))
            continue
        for number, table in enumerate(data.get("rule", []), 1):
            try:
                rules.append(_rule(table, dict(macros) | _sets(data.get("words", {}))))
            except (ValueError, re.error) as error:
                named = table.get("id", f"number {number}") if isinstance(table, dict) else f"number {number}"
                problems.append(Problem(str(path), 0, 0, f"rule {named}: {error}"))
    if problems:
        raise InputError(problems)
    return rules


def _rule(table: Mapping[str, Any], macros: dict[str, str]) -> Rule:
    if odd := sorted(set(table) - _KEYS):
        raise ValueError(f"unknown key {odd[0]}; {nearest(odd[0], _KEYS) or 'see docs/extraction.md'}")
    if missing := [key for key in ("id", "predicate") if not table.get(key)]:
        raise ValueError(f"without {missing[0]}")
    if not table.get("find") and not table.get("sections"):
        raise ValueError("needs find, or sections")
    if "positive" not in table:
        raise ValueError("without positive examples")
    return Rule(
        id=table["id"],
        predicate=table["predicate"],
        find=_pattern(table, "find", macros),
        words=frozenset(table.get("words", "").split()),
        take=frozenset(table.get("take", "").split()),
        side=table.get("side", "after"),
        gap=table.get("gap", 6),
        sections=frozenset(table.get("sections", "").split()),
        not_sections=frozenset(table.get("not_sections", "").split()),
        kinds=frozenset(table.get("kinds", "").split()),
        unless=_pattern(table, "unless", macros),
        unless_before=_pattern(table, "unless_before", macros),
        value=table.get("value", ""),
        unit=table.get("unit", ""),
        actor=table.get("actor", ""),
        subject=table.get("subject", ""),
        scope=table.get("scope", ""),
        region=table.get("region", True),
        positive=tuple(_example(*_halves(line)) for line in table["positive"]),
        negative=tuple(_example(line, "") for line in table.get("negative", ())),
    )


def _pattern(table: Mapping[str, Any], key: str, macros: dict[str, str]) -> re.Pattern[str] | None:
    """Return the pattern of a key: a list of phrases, or a regular expression."""
    return compile_pattern(whole_words(table[key]), macros) if table.get(key) else None


def _halves(line: str) -> tuple[str, str]:
    text, arrow, found = line.partition(" => ")
    if not arrow:
        raise ValueError(f"a positive example without ' => what is found': {line}")
    return text, found


def _example(text: str, found: str) -> Example:
    """Return an example; its text may begin with what its page is about, in square brackets."""
    match = re.match(r"\[([^\]]+)\] ", text)
    said = tuple(part.strip() for part in found.split(";") if part.strip())
    return Example(text[match.end() :], said, match[1]) if match else Example(text, said)
