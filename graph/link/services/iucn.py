"""The IUCN Red List API v4: which taxon of the Red List a scientific name is. Nothing else of an answer is kept.

https://api.iucnredlist.org/api-docs. The API answers 404 both to a name it does not have and to whoever asks too
fast, so that a 404 counts only when it comes again after waiting, and is never remembered.
"""

from __future__ import annotations

from ..answer import Match, Query
from ..http import Client, Endpoint
from .judge import candidate, part, verdict

__all__ = ["ENDPOINT", "match"]

ENDPOINT = Endpoint(
    "IUCN Red List",
    "https://api.iucnredlist.org/api/v4",
    pause=1.0,
    token="IUCN_RED_LIST_TOKEN",
    apply="https://api.iucnredlist.org/users/sign_up",
    throttles=frozenset({404, 429, 503}),
)
_PARTS = ("genus_name", "species_name", "infra_name")


def match(client: Client, query: Query, endpoint: Endpoint = ENDPOINT) -> Match:
    """Look a species or a taxon below it up by its name. The list has no search for anything above."""
    dump = "iucn@api-v4"
    words = [word for word in query.name.split() if word.rstrip(".").lower() not in {"ssp", "subsp", "var", "f"}]
    if not 2 <= len(words) <= 3:
        return verdict(query, dump, "none", [], "the Red List is asked for species and what is below them")
    answer = client.json(endpoint, "/taxa/scientific_name", dict(zip(_PARTS, words, strict=False)))
    taxon = part(answer, "taxon", service=endpoint.name) if answer else {}
    if not taxon.get("sis_id"):
        return verdict(query, dump, "none", [], "the Red List has no such name")
    infra = bool(taxon.get("infrarank"))
    found = candidate(
        dump,
        id=str(taxon["sis_id"]),
        name=str(taxon.get("scientific_name", "")),
        rank="subspecies" if infra else "species",
        kingdom=str(taxon.get("kingdom_name", "")).capitalize(),
        family=str(taxon.get("family_name", "")).capitalize(),
    )
    return verdict(query, dump, "exact", [found], "the Red List has a taxon for this name")
