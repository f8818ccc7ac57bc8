"""Readers of dumps: what people can download of the world's names, one format a module."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from . import coldp, darwin_core, gbif, geonames, itis, ncbi, obo, ror, wikidata
from .files import Files
from .record import Area, Foreign, Reading, Release, Row, TaxonRow, ThingRow

__all__ = ["Area", "Files", "Foreign", "Reading", "Release", "Row", "TaxonRow", "ThingRow", "open_dump"]

#: In the order in which they look at a dump: the more particular first.
READERS: tuple[Callable[[Files], Reading | None], ...] = (
    darwin_core.open_archive,
    coldp.open_coldp,
    ncbi.open_taxdump,
    itis.open_itis,
    itis.open_itis_sqlite,
    gbif.open_simple,
    gbif.open_crosswalk,
    geonames.open_geonames,
    ror.open_ror,
    obo.open_graph,
    obo.open_owl,
    obo.open_text,
    wikidata.open_wikidata,
    darwin_core.open_table,
)
FORMATS = (
    "DwC-A, ColDP, GBIF simple.txt, GBIF-COL crosswalk, ITIS, NCBI taxdump, Wikidata JSON, ROR JSON, GeoNames, OBO"
)


def open_dump(path: str | Path) -> tuple[Files, Reading]:
    """Open a dump with the reader that knows its format. Raises InputError when none does, or when it is broken."""
    files = Files(Path(path))
    for reader in READERS:
        reading = reader(files)
        if reading is not None:
            return files, reading
    files.close()
    raise files.problem("not a dump of a known format", fix=f"known are: {FORMATS}")
