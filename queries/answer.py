"""Answers: what a query found, as a table for people, as files, or as a data frame."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING, Any

from ..extract import UsageError
from ..graph.quads import term
from ..graph.store import Triple, triples_as
from ..ontology.terms import Term, expand, shorten
from .formula import inert

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow
    from rich.console import Console

__all__ = ["Answer"]

_NUMBERS: dict[str, Callable[[str], Any]] = {expand("xsd:integer"): int, expand("xsd:decimal"): Decimal}


@dataclass(frozen=True)
class Answer:
    """Rows of terms under columns, or triples. `labels` has the words for the IRIs among them.

    `total` is how many rows there are where only some were asked for.
    """

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Term | None, ...], ...] = ()
    triples: tuple[Triple, ...] | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    total: int | None = None

    def __len__(self) -> int:
        return len(self.rows if self.triples is None else self.triples)

    def format(self, name: str) -> str:
        """Return the answer as csv, tsv or json (SPARQL 1.1 results), or triples as turtle or jsonld.

        Raises UsageError for a format that does not go with the kind of query.
        """
        if self.triples is not None:
            if name not in {"turtle", "jsonld", "ntriples"}:
                raise UsageError(f"this query makes triples; use --format turtle or jsonld, not {name}")
            return triples_as(self.triples, name)
        writers = {"csv": self.csv, "tsv": self._tsv, "json": self._json}
        if name not in writers:
            raise UsageError(f"this query makes rows; use --format table, csv, tsv or json, not {name}")
        return writers[name]()

    def show(self, console: Console) -> None:
        """Print the answer with labels in place of IRIs.

        A table where it fits, or where nobody's terminal limits it; else one block of lines for each row.
        """
        from rich.text import Text  # heavy, and only for those who look at a terminal

        if self.triples is not None:
            console.print(Text(self.format("turtle")), soft_wrap=True)
            return
        if self.title:
            console.print(Text(self.title, style="bold"), soft_wrap=True)
        shown = [i for i, _ in enumerate(self.columns) if any(row[i] for row in self.rows)]
        cells = [[self.words(row[i]) for i in shown] for row in self.rows]
        names = [self.columns[i].replace("_", " ") for i in shown]
        widths = [max(len(text) for text in column) for column in zip(names, *cells, strict=True)]
        numbers = [all(value.datatype in _NUMBERS for row in self.rows if (value := row[i])) for i in shown]
        if not console.is_terminal or sum(widths) + 2 * len(widths) <= console.width:
            _print_table(names, cells, widths, numbers, console)
        else:
            _print_blocks(names, cells, console)
        console.print(Text(self._count(), style="dim"))

    def _count(self) -> str:
        if self.total is not None:
            return f"{len(self.rows):,} of {self.total:,} rows; --all prints every one, in order"
        return f"{len(self.rows)} row{'' if len(self.rows) == 1 else 's'}"

    def words(self, value: Term | None) -> str:
        """Return what a person reads for a value: a label, a short name or the text itself."""
        if value is None:
            return ""
        return (self.labels.get(value.text) or shorten(value.text)) if value.kind == "iri" else value.text

    def _repr_html_(self) -> str:
        """Return the answer as notebooks show it: a table with labels that lead to the IRIs."""
        if self.triples is not None:
            return f"<pre>{escape(self.format('turtle'))}</pre>"
        head = "".join(f"<th>{escape(name.replace('_', ' '))}</th>" for name in self.columns)
        rows = "".join(f"<tr>{''.join(f'<td>{self._marked(value)}</td>' for value in row)}</tr>" for row in self.rows)
        title = f"<caption>{escape(self.title)}</caption>" if self.title else ""
        return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"

    def _marked(self, value: Term | None) -> str:
        words = escape(self.words(value))
        safe = value is not None and value.kind == "iri" and value.text.startswith(("http://", "https://"))
        return f'<a href="{escape(value.text)}">{words}</a>' if safe and value else words

    def to_polars(self, *, labels: bool = False) -> polars.DataFrame:
        """Return a polars DataFrame: numbers as numbers, other literals as text, IRIs as text or by their labels."""
        import polars  # optional: only for those who ask for it

        return polars.DataFrame(self._data(labels=labels), strict=False)

    def to_pandas(self, *, labels: bool = False) -> pandas.DataFrame:
        """Return a pandas DataFrame, as `to_polars`."""
        import pandas  # optional: only for those who ask for it

        return pandas.DataFrame(self._data(labels=labels))

    def to_arrow(self, *, labels: bool = False) -> pyarrow.Table:
        """Return an Arrow table, as `to_polars`."""
        import pyarrow  # optional: only for those who ask for it

        return pyarrow.table(self._data(labels=labels))

    def _data(self, *, labels: bool) -> dict[str, list[Any]]:
        """Return the columns as Python values; a column is numbers only when all of it is."""
        found = {}
        for i, name in enumerate(self.columns):
            values = [row[i] for row in self.rows]
            kinds = {value.datatype for value in values if value is not None}
            if kinds and kinds <= _NUMBERS.keys():
                convert: Callable[[str], Any] = int if kinds == {expand("xsd:integer")} else float
                found[name] = [None if value is None else convert(value.text) for value in values]
                continue
            text: Callable[[Term], str] = self.words if labels else (lambda value: value.text)
            found[name] = [None if value is None else text(value) for value in values]
        return found

    def csv(self, *, labels: bool = False) -> str:
        """Return SPARQL 1.1 CSV (CRLF line ends, plain values), with nothing a spreadsheet would run as a formula.

        With `labels`, IRIs are given by their labels.
        """
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(self.columns)
        for row in self.rows:
            writer.writerow("" if value is None else self._cell(value, labels) for value in row)
        return out.getvalue()

    def _cell(self, value: Term, labels: bool) -> str:
        """Return a value for CSV. Numbers, dates and IRIs are as they are; TSV and JSON are for programs."""
        text = self.words(value) if labels else value.text
        return text if value.datatype or (value.kind == "iri" and not labels) else inert(text)

    def _tsv(self) -> str:
        """Return SPARQL 1.1 TSV (terms in Turtle syntax)."""
        lines = ["\t".join(f"?{name}" for name in self.columns)]
        lines += ["\t".join("" if value is None else term(value) for value in row) for row in self.rows]
        return "\n".join(lines) + "\n"

    def _json(self) -> str:
        """Return SPARQL 1.1 Query Results JSON, or its boolean form for an ASK."""
        if self.columns == ("answer",) and len(self.rows) == 1 and (value := self.rows[0][0]):
            return json.dumps({"head": {}, "boolean": value.text == "true"}, indent=1) + "\n"
        bindings = [
            {name: _binding(value) for name, value in zip(self.columns, row, strict=True) if value is not None}
            for row in self.rows
        ]
        document = {"head": {"vars": list(self.columns)}, "results": {"bindings": bindings}}
        return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _print_table(
    names: list[str], cells: list[list[str]], widths: list[int], numbers: list[bool], console: Console
) -> None:
    from rich.text import Text

    for line, row in enumerate([names, *cells] if cells else []):
        aligned = [
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(row, widths, numbers, strict=True)
        ]
        console.print(Text("  ".join(aligned).rstrip(), style="" if line else "dim"), soft_wrap=True)


def _print_blocks(names: list[str], cells: list[list[str]], console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    for row in cells:
        block = Table.grid(padding=(0, 2))
        for name, text in zip(names, row, strict=True):
            if text:
                block.add_row(Text(name, style="dim"), Text(text))
        console.print(block)
        console.print()


def _binding(value: Term) -> dict[str, str]:
    kind = {"iri": "uri", "literal": "literal", "bnode": "bnode"}[value.kind]
    extra = {"xml:lang": value.language} if value.language else {}
    if value.datatype:
        extra = {"datatype": value.datatype}
    return {"type": kind, "value": value.text, **extra}
