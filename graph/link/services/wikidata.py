"""Wikidata, through its reconciliation service (https://wikidata.reconci.link)."""

from __future__ import annotations

from ..answer import Match, Query
from ..http import Client, Endpoint
from . import reconciliation

__all__ = ["ENDPOINT", "match"]

ENDPOINT = Endpoint("Wikidata", "https://wikidata.reconci.link/en/api", pause=0.5)
#: The class to look in, by kind of thing: taxon, organisation, geographic location, ecosystem.
_TYPES = {"taxon": "Q16521", "organization": "Q43229", "place": "Q2221906", "habitat": "Q37813"}


def match(client: Client, query: Query, endpoint: Endpoint = ENDPOINT) -> Match:
    """Reconcile a name with Wikidata: a taxon by its taxon name (P225), whatever its label is."""
    name = "P225" if query.kind == "taxon" else ""
    return reconciliation.match(
        client,
        query,
        endpoint,
        dump="wikidata@reconciliation",
        type=_TYPES[query.kind],
        properties={name: query.name} if name else {},
        name_property=name,
    )
