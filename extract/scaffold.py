"""New projects: a small one that works, or a copy of the reference dataset."""

from __future__ import annotations

import shutil
from pathlib import Path

from .problems import MachineError, UsageError

__all__ = ["init"]

_DATASETS = Path(__file__).parent.parent / "datasets"
_LEFT_OUT = shutil.ignore_patterns("build", ".build-*", "private", "__pycache__")
_IGNORED = ".cache/\nbuild/\n.build-*/\ndocuments/private/\n"


def init(folder: Path, *, example: bool = False) -> list[str]:
    """Write a project into a new or empty folder and return the names of its files.

    Raises UsageError when something is in the way and MachineError when the folder cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not empty; choose another folder")
    try:
        template = _DATASETS / ("amur-leopard" if example else "starter")
        shutil.copytree(template, folder, ignore=_LEFT_OUT, dirs_exist_ok=True)
        (folder / ".gitignore").write_text(_IGNORED, encoding="utf-8", newline="\n")
    except OSError as error:
        raise MachineError(f"{folder} cannot be written: {error.strerror or error}") from error
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
