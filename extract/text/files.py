"""Files: candidates of many documents, in several processes, in the order of the files."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from ..candidate import Candidate
from ..documents import FORMATS, Document
from ..entity import Entity
from ..ledger import Decision, rated
from ..problems import MachineError, Problem, UsageError
from ..project import Project, open_project
from .extract import extract
from .lexicon import Lexicon, load_lexicon
from .rules import Rule, load_rules

__all__ = ["FileResult", "Setting", "extract_files", "find_documents", "read_setting"]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a project adds: entities, folders of rules, who published which document, reviews, and its documents."""

    entities: tuple[Entity, ...] = ()
    rules: tuple[Path, ...] = ()
    publishers: dict[str, str] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()
    documents: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class FileResult:
    """What one file gave; `problem` when it cannot be read, `notes` for what the reader should know."""

    file: str
    subject: str = ""
    converter: str = ""
    characters: int = 0
    candidates: tuple[Candidate, ...] = ()
    notes: tuple[str, ...] = ()
    problem: Problem | None = None


def find_documents(paths: Iterable[Path]) -> list[Path]:
    """Return the files named, and those of known formats in the folders named, sorted and each once.

    Raises UsageError for a path that is not there, and for folders without any document.
    """
    endings = {ending for group in FORMATS.values() for ending in group if ending}
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file() and p.suffix.lower() in endings)
            if not inside:
                raise UsageError(f"no documents in {path}; known: {' '.join(sorted(endings))}")
            found += inside
        elif path.exists():
            found.append(path)
        else:
            raise UsageError(f"{path} is not there")
    return list(dict.fromkeys(found))


def read_setting(root: Path | None, *, any_version: bool = False) -> Setting:
    """Return what a project adds; `any_version` as for `open_project`.

    Raises InputError when it cannot be read, also for its rules.
    """
    if root is None:
        return Setting()
    project = open_project(root, any_version=any_version)
    folders = tuple(folder for folder in (root / "rules",) if folder.is_dir())
    load_rules(folders)
    copies = tuple(sorted(path for s in project.sources.values() if s.file and (path := root / s.file).is_file()))
    return Setting(tuple(project.entities.values()), folders, _publishers(project), tuple(project.decisions), copies)


def extract_files(paths: Sequence[Path], *, setting: Setting | None = None, jobs: int = 1) -> Iterator[FileResult]:
    """Yield the result of each file in the order given, whatever the number of processes.

    A file that cannot be read yields its problem and the others go on. Raises MachineError for what is not installed.
    """
    setting = setting or Setting()
    if jobs <= 1 or len(paths) < 2:
        worker = _Worker(setting)
        yield from map(worker.read, paths)
        return
    # Spawned, not forked: the same on every system, and no lock is copied half-held.
    context = multiprocessing.get_context("spawn")
    count = min(jobs, len(paths))
    with ProcessPoolExecutor(count, context, initializer=_start, initargs=(setting,)) as pool:
        yield from pool.map(_read, paths, chunksize=max(1, min(16, len(paths) // (4 * count))))


class _Worker:
    def __init__(self, setting: Setting) -> None:
        self._publishers = setting.publishers
        self._decisions = setting.decisions
        self._lexicon: Lexicon = load_lexicon(setting.entities)
        self._rules: tuple[Rule, ...] = load_rules(setting.rules)

    def read(self, path: Path) -> FileResult:
        name = path.as_posix()
        try:
            document = Document(path, path.read_bytes())
            publisher = self._publishers.get(document.sha256, "")
            made = extract(document, vocabularies=self._lexicon, rules=self._rules, publisher=publisher, name=name)
        except ValueError as error:
            said, _, advice = str(error).partition("; ")
            return FileResult(name, problem=Problem(name, 0, 0, said, fix=advice or "save it as text, or leave it out"))
        except OSError as error:
            return FileResult(name, problem=Problem(name, 0, 0, f"cannot be read: {error.strerror}"))
        subject = made.subject.label if made.subject else ""
        converted = document.converted
        candidates = rated(made.candidates, self._decisions)
        return FileResult(name, subject, converted.converter, len(converted.text), candidates, made.notes)


_worker: _Worker | None = None


def _start(setting: Setting) -> None:
    global _worker  # one for the process, since loading takes longer than most documents
    _worker = _Worker(setting)


def _read(path: Path) -> FileResult:
    if _worker is None:
        raise MachineError("the process was not prepared")
    return _worker.read(path)


def _publishers(project: Project) -> dict[str, str]:
    labels = {name: entity.label.text for name, entity in project.entities.items()}
    return {
        source.sha256: labels[source.publisher]
        for source in project.sources.values()
        if source.sha256 and source.publisher in labels
    }
