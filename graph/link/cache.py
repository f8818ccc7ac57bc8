"""Replies of services kept on disk: each with its headers and a hash over both, so that one gone bad is noticed."""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from ...extract import MachineError

__all__ = ["BrokenReply", "Cache", "Reply"]


class BrokenReply(Exception):  # noqa: N818 - it is the reply that is broken
    """A kept reply is not what was kept."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a service answered. `form` is the body that was posted, empty for a GET."""

    url: str
    form: str
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of replies, a folder a host, a file a question. No token is ever part of it."""

    folder: Path

    def path(self, url: str, form: str) -> Path:
        """Return where the reply to a question is kept."""
        host = re.sub(r"[^a-z0-9.-]", "_", urlsplit(url).netloc.lower())
        name = hashlib.sha256(f"{url}\n{form}".encode()).hexdigest()[:32]
        return self.folder / host / f"{name}.reply"

    def get(self, url: str, form: str, *, oldest: int | None) -> Reply | None:
        """Return the reply kept for a question, None when there is none or it is older than so many days.

        Raises BrokenReply when the file is not whole, was changed, or answers another question.
        """
        path = self.path(url, form)
        try:
            if oldest is not None and time.time() - path.stat().st_mtime > oldest * 86_400:
                return None
            stated, _, rest = path.read_bytes().partition(b"\n")
        except FileNotFoundError:
            return None
        if stated.decode("ascii", "replace") != hashlib.sha256(rest).hexdigest():
            raise BrokenReply(f"the kept reply {path} has gone bad")
        head, _, body = rest.partition(b"\n")
        facts = json.loads(head)
        if (facts["url"], facts["form"]) != (url, form):
            raise BrokenReply(f"the kept reply {path} is the answer to {facts['url']}")
        return Reply(url, form, facts["status"], facts["headers"], body)

    def put(self, reply: Reply) -> None:
        """Keep a reply. A file is there whole or not at all."""
        path = self.path(reply.url, reply.form)
        facts = {"url": reply.url, "form": reply.form, "status": reply.status, "headers": reply.headers}
        rest = json.dumps(facts, sort_keys=True).encode() + b"\n" + reply.body
        fresh = path.with_suffix(f".{os.getpid()}.new")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_bytes(hashlib.sha256(rest).hexdigest().encode() + b"\n" + rest)
            fresh.replace(path)
        except OSError as error:
            fresh.unlink(missing_ok=True)
            raise MachineError(f"the reply cannot be kept in {path}: {error.strerror or error}") from error
