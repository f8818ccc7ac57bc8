"""Building: the same input gives the same bytes, evidence is verified, and a build that stops leaves the old one."""

import errno
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import wildgraph
from wildgraph import Graph, MachineError, UsageError
from wildgraph.graph.replace import recover, replacement

Edit = Callable[[str, str, str], None]
BASE = "https://example.org/my-dataset/"


def content(folder: Path) -> dict[str, bytes]:
    return {name: (folder / "build" / name).read_bytes() for name in ("dataset.nq", "origins.tsv", "summary.json")}


def test_two_builds_are_the_same_bytes_under_any_hash_seed(project: Path) -> None:
    built = []
    for seed in ("0", "1", "4711"):
        code = f"import wildgraph; wildgraph.build({str(project)!r})"
        subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONHASHSEED": seed})
        built.append(content(project))
    assert built[0] == built[1] == built[2]


def test_the_order_of_rows_does_not_matter_to_the_graph(project: Path) -> None:
    wildgraph.build(project)
    before = (project / "build/dataset.nq").read_text()
    path = project / "claims/claims.tsv"
    header, *rows = path.read_text().splitlines()
    path.write_text("\n".join([header, *reversed(rows)]) + "\n")
    wildgraph.build(project)
    after = (project / "build/dataset.nq").read_text()
    lines = [set(text.splitlines()) for text in (before, after)]
    assert all("input/claims" in line for line in lines[0] ^ lines[1])


def test_summary(project: Path) -> None:
    summary = wildgraph.build(project).summary
    assert summary.claims == {"action": 1, "population": 1, "range": 1, "scientificName": 1, "threat": 1}
    assert (summary.sources, summary.local_sources, summary.evidence, summary.verified) == (1, 1, 5, 5)
    assert json.loads((project / "build/summary.json").read_text())["title"] == "My dataset"


def test_a_claim_as_rdf(project: Path) -> None:
    wildgraph.build(project)
    found = Graph.open(project / "build").select(
        "SELECT ?p ?o WHERE { ?claim a wg:PopulationClaim ; ?p ?o } ORDER BY ?p ?o"
    )
    values = {(p.text.rpartition("#")[2].rpartition("/")[2], o.text) for p, o in found.rows if p and o}
    assert values == {
        ("type", "https://w3id.org/wildgraph/ns#PopulationClaim"),
        ("type", "http://rs.tdwg.org/dwc/terms/Assertion"),
        ("type", "http://www.w3.org/ns/prov#Entity"),
        ("subject", f"{BASE}taxon/red-fox"),
        ("predicate", "https://w3id.org/wildgraph/scheme/predicates/1.0/population"),
        ("hadPrimarySource", f"{BASE}source/example-page"),
        ("estimate", "120"),
        ("hedge", "https://w3id.org/wildgraph/scheme/hedge/1.0/around"),
        ("unit", "https://w3id.org/wildgraph/scheme/unit/1.0/individuals"),
        ("wording", "around 120"),
        ("lifeStage", "https://w3id.org/wildgraph/scheme/life-stage/1.0/adult"),
        ("place", f"{BASE}place/example-valley"),
        ("phenomenonTime", "2020"),
        ("phenomenonStart", "2020-01-01"),
        ("phenomenonEnd", "2020-12-31"),
        ("assertionMadeDate", "2021"),
        ("evidence", f"{BASE}evidence/example-page/78-120"),
    }


def test_there_is_no_blank_node(reference: Path) -> None:
    assert "_:" not in (reference / "build/dataset.nq").read_text()


def test_pounds_are_converted_to_the_unit_of_the_predicate(reference: Path) -> None:
    found = Graph.open(reference / "build").select(
        "SELECT ?mass WHERE { ?claim wg:estimate 110 ; wg:convertedEstimate ?mass ; wg:convertedUnit unit-1.0:kg }"
    )
    assert [row[0].text for row in found.rows if row[0]] == ["49.8951607"]


