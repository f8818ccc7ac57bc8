"""Re-anchoring, which `extract --reanchor` and `review --reanchor` share: what moved in sources that changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ..extract import UsageError
from .base import console, print_json

if TYPE_CHECKING:
    from ..extract.candidate import Candidate

__all__ = ["reanchor_project"]


def reanchor_project(
    folder: Path, candidates: Sequence[Candidate], *, as_json: bool, before: Path | None = None, write: bool = False
) -> None:
    """Print what became of the spans of a project's changed sources; exit with 1 when some are lost."""
    from ..extract.reanchor import reanchor
    from ..queries.reviewing import show_reanchoring

    if before is not None and not before.is_dir():
        raise UsageError(f"there is no folder {before}")
    result = reanchor(folder, candidates, before=before, write=write)
    if as_json:
        print_json(asdict(result))
    else:
        show_reanchoring(result, console())
    if result.count("orphaned"):
        raise typer.Exit(1)
