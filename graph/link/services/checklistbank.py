"""ChecklistBank: names against a release of the Catalogue of Life, or any checklist it holds.

https://api.checklistbank.org (dataset/{key}/match/nameusage). `3LR` stands for the latest release of COL.
"""

from __future__ import annotations

from typing import Any

from ..answer import Candidate, Match, Query
from ..http import Client, Endpoint
from .judge import candidate, part, verdict

__all__ = ["ENDPOINT", "match"]

ENDPOINT = Endpoint("ChecklistBank", "https://api.checklistbank.org", pause=0.2)
_SAID = {
    "exact": "exact",
    "variant": "variant",
    "canonical": "variant",
    "ambiguous": "none",
    "higherrank": "broader",
    "none": "none",
    "unsupported": "none",
}


def match(client: Client, query: Query, endpoint: Endpoint = ENDPOINT, *, dataset: str = "3LR") -> Match:
    """Match a name against a dataset of ChecklistBank."""
    dump = f"col@checklistbank-{dataset}" if dataset.startswith("3") else f"checklistbank-{dataset}@api"
    params = {
        "q": query.name,
        "authorship": query.authorship,
        "rank": query.rank,
        "code": query.code,
        "kingdom": query.kingdom,
        "family": query.family,
    }
    asked = {name: text for name, text in params.items() if text}
    answer = client.json(endpoint, f"/dataset/{dataset}/match/nameusage", asked)
    said = str(part(answer, service=endpoint.name).get("type", "none")).lower()
    usages = [part(answer, "usage", service=endpoint.name), *(answer.get("alternatives") or ())]
    candidates = [_candidate(dump, usage, said) for usage in usages if isinstance(usage, dict) and usage.get("id")]
    return verdict(query, dump, _SAID.get(said, "fuzzy"), candidates, f"ChecklistBank says {said}")


def _candidate(dump: str, usage: dict[str, Any], said: str) -> Candidate:
    ranks = {str(step.get("rank", "")).lower(): step for step in usage.get("classification") or ()}
    status = str(usage.get("status", "")).lower()
    # Of a synonym, the classification starts with the accepted taxon.
    first: dict[str, Any] = next(iter(usage.get("classification") or ()), {}) if "synonym" in status else {}
    return candidate(
        dump,
        id=str(usage["id"]),
        name=str(usage.get("name", "")),
        authorship=str(usage.get("authorship", "")),
        rank=str(usage.get("rank", "")).lower(),
        status=status,
        accepted_id=str(first.get("id", "")),
        accepted_name=str(first.get("name", "")),
        kingdom=str(ranks.get("kingdom", {}).get("name", "")),
        family=str(ranks.get("family", {}).get("name", "")),
        score=1.0 if said == "exact" else 0.8,
    )
