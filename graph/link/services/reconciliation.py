"""Any service that speaks the W3C Reconciliation API, version 0.1 or 0.2 (https://www.w3.org/community/reconciliation/)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..answer import Candidate, Match, Query
from ..http import Client, Endpoint, ServiceError
from .judge import candidate, part, same_name, verdict

__all__ = ["match", "service"]


def service(url: str) -> Endpoint:
    """Return the endpoint of a reconciliation service at an address."""
    return Endpoint(url, url, pause=0.5)


def match(
    client: Client,
    query: Query,
    endpoint: Endpoint,
    *,
    dump: str,
    type: str = "",
    properties: Mapping[str, str] | None = None,
    name_property: str = "",
) -> Match:
    """Reconcile one name. `type` is a type of the service, `properties` values by the service's property ids.

    The service's `match: true` counts as exact only when the name is the same and no other candidate has it.
    `name_property` is what holds the name asked for, where the service answers with labels in some language: its
    values are fetched by data extension, and they decide.
    """
    question: dict[str, Any] = {"query": query.name, "limit": 10}
    if type:
        question["type"] = type
    if properties:
        question["properties"] = [{"pid": pid, "v": value} for pid, value in sorted(properties.items())]
    batch = json.dumps({"q0": question}, sort_keys=True)
    answer = client.json(endpoint, "", {"queries": batch}, form=True)
    results = part(answer, "q0", service=endpoint.name).get("result")
    if not isinstance(results, list):
        raise ServiceError(f"{endpoint.name}: the answer has no list of results; is it a reconciliation service?")
    entries = [entry for entry in results if isinstance(entry, dict) and entry.get("id")]
    candidates = [_candidate(dump, entry, query) for entry in entries]
    sure = [entry for entry in entries if entry.get("match") is True]
    said = "exact" if len(sure) == 1 and entries[0] is sure[0] else "fuzzy"
    why = f"{len(candidates)} candidates, {len(sure)} of them called a match"
    if name_property and candidates:
        names = _values(client, endpoint, [one.id for one in candidates], name_property)
        candidates = sorted((_renamed(one, names.get(one.id, []), query) for one in candidates), key=_is_other)
        same = sum(one.relation == "exact" for one in candidates)
        said, why = "exact" if same else "fuzzy", f"{why}, {same} with this very name as {name_property}"
    return verdict(query, dump, said if candidates else "none", candidates, why)


def _values(client: Client, endpoint: Endpoint, identifiers: list[str], pid: str) -> dict[str, list[str]]:
    """Fetch the values of a property of some things, by data extension."""
    question = json.dumps({"ids": identifiers, "properties": [{"id": pid}]}, sort_keys=True)
    answer = client.json(endpoint, "", {"extend": question}, form=True)
    rows = part(answer, "rows", service=endpoint.name)
    found = {}
    for identifier in identifiers:
        values = part(rows, identifier, service=endpoint.name).get(pid)
        listed = values if isinstance(values, list) else []
        found[identifier] = [str(value["str"]) for value in listed if isinstance(value, dict) and "str" in value]
    return found


def _renamed(one: Candidate, names: list[str], query: Query) -> Candidate:
    name = next((name for name in names if same_name(query, name)), names[0] if names else one.name)
    return one._replace(name=name, relation="exact" if same_name(query, name) else "close")


def _is_other(one: Candidate) -> bool:
    return one.relation != "exact"


def _candidate(dump: str, entry: dict[str, Any], query: Query) -> Candidate:
    types = [
        kind.get("name", kind.get("id", "")) if isinstance(kind, dict) else kind for kind in entry.get("type") or ()
    ]
    score = entry.get("score", 0)
    return candidate(
        dump,
        id=str(entry["id"]),
        name=str(entry.get("name", "")),
        definition=str(entry.get("description") or ""),
        type=", ".join(map(str, types)),
        score=max(0.0, min(1.0, score / 100)) if isinstance(score, int | float) else 0.0,
        relation="exact" if same_name(query, str(entry.get("name", ""))) else "close",
    )
