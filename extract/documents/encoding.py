"""Encodings: bytes turned into text without guessing from statistics, so that every machine reads the same."""

from __future__ import annotations

import codecs
import re

__all__ = ["decode"]

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
          (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_DECLARED = re.compile(rb"""(?:charset\s*=|encoding\s*=)\s*["']?\s*([A-Za-z0-9_.:-]+)""")
#: What stands in no text: control characters other than tab, line ends, form feed and escape.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")


def decode(content: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the text, line ends turned into LF, and what was odd about it.

    A byte-order mark wins, then valid UTF-8, then the charset that the document declares; else it is UTF-8 whose
    broken bytes are Windows-1252, which also reads files of mixed encodings. Raises ValueError for binary data.
    """
    text, notes = _decoded(content)
    if _is_binary(text[:100_000]):
        raise ValueError("binary data, not text")
    return text.replace("\r\n", "\n").replace("\r", "\n"), notes


def _decoded(content: bytes) -> tuple[str, tuple[str, ...]]:
    for mark, name in _MARKS:
        if content.startswith(mark):
            return content.decode(name, "replace").lstrip("\ufeff"), ()
    try:
        return content.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        start = error.start
    declared = _DECLARED.search(content[:2048])
    if declared and (name := _known(declared[1].decode("ascii"))):
        return content.decode(name, "replace"), ()
    if _is_binary(content[:100_000].decode("latin-1")):
        raise ValueError("binary data, not text")
    count = 0

    def as_windows(error: UnicodeError) -> tuple[str, int]:
        nonlocal count
        assert isinstance(error, UnicodeDecodeError)
        count += 1
        # Latin-1 for the five bytes that Windows-1252 leaves undefined
        byte = error.object[error.start : error.start + 1]
        return byte.decode("cp1252", "ignore") or byte.decode("latin-1"), error.start + 1

    codecs.register_error("wildgraph.windows-1252", as_windows)
    text = content.decode("utf-8", "wildgraph.windows-1252")
    if count > max(50, len(content) // 3):
        raise ValueError(f"not UTF-8 from byte {start} on, and no encoding is declared")
    broken = f"{count} bytes are not UTF-8, the first" if count > 1 else "one byte is not UTF-8,"
    return text, (f"{broken} at {start}: read as Windows-1252",)


def _is_binary(sample: str) -> bool:
    return len(_CONTROL.findall(sample)) > len(sample) // 200


def _known(name: str) -> str:
    try:
        found = codecs.lookup(name).name
    except LookupError:
        return ""
    # Codecs such as rot13 and zlib are no character encodings.
    return found if found != "utf-8" and getattr(codecs.lookup(found), "_is_text_encoding", False) else ""
