"""The docs: every command in them runs and prints what they show, and nothing is left undocumented."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from wildgraph.__main__ import app
from wildgraph.extract.curated import CLAIMS
from wildgraph.extract.entity import ENTITIES
from wildgraph.extract.source import SOURCES
from wildgraph.graph.validate import shapes_in_words
from wildgraph.ontology import vocabulary
from wildgraph.queries.question import load_questions

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


@pytest.mark.parametrize("name", ["README.md", "docs/tutorial.md", "docs/review.md"])
def test_commands_print_what_is_shown(name: str, tmp_path: Path) -> None:
    folder = tmp_path
    binaries = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": f"{binaries}:{os.environ['PATH']}", "NO_COLOR": "1", "COLUMNS": "100"}
    text = (ROOT / name).read_text(encoding="utf-8")
    for block in re.findall(r"```console\n(.*?)```", text, flags=re.DOTALL):
        for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, flags=re.MULTILINE):
            if command.startswith("cd "):
                folder = (folder / command[3:]).resolve()
                continue
            run = subprocess.run(
                ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
            )
            printed = "".join(line.rstrip() + "\n" for line in (run.stdout + run.stderr).splitlines())
            pattern = re.escape(shown).replace(re.escape("...\n"), r"(?:.*\n)*")
            assert re.fullmatch(pattern, printed), f"{name}: $ {command}\n{printed}"


def test_every_verb_is_documented() -> None:
    text = (DOCS / "commands.md").read_text(encoding="utf-8")
    for command in app.registered_commands:
        assert command.callback
        name = command.name or command.callback.__name__
        assert f"`{name}" in text, name


def test_every_column_is_documented() -> None:
    text = (DOCS / "files.md").read_text(encoding="utf-8")
    for sheet in (SOURCES, ENTITIES, CLAIMS):
        for column in sheet.columns:
            assert f"`{column}`" in text, (sheet.name, column)


def test_every_predicate_question_and_lint_is_documented() -> None:
    known = {
        "predicates.md": vocabulary().predicates,
        "questions.md": load_questions(),
        "lints.md": vocabulary().schemes["lint-1.0"].concepts,
    }
    for name, things in known.items():
        text = (DOCS / name).read_text(encoding="utf-8")
        for thing in things:
            assert re.search(rf"`{thing}`|## {thing}\n", text), thing


def test_links_between_documents_lead_somewhere() -> None:
    for path in [ROOT / "README.md", *DOCS.glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), (path.name, target)


def test_the_page_of_shapes_is_what_the_shapes_say() -> None:
    text = (DOCS / "shapes.md").read_text(encoding="utf-8")
    assert text.partition("counts the values.\n\n")[2] == shapes_in_words() + "\n"
