"""The endpoint: SPARQL over HTTP, as plain ASGI, because a point query takes less time than a framework."""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from .negotiate import best
from .protocol import GRAPH_TYPES, Asked, chosen_syntax, job_for, read_request, service_description
from .service import Service
from .worker import RefusedError

__all__ = ["Endpoint", "preflight", "refusal", "with_charset"]

#: The most that may be posted, in bytes, and the time that sending it may take, in seconds.
_BODY_BYTES = 1 << 20
_BODY_SECONDS = 10
_METHODS = "GET, HEAD, POST, OPTIONS"


class Endpoint:
    """Answers queries, or says what the service is."""

    def __init__(self, service: Service, cors: dict[str, str], services: tuple[str, ...]) -> None:
        self._service = service
        self._cors = cors
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._respond(Request(scope, receive))
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return preflight(_METHODS, self._cors)
        if request.method not in {"GET", "HEAD", "POST"}:
            return refusal(405, "the endpoint answers GET and POST", self._cors | {"allow": _METHODS})
        accept, content_type = _liked(request.scope)
        try:
            body = await _body(request) if request.method == "POST" else b""
            asked = read_request(request.method, request.scope["query_string"], content_type, body)
            if not asked.query.strip():
                return self._describe(request, asked, accept)
            return await self._answer(request, asked, accept)
        except RefusedError as error:
            return refusal(error.status, str(error), self._cors)

    async def _answer(self, request: Request, asked: Asked, accept: str) -> Response:
        job, types = job_for(asked, accept)
        if not job["rows"] and not job["triples"]:
            raise RefusedError(406, _offered())
        reply = await self._service.query(job, request.is_disconnected)
        if reply.status != 200:
            raise RefusedError(reply.status, _offered() if reply.status == 406 else reply.note)
        headers = {"content-type": with_charset(types[reply.note]), "vary": "Accept"}
        return Response(reply.body, headers=self._cors | headers)

    def _describe(self, request: Request, asked: Asked, accept: str) -> Response:
        if not asked.syntax and best(accept, ("text/html", *GRAPH_TYPES)) == "text/html" and "text/html" in accept:
            return RedirectResponse("query.html", 303, {"vary": "Accept"})
        media, syntax = chosen_syntax(GRAPH_TYPES, accept, asked.syntax)
        if not syntax:
            raise RefusedError(406, f"this service describes itself in {', '.join(GRAPH_TYPES)}")
        endpoint = str(request.url.replace(query="", fragment=""))
        text = service_description(endpoint, self._service.current.graphs, self._services, syntax)
        return Response(text, headers=self._cors | {"content-type": with_charset(media), "vary": "Accept"})


def preflight(methods: str, cors: dict[str, str]) -> Response:
    """Return the answer to a browser that asks whether another site may ask."""
    allowed = {"access-control-allow-methods": methods, "access-control-allow-headers": "Accept, Content-Type"}
    return Response(status_code=204, headers=cors | allowed | {"allow": methods, "access-control-max-age": "86400"})


def refusal(status: int, reason: str, headers: dict[str, str]) -> Response:
    """Return an answer that says why there is none, in plain words."""
    extra = {503: {"retry-after": "1"}, 406: {"vary": "Accept"}}.get(status, {})
    return PlainTextResponse(f"{reason}\n", status, headers | extra)


def with_charset(media: str) -> str:
    """Return a media type with its charset, where its registration has one."""
    return f"{media}; charset=utf-8" if media.startswith("text/") else media


def _liked(scope: Scope) -> tuple[str, str]:
    """Return what is accepted, which may be said in several headers, and the type of what was posted."""
    accept = content_type = ""
    for name, value in scope["headers"]:
        if name == b"accept":
            accept = f"{accept}, {value.decode('latin-1')}" if accept else value.decode("latin-1")
        elif name == b"content-type":
            content_type = value.decode("latin-1")
    return accept, content_type


async def _body(request: Request) -> bytes:
    """Return what was posted. Raises RefusedError where it is too much or comes too slowly."""
    parts = bytearray()
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for part in request.stream():
                parts += part
                if len(parts) > _BODY_BYTES:
                    raise RefusedError(413, f"more than {_BODY_BYTES >> 20} MiB were sent")
    except TimeoutError as error:
        raise RefusedError(408, f"the request took longer than {_BODY_SECONDS} s to come") from error
    except ClientDisconnect as error:
        raise RefusedError(400, "the request ended early") from error
    return bytes(parts)


def _offered() -> str:
    return (
        "rows can be had as application/sparql-results+json, application/sparql-results+xml, text/csv and "
        f"text/tab-separated-values; triples as {', '.join(GRAPH_TYPES)}"
    )
