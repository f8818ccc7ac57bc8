"""The ledger: sorted, the same bytes in any order, merged by git line by line, and the record of each rule."""

import re
import subprocess
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from candidates import decision
from hypothesis import given
from hypothesis import strategies as st
from wildgraph.extract import InputError
from wildgraph.extract.ledger import LEDGER, Record, read_ledger, records, write_ledger


def test_the_record_of_a_rule_is_unmeasured_below_twenty() -> None:
    made = [decision(n, "accept") for n in range(31)] + [decision(40 + n, "reject") for n in range(3)]
    made += [decision(100 + n, "accept", rule="few") for n in range(19)]
    found_ = records(made)
    assert {rule: str(record) for rule, record in found_.items()} == {"few": "unmeasured", "r": "31 of 34"}
    assert str(Record(20, 20)) == "20 of 20"


def test_ledgers_are_sorted_and_the_same_bytes_in_whatever_order(tmp_path: Path) -> None:
    made = [decision(n, "accept") for n in range(9)]
    write_ledger(tmp_path / "a.tsv", made)
    write_ledger(tmp_path / "b.tsv", reversed(made))
    assert (tmp_path / "a.tsv").read_bytes() == (tmp_path / "b.tsv").read_bytes()
    assert read_ledger(tmp_path / "a.tsv")[0].cells == made[0].cells


def test_odd_cells_survive(tmp_path: Path) -> None:
    odd = replace(decision(1, "reject"), note='"so" he\tsaid\nit', cells={**decision(1, "x").cells, "object": '"x" y'})
    write_ledger(tmp_path / "a.tsv", [odd])
    read = read_ledger(tmp_path / "a.tsv")[0]
    assert (read.note, read.cells["object"]) == ('"so" he said it', '"x" y')


@given(st.dictionaries(st.sampled_from(["object", "place", "note", "wording"]), st.text(max_size=30)))
def test_whatever_stands_in_a_cell_is_read_as_it_was_written(cells: dict[str, str]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.tsv"
        plain = {name: " ".join("".join(c if c >= " " else " " for c in cell).split()) for name, cell in cells.items()}
        note = plain.pop("note", "")
        made = decision(1, "accept")
        made = replace(made, note=note, cells={**made.cells, **{k: v for k, v in plain.items() if v}})
        write_ledger(path, [made])
        read = read_ledger(path)[0]
        assert (read.cells, read.note) == (made.cells, note)


def test_two_branches_merge_line_by_line(tmp_path: Path) -> None:
    base, ours, theirs = (tmp_path / f"{name}.tsv" for name in ("base", "ours", "theirs"))
    write_ledger(base, [decision(n, "accept") for n in range(0, 40, 4)])
    write_ledger(ours, [decision(n, "accept") for n in [*range(0, 40, 4), 9]])
    write_ledger(theirs, [decision(n, "accept") for n in [*range(0, 40, 4), 25]])
    subprocess.run(["git", "merge-file", ours, base, theirs], check=True)
    assert [int(d.candidate, 16) for d in read_ledger(ours)] == [0, 4, 8, 9, 12, 16, 20, 24, 25, 28, 32, 36]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("\taccept\t", "\tacept\t", "review/ada.tsv:2:26: unknown decision: 'acept'"),
        ("2026-11-21", "21.11.26", "not a date: '21.11.26'"),
        ("0" * 23 + "1", "17", "review/ada.tsv:2:1: not the id of a candidate: '17'"),
        ("\tpage\t", "\t\t", "source is empty"),
        ("decision", "decison", "unknown column: 'decison'"),
    ],
)
def test_a_ledger_that_is_wrong_is_a_problem_with_its_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "review/ada.tsv"
    write_ledger(path, [decision(1, "accept")])
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(message)):
        read_ledger(path)


def test_every_column_of_the_ledger_is_documented() -> None:
    text = (Path(__file__).parent.parent / "docs/files.md").read_text(encoding="utf-8")
    assert [column for column in LEDGER.columns if f"`{column}`" not in text] == []
