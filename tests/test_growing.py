"""A growing file: all lines are read, once and in order, while they are written."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wildgraph.graph.growing import growing


@settings(deadline=None, max_examples=30)
@given(lines=st.lists(st.text("abé", max_size=9).map(lambda text: text + "\n")), piece=st.integers(1, 20))
def test_pieces_are_whole_lines_and_all_of_them(
    lines: list[str], piece: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    read: list[bytes] = []
    with growing(tmp_path_factory.mktemp("growing") / "file", read.extend, piece=piece) as file:
        for line in lines:
            file.write(line.encode())
            file.flush()
    assert b"".join(read).decode() == "".join(lines)
    assert all(piece.endswith(b"\n") for piece in read)


def test_lines_are_read_before_the_file_is_whole(tmp_path: Path) -> None:
    read: list[bytes] = []
    with growing(tmp_path / "file", read.extend, piece=4) as file:
        file.write(b"one\ntwo\nth")
        file.flush()
        while len(read) < 2:
            time.sleep(0.01)
        file.write(b"ree\n")
    assert read == [b"one\n", b"two\n", b"three\n"]


def test_what_the_reader_raises_is_raised(tmp_path: Path) -> None:
    def read(pieces: Iterator[bytes]) -> None:
        raise OSError(next(pieces))

    with pytest.raises(OSError, match="line"), growing(tmp_path / "file", read, piece=1) as file:
        file.write(b"line\n")


def test_a_writer_that_fails_ends_the_reader(tmp_path: Path) -> None:
    read: list[bytes] = []
    with pytest.raises(KeyboardInterrupt), growing(tmp_path / "file", read.extend, piece=1 << 20):
        raise KeyboardInterrupt
    assert read == []
