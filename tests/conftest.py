"""What several tests share: the reference dataset, built once, and small projects to spoil."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import wildgraph
from candidates import found, write_candidates
from wildgraph.extract.scaffold import init

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of seeds, code lists and public data beside the checkout."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"needs the shared data in {folder}, which is not there")
    return folder


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference dataset, built. Not to be changed."""
    folder = tmp_path_factory.mktemp("reference") / "amur-leopard"
    init(folder, example=True)
    wildgraph.build(folder)
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project that works, not yet built."""
    folder = tmp_path / "project"
    init(folder)
    return folder


Edit = Callable[[str, str, str], None]


@pytest.fixture
def edit(project: Path) -> Edit:
    """Replace a text that stands once in a file of the project."""

    def replace(name: str, old: str, new: str) -> None:
        path = project / name
        text = path.read_bytes().decode()
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        path.write_bytes(text.replace(old, new).encode())

    return replace


@pytest.fixture
def reference_copy(reference: Path, tmp_path: Path) -> Path:
    """A copy of the built reference dataset, to be changed."""
    return Path(shutil.copytree(reference, tmp_path / "copy"))


@pytest.fixture
def waiting(project: Path) -> Path:
    """The small project without claims of its own, with three candidates."""
    (project / "claims/claims.tsv").write_text("subject\tpredicate\tobject\tsource\tevidence\n", encoding="utf-8")
    write_candidates(project, found(project))
    return project
