"""Matching: one query or a million against one dump of an index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from .answer import Match, Query
from .batch import in_processes, processes
from .index import Dump, Index
from .ladder import climb, first_stem
from .name import read_names
from .things import climb_things

__all__ = ["match", "match_each", "match_many"]

_AT_ONCE = 2000
_ENOUGH = 10  # chunks from which on a second process pays for its start


def match(index: Index, query: Query, *, dump: str = "") -> Match:
    """Match one name against a dump, given as `name@release`, as a name, or left out where only one fits.

    Raises UsageError when the dump is not clear.
    """
    return next(iter(_match_chunk(index, index.dump(dump, kind=query.kind).key, [query])))


def match_each(index: Index, query: Query) -> tuple[Match, ...]:
    """Match one name against every dump of its kind, in the order of their keys."""
    return tuple(match(index, query, dump=dump.key) for dump in index.dumps if dump.kind == query.kind)


def match_many(index: Index, queries: Iterable[Query], *, dump: str = "", workers: int = 0) -> Iterator[Match]:
    """Match many names against one dump and yield the answers in order. All queries are of the kind of the dump.

    From twenty thousand names on this is done in as many processes as there are cores, or as `workers` says.
    """
    rest = iter(queries)
    chunks = iter(lambda: list(islice(rest, _AT_ONCE)), [])
    begun = list(islice(chunks, _ENOUGH))
    if not begun:
        return
    key = index.dump(dump, kind=begun[0][0].kind).key
    several = workers or (processes() if len(begun) == _ENOUGH else 1)
    if several > 1:
        yield from in_processes(index, key, chain(begun, chunks), _match_chunk, workers=several)
        return
    for chunk in chain(begun, chunks):
        yield from _match_chunk(index, key, chunk)


def _match_chunk(index: Index, key: str, queries: list[Query]) -> Iterator[Match]:
    dump = index.dump(key)
    if dump.kind == "taxon":
        return _match_taxa(index, dump, queries)
    return (climb_things(index, dump, query) for query in queries)


def _match_taxa(index: Index, dump: Dump, queries: list[Query]) -> Iterator[Match]:
    names = read_names([query.name for query in queries], [query.authorship for query in queries])
    stems = [first_stem(name) for name in names]
    records = index.by_stems(dump, filter(None, stems))
    for query, name, key in zip(queries, names, stems, strict=True):
        yield climb(index, dump, query, name, records.get(key, ()))
