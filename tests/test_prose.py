"""No file of ours quotes the pages that the reference dataset was curated from."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
_WORD = re.compile(r"\w+")
_SUFFIXES = {".md", ".py", ".rq", ".toml", ".tsv", ".ttl", ".txt", ".html", ".js", ".jsonl", ".jsonld"}
#: As many words in a row make a quotation, as for the lint of literals.
_RUN = 8


def runs(path: Path) -> set[tuple[str, ...]]:
    words = _WORD.findall(path.read_text(encoding="utf-8", errors="replace").casefold())
    return {tuple(words[start : start + _RUN]) for start in range(len(words) - _RUN + 1)}


def test_no_file_shares_eight_words_in_a_row_with_a_private_source(shared: Path) -> None:
    quoted = {run for path in (shared / "seeds").glob("*.txt") for run in runs(path)}
    ours = [
        path
        for path in ROOT.rglob("*")
        if path.suffix in _SUFFIXES
        and not {".venv", "build", "dist", ".git", "private", "assets", ".links"} & set(path.relative_to(ROOT).parts)
    ]
    assert {path.relative_to(ROOT).as_posix(): sorted(found) for path in ours if (found := runs(path) & quoted)} == {}
