"""What the query page is given: the question catalogue with its forms, and the names that queries may use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...extract import UsageError
from ...graph.store import query_prefixes
from ...ontology import vocabulary
from ...ontology.terms import expand
from ..ask import Asker
from ..question import Parameter, Question, load_questions

__all__ = ["catalogue_document", "template"]

_HEAD = re.compile(r"^#\+.*\n", re.MULTILINE)
_WHERE = re.compile(r"\bWHERE\s*\{", re.IGNORECASE)


def catalogue_document(asker: Asker, root: Path) -> dict[str, Any]:
    """Return the questions with a place for each parameter, the prefixes and the schemes, as a JSON value."""
    questions = load_questions(root)
    return {
        "questions": [_question(asker, question) for question in questions.values()],
        "prefixes": query_prefixes(),
        "schemes": {token: f"{scheme.iri}/" for token, scheme in vocabulary().schemes.items()},
    }


def template(question: Question) -> str:
    """Return the SPARQL of a question in which `{{name}}` stands for the term of each parameter."""
    text = _HEAD.sub("", question.sparql).strip() + "\n"
    values = "".join(f"\n  VALUES ?{name} {{ {{{{{name}}}}} }}" for name in question.parameters)
    return _WHERE.sub(lambda match: match[0] + values, text, count=1)


def _question(asker: Asker, question: Question) -> dict[str, Any]:
    parameters = [_parameter(asker, parameter) for parameter in question.parameters.values()]
    said = {"name": question.name, "title": question.title, "description": question.description}
    return said | {"parameters": parameters, "sparql": template(question)}


def _parameter(asker: Asker, parameter: Parameter) -> dict[str, Any]:
    shown, value = _default(asker, parameter)
    said = {"name": parameter.name, "type": parameter.type, "description": parameter.description}
    return said | {"classes": _classes(parameter.type), "shown": shown, "value": value}


def _default(asker: Asker, parameter: Parameter) -> tuple[str, str]:
    """Return what a field begins with, and the IRI that it stands for, if it stands for a thing."""
    text = asker.default(parameter)
    if not text or not _classes(parameter.type):
        return text, ""
    try:
        iri = asker.thing(parameter.type, text).text
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
