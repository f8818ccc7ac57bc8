"""Loading into a SPARQL server: the named graphs of a build, sent in batches, taken up again, counted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path

from ..extract import MachineError, UsageError
from .build import BUILD, DATASET
from .dataset import Dataset
from .server import Server, TooLargeError

__all__ = ["Loaded", "Target", "load"]

#: Triples sent at once; halved where a server says that it is too much.
BATCH = 10_000

#: Called with the name of a step, how much of it is done and how much there is.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Target:
    """Where to load to: `query` to count with, and `update` (SPARQL Update) or `graph_store` (Graph Store Protocol)."""

    query: str
    update: str = ""
    graph_store: str = ""

    @property
    def writes_to(self) -> str:
        """The address that triples are sent to."""
        return self.graph_store or self.update or self.query


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was loaded: triples by graph, all counted on the server, and how many of them were there before."""

    target: str
    graphs: dict[str, int]
    skipped: int


@dataclass
class _Journal:
    """How far a load is: batches sent and graphs counted, kept in the build folder, which a new build replaces."""

    path: Path
    target: str
    dataset: str
    batch: int
    sent: dict[str, int] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)

    @classmethod
    def open(cls, build: Path, target: Target, batch: int, *, resume: bool) -> _Journal:
        name = hashlib.sha256(target.writes_to.encode()).hexdigest()[:12]
        with (build / DATASET).open("rb") as file:
            dataset = hashlib.file_digest(file, "sha256").hexdigest()
        journal = cls(build / f"load-{name}.json", target.writes_to, dataset, batch)
        if resume and journal.path.is_file():
            kept = json.loads(journal.path.read_text(encoding="utf-8"))
            if kept["dataset"] == dataset:
                return cls(journal.path, **kept)
        return journal

    def save(self) -> None:
        """Write to a new file that takes the place of the old one, so that a kill leaves one of the two."""
        kept = {name: value for name, value in asdict(self).items() if name != "path"}
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(kept, indent=1), encoding="utf-8")
        fresh.replace(self.path)


def load(
    project: str | Path,
    target: Target,
    *,
    resume: bool = False,
    batch: int = BATCH,
    progress: Progress | None = None,
    wait: float = 1.0,
) -> Loaded:
    """Put every named graph of a build into a server, in place of what the server has under that name.

    Each graph is counted afterwards. `resume` goes on after the last batch that the server has confirmed, if the
    build is still the same. `wait` is how many seconds the first new try waits when the server is busy; each
    further one waits twice as long. Raises UsageError for addresses that are none, and MachineError with what the
    server said, or with the graphs whose counts are wrong.
    """
    step = progress or (lambda _name, _done, _total: None)
    dataset = Dataset.open(Path(project), with_ontology=True)
    journal = _Journal.open(Path(project) / BUILD, target, batch, resume=resume)
    skipped, wrong = 0, []
    with Server(target.query, target.update or target.query, target.graph_store, wait=wait) as server:
        server.ask()  # before anything is sent: is it there, does it let us in, does it speak SPARQL
        for name, lines in dataset.graphs():
            if name in journal.counted:
                skipped += sum(1 for _ in lines)
                continue
            count, already = _send(server, name, lines, journal, step)
            skipped += already
            found = server.count(name)
            if found != count:
                wrong.append(f"{name}: {count:,} sent, {found:,} there")
                journal.sent.pop(name)
            else:
                journal.counted[name] = count
            journal.save()
    if wrong:
        raise MachineError(
            f"{target.writes_to} does not have what it was sent: {'; '.join(wrong)}; "
            "try again with --resume, or look at what the server says of its own data"
        )
    return Loaded(target.writes_to, journal.counted, skipped)


def _send(server: Server, graph: str, lines: Iterator[str], journal: _Journal, step: Progress) -> tuple[int, int]:
    """Send what of a graph is not there yet; return how many triples it has and how many were skipped."""
    done, count, skipped = journal.sent.get(graph, 0), 0, 0
    for number, triples in enumerate(_batches(lines, journal.batch)):
        count += len(triples)
        if number < done:
            skipped += len(triples)
            continue
        step(f"loading {graph.rpartition('/')[2]}", count, 0)
        _send_batch(server, graph, triples, first=number == 0)
        journal.sent[graph] = number + 1
        journal.save()
    return count, skipped


def _send_batch(server: Server, graph: str, triples: list[str], *, first: bool) -> None:
    """Send a batch, in halves when it is too large for the server."""
    try:
        server.send(graph, "".join(triples), replace=first)
    except TooLargeError as error:
        if len(triples) == 1:
            raise MachineError(str(error)) from error
        middle = len(triples) // 2
        _send_batch(server, graph, triples[:middle], first=first)
        _send_batch(server, graph, triples[middle:], first=False)


def _batches(lines: Iterator[str], size: int) -> Iterator[list[str]]:
    while batch := list(islice(lines, size)):
        yield batch


def target_of(endpoint: str, update: str | None, graph_store: str | None) -> Target:
    """Return the target of some addresses. Raises UsageError when one is no http address, or too many are given."""
    if update and graph_store:
        raise UsageError("give --update or --graph-store: triples go to one of the two")
    for address in filter(None, (endpoint, update, graph_store)):
        if not address.startswith(("http://", "https://")):
            raise UsageError(f"'{address}' is no address of a server; write http://... or https://...")
    return Target(endpoint, update or "", graph_store or "")
