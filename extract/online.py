"""What a project says of the world outside it: how links are written, who asks, which endpoints a query may reach."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from .problems import InputError, Problem, nearest

__all__ = ["TABLES", "Online", "online_settings", "read_online"]

#: The tables of wildgraph.toml that are read here, with their keys.
TABLES = {"links": ("same_as", "contact"), "federation": ("endpoints", "timeout")}
_NAME = re.compile(r"[a-z][a-z0-9-]*")

#: Notes a problem: the key, what is wrong, the value, what to do.
Note = Callable[[str, str, object, str], None]


@dataclass(frozen=True, slots=True)
class Online:
    """Without a word in wildgraph.toml, no query leaves this machine and no link says owl:sameAs.

    `endpoints` are the SPARQL endpoints that SERVICE may name, by the name a query may use (`service:name`);
    `timeout` is in seconds, for one question to one of them.
    """

    same_as: bool = False
    contact: str = ""
    endpoints: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 20.0


def online_settings(root: Path) -> Online:
    """Return what a project's wildgraph.toml says now. Raises InputError when it cannot be read."""
    problems: list[Problem] = []
    path = root / "wildgraph.toml"
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise InputError([Problem("wildgraph.toml", 0, 0, "cannot be read", str(error))]) from error
    found = read_online(document, lambda _, *rest: problems.append(_setting_problem(*rest)))
    if problems:
        raise InputError(problems)
    return found


def _setting_problem(message: str, value: object, fix: str) -> Problem:
    return Problem("wildgraph.toml", 0, 0, message, str(value), fix)


def read_online(document: Mapping[str, object], note: Note) -> Online:
    """Return what the tables [links] and [federation] say; what is wrong with them is noted."""
    tables: dict[str, Mapping[str, object]] = {}
    for name, keys in TABLES.items():
        table = document.get(name, {})
        if not isinstance(table, dict):
            note(name, f"[{name}] is no table", table, f"write [{name}] on a line of its own")
            table = {}
        for key in table:
            if key not in keys:
                note(key, f"unknown key in [{name}]", key, nearest(key, keys) or f"known: {', '.join(keys)}")
        tables[name] = table
    links, federation = tables["links"], tables["federation"]
    same_as, contact, timeout = links.get("same_as", False), links.get("contact", ""), federation.get("timeout", 20)
    if not isinstance(same_as, bool):
        note("same_as", "same_as is neither true nor false", same_as, "write same_as = true")
    if not (isinstance(contact, str) and (not contact or "@" in contact or contact.startswith("https://"))):
        note("contact", "contact is no address", contact, 'write contact = "you@example.org" or a web page')
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not 0 < timeout <= 600:
        note("timeout", "timeout is no number of seconds from 0 to 600", timeout, "write timeout = 20")
        timeout = 20
    return Online(same_as is True, str(contact), _endpoints(federation.get("endpoints", {}), note), float(timeout))


def _endpoints(table: object, note: Note) -> dict[str, str]:
    if not isinstance(table, dict):
        note("endpoints", "endpoints is no table", table, 'write endpoints = { wikidata = "https://..." }')
        return {}
    for name, url in table.items():
        if not _NAME.fullmatch(name):
            note(name, "not a name for an endpoint", name, "small letters, digits and hyphens")
        parts = urlsplit(url) if isinstance(url, str) else None
        if parts is None or parts.scheme not in {"http", "https"} or not parts.netloc:
            note(name, "not the address of an endpoint", url, "https://query.example.org/sparql")
    return {str(name): str(url) for name, url in table.items()}
