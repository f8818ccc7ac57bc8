"""A dataset project: its settings, sources, entities and claims, read and checked as a whole."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..ontology import Vocabulary, vocabulary
from .cells import Cells, is_iri
from .claim import Claim
from .curated import CLAIMS, read_claim
from .entity import ENTITIES, Entity, parent_problems, read_entity
from .ledger import REVIEW, Decision, read_decisions
from .online import TABLES, Online, read_online
from .period import parse_period
from .problems import InputError, Problem, UsageError, nearest
from .reviewed import joined, reviewed_claims
from .source import SOURCES, Source, hash_problems, open_document, read_source
from .table import Row, Sheet, find_table, read_table, tables_in
from .tables.declared import TableSource, read_table_sources

__all__ = ["Project", "Settings", "input_files", "open_project"]

SETTINGS_FILE = "wildgraph.toml"
_TEXTS = ("title", "description", "base", "license", "version", "language", "issued", "homepage")


@dataclass(frozen=True, slots=True)
class Settings:
    """What `wildgraph.toml` says. `base` is the start of every IRI of the dataset."""

    title: str
    base: str
    license: str
    version: str
    description: str = ""
    creators: tuple[str, ...] = ()
    language: str = "en"
    issued: str = ""
    homepage: str = ""
    defaults: Mapping[str, str] = field(default_factory=dict)
    online: Online = field(default_factory=Online)


@dataclass(frozen=True, slots=True)
class Project:
    """A project whose files were all read without an error. `warnings` can be lived with."""

    root: Path
    settings: Settings
    sources: Mapping[str, Source]
    entities: Mapping[str, Entity]
    claims: tuple[Claim, ...]
    vocabulary: Vocabulary
    decisions: tuple[Decision, ...] = ()
    warnings: tuple[Problem, ...] = ()
    tables: tuple[TableSource, ...] = ()


def open_project(root: str | Path, *, any_version: bool = False) -> Project:
    """Read a project folder. With `any_version`, local copies of sources may be other versions than their rows say.

    Raises UsageError when the folder is no project, and InputError with every problem of every file.
    """
    folder = Path(root)
    if not (folder / SETTINGS_FILE).is_file():
        where = "" if folder.is_dir() else " (there is no such folder)"
        message = f"{folder} is not a dataset project{where}: no {SETTINGS_FILE} in it"
        raise UsageError(f"{message}; try: wildgraph init {folder}")
    reader = _ProjectReader(folder, any_version=any_version)
    project = reader.read()
    if errors := [problem for problem in reader.problems if not problem.warning]:
        raise InputError(errors)
    return project


def input_files(root: Path) -> list[Path]:
    """Return the files a build depends on, in a fixed order, whether or not they are there."""
    tables = [find_table(root, "sources"), find_table(root, "entities"), *tables_in(root / "claims")]
    tables += tables_in(root / REVIEW)
    tables += sorted((root / "links").glob("*.sssom.tsv"))
    return [root / SETTINGS_FILE, *tables]


class _ProjectReader:
    """Reads file after file and keeps going, so that all problems come out at once."""

    def __init__(self, root: Path, *, any_version: bool = False) -> None:
        self.root = root
        self.any_version = any_version
        self.problems: list[Problem] = []
        self.unreliable: set[str] = set()
        self.vocabulary = vocabulary()
        self._text = ""
        self._document: Mapping[str, Any] = {}

    def read(self) -> Project:
        settings = self._settings()
        entity_rows = self._rows(find_table(self.root, "entities"), ENTITIES, "unknown entity")
        source_rows = self._rows(find_table(self.root, "sources"), SOURCES, "unknown source")
        types = {name: row.get("type") for name, row in self._by_id(entity_rows).items()}
        self._check_types(entity_rows)
        entities = {
            row.get("id"): read_entity(self._cells(row, types), language=settings.language) for row in entity_rows
        }
        self.problems += parent_problems(entities, {row.get("id"): row for row in entity_rows})
        self._by_id(source_rows)
        sources = {row.get("id"): read_source(self._cells(row, types)) for row in source_rows}
        self._check_documents(sources)
        curated = tuple(self._claims(types, sources, settings.language))
        decisions = tuple(read_decisions(self.root, self.problems))
        claims = joined(curated, self._reviewed(decisions, types, sources, settings.language))
        self._check_claims((*curated, *claims[len(curated) :]))
        self.problems = [problem for problem in self.problems if problem.message not in self.unreliable]
        tables = self._table_sources(sources)
        warnings = tuple(problem for problem in self.problems if problem.warning)
        return Project(self.root, settings, sources, entities, claims, self.vocabulary, decisions, warnings, tables)

    def _table_sources(self, sources: Mapping[str, Source]) -> tuple[TableSource, ...]:
        document = {"tables": self._document.get("tables", [])}
        return tuple(read_table_sources(document, self.root, self._text, sources, self.problems))

    def _cells(self, row: Row, types: Mapping[str, str]) -> Cells:
        return Cells(row, self.problems, self.vocabulary, types)

    def _rows(self, path: Path, sheet: Sheet, consequence: str) -> list[Row]:
        """Return the rows of a table. Where some could not be read, the problem that follows is not worth telling.

        A project that builds from tables alone needs neither entities nor sources of its own.
        """
        if self._document.get("tables") and not path.exists():
            return []
        before = len(self.problems)
        rows = list(read_table(path, sheet, shown_as=self._shown(path), problems=self.problems))
        if any(not problem.warning for problem in self.problems[before:]):
            self.unreliable.add(consequence)
        return rows

    def _shown(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _by_id(self, rows: list[Row]) -> dict[str, Row]:
        found: dict[str, Row] = {}
        for row in rows:
            first = found.setdefault(row.get("id"), row)
            if first is not row:
                fix = f"it is already used in line {first.line}; rename or remove one"
                self.problems.append(row.problem("id", "duplicate id", fix=fix))
        return found

    def _check_types(self, rows: list[Row]) -> None:
        known = self.vocabulary.entity_types
        for row in rows:
            if row.get("type") not in known:
                fix = nearest(row.get("type"), known) or f"one of: {', '.join(known)}"
                self.problems.append(row.problem("type", "unknown type of entity", fix=fix))

    def _check_documents(self, sources: Mapping[str, Source]) -> None:
        if self.any_version:
            return
        for source in sources.values():
            document = open_document(self.root, source)
            if document is not None:
                self.problems += hash_problems(source, document, source.origin.path)

    def _claims(self, types: Mapping[str, str], sources: Mapping[str, Source], language: str) -> Iterator[Claim]:
        folder = self.root / "claims"
        paths = tables_in(folder)
        if not paths and not self._document.get("tables"):
            fix = "write claims/anything.tsv; docs/files.md lists its columns"
            self.problems.append(Problem("claims", 0, 0, "no claim files", fix=fix, warning=True))
        for path in paths:
            for row in read_table(path, CLAIMS, shown_as=self._shown(path), problems=self.problems):
                cells = self._cells(row, types)
                claim = read_claim(cells, vocabulary=self.vocabulary, sources=sources, language=language)
                if claim is not None:
                    yield claim

    def _reviewed(
        self,
        decisions: tuple[Decision, ...],
        types: Mapping[str, str],
        sources: Mapping[str, Source],
        language: str,
    ) -> list[Claim]:
        def read(decision: Decision) -> Claim | None:
            if decision.row is None:
                return None
            cells = self._cells(decision.row, types)
            return read_claim(cells, vocabulary=self.vocabulary, sources=sources, language=language)

        return reviewed_claims(decisions, read, self.problems)

    def _check_claims(self, claims: tuple[Claim, ...]) -> None:
        statements: dict[str, Claim] = {}
        handles = {claim.handle: claim for claim in reversed(claims) if claim.handle}
        for claim in claims:
            first = statements.setdefault(claim.statement(), claim)
            if first is not claim:
                place = f"{first.origin.path}:{first.origin.line}"
                self._note(claim, "two rows for one claim", f"{place} says the same: keep one, with both spans")
            if claim.handle and handles[claim.handle] is not claim:
                other = handles[claim.handle].origin
                self._note(claim, "duplicate id", f"{claim.handle} is already used in {other.path}:{other.line}")
            for outcome in claim.links.get("outcome", ()):
                if outcome not in handles:
                    fix = nearest(outcome, handles) or "outcome takes the id of another claim row"
                    self._note(claim, f"unknown claim '{outcome}' in outcome", fix)

    def _note(self, claim: Claim, message: str, fix: str) -> None:
        self.problems.append(Problem(claim.origin.path, claim.origin.line, 1, message, fix=fix))

    def _settings(self) -> Settings:
        text = self._text = self._settings_text()
        try:
            document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            place = re.search(r"line (\d+), column (\d+)", str(error))
            line, column = (int(place[1]), int(place[2])) if place else (0, 0)
            message = str(error).partition(" (at")[0]
            self.problems.append(Problem(SETTINGS_FILE, line, column, message, fix="see docs/files.md for an example"))
            document = {}
        self._document = document
        table, defaults = (_table(document, name) for name in ("dataset", "defaults"))
        lines = {name: n for n, row in enumerate(text.splitlines(), 1) if (name := row.partition("=")[0].strip())}
        if not any(problem.path == SETTINGS_FILE for problem in self.problems):
            self.problems += _settings_problems(document, lines)
        texts = {name: str(table[name]) for name in _TEXTS if name in table}
        creators = table.get("creators", [])
        return Settings(
            **{"title": "", "base": "", "license": "", "version": "", **texts},
            creators=tuple(str(c) for c in creators) if isinstance(creators, list) else (),
            defaults={str(k): str(v) for k, v in defaults.items()},
            online=read_online(document, lambda *problem: self._note_setting(lines, *problem)),
        )

    def _note_setting(self, lines: Mapping[str, int], name: str, message: str, value: object, fix: str) -> None:
        line = lines.get(name, 0)
        self.problems.append(Problem(SETTINGS_FILE, line, 1 if line else 0, message, str(value), fix))

    def _settings_text(self) -> str:
        try:
            return (self.root / SETTINGS_FILE).read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            fix = "save the file as UTF-8"
            self.problems.append(Problem(SETTINGS_FILE, 0, 0, "not UTF-8", f"byte {error.start}", fix))
            return ""


def _table(document: Mapping[str, object], name: str) -> Mapping[str, object]:
    table = document.get(name, {})
    return table if isinstance(table, dict) else {}


def _settings_problems(document: Mapping[str, object], lines: Mapping[str, int]) -> list[Problem]:
    found = []
    table, defaults = (_table(document, name) for name in ("dataset", "defaults"))

    def note(name: str, message: str, value: object = "", fix: str = "") -> None:
        found.append(Problem(SETTINGS_FILE, lines.get(name, 0), 1 if name in lines else 0, message, str(value), fix))

    known = ("dataset", "defaults", "tables", *TABLES)
    for name in document:
        if name in {"dataset", "defaults"} and not isinstance(document[name], dict):
            note(name, f"{name} must be a table", document[name], f"write [{name}] on a line of its own")
        elif name not in known:
            note(f"[{name}]", "unknown table", name, nearest(name, known) or f"known: {', '.join(known)}")
    for name in table:
        if name not in {*_TEXTS, "creators"}:
            note(name, "unknown key in [dataset]", name, nearest(name, [*_TEXTS, "creators"]))
        elif name != "creators" and not isinstance(table[name], str):
            note(name, f"{name} must be a text", table[name], f'write {name} = "{table[name]}"')
    creators = table.get("creators", [])
    if not isinstance(creators, list) or not all(isinstance(creator, str) for creator in creators):
        note("creators", "creators must be a list of names", creators, 'write creators = ["First Name", "Second Name"]')
    for name, value in defaults.items():
        if not isinstance(value, str):
            note(name, f"{name} must be a text", value, f'write {name} = "{value}"')
    for name in ("title", "base", "license", "version"):
        if not table.get(name):
            note(name, f"[dataset] lacks {name}", fix=f'add {name} = "..." under [dataset]')
    base = table.get("base", "")
    if base and not (isinstance(base, str) and is_iri(base) and base.endswith(("/", "#"))):
        note(
            "base",
            "base is not an IRI that ends in / or #",
            base,
            "for example https://example.org/my-dataset/",
        )
    if table.get("issued"):
        try:
            parse_period(str(table["issued"]))
        except ValueError as error:
            note("issued", "issued cannot be read", table["issued"], str(error))
    return found