def test_evidence_is_unverified_where_the_source_is_not_at_hand(reference: Path) -> None:
    found = Graph.open(reference / "build").select(
        "SELECT ?status (COUNT(?span) AS ?n) WHERE { ?span wg:verification ?status } GROUP BY ?status ORDER BY ?status"
    )
    counts = {row[0].text.rpartition("/")[2]: int(row[1].text) for row in found.rows if row[0] and row[1]}
    assert counts["verified"] == 29
    assert counts["unverified-here"] > 100


def test_every_span_of_the_reference_dataset_is_right(shared: Path, reference_copy: Path) -> None:
    private = reference_copy / "documents/private"
    private.mkdir()
    for name, seed in (("wwf", "000_b7350e9053afff01"), ("gorilla-socks", "004_ed821c38259d2f5f")):
        shutil.copy(shared / "seeds" / f"{seed}.txt", private / f"{name}-amur-leopard.txt")
    built = wildgraph.build(reference_copy)
    assert built.summary.verified == built.summary.evidence
    assert "source-prose" not in built.summary.lints


def test_to_rdflib_is_the_same_dataset(reference: Path) -> None:
    dataset = Graph.open(reference / "build").to_rdflib()
    lines = (reference / "build/dataset.nq").read_text().splitlines()
    assert len(list(dataset.quads())) == len(lines)


def test_identity_does_not_depend_on_evidence_rank_or_notes(project: Path, edit: Edit) -> None:
    def claims() -> set[str]:
        wildgraph.build(project)
        names = {row.split("\t")[0] for row in (project / "build/origins.tsv").read_text().splitlines()}
        return {name for name in names if "/claim/" in name}

    before = claims()
    path = project / "claims/claims.tsv"
    header, *rows = path.read_text().splitlines()
    ranked = [row + "\tpreferred\tbest\tme\tlook here" for row in rows]
    path.write_text("\n".join([header + "\trank\trank_reason\trank_by\tnote", *ranked]) + "\n")
    edit("claims/claims.tsv", "\t53-76:", "\t59-76:")
    edit("claims/claims.tsv", ":eef38ab238429bf7", "")
    assert claims() == before
    edit("claims/claims.tsv", "\t120\t", "\t121\t")
    assert len(claims() - before) == 1


def test_a_build_that_fails_leaves_the_old_one(project: Path, edit: Edit) -> None:
    wildgraph.build(project)
    before = content(project)
    edit("claims/claims.tsv", "\t120\t", "\tmany\t")
    with pytest.raises(wildgraph.InputError):
        wildgraph.build(project)
    assert content(project) == before


def test_a_build_of_another_version_is_replaced(project: Path) -> None:
    summary = wildgraph.build(project).folder / "summary.json"
    new = summary.read_bytes()
    older = json.loads(new)
    del older["compared"]
    summary.write_text(json.dumps(older | {"tool": "wildgraph 0.0.9"}))
    with pytest.raises(
        UsageError, match=r"was built by wildgraph 0\.0\.9, which kept it otherwise; try: wildgraph build"
    ):
        wildgraph.check_project(project)
    wildgraph.build(project)
    assert summary.read_bytes() == new


def test_a_folder_that_wildgraph_did_not_make_is_not_replaced(project: Path) -> None:
    (project / "build").mkdir()
    (project / "build/thesis.doc").write_text("years of work")
    with pytest.raises(UsageError, match="was not made by wildgraph; move it away"):
        wildgraph.build(project)
    assert (project / "build/thesis.doc").read_text() == "years of work"


