"""Writers of sorted lines, and grouping them: what is said of each subject together, types first."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Protocol

from ..ontology.terms import expand

__all__ = ["TYPE", "GroupWriter", "Section", "Writer"]

TYPE = f"<{expand('rdf:type')}>".encode()
#: How many pairs of predicate and value are remembered; a dataset has few concepts and many claims.
_KNOWN = 100_000


class Section(Protocol):
    """Sorted lines `S P O` in N-Triples form, of a graph (its IRI in brackets) or, where that is empty, of all."""

    @property
    def graph(self) -> bytes: ...
    @property
    def opens(self) -> bool: ...  # whether the graph begins here
    @property
    def closes(self) -> bool: ...  # whether it ends here
    def lines(self) -> Iterable[bytes]: ...


class Writer(ABC):
    """Writes a dataset section by section, in one process or in several that each write some.

    `between` comes between graphs, `tail` after the last; `used` are the prefixes met so far.
    """

    between = tail = b""

    def __init__(self) -> None:
        self.used: set[bytes] = set()

    def head(self, used: Iterable[bytes]) -> bytes:
        """Return what comes before all sections, which use those prefixes."""
        return b"".join(used)

    @abstractmethod
    def texts(self, section: Section) -> Iterator[bytes]:
        """Yield the text of a section."""


class GroupWriter(Writer):
    """Writes a syntax that says subjects and predicates once, not in every statement."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[bytes, tuple[bytes, bytes]] = {}
        self._predicates = {TYPE: TYPE}

    def groups(self, lines: Iterable[bytes]) -> Iterator[tuple[bytes, list[bytes]]]:
        """Yield each subject, in N-Triples form, with a text for each of its predicates."""
        known, remember = self._known, self._remember
        start, size = b"\n", 0
        last = b""
        said: list[bytes] = []
        values: list[bytes] = []
        for line in lines:
            if not line.startswith(start):
                if said:
                    self._close(said, last, values)
                    yield start[:-1], said
                size = line.index(b" ") + 1
                start, last, said, values = line[:size], b"", [], []
            rest = line[size:]
            predicate, text = known.get(rest) or remember(rest)
            if predicate is last:
                values.append(rest)
                continue
            if len(values) > 1:
                self._close(said, last, values)
            last, values = predicate, [rest]
            if predicate is TYPE:
                said.insert(0, text)
            else:
                said.append(text)
        if said:
            self._close(said, last, values)
            yield start[:-1], said

    @abstractmethod
    def said(self, predicate: bytes, values: list[bytes]) -> bytes:
        """Return a predicate with its values, all in N-Triples form, as the syntax has them."""

    def _close(self, said: list[bytes], predicate: bytes, values: list[bytes]) -> None:
        if len(values) > 1:
            skip = len(predicate) + 1
            said[0 if predicate is TYPE else -1] = self.said(predicate, [value[skip:] for value in values])

    def _remember(self, rest: bytes) -> tuple[bytes, bytes]:
        """Return the predicate, always the same object, and the text for it with one value."""
        predicate, _, value = rest.partition(b" ")
        predicate = self._predicates.setdefault(predicate, predicate)
        if len(self._known) >= _KNOWN:
            self._known.clear()
        found = self._known[rest] = predicate, self.said(predicate, [value])
        return found
