"""Reading the cells of one row into values, noting everything that is wrong on the way."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from decimal import Decimal

from ..ontology import Concept, Vocabulary
from .period import Period, parse_period
from .problems import Problem, nearest
from .table import Row

__all__ = ["Cells", "EntityTypes", "is_iri"]

#: What `Cells` must know of the project's entities: the type of each id.
EntityTypes = Mapping[str, str]

_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_ID = re.compile(r"[a-z0-9][a-z0-9-]*")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]+")
_LANGUAGE = re.compile(r"(.+)@([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)", re.DOTALL)


def is_iri(text: str) -> bool:
    """Say whether a text can stand as an absolute IRI in RDF (RFC 3987, the part that matters)."""
    return bool(_IRI.fullmatch(text))


class Cells:
    """One row, read column by column. Every method notes problems and returns what could be read."""

    def __init__(self, row: Row, problems: list[Problem], vocabulary: Vocabulary, entities: EntityTypes) -> None:
        self.row = row
        self._problems = problems
        self._vocabulary = vocabulary
        self._entities = entities

    def note(self, column: str, message: str, *, value: str | None = None, fix: str = "") -> None:
        """Add a problem that points at a cell of this row."""
        self._problems.append(self.row.problem(column, message, value=value, fix=fix))

    def text(self, column: str) -> str:
        """Return the cell as it is."""
        return self.row.get(column)

    def parts(self, column: str) -> list[str]:
        """Return the values of a cell that may hold several, separated by a vertical bar."""
        return [part.strip() for part in self.row.get(column).split("|") if part.strip()]

    def one(self, column: str) -> str:
        """Return the value of a cell that holds one; of several, which is a problem, the first."""
        parts = self.parts(column)
        if len(parts) > 1:
            self.note(column, f"{column} takes one value", fix=f"keep one, such as {parts[0]}")
        return parts[0] if parts else ""

    def id(self, column: str) -> str:
        """Return an id that this row defines."""
        text = self.text(column)
        if text and not _ID.fullmatch(text):
            fixed = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")
            self.note(
                column,
                "not an id",
                fix=f"use a-z, 0-9 and hyphens: {fixed}" if fixed else "use a-z, 0-9 and -",
            )
        return text

    def iri(self, column: str) -> str:
        """Return an absolute IRI."""
        text = self.text(column)
        if text and not is_iri(text):
            self.note(column, "not an IRI", fix="write it whole, with https:// and %20 for spaces")
            return ""
        return text

    def label(self, text: str, language: str) -> tuple[str, str]:
        """Split `leopardo@es` into text and language; without a tag it is in the given language."""
        match = _LANGUAGE.fullmatch(text)
        return (match[1].strip(), match[2]) if match else (text, language)

    def period(self, column: str, *, inferred: bool = False) -> Period | None:
        """Return a date of the EDTF subset."""
        text = self.text(column)
        try:
            return parse_period(text, inferred=inferred) if text else None
        except ValueError as error:
            self.note(column, f"{column} cannot be read", fix=str(error))
            return None

    def number(self, column: str, signs: str) -> tuple[Decimal | None, bool]:
        """Return a number and whether one of `signs` stood before it."""
        text = self.text(column)
        if not text:
            return None, False
        digits = text.lstrip(signs).strip() if signs else text
        if _NUMBER.fullmatch(digits):
            return Decimal(digits), len(digits) < len(text)
        self.note(column, f"{column} is not a number", fix="write digits with a point for decimals: 2500 or 0.5")
        return None, False

    def choice(self, column: str, known: Collection[str], default: str) -> str:
        """Return one of a few words."""
        text = self.text(column) or default
        if text in known:
            return text
        self.note(column, f"unknown {column}", fix=nearest(text, known) or f"one of: {', '.join(known)}")
        return default

    def entities(self, column: str, types: Collection[str]) -> tuple[str, ...]:
        """Return the entity ids of a cell; each must exist and be of one of the types (any when empty)."""
        return tuple(e for e in (self.entity(column, part, types) for part in self.parts(column)) if e)

    def entity_or_none(self, column: str, types: Collection[str]) -> str | None:
        """Return the one entity id that a cell may hold."""
        name = self.one(column)
        return self.entity(column, name, types) if name else None

    def entity(self, column: str, name: str, types: Collection[str]) -> str | None:
        """Return an entity id that must exist and be of one of the types (any when empty)."""
        kind = self._entities.get(name)
        if kind is None:
            fix = nearest(name, self._fitting(types)) or f"add a row with id {name} to entities.tsv"
            self.note(column, "unknown entity", value=name, fix=fix)
        elif types and kind not in types:
            self.note(column, f"{name} is a {kind}; {column} takes a {' or '.join(sorted(types))}", value=name)
        else:
            return name
        return None

    def concepts(self, column: str, scheme: str) -> tuple[Concept, ...]:
        """Return concepts of one scheme, written as bare notations."""
        return tuple(c for c in (self.notation(column, scheme, part) for part in self.parts(column)) if c)

    def concept(self, column: str, scheme: str) -> Concept | None:
        """Return the one concept of a scheme that a cell may hold."""
        text = self.one(column)
        return self.notation(column, scheme, text) if text else None

    def code(self, column: str, text: str, schemes: Collection[str]) -> Concept | None:
        """Return the concept of a code `scheme-version:notation`.

        The scheme may be left out only where a single one is possible.
        """
        scheme, colon, notation = text.partition(":")
        if not colon:
            return self._bare(column, text, schemes)
        if scheme not in self._vocabulary.schemes:
            self.note(column, "unknown scheme", value=text, fix=self._scheme_fix(scheme))
        elif schemes and scheme not in schemes:
            self.note(column, f"{column} takes a code of {' or '.join(sorted(schemes))}", value=text)
        else:
            return self.notation(column, scheme, notation)
        return None

    def _bare(self, column: str, text: str, schemes: Collection[str]) -> Concept | None:
        if len(schemes) == 1:
            return self.notation(column, next(iter(schemes)), text)
        possible = [c for c in self._vocabulary.schemes_with(text) if not schemes or c.partition(":")[0] in schemes]
        fix = f"say which scheme and version: {' or '.join(possible[:4])}" if possible else "write scheme-version:code"
        self.note(column, "a bare code", value=text, fix=fix)
        return None

    def notation(self, column: str, scheme: str, notation: str) -> Concept | None:
        """Return the concept of a scheme that a bare notation stands for."""
        known = self._vocabulary.schemes[scheme].concepts
        if notation in known:
            return known[notation]
        fix = nearest(notation, known) or f"known: {', '.join(list(known)[:12])}"
        self.note(column, f"{scheme} has no such code", value=notation, fix=fix)
        return None

    def _scheme_fix(self, scheme: str) -> str:
        return nearest(scheme, self._vocabulary.schemes) or f"known: {', '.join(self._vocabulary.schemes)}"

    def _fitting(self, types: Collection[str]) -> list[str]:
        return [name for name, kind in self._entities.items() if not types or kind in types]
