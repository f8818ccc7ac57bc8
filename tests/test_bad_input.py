"""Bad input: each is said with its place, value and remedy, all at once, without a traceback."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import wildgraph
from wildgraph import InputError, UsageError

Edit = Callable[[str, str, str], None]
CLAIMS = "claims/claims.tsv"


def problems(project: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        wildgraph.build(project)
    assert not (project / "build").exists()
    return [str(problem) for problem in caught.value.problems]


def only(project: Path) -> str:
    found = problems(project)
    assert len(found) == 1, found
    return found[0]


def test_missing_column(project: Path, edit: Edit) -> None:
    edit(CLAIMS, "subject\tpredicate", "remark\tpredicate")
    found = problems(project)
    assert found == [
        "claims/claims.tsv:1:1: the column subject is missing\n    add a column subject",
        "claims/claims.tsv:1:1: unknown column: 'remark'\n    " + found[1].partition("\n    ")[2],
    ]


def test_unknown_column_with_the_nearest_name(project: Path, edit: Edit) -> None:
    edit(CLAIMS, "\twording", "\twordings")
    assert only(project) == "claims/claims.tsv:1:41: unknown column: 'wordings'\n    did you mean wording?"


def test_column_that_stands_twice(project: Path, edit: Edit) -> None:
    edit(CLAIMS, "\twording", "\thedge")
    assert "the column stands twice: 'hedge'" in problems(project)[0]


def test_wrong_type(project: Path, edit: Edit) -> None:
    edit(CLAIMS, "\t120\t", "\tmany\t")
    assert only(project).startswith("claims/claims.tsv:4:21: estimate is not a number: 'many'\n    write digits")


def test_unknown_entity_with_the_nearest_name(project: Path, edit: Edit) -> None:
    edit(CLAIMS, "range\texample-valley", "range\texample-valey")
    assert only(project) == (
        "claims/claims.tsv:3:15: unknown entity: 'example-valey'\n    did you mean example-valley?"
    )


def test_entity_of_the_wrong_type(project: Path, edit: Edit) -> None:
    edit(CLAIMS, "threat\troad-traffic", "threat\troad-kill")
    assert "road-kill is a stress; object takes a threat" in only(project)


def test_duplicate_entity(project: Path, edit: Edit) -> None:
    edit("entities.tsv", "road-kill\tstress", "red-fox\tstress")
    assert any(
        "entities.tsv:5:1: duplicate id: 'red-fox'\n    it is already used in line 2" in p for p in problems(project)
    )


def test_duplicate_claim_id(project: Path) -> None:
    path = project / CLAIMS
    rows = path.read_text().splitlines()
    rows = [f"{name}\t{row}" for name, row in zip(["id", "a", "b", "a", "", ""], rows, strict=True)]
    path.write_text("\n".join(rows) + "\n")
    assert "duplicate id\n    a is already used in claims/claims.tsv:2" in only(project)


def test_two_rows_for_one_claim(project: Path) -> None:
    path = project / CLAIMS
    path.write_text(path.read_text() + path.read_text().splitlines()[2] + "\n")
    assert only(project) == (
        "claims/claims.tsv:7:1: two rows for one claim\n"
        "    claims/claims.tsv:3 says the same: keep one, with both spans"
    )


def test_reversed_interval_of_numbers(project: Path, edit: Edit) -> None:
    edit(CLAIMS, "object\testimate\thedge", "object\tlower\tupper")
    edit(CLAIMS, "\t120\taround\t", "\t120\t<60\t")
    assert "the interval is reversed: '120 to 60'" in only(project)


def test_reversed_interval_of_dates(project: Path, edit: Edit) -> None:
    edit(CLAIMS, "\t2020\t", "\t2020/2019\t")
    assert "when cannot be read: '2020/2019'\n    the interval is reversed: write 2019/2020" in only(project)


@pytest.mark.parametrize(
    ("date", "remedy"),
    [
        ("1970s", "write a decade as 197X"),
        ("1970-1980", "write an interval as 1970/1980"),
        ("17.5.2013", "2013-05-17"),
        ("2013-13", "there is no month 13"),
        ("2013-02-30", "2013-02 has 28 days"),
        ("spring", "2013-21 (spring)"),
    ],
)
def test_dates_as_people_write_them(project: Path, edit: Edit, date: str, remedy: str) -> None:
    edit(CLAIMS, "\t2020\t", f"\t{date}\t")
    assert remedy in only(project)


def test_bound_in_the_column_of_the_estimate(project: Path, edit: Edit) -> None:
    edit(CLAIMS, "\taround\t", "\tless-than\t")
    assert "'less than' states a bound, not an estimate: '120'\n    empty estimate and write <120 in upper" in only(
        project
    )


@pytest.mark.parametrize(
    ("column", "old", "new"),
    [
        ("place", "\texample-valley\t2020", "\texample-valley | red-fox\t2020"),
        ("hedge", "\t120\taround", "\t120\taround | nearly"),
        ("timing", "\tongoing\t", "\tongoing | future\t"),
    ],
)
def test_second_value_where_one_belongs(project: Path, edit: Edit, column: str, old: str, new: str) -> None:
    edit(CLAIMS, old, new)
    assert f"{column} takes one value" in only(project)


def test_second_parent_and_second_publisher(project: Path, edit: Edit) -> None:
    path = project / "entities.tsv"
    path.write_text(
        path.read_text().replace("id\ttype", "parent\tid\ttype").replace("\nred-fox", "\nfox | dog\tred-fox")
    )
    edit("sources.tsv", "\texample-trust\t", "\texample-trust | example-council\t")
    assert {"parent takes one value", "publisher takes one value"} <= {
        p.partition(": ")[2].partition(":")[0] for p in problems(project)
    }


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ("60\tless-than", "'less than' excludes the number: '60'\n    write <60"),
        ("<60\tup-to", "'up to' includes the number: '<60'\n    write 60"),
    ],
)
def test_hedge_and_sign_that_contradict(project: Path, cells: str, message: str) -> None:
    path = project / CLAIMS
    path.write_text(path.read_text().replace("estimate\thedge", "upper\thedge").replace("120\taround", cells, 1))
    assert message in only(project)


@pytest.mark.parametrize("number", ["1_000", "1e5", "NaN", "1,000", "٣"])
def test_numbers_that_only_a_program_would_read(project: Path, edit: Edit, number: str) -> None:
    edit(CLAIMS, "\t120\t", f"\t{number}\t")
    assert f"estimate is not a number: '{number}'" in only(project)


def test_source_file_outside_the_project(project: Path, edit: Edit) -> None:
    edit("sources.tsv", "documents/example-page.txt", "../example-page.txt")
    assert "file is not a path in the project: '../example-page.txt'" in only(project)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('creators = ["Your name"]', 'creators = "Your name"', "creators must be a list of names: 'Your name'"),
        ('taxon = "red-fox"', "taxon = 3", "taxon must be a text: '3'"),
    ],
)
def test_settings_of_the_wrong_kind(project: Path, edit: Edit, old: str, new: str, message: str) -> None:
    edit("wildgraph.toml", old, new)
    assert message in only(project)


def test_settings_that_are_no_tables(project: Path) -> None:
    (project / "wildgraph.toml").write_text("dataset = 1\ndefaults = []\n")
    found = "\n".join(problems(project))
    assert "dataset must be a table: '1'" in found
    assert "defaults must be a table: '[]'" in found


def test_bare_code_names_the_schemes_it_may_be_of(project: Path, edit: Edit) -> None:
    edit("entities.tsv", "iucn-stresses-api4:2.1", "2.1")
    assert "a bare code: '2.1'\n    say which scheme and version: cmp-actions-2.0:2.1" in only(project)


def test_unknown_scheme(project: Path, edit: Edit) -> None:
    edit("entities.tsv", "iucn-stresses-api4:2.1", "iucn-stresses-4:2.1")
    assert "did you mean iucn-stresses-api4" in only(project)


def test_column_that_does_not_go_with_the_predicate(project: Path, edit: Edit) -> None:
    edit(CLAIMS, "range\texample-valley\t", "range\texample-valley\t12")
    assert "estimate says nothing about a claim of range: '12'" in only(project)


def test_evidence_past_the_end_of_its_source(project: Path, edit: Edit) -> None:
    edit(CLAIMS, "\t53-76:", "\t53-7600:")
    assert only(project).startswith(
        "claims/claims.tsv:3:1: the evidence ends past the end of its source: '53-7600'\n"
        "    example-page has 228 characters"
    )


def test_evidence_with_the_wrong_hash(project: Path, edit: Edit) -> None:
    edit(CLAIMS, "\t53-76:", "\t49-76:")
    assert "claims/claims.tsv:3:1: the evidence does not match its source: '49-76:" in only(project)


def test_reversed_span(project: Path, edit: Edit) -> None:
    edit(CLAIMS, "\t53-76:", "\t76-53:")
    assert "the span is reversed or empty" in only(project)


def test_source_file_that_changed(project: Path, edit: Edit) -> None:
    edit("documents/example-page.txt", "new road", "old road")
    found = problems(project)
    assert [p.partition(": '")[0] for p in found] == [
        "sources.tsv:2: wrong canonical_sha256 for documents/example-page.txt",
        "sources.tsv:2: wrong sha256 for documents/example-page.txt",
    ]


def test_invalid_iri(project: Path, edit: Edit) -> None:
    edit("wildgraph.toml", "https://example.org/my-dataset/", "https://example.org/my dataset/")
    assert "wildgraph.toml:4:1: base is not an IRI that ends in / or #" in only(project)


def test_settings_that_do_not_parse(project: Path, edit: Edit) -> None:
    edit("wildgraph.toml", 'title = "My dataset"', 'title = "My dataset')
    assert only(project).startswith("wildgraph.toml:2:")


def test_circle_of_parents(project: Path) -> None:
    path = project / "entities.tsv"
    rows = [row + "\t" for row in path.read_text().splitlines()]
    rows[0] += "parent"
    rows[3] += "road-traffic"
    path.write_text("\n".join(rows) + "\n")
    assert "the parents go in a circle: 'road-traffic -> road-traffic'" in only(project)


def test_not_utf8(project: Path) -> None:
    path = project / "entities.tsv"
    path.write_bytes(path.read_bytes().replace(b"Rotfuchs", b"F\xfcchse"))
    assert "entities.tsv:2:24: not UTF-8: 'byte 0xfc'\n    save the table as UTF-8" in problems(project)[0]


def test_utf16_is_recognised(project: Path) -> None:
    path = project / "entities.tsv"
    path.write_bytes(path.read_text().encode("utf-16"))
    assert "it looks like UTF-16" in problems(project)[0]


def test_control_character(project: Path, edit: Edit) -> None:
    edit("entities.tsv", "red fox", "red\x00fox")
    assert "entities.tsv:2:18: control character: '\\x00'" in problems(project)[0]


def test_crlf_and_byte_order_mark_are_read_with_a_warning(project: Path) -> None:
    path = project / "entities.tsv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    warnings = [str(w).partition("\n")[0] for w in wildgraph.build(project).project.warnings]
    assert warnings == [
        "entities.tsv:1:1: the file starts with a byte-order mark",
        "entities.tsv:1:" + warnings[1].split(":")[2] + ": CRLF line end",
    ]


def test_empty_file(project: Path) -> None:
    (project / CLAIMS).write_text("")
    assert only(project) == (
        "claims/claims.tsv:1:1: the file is empty\n    start it with a header: subject, predicate, source"
    )


def test_missing_file(project: Path) -> None:
    (project / "entities.tsv").unlink()
    assert problems(project)[-1].startswith(
        "entities.tsv: there is no such file\n    write it with columns id, type, label"
    )


def test_folder_where_a_file_should_be(project: Path) -> None:
    (project / CLAIMS).unlink()
    (project / CLAIMS).mkdir()
    assert only(project) == ("claims/claims.tsv: this is a folder; a table is expected\n    move the folder away")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc")
def test_line_of_200_megabytes_takes_little_memory(project: Path) -> None:
    with (project / CLAIMS).open("ab") as file:
        for _ in range(200):
            file.write(b"x" * 1_000_000)
    code = (
        "import sys, wildgraph\n"
        "try:\n    wildgraph.build(sys.argv[1])\n"
        "except wildgraph.InputError as error:\n    print(error)\n"
        "print(next(row.split()[1] for row in open('/proc/self/status') if row.startswith('VmHWM')))\n"
    )
    run = subprocess.run([sys.executable, "-c", code, str(project)], capture_output=True, text=True, check=True)
    assert "claims/claims.tsv:7:1: the line is longer than 1 MiB" in run.stdout
    assert int(run.stdout.splitlines()[-1]) < 150_000  # KiB


def test_row_with_too_many_cells(project: Path) -> None:
    path = project / CLAIMS
    path.write_text(path.read_text().replace("Vulpes vulpes\t", "Vulpes\tvulpes\t"))
    assert "the row has 16 cells, the header 15" in problems(project)[0]


def test_unbalanced_quote(project: Path) -> None:
    path = project / CLAIMS
    path.write_text(path.read_text().replace("Vulpes vulpes", '"Vulpes vulpes'))
    assert "unbalanced quote" in problems(project)[0]


def test_broken_spreadsheet(project: Path) -> None:
    (project / CLAIMS).unlink()
    (project / "claims/claims.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    assert only(project).startswith("claims/claims.xlsx: not a readable .xlsx workbook")


def test_all_problems_of_all_files_come_at_once(project: Path, edit: Edit) -> None:
    edit(CLAIMS, "\t2020\t", "\t1920s\t")
    edit(CLAIMS, "range\texample-valley", "range\tnowhere")
    edit("entities.tsv", "warning-signs\taction", "warning-signs\tacton")
    edit("sources.tsv", "2021", "soon")
    where = [problem.partition(": ")[0] for problem in problems(project)]
    assert len(where) == 5
    assert [place.split(":")[0] for place in where] == [CLAIMS, CLAIMS, CLAIMS, "entities.tsv", "sources.tsv"]


def test_folder_that_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"is not a dataset project: no wildgraph[.]toml in it; try: wildgraph init"):
        wildgraph.build(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_file_that_may_not_be_read(project: Path) -> None:
    (project / CLAIMS).chmod(0)
    assert only(project).startswith("claims/claims.tsv: the file may not be read")


def test_what_cannot_be_served_is_said(project: Path, reference: Path, tmp_path: Path) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "wildgraph", "serve", *arguments]
        run = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        return run.returncode, run.stderr

    code, said = run(str(project))
    assert (code, "wildgraph build" in said) == (2, True)
    old = tmp_path / "old"
    shutil.copytree(reference, old)
    summary = old / "build" / "summary.json"
    kept = {name: value for name, value in json.loads(summary.read_text()).items() if name != "conflicts"}
    summary.write_text(json.dumps(kept | {"tool": "wildgraph 0.0.1"}))
    code, said = run(str(old))
    assert (code, "was built by wildgraph 0.0.1" in said, "Traceback" in said) == (2, True, False)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, said = run(str(reference), "--port", str(taken.getsockname()[1]))
    assert (code, "cannot be listened on" in said) == (3, True)
