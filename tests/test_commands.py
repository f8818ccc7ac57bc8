"""The command line as people use it: what is printed, where, and with which exit code."""

import csv
import io
import json
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import cast

import pytest
import wildgraph
from rich.console import Console

RUN = [sys.executable, "-m", "wildgraph"]


def run(*arguments: str | Path, folder: Path | None = None, width: int = 100) -> subprocess.CompletedProcess[str]:
    environment = {"COLUMNS": str(width), "NO_COLOR": "1", "PATH": "/usr/bin:/bin"}
    command = [*RUN, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment, check=False)


def test_help_lists_the_verbs() -> None:
    result = run("--help")
    assert result.returncode == 0
    for verb in ("init", "add", "build", "check", "query", "explain", "export", "doctor"):
        assert f"\n  {verb} " in result.stdout


def test_no_argument_is_help() -> None:
    assert run().stdout.startswith("Usage: ")
    assert "link [OPTIONS]" in run("link").stderr.splitlines()[0]


def test_the_version() -> None:
    assert run("--version").stdout == f"wildgraph {version('wildgraph')}\n"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["biuld"], 2, "No such command 'biuld'"),
        (["build", "--fast"], 2, "No such option: --fast"),
        (["build", "nowhere"], 2, "nowhere is not a dataset project (there is no such folder)"),
        (["check", "nowhere.ttl"], 2, "nowhere.ttl is not a dataset project"),
        (["query", "-e", "ASK {}", "--project", "nowhere"], 2, "has not been built"),
        (["export", "nowhere"], 2, "has not been built; try: wildgraph init nowhere"),
        (["query", "threats-of", "amur-leopard"], 2, "'amur-leopard' is no parameter; write name=value"),
        (["query", "threats-of", "--labels"], 2, "--labels goes with --format csv"),
        (["add"], 2, "say what to add"),
    ],
)
def test_wrong_use(tmp_path: Path, arguments: list[str], code: int, message: str) -> None:
    result = run(*arguments, folder=tmp_path)
    assert result.returncode == code
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_from_nothing_to_an_answer(tmp_path: Path) -> None:
    assert run("init", "mine", folder=tmp_path).returncode == 0
    built = run("build", "mine", folder=tmp_path)
    assert built.returncode == 0
    assert "5  claims" in built.stdout
    assert "mine/build/dataset.nq" in built.stdout
    checked = run("check", "mine", folder=tmp_path)
    assert checked.returncode == 0
    assert "conforms: 0 violations, 0 warnings" in checked.stdout
    asked = run("query", "threats-of", folder=tmp_path / "mine")
    assert asked.stdout.splitlines()[2].split("  ")[0] == "road traffic"


def test_init_does_not_write_into_a_folder_in_use(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine")
    result = run("init", tmp_path)
    assert result.returncode == 2
    assert "is not empty; choose another folder" in result.stderr


def test_bad_input_is_4_and_names_every_place(project: Path) -> None:
    path = project / "claims/claims.tsv"
    path.write_text(path.read_text().replace("road-traffic", "rode-traffic"))
    result = run("build", project)
    assert result.returncode == 4
    assert "claims/claims.tsv:5:16: unknown entity: 'rode-traffic'\n    did you mean road-traffic?" in result.stderr
    assert result.stderr.endswith("wildgraph: 2 problems in the input; nothing was changed\n")


def test_check_points_at_the_row_and_fails(project: Path) -> None:
    path = project / "entities.tsv"
    path.write_text(path.read_text().replace("Vulpes vulpes", "vulpes vulpes"))
    assert run("build", project).returncode == 0
    assert run("check", project).returncode == 0
    result = run("check", project, "--fail-on", "warning")
    assert result.returncode == 1
    assert "a scientific name starts with a capital" in result.stdout
    assert "entities.tsv:2" in result.stdout
    assert "red fox" in result.stdout
    assert "Correct scientific_name" in result.stdout
    found = json.loads(run("check", project, "--json").stdout)
    assert found["findings"][0]["severity"] == "warning"
    assert found["findings"][0]["origin"] == {"path": "entities.tsv", "line": 2}
    turtle = run("check", project, "--format", "turtle").stdout
    assert "sh:conforms false" in turtle


def test_findings_for_a_spreadsheet_and_for_a_code_host(project: Path) -> None:
    path = project / "entities.tsv"
    path.write_text(path.read_text().replace("Vulpes vulpes", "vulpes vulpes").replace("red fox", "=1+1"))
    run("build", project)
    rows = list(csv.DictReader(io.StringIO(run("check", project, "--format", "csv").stdout)))
    assert (rows[0]["severity"], rows[0]["file"], rows[0]["line"]) == ("warning", "entities.tsv", "2")
    assert rows[0]["label"] == "'=1+1"
    log = json.loads(run("check", project, "--format", "sarif").stdout)
    result = log["runs"][0]["results"][0]
    assert result["level"] == "warning"
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "entities.tsv"},
        "region": {"startLine": 2},
    }
    assert result["ruleId"] in {rule["id"] for rule in log["runs"][0]["tool"]["driver"]["rules"]}


