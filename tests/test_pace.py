"""The pace of long work: what a person who waits is told."""

from __future__ import annotations

from wildgraph.commands.pace import Pace


def test_rows_a_second_and_the_time_left_are_told() -> None:
    pace = Pace()
    told = [pace.words(done, 100_000, now) for done, now in ((0, 10.0), (20_000, 12.0), (40_000, 14.0))]
    assert told == ["", "10,000 rows/s, 0:08 left", "10,000 rows/s, 0:06 left"]


def test_another_step_is_measured_from_its_own_beginning() -> None:
    pace = Pace()
    pace.words(0, 100_000, 0.0)
    assert pace.words(0, 5000, 60.0) == ""
    assert pace.words(1000, 5000, 61.0) == "1,000 rows/s, 0:04 left"


def test_minutes_are_told_as_such() -> None:
    pace = Pace()
    pace.words(0, 1_000_000, 0.0)
    assert pace.words(10_000, 1_000_000, 1.0) == "10,000 rows/s, 1:39 left"


def test_tables_and_files_are_no_rows() -> None:
    pace = Pace()
    pace.words(0, 5, 0.0)
    assert pace.words(2, 5, 1.0) == ""
