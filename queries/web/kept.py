"""Replies that are kept, up to so many bytes: those not asked for the longest go first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

from .pool import Reply

__all__ = ["Kept"]

#: What an entry takes besides its body, in bytes, about.
_ENTRY = 500


class Kept:
    """Replies by what was asked. A build never changes, so that they hold as long as it is served."""

    def __init__(self, size: int, largest: int) -> None:
        self._replies: OrderedDict[Hashable, Reply] = OrderedDict()
        self._free = size
        self._largest = largest

    def get(self, key: Hashable) -> Reply | None:
        """Return what is kept for a key."""
        if found := self._replies.get(key):
            self._replies.move_to_end(key)
        return found

    def keep(self, key: Hashable, reply: Reply) -> None:
        """Keep a reply, unless it is too large."""
        if len(reply.body) > self._largest:
            return
        self.drop(key)
        self._replies[key] = reply
        self._free -= len(reply.body) + _ENTRY
        while self._free < 0:
            self.drop(next(iter(self._replies)))

    def drop(self, key: Hashable) -> None:
        """Forget what is kept for a key."""
        if found := self._replies.pop(key, None):
            self._free += len(found.body) + _ENTRY
