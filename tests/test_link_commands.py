"""The verb link on the command line: what it prints, and how it fails."""

import json
import subprocess
import sys
from pathlib import Path

LIST = (
    "taxonID\tscientificName\ttaxonRank\tkingdom\n1\tFicus L.\tgenus\tPlantae\n2\tFicus Röding, 1798\tgenus\tAnimalia\n"
)


def run(folder: Path, *arguments: str) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "wildgraph", "link", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_index_and_explain(tmp_path: Path) -> None:
    (tmp_path / "figs.tsv").write_text(LIST, encoding="utf-8")
    code, out, err = run(tmp_path, "index", "figs.tsv", "--release", "1", "--licence", "CC0-1.0")
    assert (code, out) == (0, f"+ {'figs@1':32} {2:>11} taxon        CC0-1.0\n")
    assert "next: wildgraph link explain NAME" in err
    code, out, _ = run(tmp_path, "--explain", "Ficus")
    assert code == 0
    assert out.splitlines() == [
        "figs@1: ambiguous",
        "  exact with author        -  no author given",
        "  exact                    2  2 of equal standing",
        "   ? Ficus L.  [1]  genus, Plantae  the same, 0.33",
        "   ? Ficus Röding, 1798  [2]  genus, Animalia  the same, 0.33",
        "",
    ]
    code, out, _ = run(tmp_path, "explain", "Ficus", "--kingdom", "Animalia", "--json")
    document = json.loads(out)
    assert (document[0]["outcome"], document[0]["candidates"][0]["id"]) == ("exact", "2")


def test_what_is_wrong_is_said_with_the_next_thing_to_type(tmp_path: Path) -> None:
    (tmp_path / "figs.tsv").write_text(LIST, encoding="utf-8")
    (tmp_path / "no.txt").write_text("nothing\n", encoding="utf-8")
    assert run(tmp_path, "explain", "Ficus")[0] == 2
    assert "try: wildgraph link index FILE" in run(tmp_path, "explain", "Ficus")[2]
    code, _, err = run(tmp_path, "index", "no.txt")
    assert (code, "no.txt: not a dump of a known format" in err) == (4, True)
    assert run(tmp_path, "index", "figs.tsv")[0] == 0
    code, _, err = run(tmp_path, "index", "figs.tsv")
    assert (code, "two dumps are figs@" in err) == (4, True)
    code, _, err = run(tmp_path, "index", "figs.tsv", "no.txt", "--release", "1")
    assert (code, "one file at a time" in err) == (2, True)
    code, _, err = run(tmp_path, "explain", "Ficus", "--kind", "place")
    assert (code, "holds no place" in err) == (2, True)
    code, _, err = run(tmp_path, "index", "figs.tsv", "--iri", "https://example.org/")
    assert (code, "has no {id} in it" in err) == (2, True)