def test_check_says_when_the_files_changed_after_the_build(project: Path) -> None:
    run("build", project)
    path = project / "entities.tsv"
    path.write_text(path.read_text().replace("Rotfuchs", "Fuchs"))
    assert "changed since the build that was checked" in run("check", project).stdout


def test_check_fails_from_the_severity_asked_for(project: Path) -> None:
    run("build", project)
    assert run("check", project, "--fail-on", "warning").returncode == 0
    assert run("check", project, "--fail-on", "info").returncode == 1


def test_check_of_any_rdf_file(tmp_path: Path) -> None:
    (tmp_path / "data.ttl").write_text("@prefix x: <http://x/> . x:a a x:Fox .\n")
    (tmp_path / "shapes.ttl").write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix x: <http://x/> .\n"
        "x:S a sh:NodeShape ; sh:targetClass x:Fox ; "
        'sh:property [ sh:path x:name ; sh:minCount 1 ; sh:message "no name" ] .\n'
    )
    result = run("check", "data.ttl", "--shapes", "shapes.ttl", folder=tmp_path)
    assert result.returncode == 1
    assert "no name" in result.stdout
    swapped = run("check", "shapes.ttl", "--shapes", "data.ttl", folder=tmp_path)
    assert swapped.returncode == 4
    assert "were they swapped?" in swapped.stderr
    (tmp_path / "data.ttl").write_text("@prefix x: <http://x/> .\nx:a a x:Fox\nx:b\n")
    broken = run("check", "data.ttl", "--shapes", "shapes.ttl", folder=tmp_path)
    assert broken.returncode == 4
    assert "data.ttl:3:" in broken.stderr


def test_explain_shows_the_sentence_of_a_local_source(project: Path) -> None:
    result = run("explain", "road traffic", "--project", project)
    assert "»Many are killed on the new road«" in result.stdout
    assert "claims/claims.tsv:5" in result.stdout


def test_explain_shows_no_sentence_where_the_source_is_not_at_hand(reference: Path) -> None:
    result = run("explain", "wwf-2013", "--project", reference)
    assert "(the source is not at hand)" in result.stdout


def test_explain_of_something_unknown(project: Path) -> None:
    result = run("explain", "red vox", "--project", project)
    assert result.returncode == 2
    assert "nothing is called 'red vox' here; did you mean red fox" in result.stderr


def test_doctor(project: Path) -> None:
    result = run("doctor", project)
    assert result.returncode == 0
    assert "My dataset: 5 claims" in result.stdout


def test_export_to_stdout_and_to_a_file(project: Path) -> None:
    run("build", project)
    text = run("export", project, "--format", "turtle").stdout
    assert text.startswith("@prefix")
    run("export", project, "--out", project / "out.ttl")
    assert (project / "out.ttl").read_text() == text


@pytest.mark.parametrize("verb", ["build", "check", "query", "explain", "doctor", "init", "add", "export"])
def test_every_verb_speaks_json(verb: str, project: Path, tmp_path: Path) -> None:
    run("build", project)
    calls: dict[str, list[str | Path]] = {
        "query": ["--project", project],
        "explain": ["red-fox", "--project", project],
        "init": [tmp_path / "new"],
        "add": [project, "--stamp"],
        "export": [project, "--out", tmp_path / "x.ttl"],
    }
    result = run(verb, *calls.get(verb, [project]), "--json")
    assert result.returncode == 0
    json.loads(result.stdout)


@pytest.mark.parametrize("verb", ["export {} --format nquads --with-ontology", "query said-by --project {}"])
def test_a_closed_pipe_is_no_error(verb: str, reference: Path) -> None:
    command = f"set -o pipefail; {sys.executable} -m wildgraph {verb.format(reference)} | head -1"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert result.stdout.count("\n") == 1
    assert result.stderr == ""


def test_a_table_is_aligned_and_not_folded_in_a_file(reference: Path) -> None:
    lines = run("query", "diet-of", "--project", reference, width=40).stdout.splitlines()
    assert lines[:3] == [
        "What a taxon eats: Amur leopard",
        "food       how       frequency  source",
        "deer       preys on             Amur leopards (WWF fact page)",
    ]


@pytest.mark.parametrize("width", [50, 60, 100])
def test_a_wide_answer_becomes_blocks_in_a_narrow_terminal(width: int, reference: Path) -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=width, no_color=True)
    wildgraph.ask(reference, "population-of").show(console)
    text = re.sub(r"\x1b\[[0-9;]*m", "", cast("io.StringIO", console.file).getvalue())
    assert max(map(len, text.splitlines())) <= width
    assert "estimate    70\n" in re.sub(r" +\n", "\n", text)
