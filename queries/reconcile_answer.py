"""What the reconciliation service answers: manifest, candidates, suggestions, properties."""

from __future__ import annotations

from typing import Any

from ..graph.link.answer import Candidate, Match, Query
from ..graph.link.index import Dump, Index
from ..graph.link.match import match

__all__ = ["BATCH", "BadRequestError", "Reconciler"]

#: How many queries are answered at once.
BATCH = 200
_MOST = 100
_PAGE = 20

_KINDS = {"taxon": "Taxon", "organization": "Organisation", "place": "Place", "habitat": "Habitat"}
#: Types of taxa: their ranks.
_RANKS = ("kingdom", "phylum", "class", "order", "family", "genus", "species", "subspecies", "variety", "form")
#: What can be told of a thing in a query, by kind, and what it is called.
_TOLD = {
    "taxon": {
        "authorship": "Authorship",
        "rank": "Rank",
        "kingdom": "Kingdom",
        "family": "Family",
        "code": "Nomenclatural code",
    },
    "organization": {"country": "Country (ISO 3166-1 alpha-2)", "type": "Type"},
    "place": {"country": "Country (ISO 3166-1 alpha-2)", "type": "Type", "locality": "Region"},
    "habitat": {},
}
#: What can be fetched of a thing, and what it is called.
_FETCHED = {
    "name": "Name",
    "authorship": "Authorship",
    "rank": "Rank",
    "status": "Status",
    "accepted": "Accepted taxon",
    "kingdom": "Kingdom",
    "family": "Family",
    "country": "Country",
    "type": "Type",
    "definition": "Definition",
    "iri": "IRI",
    "release": "Release",
    "licence": "Licence",
}
_TAXON_ONLY = {"authorship", "rank", "accepted", "kingdom", "family"}


