"""The files of a dump: in a folder, a zip or tar archive, or alone, compressed or not."""

from __future__ import annotations

import bz2
import csv
import gzip
import hashlib
import io
import json
import os
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from ....extract import InputError, Problem

__all__ = ["Files", "delimiter_of", "json_items", "read_delimited"]

_CHUNK = 1 << 20
_BROKEN = (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, OSError)


class Files:
    """The files of one dump, by their names within it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = Path(os.path.realpath(path)).name  # which does not mind a circle of links
        self._zip: zipfile.ZipFile | None = None
        self._tar: tarfile.TarFile | None = None
        if not path.exists():
            raise self.problem("no such file")
        try:
            self._open()
        except _BROKEN as error:
            raise self.problem("a broken archive", value=str(error), fix="fetch it again") from error

    def _open(self) -> None:
        if self.path.is_dir():
            paths = sorted(p for p in self.path.rglob("*") if p.is_file())
            self._members = {p.relative_to(self.path).as_posix(): p for p in paths}
            return
        if zipfile.is_zipfile(self.path):
            self._zip = zipfile.ZipFile(self.path)
            names = [i.filename for i in self._zip.infolist() if not i.is_dir()]
        elif self.path.name.endswith((".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz")):
            self._tar = tarfile.open(self.path)  # noqa: SIM115 - closed in close()
            names = [m.name for m in self._tar.getmembers() if m.isfile()]
        else:
            names = [self.path.name.removesuffix(".gz").removesuffix(".bz2")]
        self._members = {name: self.path for name in names if "__MACOSX" not in name}

    def close(self) -> None:
        """Close the archive."""
        for archive in (self._zip, self._tar):
            if archive is not None:
                archive.close()

    @property
    def names(self) -> list[str]:
        """The names of all files."""
        return list(self._members)

    def find(self, *endings: str) -> str:
        """Return the first file whose last part is one of some names, in any case, or an empty string."""
        for ending in endings:
            for name in self._members:
                if PurePosixPath(name).name.lower() == ending.lower():
                    return name
        return ""

    def with_suffix(self, *suffixes: str) -> list[str]:
        """Return the files with one of some suffixes, in order of name."""
        return sorted(name for name in self._members if name.lower().endswith(suffixes))

    def open(self, name: str) -> IO[bytes]:
        """Open a file for reading bytes, unpacked."""
        if self._zip is not None:
            return self._zip.open(name)
        if self._tar is not None:
            stream = self._tar.extractfile(name)
            assert stream is not None
            return stream
        path = self._members[name]
        if path.suffix == ".gz":
            return cast(IO[bytes], gzip.open(path))
        return bz2.open(path) if path.suffix == ".bz2" else path.open("rb")

    def text(self, name: str, *, encoding: str = "utf-8-sig") -> io.TextIOWrapper:
        """Open a file for reading text."""
        return io.TextIOWrapper(self.open(name), encoding=encoding, newline="")

    def head(self, name: str, *, size: int = 4096) -> bytes:
        """Return the first bytes of a file."""
        try:
            with self.open(name) as stream:
                return stream.read(size)
        except _BROKEN as error:
            raise self.problem("cannot be unpacked", value=str(error), fix="fetch it again") from error

    def date(self, name: str) -> str:
        """Return the day on which a file was put into its archive, or an empty string."""
        if self._zip is not None:
            year, month, day, *_ = self._zip.getinfo(name).date_time
            return f"{year:04}-{month:02}-{day:02}" if year > 1980 else ""
        if self._tar is not None:
            from datetime import UTC, datetime

            return datetime.fromtimestamp(self._tar.getmember(name).mtime, UTC).date().isoformat()
        return ""

    def sha256(self) -> str:
        """Return the hash of the dump's bytes; of a folder, the hash of its files' names and hashes."""
        if not self.path.is_dir():
            return _hash(self.path)
        lines = "".join(f"{_hash(path)}  {name}\n" for name, path in self._members.items())
        return hashlib.sha256(lines.encode()).hexdigest()

    def problem(self, message: str, *, line: int = 0, value: str = "", fix: str = "", name: str = "") -> InputError:
        """Return the error that stops the reading of this dump."""
        shown = f"{self.path}/{name}" if name and len(self.names) > 1 else str(self.path)
        return InputError([Problem(shown, line, 1 if line else 0, message, value, fix)])


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def delimiter_of(line: str) -> str:
    """Return what separates the columns of a header: the commonest of tab, comma, semicolon and bar."""
    return max("\t,;|", key=line.count)


def read_delimited(
    files: Files, name: str, *, delimiter: str, quote: str = "", encoding: str = "utf-8-sig", skip: int = 0
) -> Iterator[list[str]]:
    """Yield the rows of a delimited file. Raises InputError with the line where it breaks."""
    csv.field_size_limit(1 << 30)  # descriptions of taxa go over the default of 128 KB
    stream = files.text(name, encoding=encoding)
    quoted: dict[str, Any] = {"quotechar": quote} if quote else {"quoting": csv.QUOTE_NONE}
    rows = csv.reader(stream, delimiter=delimiter, **quoted)
    try:
        with stream:
            for _ in range(skip):
                next(rows, None)
            yield from rows
    except UnicodeDecodeError as error:
        line = rows.line_num + 1
        raise files.problem(
            f"not {encoding.removesuffix('-sig').upper()}", line=line, value=str(error), name=name
        ) from error
    except csv.Error as error:
        raise files.problem("cannot be read as a table", line=rows.line_num, value=str(error), name=name) from error
    except _BROKEN as error:
        raise files.problem(
            "is cut off or broken", line=rows.line_num, value=str(error), fix="fetch it again", name=name
        ) from error


def json_items(files: Files, name: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON file: of an array, one a line, or a single one. Reads a piece at a time."""
    decoder = json.JSONDecoder()
    buffer, ended, line = "", False, 1
    with files.text(name) as stream:
        while True:
            buffer = buffer.lstrip(" \t\r\n,[]")
            if buffer or ended:
                try:
                    item, end = decoder.raw_decode(buffer)
                except json.JSONDecodeError as error:
                    if ended and buffer:
                        raise files.problem(
                            "not JSON", line=line + error.lineno - 1, value=buffer[:40], name=name
                        ) from error
                    item, end = None, 0
                if end:
                    if isinstance(item, dict):
                        yield item
                    line += buffer.count("\n", 0, end)
                    buffer = buffer[end:]
                    continue
            if ended:
                return
            piece = _piece(files, name, stream, size=max(_CHUNK, len(buffer)))
            ended = not piece
            buffer += piece


def _piece(files: Files, name: str, stream: io.TextIOWrapper, *, size: int) -> str:
    try:
        return stream.read(size)
    except UnicodeDecodeError as error:
        raise files.problem("not UTF-8", value=str(error), name=name) from error
    except _BROKEN as error:
        raise files.problem("is cut off or broken", value=str(error), fix="fetch it again", name=name) from error
