"""What a package of tables holds, in one form for every format: tables, columns, and how to read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..problems import Problem

__all__ = ["Column", "Dialect", "Package", "Table"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the text of a table is cut into rows and cells. `quote` and `escape` may be empty."""

    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    header_lines: int = 1
    newline: str = "\n"


@dataclass(frozen=True, slots=True)
class Column:
    """A column by the name that mappings use.

    `index` counts from 0; None is a column that is not in the file and whose every cell is `default`. `term` is
    the IRI that the format gives it. `header` is what the file calls it.
    """

    name: str
    index: int | None
    term: str = ""
    default: str = ""
    header: str = ""
    separator: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a package: `kind` is `delimited`, `parquet` or `records`; several files are read as one.

    `role` is the local name of the row type (`Taxon`, `Distribution`) or the stem of the file. `core` says that
    rows of other tables hang on this one. Cells with one of the texts of `nulls` are empty.
    """

    role: str
    files: tuple[Path, ...]
    columns: tuple[Column, ...]
    kind: str = "delimited"
    dialect: Dialect = Dialect()
    core: bool = False
    row_type: str = ""
    title: str = ""
    nulls: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of its file, or its `title` where it is only a part of one, which is how findings name it."""
        return self.title or (self.files[0].name if self.files else self.role)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its columns."""
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True, slots=True)
class Package:
    """A described package. `format` is `dwca`, `dwc-dp`, `coldp`, `camtrap-dp`, `iucn-api`, `csv`, ...

    `notes` are what was odd and could be lived with, `left_out` the rows that could not be read; `metadata` has
    title, license, publisher where stated.
    """

    path: Path
    format: str
    tables: tuple[Table, ...]
    metadata: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Problem, ...] = ()
    left_out: tuple[Problem, ...] = ()

    def table(self, role: str) -> Table | None:
        """Return the table of a role, or None."""
        return next((table for table in self.tables if table.role == role), None)
