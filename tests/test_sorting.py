"""Sorting: the same as sorting in memory, whatever the size of the pieces, of all lines or of a range of them."""

from collections.abc import Callable
from itertools import chain, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wildgraph.graph import dataset as module
from wildgraph.graph import spool
from wildgraph.graph.dataset import Dataset, pieces
from wildgraph.graph.gate import Gate
from wildgraph.graph.spool import merged, write_run

BASE = "https://example.org/d/"
VALUES = st.lists(st.text("ab\x85\u2028é😀 ", max_size=3).map(str.encode), max_size=30)
TERM = st.text("ab<>é\u2028", max_size=2)
LINES = st.lists(st.tuples(st.sampled_from("stuv"), TERM, st.sampled_from("gh")), max_size=40)


@settings(deadline=None)
@given(runs=st.lists(VALUES, max_size=4), page=st.integers(1, 5))
def test_runs_are_merged_in_order(runs: list[list[bytes]], page: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spool, "_PAGE", page)
        written = [write_run(sorted(set(run)), folder / f"{number % 2}") for number, run in enumerate(runs)]
    found = list(merged([run.pages() for run in written]))
    assert list(chain(*found)) == sorted(chain(*map(set, runs)))
    assert all(one[-1] < other[0] for one, other in pairwise(found))


@settings(deadline=None)
@given(lines=LINES, size=st.integers(1, 90), graphs=st.booleans())
def test_a_dataset_is_sorted_in_pieces_and_parts(
    lines: list[tuple[str, str, str]], size: int, graphs: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("sorting")
    rows = [(f"<{BASE}graph/{g}>", f'<x:{s}> <x:p> "{o}"') for s, o, g in lines]
    path = folder / "dataset.nq"
    path.write_text("".join(f"{rest} {graph} .\n" for graph, rest in rows), encoding="utf-8", newline="\n")
    with pytest.MonkeyPatch.context() as patch:
        for where, name in ((module, "_PIECE"), (module, "_BLOCK"), (spool, "_PAGE"), (module, "_PAGES")):
            patch.setattr(where, name, size if name in {"_PIECE", "_BLOCK"} else 1 + size % 3)
        assert b"".join(pieces(path)) == path.read_bytes()
        with Dataset(path, Gate(BASE), b"").sorted(graphs=graphs, folder=folder) as parts:
            found = [(part.graph.decode(), line.decode()) for part in parts for line in part.lines()]
            subjects = [{line.split()[0] for line in part.lines()} for part in parts if part.graph == parts[0].graph]
    assert found == sorted({(graph if graphs else "", rest) for graph, rest in rows})
    assert sum(map(len, subjects)) == len(set().union(*subjects)), "a subject is in one part"
    assert list(folder.iterdir()) == [path]


def test_sorting_takes_any_map(tmp_path: Path) -> None:
    path = tmp_path / "dataset.nq"
    path.write_text(f'<x:b> <x:p> "1" <{BASE}graph/g> .\n<x:a> <x:p> "2" <{BASE}graph/g> .\n')

    def called(function: Callable, items):  # type: ignore[no-untyped-def,type-arg]
        return iter([function(item) for item in items])

    with Dataset(path, Gate(BASE), b"").sorted(graphs=False, folder=tmp_path, run=called) as parts:
        assert [line for part in parts for line in part.lines()] == [b'<x:a> <x:p> "2"', b'<x:b> <x:p> "1"']
