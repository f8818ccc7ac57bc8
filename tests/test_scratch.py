"""Scratch folders: what a killed process leaves is swept, what a living one has is not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from wildgraph.graph.publish import export
from wildgraph.graph.scratch import scratch

pytest.importorskip("fcntl", reason="there are no locks of folders here, and nothing is swept")

SLOW_EXPORT = """
import sys, time
from pathlib import Path
from wildgraph.graph import publish
def slow(*_):
    print("sorted", flush=True)
    time.sleep(60)
publish._write = slow
publish.export(sys.argv[1], "turtle", Path(sys.argv[2]))
"""


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_dir())


def test_an_export_sweeps_what_a_killed_one_left_and_nothing_of_a_living_one(reference: Path, tmp_path: Path) -> None:
    out = tmp_path / "all.ttl"
    command = [sys.executable, "-c", SLOW_EXPORT, str(reference), str(out)]
    killed = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    living = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        for run in (killed, living):
            assert run.stdout
            assert run.stdout.readline() == "sorted\n"
        assert len(left(tmp_path)) == 2
        killed.kill()
        killed.wait(timeout=20)
        assert len(left(tmp_path)) == 2
        export(reference, "turtle", out)
        assert len(left(tmp_path)) == 1
        assert any((tmp_path / left(tmp_path)[0]).iterdir())
    finally:
        for run in (killed, living):
            run.kill()
            run.communicate(timeout=20)
    export(reference, "turtle", out)
    assert left(tmp_path) == []
    assert out.stat().st_size > 100_000


def test_a_folder_is_gone_when_its_block_fails(tmp_path: Path) -> None:
    def failing() -> None:
        with scratch(".export-", tmp_path) as folder:
            (folder / "part").write_text("x")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        failing()
    assert left(tmp_path) == []


def test_what_others_made_under_another_name_stays(tmp_path: Path) -> None:
    (tmp_path / ".exported").mkdir()
    with scratch(".export-", tmp_path):
        assert ".exported" in left(tmp_path)
