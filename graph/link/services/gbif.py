"""GBIF species match v2: names against the GBIF backbone (frozen since 2023) or the Catalogue of Life.

https://techdocs.gbif.org/en/openapi/v1/species (the v2 match endpoint).
"""

from __future__ import annotations

from typing import Any

from ..answer import Candidate, Match, Query
from ..http import Client, Endpoint
from .judge import candidate, part, verdict

__all__ = ["ENDPOINT", "match_backbone", "match_col"]

ENDPOINT = Endpoint("GBIF", "https://api.gbif.org/v2", pause=0.1)
#: The Catalogue of Life among GBIF's checklists; without a key, the backbone answers.
_COL = "7ddf754f-d193-4cc9-b351-99906754a03b"
_SAID = {"EXACT": "exact", "VARIANT": "variant", "FUZZY": "fuzzy", "HIGHERRANK": "broader", "NONE": "none"}


def match_backbone(client: Client, query: Query, endpoint: Endpoint = ENDPOINT) -> Match:
    """Match a name against the GBIF backbone."""
    return _match(client, query, endpoint, "gbif@species-match-v2", {})


def match_col(client: Client, query: Query, endpoint: Endpoint = ENDPOINT) -> Match:
    """Match a name against the Catalogue of Life, as GBIF has it."""
    return _match(client, query, endpoint, "col@species-match-v2", {"checklistKey": _COL})


def _match(client: Client, query: Query, endpoint: Endpoint, dump: str, more: dict[str, str]) -> Match:
    params = {
        "scientificName": query.name,
        "scientificNameAuthorship": query.authorship,
        "taxonRank": query.rank.upper(),
        "kingdom": query.kingdom,
        "family": query.family,
        "verbose": "true",
        **more,
    }
    answer = client.json(endpoint, "/species/match", {name: text for name, text in params.items() if text})
    diagnostics = part(answer, "diagnostics", service=endpoint.name)
    said = str(diagnostics.get("matchType", "NONE"))
    others = diagnostics.get("alternatives") or []
    answers = [answer, *(others if isinstance(others, list) else [])]
    candidates = [found for one in answers if (found := _candidate(dump, one, endpoint))]
    why = f"GBIF says {said} with confidence {diagnostics.get('confidence', '?')}"
    if not part(answer, "usage", service=endpoint.name):
        said = "NONE"
    return verdict(query, dump, _SAID.get(said, "fuzzy"), candidates, why)


def _candidate(dump: str, answer: Any, endpoint: Endpoint) -> Candidate | None:
    usage = part(answer, "usage", service=endpoint.name)
    if not usage.get("key"):
        return None
    accepted = part(answer, "acceptedUsage", service=endpoint.name)
    ranks = {
        str(step.get("rank", "")).lower(): str(step.get("name", "")) for step in answer.get("classification") or ()
    }
    diagnostics = part(answer, "diagnostics", service=endpoint.name)
    confidence = diagnostics.get("confidence", 0)
    return candidate(
        dump,
        id=str(usage["key"]),
        name=str(usage.get("canonicalName") or usage.get("name", "")),
        authorship=str(usage.get("authorship", "")),
        rank=str(usage.get("rank", "")).lower(),
        status=str(usage.get("status", "")).lower(),
        accepted_id=str(accepted.get("key", "")),
        accepted_name=str(accepted.get("canonicalName", "")),
        kingdom=ranks.get("kingdom", ""),
        family=ranks.get("family", ""),
        score=min(1.0, confidence / 100) if isinstance(confidence, int | float) else 0.0,
    )
