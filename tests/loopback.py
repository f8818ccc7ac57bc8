"""A web server on this machine for tests: it plays what a test tells it, faults included, and remembers what came."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Answer:
    """What the server does: waits, sends a status, headers and a body, of which it may keep back the end."""

    body: bytes | str | dict[str, Any] = b""
    status: int = 200
    type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0
    cut: int = 0

    @property
    def content(self) -> bytes:
        text = json.dumps(self.body) if isinstance(self.body, dict) else self.body
        return text.encode() if isinstance(text, str) else text


@dataclass(frozen=True)
class Question:
    """What came: the path, the parameters of the query string or of a form, the headers."""

    path: str
    params: dict[str, str]
    headers: dict[str, str]


@dataclass
class Server:
    """`url` is where it is; `asked` holds every question, in order."""

    url: str
    asked: list[Question]


@contextmanager
def serving(play: Callable[[Question], Answer]) -> Iterator[Server]:
    """Run a server that answers with what `play` returns, until the block ends."""
    asked: list[Question] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("content-length", 0))
            text = self.rfile.read(length).decode() if length else parts.query
            kind = self.headers.get("content-type", "")
            params = {"": text} if kind.startswith("application/sparql") else dict(parse_qsl(text))
            question = Question(parts.path, params, {name.lower(): value for name, value in self.headers.items()})
            asked.append(question)
            answer = play(question)
            time.sleep(answer.wait)
            self.send_response(answer.status)
            for name, value in {"content-type": answer.type, **answer.headers}.items():
                if value:
                    self.send_header(name, value)
            self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content[: len(answer.content) - answer.cut])

        do_POST = do_GET  # noqa: N815 - the name that http.server looks for

        def log_message(self, *_: Any) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:  # a client that hangs up is what some tests are about
            pass

    server = Quiet(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield Server(f"http://127.0.0.1:{server.server_address[1]}", asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def one_after_another(*answers: Answer) -> Callable[[Question], Answer]:
    """Return a play of answers in turn; the last is given again and again."""
    rest = list(answers)
    return lambda _: rest.pop(0) if len(rest) > 1 else rest[0]
