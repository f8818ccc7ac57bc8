"""Matching: one query or a hundred thousand against one dump of an index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from .answer import Match, Query
from .index import Dump, Index
from .ladder import climb, first_stem
from .name import read_names
from .things import climb_things

__all__ = ["match", "match_each", "match_many"]

_AT_ONCE = 2000


def match(index: Index, query: Query, *, dump: str = "") -> Match:
    """Match one name against a dump, given as `name@release`, as a name, or left out where only one fits.

    Raises UsageError when the dump is not clear.
    """
    return next(match_many(index, [query], dump=dump))


def match_each(index: Index, query: Query) -> tuple[Match, ...]:
    """Match one name against every dump of its kind, in the order of their keys."""
    return tuple(match(index, query, dump=dump.key) for dump in index.dumps if dump.kind == query.kind)


def match_many(index: Index, queries: Iterable[Query], *, dump: str = "") -> Iterator[Match]:
    """Match many names against one dump, in their order. All queries are of the kind of the dump."""
    rest = iter(queries)
    chosen: Dump | None = None
    while chunk := list(islice(rest, _AT_ONCE)):
        chosen = chosen or index.dump(dump, kind=chunk[0].kind)
        if chosen.kind == "taxon":
            yield from _match_taxa(index, chosen, chunk)
        else:
            yield from (climb_things(index, chosen, query) for query in chunk)


def _match_taxa(index: Index, dump: Dump, queries: list[Query]) -> Iterator[Match]:
    names = read_names([query.name for query in queries], [query.authorship for query in queries])
    stems = [first_stem(name) for name in names]
    records = index.by_stems(dump, filter(None, stems))
    for query, name, key in zip(queries, names, stems, strict=True):
        yield climb(index, dump, query, name, records.get(key, ()))