class BadRequestError(Exception):
    """A request that cannot be answered; `status` is the HTTP status."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class Reconciler:
    """One dump as a reconciliation service."""

    def __init__(self, index: Index, dump: Dump) -> None:
        self.index = index
        self.dump = dump

    def manifest(self, address: str, *, service_version: str) -> dict[str, Any]:
        """Return the service manifest; `address` is where the service is reached."""
        dump = self.dump
        suggest = {what: {"service_url": address, "service_path": f"/suggest/{what}"} for what in _SUGGESTED}
        view = {"view": {"url": dump.iri.replace("{id}", "{{id}}")}} if "{id}" in dump.iri else {}
        return {
            "versions": ["0.1", "0.2"],
            "name": f"{dump.title} ({dump.release})",
            "identifierSpace": dump.iri.replace("{id}", "") or f"{address}/",
            "schemaSpace": "http://rs.tdwg.org/dwc/terms/" if dump.kind == "taxon" else "https://schema.org/",
            "serviceVersion": service_version,
            "defaultTypes": [{"id": dump.kind, "name": _KINDS[dump.kind]}],
            "preview": {"url": f"{address}/preview?id={{{{id}}}}", "width": 420, "height": 230},
            "suggest": suggest,
            "extend": {
                "propose_properties": {"service_url": address, "service_path": "/properties"},
                "property_settings": [],
            },
            "batchSize": BATCH,
            **view,
        }

    def reconcile(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Return the candidates for each query of a batch. Raises BadRequestError."""
        if len(batch) > BATCH:
            raise BadRequestError(f"{len(batch)} queries at once; send at most {BATCH}", 413)
        return {name: {"result": self._candidates(name, query)} for name, query in batch.items()}

    def extend(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return the values of some properties of some things; what a thing does not have is an empty list."""
        identifiers, wanted = request.get("ids"), request.get("properties")
        if not (isinstance(identifiers, list) and all(isinstance(one, str) for one in identifiers)):
            raise BadRequestError("extend needs ids: a list of identifiers")
        if not (isinstance(wanted, list) and all(isinstance(p, dict) and isinstance(p.get("id"), str) for p in wanted)):
            raise BadRequestError('extend needs properties: a list of {"id": ...}')
        names = [entry["id"] for entry in wanted]
        kind = {"id": "taxon", "name": "Taxon"}
        meta = [{"id": n, "name": _FETCHED.get(n, n)} | ({"type": kind} if n == "accepted" else {}) for n in names]
        rows = {}
        for identifier in identifiers:
            found = self.entity(identifier)
            rows[identifier] = {name: self._value(found, name) if found else [] for name in names}
        return {"meta": meta, "rows": rows}

    def entity(self, identifier: str) -> Candidate | None:
        """Return the thing with an identifier, which may also be its IRI."""
        prefix = self.dump.iri.partition("{id}")[0]
        bare = identifier.removeprefix(prefix) if prefix else identifier
        return self.index.get(self.dump, identifier) or self.index.get(self.dump, bare)

    def suggest_entities(self, prefix: str, cursor: int) -> list[dict[str, Any]]:
        """Return things whose name starts so, or that have this identifier, from the cursor on."""
        if not prefix.strip():
            return []
        exact = self.entity(prefix.strip())
        found = self.index.suggest(self.dump, prefix.strip(), limit=cursor + _PAGE)
        listed = ([exact] if exact else []) + [one for one in found if not exact or one.id != exact.id]
        return [self._entity(one, "notable") for one in listed[cursor : cursor + _PAGE]]

    def suggest_types(self, prefix: str) -> list[dict[str, Any]]:
        """Return the types of things here: their kind and, of taxa, their ranks."""
        kind = {"id": self.dump.kind, "name": _KINDS[self.dump.kind]}
        ranks = [{"id": rank, "name": rank.capitalize(), "broader": [kind]} for rank in _RANKS]
        known: list[dict[str, Any]] = [kind, *(ranks if self.dump.kind == "taxon" else [])]
        return [one for one in known if _starts(prefix, one["id"], one["name"])]

    def suggest_properties(self, prefix: str) -> list[dict[str, str]]:
        """Return what can be told of a thing in a query, and fetched of it."""
        known = _TOLD[self.dump.kind] | self._fetched()
        return [{"id": name, "name": label} for name, label in known.items() if _starts(prefix, name, label)]

    def propose(self, kind: str, limit: int | None) -> dict[str, Any]:
        """Return the properties that can be fetched of things of a type."""
        found = [{"id": name, "name": label} for name, label in self._fetched().items()]
        return {"properties": found[:limit], "type": kind} | ({"limit": limit} if limit is not None else {})

    def _fetched(self) -> dict[str, str]:
        if self.dump.kind == "taxon":
            return {name: label for name, label in _FETCHED.items() if name not in {"country", "type", "definition"}}
        return {name: label for name, label in _FETCHED.items() if name not in _TAXON_ONLY}

    def _candidates(self, name: str, question: object) -> list[dict[str, Any]]:
        query, limit = self._read(name, question)
        if query is None:
            return []
        named = self.entity(query.name)
        if named:
            return [self._entity(named, "type") | {"score": 100.0, "match": True, "features": []}]
        found = match(self.index, query, dump=self.dump.key)
        return [self._candidate(found, number, one) for number, one in enumerate(found.candidates[:limit])]

    def _read(self, name: str, question: object) -> tuple[Query | None, int]:
        """Return the query that one entry of a batch stands for; None when there is no name in it to look for."""
        if not isinstance(question, dict):
            raise BadRequestError(f"query '{name}' is no JSON object")
        text, limit = question.get("query", ""), question.get("limit", _PAGE)
        if not isinstance(text, str):
            raise BadRequestError(f"query '{name}': query is no text")
        if isinstance(limit, bool) or not isinstance(limit, int | float) or limit < 1:
            raise BadRequestError(f"query '{name}': limit is no positive number")
        told: dict[str, Any] = {"kind": self.dump.kind}
        for entry in question.get("properties") or ():
            if not isinstance(entry, dict) or "pid" not in entry or "v" not in entry:
                raise BadRequestError(f"query '{name}': a property needs pid and v")
            if entry["pid"] in _TOLD[self.dump.kind] and (value := _text(entry["v"])):
                told[entry["pid"]] = value
        types = question.get("type") or []
        ranks = [one for one in ([types] if isinstance(types, str) else types) if one in _RANKS]
        if len(ranks) == 1 and self.dump.kind == "taxon":
            told.setdefault("rank", ranks[0])
        if not text.strip():
            return None, 0
        return Query(text.strip(), **told), min(int(limit), _MOST)

    def _candidate(self, found: Match, number: int, one: Candidate) -> dict[str, Any]:
        """Return one candidate. `match` is true only for the one thing that was chosen and is exactly it."""
        sure = number == 0 and found.outcome in {"exact", "variant"} and one.relation == "exact"
        features = [
            {"id": "confidence", "value": one.score},
            {"id": "same_name", "value": one.name.casefold() == found.query.name.casefold()},
            {"id": "broader", "value": one.relation == "broad"},
        ]
        score = round(100 * one.score, 1)
        return self._entity(one, "type") | {"score": score, "match": sure, "features": features}

    def _entity(self, one: Candidate, types: str) -> dict[str, Any]:
        kinds = [{"id": self.dump.kind, "name": _KINDS[self.dump.kind]}]
        if one.rank in _RANKS:
            kinds.append({"id": one.rank, "name": one.rank.capitalize()})
        described = {"description": text} if (text := _description(one)) else {}
        return {"id": one.id, "name": f"{one.name} {one.authorship}".strip(), types: kinds, **described}

    def _value(self, one: Candidate, name: str) -> list[dict[str, str]]:
        if name == "accepted":
            return [{"id": one.accepted_id, "name": one.accepted_name}] if one.accepted_id else []
        known = {"release": self.dump.release, "licence": self.dump.licence}
        text = known.get(name) or (str(getattr(one, name)) if name in self._fetched() and name not in known else "")
        return [{"str": text}] if text else []


_SUGGESTED = ("entity", "type", "property")


def _description(one: Candidate) -> str:
    status = (
        f"{one.status} of {one.accepted_name}"
        if one.accepted_name
        else ("" if one.status == "accepted" else one.status)
    )
    place = one.family or one.kingdom
    parts = (one.rank, place, one.type, one.country, status, one.definition)
    return ", ".join(part for part in parts if part)


def _text(value: object) -> str:
    """Return a property value as text: the first of several, the name of an entity."""
    if isinstance(value, list):
        return _text(value[0]) if value else ""
    if isinstance(value, dict):
        return str(value.get("name") or value.get("id") or "")
    return str(value)


def _starts(prefix: str, *names: str) -> bool:
    return any(name.casefold().startswith(prefix.strip().casefold()) for name in names)
