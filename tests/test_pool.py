"""Workers of both kinds: forked by the nursery, and, where nothing can be forked, started anew."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from wildgraph.queries.web.nursery import Nursery
from wildgraph.queries.web.pool import Limits, Pool, Reply
from wildgraph.queries.web.stamp import stamp

RUNAWAY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (?c = ?e && ?f = ?h) }"
Asked = Callable[[Pool], Coroutine[Any, Any, list[Reply]]]


def job(query: str) -> dict[str, Any]:
    return {"do": "query", "query": query, "rows": "csv", "triples": "", "default": (), "named": ()}


def run(project: Path, ask: Asked, limits: Limits, *, forks: bool, build: str = "") -> list[Reply]:
    async def inner() -> list[Reply]:
        nursery = Nursery(forks=forks)
        settings = {"project": str(project), "stamp": build or stamp(project), "kind": "queries", "second": False}
        pool = Pool(nursery, settings, limits, print)
        try:
            await pool.start()
            return await ask(pool)
        finally:
            await pool.stop()
            await nursery.stop()

    return asyncio.run(inner())


@pytest.fixture(params=[True, False], ids=["forked", "started"])
def forks(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def test_jobs_are_answered_each_with_its_own_reply(reference: Path, forks: bool) -> None:
    async def ask(pool: Pool) -> list[Reply]:
        return await asyncio.gather(*(pool.ask(job(f"SELECT ?n {{ BIND ({n} AS ?n) }}")) for n in range(200)))

    replies = run(reference, ask, Limits(), forks=forks)
    assert [reply.body for reply in replies] == [f"n\r\n{n}\r\n".encode() for n in range(200)]


def test_a_job_that_takes_too_long_ends_and_those_behind_it_are_answered(reference: Path, forks: bool) -> None:
    async def ask(pool: Pool) -> list[Reply]:
        await pool.ask(job("ASK {}"))
        queries = [RUNAWAY, *["ASK {}"] * 9]
        return await asyncio.gather(*(pool.ask(job(query)) for query in queries))

    limits = Limits(seconds=0.5, workers=1, wait=30)
    late, *others = run(reference, ask, limits, forks=forks)
    assert (late.status, late.late, late.note.partition(":")[0]) == (503, True, "timeout")
    assert [reply.body for reply in others] == [b"true"] * 9


def test_processor_time_is_limited_too(reference: Path, forks: bool) -> None:
    async def ask(pool: Pool) -> list[Reply]:
        return [await pool.ask(job(RUNAWAY))]

    [reply] = run(reference, ask, Limits(seconds=60, processor=0.1), forks=forks)
    assert (reply.status, reply.late) == (503, True)


def test_a_queue_that_is_full_says_so(reference: Path) -> None:
    async def ask(pool: Pool) -> list[Reply]:
        return await asyncio.gather(*(pool.ask(job(RUNAWAY)) for _ in range(6)))

    replies = run(reference, ask, Limits(seconds=1, workers=1, queue=3, wait=0.3), forks=True)
    assert {reply.note.partition(":")[0] for reply in replies} == {"timeout", "busy"}
    assert sum("wait already" in reply.note for reply in replies) == 3


def test_workers_over_another_build_are_not_ready(reference: Path, forks: bool) -> None:
    async def ask(_: Pool) -> list[Reply]:
        return []

    with pytest.raises(OSError, match="another build has taken its place"):
        run(reference, ask, Limits(), forks=forks, build="an older one")
