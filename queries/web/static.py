"""Static files: what pages load: our own, the outlines for maps, and what was vendored, if it was."""

from __future__ import annotations

from pathlib import Path

from ..pictures import STYLE_HASH
from .vendor import packages

__all__ = ["asset_files", "content_policy", "vendored"]

_FOLDER = Path(__file__).parent


def asset_files() -> dict[str, Path]:
    """Return the files under `assets/` by name, in order of name."""
    found = {path.name: path for path in (_FOLDER / "style").iterdir() if path.is_file()}
    found["countries.tsv"] = _FOLDER.parent / "pictures" / "countries.tsv"
    if vendored():
        found |= {path.name: path for path in (_FOLDER / "assets").iterdir() if path.is_file()}
    return dict(sorted(found.items()))


def vendored() -> bool:
    """Say whether the files of `vendor.tsv` are all there."""
    return all((_FOLDER / "assets" / name).is_file() for package in packages() for name in package.files)


def content_policy(*, wasm: bool = False) -> str:
    """Return the Content-Security-Policy of a page: nothing from outside, no inline script, no inline style.

    The one style sheet that is in all pictures is named by its hash; `wasm` lets the engine of a static site run.
    """
    scripts = "'self' 'wasm-unsafe-eval'" if wasm else "'self'"
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self' '{STYLE_HASH}'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; "
        "base-uri 'none'"
    )
