"""The datasets that entities are linked to: their identifiers and what their terms allow, read from `targets.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["TARGET_IRI", "Target", "may_publish", "target_of", "targets"]

#: What the name of a target is appended to, to name the dataset itself.
TARGET_IRI = "https://w3id.org/wildgraph/target/"
_REDISTRIBUTION = ("free", "attribution", "identifier-only")


@dataclass(frozen=True, slots=True)
class Target:
    """A dataset outside. `wikidata` is the Wikidata property for its identifiers, empty where there is none."""

    name: str
    title: str
    iri: str
    pattern: str
    types: tuple[str, ...]
    licence: str
    redistribution: str
    terms: str
    wikidata: str = ""
    credit: str = ""

    @property
    def identifier_only(self) -> bool:
        """Whether nothing but the identifier may be passed on."""
        return self.redistribution == "identifier-only"

    def fits(self, identifier: str) -> bool:
        """Tell whether a text looks like an identifier of this dataset."""
        return re.fullmatch(self.pattern, identifier) is not None


@cache
def targets() -> Mapping[str, Target]:
    """Return the known datasets by name. Raises ValueError when the data file is wrong."""
    text = Path(__file__).with_name("targets.toml").read_text(encoding="utf-8")
    found = {name: _target(name, table) for name, table in tomllib.loads(text).items()}
    return dict(sorted(found.items()))


def target_of(iri: str) -> tuple[Target, str] | None:
    """Return the dataset that an IRI belongs to, and the identifier in it; None for any other IRI."""
    for target in targets().values():
        if iri.startswith(target.iri) and target.fits(iri[len(target.iri) :]):
            return target, iri[len(target.iri) :]
    return None


def may_publish(licence: str) -> bool:
    """Tell whether statements under a licence may be passed on: not where a dataset with it forbids that."""
    return not any(target.identifier_only and target.licence == licence for target in targets().values())


def _target(name: str, table: Mapping[str, object]) -> Target:
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    target = Target(name=name, **values)  # type: ignore[arg-type]
    if target.redistribution not in _REDISTRIBUTION:
        raise ValueError(f"targets.toml: [{name}] redistribution is '{target.redistribution}', not {_REDISTRIBUTION}")
    return target
