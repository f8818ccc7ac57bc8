"""Candidates for tests of reviews: three in the small project, and the command that reviews them."""

import subprocess
import sys
from pathlib import Path

from wildgraph.extract import Span, open_document, open_project, token_hash
from wildgraph.extract.candidate import Candidate, DocumentId, Number, Thing, candidate_json
from wildgraph.extract.ledger import Decision

RUN = [sys.executable, "-m", "wildgraph"]
ROAD = "killed on the new road"
COUNT = "A survey in 2020 counted around 120 adults there"
SIGNS = "The Example Trust puts up warning signs"


def candidate(project: Path, words: str, predicate: str, thing: Thing | None = None, **more: object) -> Candidate:
    source = open_project(project, any_version=True).sources["example-page"]
    document = open_document(project, source)
    assert document
    start = document.text.index(words)
    doc = DocumentId(source.file, document.sha256, document.canonical_sha256)
    fixed: dict[str, object] = {"rule": f"{predicate}.plain", "extractor": "rules"}
    return Candidate(
        doc=doc, subject=Thing("red fox"), predicate=predicate, object=thing,
        evidence=(Span(start, start + len(words), token_hash(words)),), **(fixed | more),  # type: ignore[arg-type]
    )  # fmt: skip


def found(project: Path) -> list[Candidate]:
    count = Number("120", hedge="around", life_stage="adults")
    return [
        candidate(project, COUNT, "population", quantity=count, qualifiers={"year": "2020", "yearSource": "sentence"}),
        candidate(project, ROAD, "threat", Thing("road")),
        candidate(project, SIGNS, "action", Thing("warning signs"), actor=Thing("Example Trust")),
    ]


def write_candidates(project: Path, candidates: list[Candidate]) -> None:
    (project / "candidates").mkdir(exist_ok=True)
    text = "".join(candidate_json(c) + "\n" for c in candidates)
    (project / "candidates/rules.jsonl").write_text(text, encoding="utf-8")


def run(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {"COLUMNS": "100", "NO_COLOR": "1", "PATH": "/usr/bin:/bin"}
    command = [*RUN, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment, check=False)


def decision(number: int, verdict: str, curator: str = "Ada", rule: str = "r") -> Decision:
    cells = {"source": "page", "subject": "fox", "predicate": "threat", "object": "road", "evidence": "1-2"}
    return Decision(
        candidate=f"{number:024x}", verdict=verdict, cells=cells, rule=rule, curator=curator, date="2026-11-21"
    )
