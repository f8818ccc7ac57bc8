"""The JSON-LD context: how terms are called in JSON, read from `context.jsonld`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from .terms import NAMESPACES
from .vocabulary import FOLDER

__all__ = ["Alias", "Context", "read_context"]


@dataclass(frozen=True, slots=True)
class Alias:
    """The JSON key of a property. `coercion` is `@id`, a datatype IRI or empty; `by_language` a language map."""

    key: str
    coercion: str
    by_language: bool


@dataclass(frozen=True, slots=True)
class Context:
    """The context document, with its aliases by the IRI of the property and the names of classes by IRI."""

    document: Mapping[str, Any]
    aliases: Mapping[str, Alias]
    names: Mapping[str, str]


@cache
def read_context() -> Context:
    """Return the context that this installation ships."""
    document = json.loads((FOLDER / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    prefixes = NAMESPACES | {k: v for k, v in document.items() if isinstance(v, str) and v.endswith(("/", "#"))}
    aliases = {}
    names = {}
    for key, entry in document.items():
        definition = {"@id": entry} if isinstance(entry, str) else entry
        if key.startswith("@") or not isinstance(definition, dict) or "@id" not in definition:
            continue
        iri = _expand(definition["@id"], prefixes)
        kind = definition.get("@type", "")
        coercion = kind if kind in {"", "@id", "@vocab"} else _expand(kind, prefixes)
        aliases[iri] = Alias(key, coercion, definition.get("@container") == "@language")
        names[iri] = key
    return Context(document, aliases, names)


def _expand(name: str, prefixes: Mapping[str, str]) -> str:
    prefix, colon, local = name.partition(":")
    return prefixes[prefix] + local if colon and prefix in prefixes else name