SLOW_BUILD = """
import sys, time
import wildgraph
module = sys.modules["wildgraph.graph.build"]
def write_origins(*given, write=module.write_origins):
    write(*given)
    print("written", flush=True)
    time.sleep(30)
module.write_origins = write_origins
from wildgraph.__main__ import main
sys.argv = ["wildgraph", "build", sys.argv[1]]
main()
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_build_that_is_stopped_leaves_the_old_one(project: Path, edit: Edit, how: signal.Signals) -> None:
    wildgraph.build(project)
    before = content(project)
    edit("claims/claims.tsv", "\t120\t", "\t121\t")
    run = subprocess.Popen(
        [sys.executable, "-c", SLOW_BUILD, str(project)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert run.stdout
    assert run.stdout.readline() == "written\n"
    run.send_signal(how)
    _, errors = run.communicate(timeout=20)
    assert content(project) == before
    assert len(Graph.open(project / "build")) > 0
    left = [path.name for path in project.iterdir() if path.name.startswith(".build-")]
    if how is signal.SIGINT:
        assert run.returncode == 130
        assert errors == "wildgraph: stopped; nothing was changed\n"
        assert left == []
    wildgraph.build(project)
    assert content(project) != before
    assert [path.name for path in project.iterdir() if path.name.startswith(".build-")] == []


def test_a_swap_killed_in_the_middle_is_repaired(tmp_path: Path) -> None:
    folder = tmp_path / "build"
    with replacement(folder, mark="mark") as fresh:
        (fresh / "mark").write_text("old")
    folder.rename(tmp_path / ".build-previous")
    recover(folder)
    assert (folder / "mark").read_text() == "old"


def test_a_full_disk_is_said_and_leaves_the_old_build(project: Path) -> None:
    wildgraph.build(project)
    before = content(project)
    code = (
        "import resource, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "from wildgraph.__main__ import main\n"
        "sys.argv = ['wildgraph', 'build', sys.argv[1]]\n"
        "main()\n"
    )
    run = subprocess.run([sys.executable, "-c", code, str(project)], capture_output=True, text=True, check=False)
    assert run.returncode == 3
    assert "Traceback" not in run.stderr
    assert "build could not be written" in run.stderr
    assert content(project) == before
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 100_000


def test_no_space_is_said_in_plain_words(tmp_path: Path) -> None:
    with (
        pytest.raises(MachineError, match="the disk is full; free some space and build again"),
        replacement(tmp_path / "build", mark="mark"),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("mount"), reason="mounting a small disk needs root")
def test_a_disk_that_really_fills_up(project: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=700k", "tmpfs", str(disk)], check=False).returncode:
        pytest.skip("this machine does not let root mount a tmpfs")
    try:
        shutil.copytree(project, disk / "project")
        with pytest.raises(MachineError, match="the disk is full"):
            wildgraph.build(disk / "project")
        assert not [p for p in (disk / "project").iterdir() if "build" in p.name]
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_two_builds_at_once_both_end_well(project: Path) -> None:
    code = f"import wildgraph; wildgraph.build({str(project)!r})"
    runs = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]
    assert [run.wait(60) for run in runs].count(0) >= 1
    assert len(Graph.open(project / "build")) > 0


def test_spreadsheets_are_read_like_tables(project: Path) -> None:
    import openpyxl

    wildgraph.build(project)
    before = (project / "build/dataset.nq").read_text().splitlines()
    for name in ("entities", "sources", "claims/claims"):
        path = project / f"{name}.tsv"
        book = openpyxl.Workbook()
        for row in path.read_text(encoding="utf-8").splitlines():
            book.active.append([int(cell) if cell.isdigit() else cell for cell in row.split("\t")])
        book.save(project / f"{name}.xlsx")
        path.unlink()
    wildgraph.build(project)
    after = (project / "build/dataset.nq").read_text().splitlines()
    assert {line for line in before if "/graph/build>" not in line} == {x for x in after if "/graph/build>" not in x}


def test_hashes_are_stamped_and_nothing_else_changes(project: Path) -> None:
    from wildgraph.extract.stamp import stamp_evidence

    path = project / "claims/claims.tsv"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b":eef38ab238429bf7", b""))
    assert stamp_evidence(project) == {"claims/claims.tsv": 1}
    assert path.read_bytes() == whole


def test_coverage_is_what_counting_the_claims_gives(reference: Path) -> None:
    counted = wildgraph.ask(
        reference,
        sparql="SELECT ?predicate ?source (COUNT(?claim) AS ?claims) (COUNT(DISTINCT ?subject) AS ?taxa) WHERE {"
        " ?claim wg:predicate ?predicate ; prov:hadPrimarySource ?source ; wg:subject ?subject }"
        " GROUP BY ?predicate ?source ORDER BY ?predicate ?source",
    )
    assert wildgraph.ask(reference, "coverage").rows == counted.rows
    assert len(counted.rows) > 10
