"""Matching in several processes: each opens the index itself, and answers travel as plain tuples."""

from __future__ import annotations

import gc
import marshal
import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from functools import lru_cache
from pathlib import Path

from .answer import Candidate, Match, Query, Rung
from .index import Index

__all__ = ["in_processes", "processes"]

Chunk = list[Query]
MatchChunk = Callable[[Index, str, Chunk], Iterable[Match]]
_AHEAD = 3  # chunks given out to each process before its first answer is taken

_index: Index | None = None


def processes() -> int:
    """Return how many processes pay: as many as cores, one where a process cannot be forked safely."""
    can = "fork" in multiprocessing.get_all_start_methods() and threading.active_count() == 1
    return len(os.sched_getaffinity(0)) if can and hasattr(os, "sched_getaffinity") else 1


def in_processes(
    index: Index, dump: str, chunks: Iterator[Chunk], work: MatchChunk, *, workers: int
) -> Iterator[Match]:
    """Match chunks in other processes and yield the answers in order. Only a few chunks are held at a time."""
    context = multiprocessing.get_context("fork")
    waiting: deque[tuple[Chunk, Future[bytes]]] = deque()
    with ProcessPoolExecutor(workers, context, initializer=_open, initargs=(index.path,)) as pool:
        for chunk in chunks:
            waiting.append((chunk, pool.submit(_work, work, dump, marshal.dumps([tuple(query) for query in chunk]))))
            if len(waiting) > workers * _AHEAD:
                yield from _answers(dump, *waiting.popleft())
        while waiting:
            yield from _answers(dump, *waiting.popleft())


def _open(path: Path) -> None:
    global _index  # an open database cannot be shared with the process it was forked from
    _index = Index.open(path)
    gc.disable()  # nothing made here forms a circle, and looking for one takes a tenth of the time


def _work(work: MatchChunk, dump: str, packed: bytes) -> bytes:
    assert _index is not None
    found = work(_index, dump, [Query._make(values) for values in marshal.loads(packed)])
    return marshal.dumps(
        [(m.outcome, [tuple(candidate) for candidate in m.candidates], tuple(map(tuple, m.rungs))) for m in found]
    )


def _answers(dump: str, chunk: Chunk, answer: Future[bytes]) -> Iterator[Match]:
    for query, (outcome, candidates, rungs) in zip(chunk, marshal.loads(answer.result()), strict=True):
        yield Match(query, dump, outcome, tuple(map(Candidate._make, candidates)), _rungs(rungs))


@lru_cache(maxsize=1024)
def _rungs(plain: tuple[tuple[str, int, str], ...]) -> tuple[Rung, ...]:
    return tuple(map(Rung._make, plain))
