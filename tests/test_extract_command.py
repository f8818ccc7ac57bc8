"""`wildgraph extract` as people type it."""

import json
import subprocess
import sys
from pathlib import Path

PAGE = "Red fox\n\nThe red fox is threatened by road traffic and mange.\n"


def run(*arguments: object) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "wildgraph", "extract", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_a_table_for_people(tmp_path: Path) -> None:
    (tmp_path / "fox.txt").write_text(PAGE)
    code, out, _ = run(tmp_path / "fox.txt")
    assert code == 0
    assert "red fox" in out


def test_lines_to_a_file(tmp_path: Path) -> None:
    (tmp_path / "fox.txt").write_text(PAGE)
    code, out, _ = run(tmp_path, "--out", tmp_path / "found.jsonl")
    lines = (tmp_path / "found.jsonl").read_text().splitlines()
    assert code == 0
    assert out == ""
    assert {json.loads(line)["object"]["id"] for line in lines} == {"roads", "disease"}


def test_entities_of_a_project_are_used(project: Path) -> None:
    (project / "fox.txt").write_text(PAGE)
    _, out, _ = run(project / "fox.txt", "--project", project, "--json")
    said = {json.loads(line)["object"]["id"]: json.loads(line)["subject"]["id"] for line in out.splitlines()}
    assert said == {"road-traffic": "red-fox", "disease": "red-fox"}


def test_rules_of_a_project_are_used(project: Path) -> None:
    (project / "rules").mkdir()
    (project / "rules" / "own.toml").write_text(
        '[[rule]]\nid = "dislikes"\npredicate = "remark"\nvalue = "dislikes-rain"\nfind = "dislikes rain"\n'
        'positive = ["The fox dislikes rain. => remark dislikes-rain"]\n'
    )
    (project / "fox.txt").write_text(PAGE + "\nThe red fox dislikes rain.\n")
    _, out, _ = run(project / "fox.txt", "--project", project, "--json")
    assert "dislikes-rain" in out


def test_a_file_that_cannot_be_read_is_named_and_the_others_go_on(tmp_path: Path) -> None:
    (tmp_path / "fox.txt").write_text(PAGE)
    (tmp_path / "junk.txt").write_bytes(bytes(2000))
    code, out, err = run(tmp_path / "junk.txt", tmp_path / "fox.txt", "--json")
    assert code == 4
    assert len(out.splitlines()) == 2
    assert "junk.txt: binary data, not text" in err
    assert "save it as text, or leave it out" in err


def test_what_is_to_be_done_about_a_file_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_bytes(b"x" * 30_000_001)
    _, _, err = run(tmp_path / "long.txt")
    assert "split it" in err
    assert "save it as text" not in err


def test_a_path_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    code, _, err = run(tmp_path / "no.txt")
    assert code == 2
    assert "no.txt is not there" in err


def test_what_moved_in_sources_that_changed_is_reported(project: Path) -> None:
    assert run("--reanchor", "--project", project)[:2] == (0, "no source changed\n")
    page = next((project / "documents").glob("*.txt"))
    page.write_text(f"New. {page.read_text()}")
    code, out, _ = run("--reanchor", "--project", project)
    assert code == 0
    assert "0 same, 5 moved, 0 orphaned" in out


def test_re_anchoring_is_for_projects() -> None:
    code, _, error = run("--reanchor")
    assert code == 2
    assert "--project DIR" in error
