"""Vendoring: brings the JavaScript of others that pages use from npm, checks it, and notes its licence.

`python -m wildgraph.queries.web.vendor` takes what `vendor.tsv` lists and writes it into `assets/`, before a wheel is
built; nothing of it is in the repository. Pages work without it, with fewer conveniences.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ...extract import MachineError

__all__ = ["Package", "packages", "vendor"]

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Package:
    """What is taken of one npm package: `files` maps the name that pages use to the path in the package.

    `integrity` is the SHA-512 of the package's archive, as npm writes it.
    """

    name: str
    version: str
    integrity: str
    licence: str
    text: str
    use: str
    files: dict[str, str]


def packages(use: str = "pages") -> list[Package]:
    """Return the packages for pages, or for `tests`."""
    with (_FOLDER / "vendor.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, dialect="excel-tab"))
    return [_package(row) for row in rows if row["use"] == use]


def _package(row: dict[str, str]) -> Package:
    files = dict(pair.split("=") for pair in row["files"].split(" | "))
    return Package(row["package"], row["version"], row["integrity"], row["licence"], row["text"], row["use"], files)


def vendor(folder: Path, *, use: str = "pages") -> list[str]:
    """Write the files of the packages and `LICENCES.txt` into a folder; return their names.

    Raises MachineError when npm is missing or cannot fetch, and when an archive is not the one that was looked over.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written, licences = [], []
    for package in packages(use):
        with tempfile.TemporaryDirectory() as scratch, tarfile.open(_fetched(package, Path(scratch))) as archive:
            for name, path in package.files.items():
                (folder / name).write_bytes(_member(archive, path))
                written.append(name)
            text = _member(archive, package.text).decode() if package.text else _own_words(package)
        licences.append(f"{package.name} {package.version}, {package.licence}\n\n{text.strip()}\n")
    (folder / "LICENCES.txt").write_text(("\n" + "=" * 80 + "\n").join(licences), encoding="utf-8", newline="\n")
    return [*written, "LICENCES.txt"]


def _fetched(package: Package, folder: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise MachineError("the parts of the pages that others wrote come from npm, which is not installed")
    command = [npm, "pack", "--silent", "--ignore-scripts", f"{package.name}@{package.version}"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    archives = list(folder.glob("*.tgz"))
    if run.returncode or len(archives) != 1:
        raise MachineError(f"npm could not fetch {package.name}@{package.version}: {run.stderr.strip()[-300:]}")
    found = "sha512-" + base64.b64encode(hashlib.sha512(archives[0].read_bytes()).digest()).decode()
    if found != package.integrity:
        raise MachineError(f"{package.name}@{package.version} is not what vendor.tsv says: its archive has {found}")
    return archives[0]


def _member(archive: tarfile.TarFile, path: str) -> bytes:
    try:
        file = archive.extractfile(f"package/{path}")
    except KeyError:
        file = None
    if file is None:
        raise MachineError(f"the archive has no file {path}")
    return file.read()


def _own_words(package: Package) -> str:
    """Return the words for a package that carries no text of its licence."""
    return f"The package carries no text of its licence; it declares {package.licence}. https://spdx.org/licenses/"


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else _FOLDER / "assets"
    try:
        for name in vendor(target, use=sys.argv[2] if len(sys.argv) > 2 else "pages"):
            print(target / name)
    except MachineError as error:
        sys.exit(f"wildgraph: {error}")
