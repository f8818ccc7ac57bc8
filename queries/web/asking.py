"""What the query page is given: the question catalogue with its forms, and the names that queries may use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...extract import UsageError
from ...extract.cells import is_iri
from ...graph.clauses import with_values
from ...graph.store import query_prefixes
from ...ontology import vocabulary
from ...ontology.terms import expand
from ..ask import Asker
from ..question import Question, load_questions

__all__ = ["catalogue_document", "template"]

_HEAD = re.compile(r"^#\+.*\n", re.MULTILINE)


def catalogue_document(asker: Asker, root: Path) -> dict[str, Any]:
    """Return the questions with a place for each parameter, the prefixes and the schemes, as a JSON value."""
    questions = load_questions(root)
    parameters = [p for question in questions.values() for p in question.parameters.values()]
    wanted = {(p.type, asker.default(p)) for p in parameters}
    defaults = {(kind, text): _thing(asker, kind, text) for kind, text in wanted}
    return {
        "questions": [_question(asker, question, defaults) for question in questions.values()],
        "prefixes": query_prefixes(),
        "schemes": {token: f"{scheme.iri}/" for token, scheme in vocabulary().schemes.items()},
    }


def template(question: Question) -> str:
    """Return the SPARQL of a question in which `{{name}}` stands for the term of each parameter."""
    text = _HEAD.sub("", question.sparql).strip() + "\n"
    return with_values(text, {name: f"{{{{{name}}}}}" for name in question.parameters})


def _question(asker: Asker, question: Question, defaults: Mapping[tuple[str, str], tuple[str, str]]) -> dict[str, Any]:
    parameters = []
    for parameter in question.parameters.values():
        shown, value = ("", "") if parameter.optional else defaults[parameter.type, asker.default(parameter)]
        said = {"name": parameter.name, "type": parameter.type, "description": parameter.description}
        parameters.append(
            said | {"classes": _classes(parameter.type), "shown": shown, "value": value, "optional": parameter.optional}
        )
    said = {"name": question.name, "title": question.title, "description": question.description}
    return said | {"parameters": parameters, "sparql": template(question)}


def _thing(asker: Asker, kind: str, text: str) -> tuple[str, str]:
    """Return what a field begins with, and the IRI that it stands for, if it stands for a thing."""
    if not text or not _classes(kind):
        return text, ""
    # A default is an id as a rule; to go through all names of a million triples takes seconds.
    for name in [kind] if kind != "any" else [*vocabulary().entity_types, "source"]:
        iri = f"{asker.base}{name}/{text}"
        if is_iri(iri) and (found := asker.graph.labels([iri])):
            return found[iri], iri
    try:
        iri = asker.thing(kind, text).text
    except UsageError:
        return "", ""
    return asker.graph.labels([iri]).get(iri, text), iri


def _classes(kind: str) -> list[str]:
    """Return the classes whose things a parameter takes: none where it takes a value."""
    types: Mapping[str, str] = {name: entity.iri for name, entity in vocabulary().entity_types.items()}
    types = {**types, "source": expand("wg:Source")}
    if kind == "any":
        return sorted(types.values())
    extra = [types["taxon-group"]] if kind == "taxon" else []
    return [types[kind], *extra] if kind in types else []
