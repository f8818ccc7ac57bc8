"""Questions: SPARQL files whose head says what they answer, what they need and what they return."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..extract import InputError, Problem
from ..extract.problems import nearest
from ..ontology import vocabulary

__all__ = ["Parameter", "Question", "load_questions", "read_question"]

_FOLDER = Path(__file__).parent
_HEAD = re.compile(r"#\+ ?(.*)")
#: Types of parameters that are not types of entities.
VALUE_TYPES = ("any", "source", "concept", "iri", "string", "integer", "decimal", "date")


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something a question needs to be told.

    `type` is a type of entity or one of `VALUE_TYPES`. `default` is a value, or `@name` for what the project's
    [defaults] call so; without one, the project's default for the parameter's name or type is taken.
    An `optional` one has no default: when it is not given, the question is asked of the whole dataset.
    """

    name: str
    type: str
    description: str
    default: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the catalogue. `columns` describes each column that is shown, in order."""

    name: str
    title: str
    description: str
    parameters: Mapping[str, Parameter]
    columns: Mapping[str, str]
    sparql: str

    def as_json(self) -> dict[str, Any]:
        """Return the question as a JSON value, without its SPARQL."""
        parameters = [asdict(parameter) for parameter in self.parameters.values()]
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "parameters": parameters,
            "columns": dict(self.columns),
        }


def load_questions(project: Path | None = None) -> dict[str, Question]:
    """Return the questions that wildgraph ships and those in a project's `queries`, which win, by name.

    Raises InputError with what is wrong in all of them.
    """
    paths = sorted(_FOLDER.glob("*.rq"))
    paths += sorted((project / "queries").glob("*.rq")) if project else []
    problems: list[Problem] = []
    found = {}
    for path in paths:
        try:
            found[path.stem] = read_question(path)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return dict(sorted(found.items()))


def read_question(path: Path) -> Question:
    """Read one file. A file without a head is a question without parameters that shows all it selects.

    Raises InputError with file and line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError([Problem(str(path), 0, 0, f"cannot be read: {error}")]) from error
    head, lines = _head(text)
    try:
        table = tomllib.loads(head)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        line = lines[min(int(place[1]), len(lines)) - 1] if place else lines[-1]
        message = str(error).partition(" (at")[0]
        raise InputError([Problem(str(path), line, 1, message, fix="the lines that start with #+ are TOML")]) from error
    parameters = {name: _parameter(name, entry) for name, entry in table.get("params", {}).items()}
    if problems := list(_problems(path, table, parameters, text)):
        raise InputError(problems)
    title = str(table.get("title", path.stem))
    return Question(path.stem, title, str(table.get("description", "")), parameters, table.get("columns", {}), text)


def _head(text: str) -> tuple[str, list[int]]:
    """Return the TOML of a file's head and the file line of each of its lines."""
    rows = [(n, match[1]) for n, row in enumerate(text.splitlines(), 1) if (match := _HEAD.match(row))]
    return "\n".join(row for _, row in rows), [n for n, _ in rows]


def _parameter(name: str, entry: Mapping[str, Any]) -> Parameter:
    kind, description, default = (str(entry.get(key, "")) for key in ("type", "description", "default"))
    return Parameter(name, kind, description, default, optional=entry.get("optional") is True)


def _problems(
    path: Path, table: Mapping[str, Any], parameters: Mapping[str, Parameter], text: str
) -> Iterable[Problem]:
    types = [*vocabulary().entity_types, *VALUE_TYPES]
    lines = text.splitlines()

    def note(needle: str, message: str, value: str, fix: str) -> Problem:
        line = next((n for n, row in enumerate(lines, 1) if needle in row), 1)
        return Problem(str(path), line, 1, message, value, fix)

    for name in table:
        if name not in {"title", "description", "params", "columns"}:
            yield note(name, "unknown key", name, "known: title, description, params, columns")
    for parameter in parameters.values():
        where = f"[params.{parameter.name}]"
        if parameter.type not in types:
            fix = nearest(parameter.type, types) or f"one of: {', '.join(types)}"
            yield note(where, "unknown type of parameter", parameter.type, fix)
        if not re.search(rf"[?$]{re.escape(parameter.name)}\b", text):
            yield note(
                where,
                "the query does not use the parameter",
                parameter.name,
                f"write ?{parameter.name} in it",
            )
