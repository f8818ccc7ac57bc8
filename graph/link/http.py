"""One polite way to ask services: at the pace a host bears, again when it falters, and from disk when asked before.

A reply counts only when it is whole, of the type that was asked for and can be read as such. Everything else is an
error that says what came, because a link made from half a reply is worse than none.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from ...extract import MachineError, UsageError
from ...extract.problems import shown
from .cache import BrokenReply, Cache, Reply

if TYPE_CHECKING:
    import httpx

__all__ = ["Client", "Endpoint", "ServiceError"]

JSON = ("application/json", "+json")


class ServiceError(MachineError):
    """A service could not be reached, or what it said cannot be used."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """How a service wants to be asked.

    `pause` is in seconds between two requests. `token` is the environment variable that holds the secret, sent in
    `header` after `scheme`; `apply` is where people get one. `throttles` are the statuses that mean: slower.
    """

    name: str
    base: str
    pause: float = 0.2
    token: str = ""
    header: str = "Authorization"
    scheme: str = "Bearer "
    apply: str = ""
    throttles: frozenset[int] = frozenset({429, 503})

    def credentials(self) -> dict[str, str]:
        """Return the header with the token. Raises UsageError when the service needs one and there is none."""
        if not self.token:
            return {}
        secret = os.environ.get(self.token, "").strip()
        if not secret:
            raise UsageError(f"{self.name} needs a token; get one at {self.apply}, then: export {self.token}=...")
        return {self.header: self.scheme + secret}


class _AgainError(Exception):
    """Worth another try, after `seconds` if the service said so."""

    def __init__(self, message: str, seconds: float | None = None, *, absent: bool = False) -> None:
        super().__init__(message)
        self.seconds = seconds
        self.absent = absent


@dataclass
class Client:
    """Asks services. `offline` answers from the cache alone; `notices` collects what the user should hear of.

    `timeout` is in seconds for a whole reply, `longest_wait` for what a service may make us wait, `oldest` in days
    for what the cache may answer. `sleep` can be replaced.
    """

    contact: str = ""
    cache: Path | None = None
    offline: bool = False
    timeout: float = 20.0
    attempts: int = 5
    longest_wait: float = 120.0
    largest: int = 32 << 20
    oldest: int = 30
    sleep: Callable[[float], None] = time.sleep
    notices: list[str] = field(default_factory=list)
    _next: dict[str, float] = field(default_factory=dict)
    _http: Any = None

    def json(self, endpoint: Endpoint, path: str, params: Mapping[str, str], *, form: bool = False) -> Any:
        """Return the JSON that an endpoint answers with, None when it says there is no such thing (404).

        `form` posts the parameters. Raises ServiceError, and UsageError when a token or a contact is missing.
        """
        reply = self.ask(endpoint, path, params, form=form, accept=JSON)
        return None if reply is None else json.loads(reply.body)

    def ask(
        self, endpoint: Endpoint, path: str, params: Mapping[str, str], *, form: bool = False, accept: tuple[str, ...]
    ) -> Reply | None:
        """Return a reply of one of the accepted content types: from the cache, else from the service."""
        url, body = f"{endpoint.base}{path}", ""
        if form:
            body = urlencode(sorted(params.items()))
        elif params:
            url = f"{url}?{urlencode(sorted(params.items()))}"
        store = Cache(self.cache) if self.cache else None
        kept = self._cached(store, url, body)
        if kept is not None:
            return kept
        if self.offline:
            raise ServiceError(f"{url} was never asked, and this run is offline; ask once without --offline")
        reply = self._insist(endpoint, url, body, accept)
        if store and reply:
            store.put(reply)
        return reply

    def _cached(self, store: Cache | None, url: str, body: str) -> Reply | None:
        if store is None:
            return None
        try:
            return store.get(url, body, oldest=None if self.offline else self.oldest)
        except BrokenReply as error:
            if self.offline:
                raise ServiceError(f"{error}; delete it and ask once without --offline") from error
            self.notices.append(f"{error}; it was asked again")
            return None

    def _insist(self, endpoint: Endpoint, url: str, body: str, accept: tuple[str, ...]) -> Reply | None:
        trouble = _AgainError("")
        for attempt in range(self.attempts):
            if attempt:
                self._wait(endpoint, trouble, 2.0 ** (attempt - 1))
            try:
                return self._once(endpoint, url, body, accept)
            except _AgainError as error:
                trouble = error
        if trouble.absent:
            return None
        raise ServiceError(f"{endpoint.name}: {trouble} ({url}), {self.attempts} times; try again later")

    def _wait(self, endpoint: Endpoint, trouble: _AgainError, usual: float) -> None:
        seconds = usual if trouble.seconds is None else trouble.seconds
        if seconds > self.longest_wait:
            raise ServiceError(f"{endpoint.name}: {trouble}, and asks to wait {seconds:.0f} s; try again later")
        self.sleep(seconds)

    def _once(self, endpoint: Endpoint, url: str, body: str, accept: tuple[str, ...]) -> Reply | None:
        import httpx  # a tenth of a second that nobody offline need pay

        host = urlsplit(url).netloc
        self.sleep(max(0.0, self._next.get(host, 0.0) - time.monotonic()))
        self._next[host] = time.monotonic() + endpoint.pause
        headers = {"Accept": _accept(accept), "User-Agent": self._agent()} | endpoint.credentials()
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            with self._session().stream(
                "POST" if body else "GET", url, content=body or None, headers=headers
            ) as response:
                content = self._read(endpoint, response)
        except httpx.TimeoutException:
            raise _AgainError(f"no answer in {self.timeout:g} s") from None
        except httpx.TransportError as error:
            raise _AgainError(f"the connection failed ({error})") from None
        except httpx.DecodingError as error:
            raise _AgainError(f"the reply cannot be unpacked ({error})") from None
        self._judge(endpoint, response, content)
        if response.status_code in {404, 410}:
            return None
        _check_type(endpoint, url, response.headers.get("content-type", ""), content, accept)
        kept = {name: response.headers[name] for name in ("content-type", "date", "etag") if name in response.headers}
        return Reply(url, body, response.status_code, kept, content)

    def _read(self, endpoint: Endpoint, response: httpx.Response) -> bytes:
        """Return the body. A time-out between two bytes is the session's; this one is for the whole."""
        until = time.monotonic() + self.timeout
        parts: list[bytes] = []
        size = 0
        for part in response.iter_bytes():
            size += len(part)
            if size > self.largest:
                raise ServiceError(f"{endpoint.name}: the reply is larger than {self.largest >> 20} MiB; ask for less")
            if time.monotonic() > until:
                raise _AgainError(f"the answer was not whole after {self.timeout:g} s")
            parts.append(part)
        return b"".join(parts)

    def _judge(self, endpoint: Endpoint, response: httpx.Response, content: bytes) -> None:
        status = response.status_code
        if status in endpoint.throttles or status >= 500:
            after = _retry_after(response.headers.get("retry-after", ""))
            raise _AgainError(f"status {status}", after, absent=status == 404)
        if status in {401, 403} and endpoint.token:
            raise ServiceError(f"{endpoint.name} refused the token (status {status}); is {endpoint.token} right?")
        if status >= 300 and status not in {404, 410}:
            where = f" to {response.headers['location']}" if "location" in response.headers else ""
            said = shown(content[:200].decode("utf-8", "replace"))
            raise ServiceError(f"{endpoint.name}: status {status}{where} for {response.url}: {said}")

    def _session(self) -> httpx.Client:
        import httpx

        if self._http is None:
            # No redirects: a token would go along to wherever they lead.
            self._http = httpx.Client(timeout=self.timeout, follow_redirects=False)
        session: httpx.Client = self._http
        return session

    def _agent(self) -> str:
        if not self.contact:
            raise UsageError('services want to know who asks; write contact = "you@example.org" under [links]')
        return f"wildgraph/{version('wildgraph')} ({self.contact})"

    def close(self) -> None:
        """Let go of open connections."""
        if self._http is not None:
            self._http.close()
            self._http = None


def _accept(accept: tuple[str, ...]) -> str:
    return ", ".join(kind for kind in accept if "/" in kind)


def _check_type(endpoint: Endpoint, url: str, stated: str, content: bytes, accept: tuple[str, ...]) -> None:
    kind = stated.partition(";")[0].strip().lower()
    if not any(kind == wanted or (wanted.startswith("+") and kind.endswith(wanted)) for wanted in accept):
        said = shown(content[:200].decode("utf-8", "replace"))
        raise ServiceError(
            f"{endpoint.name} answered with {kind or 'no content type'} where {_accept(accept)} was asked for"
            f" ({url}): {said}; is a proxy or a login page in between?"
        )
    if kind.endswith("json"):
        try:
            json.loads(content)
        except ValueError as error:
            raise _AgainError(f"the reply says it is JSON and is not ({error})") from None


def _retry_after(text: str) -> float | None:
    """Return the seconds of a Retry-After header, which are given as such or as a date (RFC 9110, 10.2.3)."""
    if text.strip().isdigit():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None
