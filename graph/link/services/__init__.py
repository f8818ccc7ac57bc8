"""Services that match names, each a small module: where it is, how it wants to be asked, what its answers mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..answer import Match, Query
from ..http import Client
from . import checklistbank, gbif, iucn, speciesplus, wikidata

__all__ = ["SERVICES", "Asker"]

#: Asks a service about one thing.
Asker = Callable[[Client, Query], Match]

#: The services by name; each answers for one kind of thing, or for several.
SERVICES: Mapping[str, Asker] = {
    "checklistbank": checklistbank.match,
    "col": gbif.match_col,
    "gbif": gbif.match_backbone,
    "iucn": iucn.match,
    "species-plus": speciesplus.match,
    "wikidata": wikidata.match,
}
