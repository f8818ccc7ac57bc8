"""Structured data: what search engines read in a page, in the terms of schema.org."""

from __future__ import annotations

from typing import Any

from ...graph.build import Summary
from .overview import Overview
from .thing import Thing

__all__ = ["cite", "dataset_data", "thing_data"]

_CONTEXT = "https://schema.org"
_TYPES = {
    "taxon": "Taxon",
    "taxon-group": "Taxon",
    "place": "Place",
    "organization": "Organization",
    "stakeholder": "Organization",
    "source": "CreativeWork",
    "claim": "Claim",
}
_LICENCES = {
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC-BY-NC-4.0": "https://creativecommons.org/licenses/by-nc/4.0/",
}


def dataset_data(summary: Summary, overview: Overview) -> dict[str, Any]:
    """Return the dataset as a schema:Dataset."""
    found = {
        "@context": _CONTEXT,
        "@type": "Dataset",
        "@id": summary.base,
        "identifier": summary.base,
        "name": summary.title,
        "description": overview.description,
        "version": summary.version,
        "license": _LICENCES.get(summary.license, summary.license),
        "datePublished": overview.issued,
        "url": overview.homepage,
        "creator": [{"@type": "Organization", "name": name} for name in overview.creators],
        "variableMeasured": list(overview.claims),
    }
    return {key: value for key, value in found.items() if value}


def thing_data(thing: Thing, summary: Summary) -> dict[str, Any]:
    """Return a thing in the type of schema.org that is nearest to it."""
    facts = {name: [value.text for value in values] for name, values in thing.facts}
    found: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": _TYPES.get(thing.kind, "DefinedTerm"),
        "@id": thing.iri,
        "name": thing.title,
        "description": thing.description,
        "alternateName": facts.get("also called", []),
        "sameAs": [link.url for _, link in thing.links if link.url],
        "isPartOf": {"@type": "Dataset", "@id": summary.base, "name": summary.title},
    }
    if found["@type"] == "Taxon":
        found |= {"scientificName": thing.subtitle, "taxonRank": next(iter(facts.get("rank", [])), "")}
    if thing.claim:
        found |= {"text": thing.claim.words, "appearance": {"@type": "CreativeWork", "name": thing.claim.source.text}}
    if thing.kind != "claim" and found["@type"] not in {"Claim", "CreativeWork", "DefinedTerm"}:
        del found["isPartOf"]
        found["subjectOf"] = {"@type": "Dataset", "@id": summary.base, "name": summary.title}
    return {key: value for key, value in found.items() if value}


def cite(summary: Summary, overview: Overview) -> str:
    """Return how to cite the dataset, in one line."""
    who = ", ".join(overview.creators) or "The makers of the dataset"
    year = f" ({overview.issued[:4]})" if overview.issued else ""
    return f"{who}{year}. {summary.title}. Version {summary.version}. {overview.homepage or summary.base}"
