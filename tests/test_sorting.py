"""Sorting: the same as sorting in memory, whatever the size of the pieces."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wildgraph.graph import sorting

LINES = st.lists(st.text("ab\x85\u2028é😀 ", max_size=3).map(lambda text: text + "\n"), max_size=60)


@settings(deadline=None)
@given(lines=LINES, piece=st.integers(1, 50))
def test_pieces_are_merged_in_order_without_repetition(lines: list[str], piece: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sorting, "_STEP", 3)
        assert list(sorting.sorted_lines(lines, piece=piece)) == sorted(set(lines))


def test_pieces_leave_no_files(tmp_path: Path) -> None:
    lines = (f"{number % 777:04}\n" for number in range(50_000))
    assert list(sorting.sorted_lines(lines, folder=tmp_path, piece=20_000)) == [f"{n:04}\n" for n in range(777)]
    assert list(tmp_path.iterdir()) == []
