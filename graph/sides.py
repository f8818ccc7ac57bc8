"""Sides: rows of what claims say, as SQL finds them in the lines of a dataset, made into what is compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from ..extract import Claim, Period, Quantity
from ..extract.period import parse_period
from ..extract.tables.declared import TableSource
from ..ontology import Concept
from .assemble import Assembler
from .compare import COMPARED_BY, LINKED_BY, Said, said_by, side
from .describe import amount
from .quads import iri, read_term
from .stated import NEGATED

__all__ = ["THINGS", "Row", "Sides", "read_period"]

#: Columns that name things; each has a second, `stands_...`, with the one that stands for all linked as the same.
THINGS = ("subject", "object", "place", *LINKED_BY)


class Row(dict[str, Any]):
    """A row of `said` with its group, by the names of its columns."""

    def island(self) -> tuple[int, int]:
        return self["key"], self["island"]

    def period(self, name: str) -> Period | None:
        return read_period(self[name]) if self[name] else None

    def where(self) -> str:
        """Return the row that the claim is from, of several the first."""
        first, *rest = sorted(self["rows"] or ["no row"], key=lambda row: (len(row), row))
        return f"{first} and {len(rest):,} more" if rest else str(first)

    def around(self) -> tuple[tuple[str, ...], ...]:
        names = [*COMPARED_BY, *(f"stands_{name}" for name in LINKED_BY)]
        return tuple(tuple(self[name].split(" ")) if self[name] else () for name in names)


@dataclass(frozen=True)
class Sides:
    """Makes rows comparable. `start` is how the IRIs of claims begin."""

    assembler: Assembler
    start: str

    def said(self, row: Row) -> Said:
        name = f"{self.start}{row['node']}"[1:-1]
        if claim := self._curated.get(name):
            return said_by(claim, self.assembler, self._stand_ins(row))
        predicate = self._concepts[row["predicate"]]
        known = self.assembler.project.vocabulary.predicates[predicate.notation]
        quantity, when, negated = self._quantity(row), row.period("time"), row["polarity"] == NEGATED
        shown = " ".join(filter(None, [self._label(row), amount(quantity) if quantity else ""]))
        table = self.tables[row["source"]]
        made = row.period("asserted") or table.period("published")
        return Said(
            iri=name,
            subject=row["subject"],
            about=row["stands_subject"],
            predicate=known,
            value=row["stands_object"] or row["text"] or "",
            quantity=self.assembler.in_unit_of(known, quantity) or quantity,
            place=row["stands_place"] or "",
            around=row.around(),
            when=when,
            negated=negated,
            order=f"{table.id}\t{shown}\t{name}",
            words=side(shown, negated, when, f"{table.title}, {row.where()}", made),
        )

    def _stand_ins(self, row: Row) -> Mapping[str, str]:
        return {row[name]: row[f"stands_{name}"] for name in THINGS if row[name]}

    def _label(self, row: Row) -> str:
        if row["text"]:
            return read_term(row["text"]).text
        if not row["object"]:
            return ""
        if concept := self._concepts.get(row["object"]):
            return concept.label
        return read_term(row["label"]).text if row["label"] else row["object"][1:-1]

    def _quantity(self, row: Row) -> Quantity | None:
        if not row["unit"]:
            return None
        estimate, lower, upper = (
            Decimal(read_term(row[name]).text) if row[name] else None for name in ("estimate", "lower", "upper")
        )
        hedge = self._concepts[row["hedge"]] if row["hedge"] else None
        over, under = bool(row["over"]), bool(row["under"])
        return Quantity(self._concepts[row["unit"]], estimate, lower, upper, over, under, hedge)

    @cached_property
    def tables(self) -> dict[str, TableSource]:
        """The table sources, by their terms."""
        return {iri(self.assembler.names.source(table.id)): table for table in self.assembler.project.tables}

    @cached_property
    def _curated(self) -> dict[str, Claim]:
        return {self.assembler.names.claim(claim): claim for claim in self.assembler.project.claims}

    @cached_property
    def _concepts(self) -> dict[str, Concept]:
        schemes = self.assembler.project.vocabulary.schemes.values()
        return {iri(c.iri): c for scheme in schemes for c in scheme.concepts.values()}


def read_period(term: str) -> Period | None:
    """Return the period of a literal, None where it cannot be read."""
    try:
        return parse_period(read_term(term).text)
    except ValueError:
        return None
