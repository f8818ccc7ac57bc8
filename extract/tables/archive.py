"""Archives of tables: zip and tar files unpacked into a folder, with nothing in them trusted."""

from __future__ import annotations

import gzip
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import IO

from ..problems import InputError, Problem, UsageError

__all__ = ["MAX_BYTES", "is_workbook", "unpack"]

#: An archive may not unpack to more than this, nor to more than so many times its size once past a gigabyte.
MAX_BYTES = 200 << 30
_RATIO, _RATIO_FROM = 200, 1 << 30
_MAX_MEMBERS = 20_000
_CHUNK = 1 << 20

_Member = tuple[str, IO[bytes]]


def unpack(path: Path, scratch: Path) -> Path:
    """Return the folder with the files of a package: the folder itself, or `scratch` with an archive unpacked.

    A plain file is alone in its folder, so it is returned itself. Raises UsageError when nothing is there, and
    InputError for an archive that is broken, hostile (a member that leads out of it, a link, far too much when
    unpacked) or encrypted.
    """
    if not path.exists():
        raise UsageError(f"there is no {path}")
    if path.is_dir() or is_workbook(path):
        return path
    opened = _opener(path)
    if opened is None:
        return path
    allowed = max(_RATIO_FROM, min(MAX_BYTES, path.stat().st_size * _RATIO))
    try:
        with closing(opened(path)) as members:  # or the archive stays open when a member is refused
            _write(members, scratch, path, allowed)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, NotImplementedError) as error:
        raise _refused(path, "the archive is broken", str(error), "download it again") from error
    except RuntimeError as error:  # zipfile's way to say that a password is needed
        raise _refused(path, "the archive is encrypted", str(error), "unpack it yourself and add the folder") from error
    return scratch


def is_workbook(path: Path) -> bool:
    """Say whether a file is a spreadsheet, which is a zip archive too."""
    if not path.is_file() or not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except zipfile.BadZipFile:
        return False


def _opener(path: Path):  # type: ignore[no-untyped-def]  # a generator function for the kind of archive, or None
    with path.open("rb") as file:
        head = file.read(512)
    if head.startswith(b"PK") or zipfile.is_zipfile(path):
        return _zip_members
    packed = head.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")) or head[257:262] == b"ustar"
    if packed and tarfile.is_tarfile(path):
        return _tar_members
    if head.startswith(b"\x1f\x8b"):
        return _gzip_member
    if path.suffix.lower() in {".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz"} and not head.strip(b"\x00 \r\n"):
        raise _refused(path, "the archive is empty", "", "download it again")
    if path.suffix.lower() in {".zip", ".tgz", ".gz", ".bz2", ".xz", ".tar"}:
        raise _refused(path, f"not a {path.suffix} archive", "", "download it again")
    return None


def _write(members: Iterator[_Member], scratch: Path, path: Path, allowed: int) -> None:
    written = 0
    for count, (name, file) in enumerate(members):
        if count >= _MAX_MEMBERS:
            raise _refused(path, f"the archive has more than {_MAX_MEMBERS} files", "", "unpack the tables you need")
        with file:
            target = scratch / _safe(name, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as out:
                while chunk := file.read(_CHUNK):
                    written += len(chunk)
                    if written > allowed:
                        message = f"the archive unpacks to more than {allowed >> 20} MiB, which looks like a zip bomb"
                        raise _refused(path, message, name, "if it is not, unpack it yourself and add the folder")
                    out.write(chunk)


def _zip_members(path: Path) -> Iterator[_Member]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if stat.S_ISLNK(info.external_attr >> 16):
                raise _refused(path, "the archive holds a link", info.filename, "remove the link and pack it again")
            if not info.is_dir():
                yield info.filename, archive.open(info)


def _tar_members(path: Path) -> Iterator[_Member]:
    with tarfile.open(path, "r:*") as archive:
        for info in archive:
            if info.issym() or info.islnk() or info.isdev():
                raise _refused(path, "the archive holds a link", info.name, "remove the link and pack it again")
            if info.isfile() and (file := archive.extractfile(info)):
                yield info.name, file


def _gzip_member(path: Path) -> Iterator[_Member]:
    with closing(gzip.open(path, "rb")) as file:
        yield path.name.removesuffix(".gz"), file  # type: ignore[misc]


def _safe(name: str, path: Path) -> PurePosixPath:
    """Return the name of a member where it stays inside the folder it is unpacked to."""
    inside = PurePosixPath(name.replace("\\", "/"))
    if inside.is_absolute() or ".." in inside.parts or ":" in inside.parts[0] or "\x00" in name:
        raise _refused(path, "a file of the archive would be written outside of its folder", name, "do not trust it")
    return inside


def _refused(path: Path, message: str, value: str, fix: str) -> InputError:
    return InputError([Problem(str(path), 0, 0, message, value, fix)])
