"""Species+ and the CITES checklist: which taxon concept a scientific name is. Nothing else of an answer is kept.

https://api.speciesplus.net/documentation/v1/taxon_concepts.html
"""

from __future__ import annotations

from typing import Any

from ..answer import Candidate, Match, Query
from ..http import Client, Endpoint
from .judge import candidate, part, same_name, verdict

__all__ = ["ENDPOINT", "match"]

ENDPOINT = Endpoint(
    "Species+",
    "https://api.speciesplus.net/api/v1",
    pause=1.0,
    token="SPECIESPLUS_TOKEN",
    header="X-Authentication-Token",
    scheme="",
    apply="https://api.speciesplus.net/users/sign_up",
)


def match(client: Client, query: Query, endpoint: Endpoint = ENDPOINT) -> Match:
    """Look a taxon up by its name."""
    dump = "species-plus@api-v1"
    answer = client.json(endpoint, "/taxon_concepts", {"name": query.name})
    concepts = part(answer, service=endpoint.name).get("taxon_concepts") or [] if answer else []
    listed = concepts if isinstance(concepts, list) else []
    candidates = [_candidate(dump, concept) for concept in listed if isinstance(concept, dict) and concept.get("id")]
    named = [found for found in candidates if same_name(query, found.name)]
    why = f"Species+ has {len(candidates)} for this name"
    return verdict(query, dump, "exact" if named else "variant", named or candidates, why)


def _candidate(dump: str, concept: dict[str, Any]) -> Candidate:
    accepted: dict[str, Any] = next(iter(concept.get("accepted_names") or ()), {})
    higher: dict[str, Any] = concept.get("higher_taxa") or {}
    return candidate(
        dump,
        id=str(concept["id"]),
        name=str(concept.get("full_name", "")),
        authorship=str(concept.get("author_year") or ""),
        rank=str(concept.get("rank", "")).lower(),
        status="accepted" if concept.get("name_status") == "A" else "synonym",
        accepted_id=str(accepted.get("id", "")),
        accepted_name=str(accepted.get("full_name", "")),
        kingdom=str(higher.get("kingdom") or ""),
        family=str(higher.get("family") or ""),
    )
