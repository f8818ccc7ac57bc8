"""The web application: which address is answered by what."""

from __future__ import annotations

import mimetypes
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from html import escape
from pathlib import Path
from typing import BinaryIO
from urllib.parse import parse_qs, quote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from ...graph.build import BUILD, DATASET
from .address import DATA_SUFFIXES
from .documents import MEDIA_TYPES
from .endpoint import Endpoint, preflight, refusal, with_charset
from .guard import Guard
from .negotiate import best
from .pool import Limits, Reply
from .protocol import DATASET_TYPES, GRAPH_TYPES, chosen_syntax
from .service import Service
from .static import asset_files

__all__ = ["application"]

_RETRY = {"retry-after": "1"}
#: How much of a file is read at a time, in bytes.
_PIECE = 256 << 10


def application(
    project: Path,
    limits: Limits,
    *,
    origins: str = "*",
    log: Callable[[str], None],
    access_log: Callable[[str], None] | None = None,
) -> ASGIApp:
    """Return the application over the build of a project. `origins` is what CORS allows, empty for none."""
    handlers = _Handlers(project, limits, origins, log)
    routes = [
        Route("/data", handlers.graph_store, methods=["GET", "OPTIONS", "PUT", "POST", "DELETE", "PATCH"]),
        Route("/search.json", handlers.search, methods=["GET"]),
        Route("/status.json", handlers.status, methods=["GET"]),
        Route("/assets/{name:path}", handlers.asset, methods=["GET"]),
        Route("/id/{local:path}", handlers.identifier, methods=["GET"]),
        Route("/{path:path}", handlers.page, methods=["GET"]),
    ]

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await handlers.service.start()
        yield
        await handlers.service.stop()

    endpoint = Endpoint(handlers.service, handlers.cors, limits.services)
    pages = Starlette(routes=routes, lifespan=lifespan)

    async def either(scope: Scope, receive: Receive, send: Send) -> None:
        await (endpoint if scope.get("path") == "/sparql" else pages)(scope, receive, send)

    return Guard(either, access_log)


class _Handlers:
    def __init__(self, project: Path, limits: Limits, origins: str, log: Callable[[str], None]) -> None:
        self.project = project
        self.service = Service(project, limits, log=log)
        self.cors = {"access-control-allow-origin": origins} if origins else {}
        self.assets = _read_assets()

    async def graph_store(self, request: Request) -> Response:
        """Hand out a graph, the union of all, or the dataset (SPARQL 1.1 Graph Store HTTP Protocol, 5.2)."""
        if request.method == "OPTIONS":
            return preflight("GET, HEAD, OPTIONS", self.cors)
        if request.method not in {"GET", "HEAD"}:
            return refusal(405, "graphs can be read here, not written", self.cors | {"allow": "GET, HEAD, OPTIONS"})
        fields = parse_qs(request.url.query, keep_blank_values=True)
        graph, union = fields.get("graph", [""]), "default" in fields
        if len(graph) > 1 or (graph[0] and union):
            return self._no(400, "ask for one graph: ?graph=IRI or ?default; without either you get the dataset")
        types = GRAPH_TYPES if graph[0] or union else DATASET_TYPES
        media, syntax = chosen_syntax(types, _accept(request), fields.get("format", [""])[0])
        if not syntax:
            return self._no(406, f"this can be had as {', '.join(types)}")
        headers = self.cors | {"content-type": with_charset(media), "vary": "Accept"}
        if syntax == "nquads":
            return self._dataset(headers)
        reply = await self.service.graph({"do": "graph", "name": graph[0], "union": union, "syntax": syntax})
        return Response(reply.body, headers=headers) if reply.status == 200 else self._no(reply.status, reply.note)

    def _dataset(self, headers: dict[str, str]) -> Response:
        try:
            file = (self.project / BUILD / DATASET).open("rb")
        except FileNotFoundError:
            return self._no(503, "busy: a new build is just taking its place; try again in a moment")
        # Of the file that was opened, whatever stands at its path by then.
        size = os.fstat(file.fileno()).st_size
        return StreamingResponse(_pieces(file), headers=headers | {"content-length": str(size)})

    async def search(self, request: Request) -> Response:
        """Offer names for what somebody is typing."""
        words = request.query_params.get("q", "")
        job = {"do": "search", "path": "", "query": {"q": [words[:200]]}}
        reply = await self.service.current.pages.ask(job)
        if reply.status != 200:
            return self._no(reply.status, reply.note)
        return Response(reply.body, headers=self.cors | {"content-type": "application/json"})

    async def status(self, _request: Request) -> Response:
        """Say what the service is doing."""
        return JSONResponse(self.service.status(), headers={"cache-control": "no-store"})

    async def asset(self, request: Request) -> Response:
        """Give a file that pages load; only those that were there at the start."""
        found = self.assets.get(request.path_params["name"])
        if found is None:
            return self._no(404, "there is no such file")
        return Response(found[1], headers={"content-type": found[0], "cache-control": "no-cache"})

    async def identifier(self, request: Request) -> Response:
        """Lead from what names a thing to its page or to data about it, as the client likes (303)."""
        return await self._see_other(request, request.path_params["local"], "../" * request.url.path.count("/", 1))

    async def page(self, request: Request) -> Response:
        """Give a page, or a file beside one."""
        path: str = request.path_params["path"] or "index.html"
        name, dot, suffix = path.rpartition("/")[2].rpartition(".")
        if not dot or not name or f".{suffix}" not in {".html", *DATA_SUFFIXES}:
            return await self._see_other(request, path, "../" * path.count("/"))
        generation = self.service.current
        tag = f'W/"{generation.tag}"'
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={"etag": tag})
        reply = await generation.page(path, parse_qs(request.url.query), request.url.query)
        if reply.status not in {200, 404}:
            return self._page_error(reply)
        html = suffix == "html" or reply.status == 404
        media = "text/html" if html else MEDIA_TYPES[DATA_SUFFIXES[f".{suffix}"]]
        headers = {"content-type": with_charset(media)} | ({} if html else self.cors)
        if reply.status == 200:
            headers |= {"etag": tag, "cache-control": "no-cache"}
        return Response(reply.body, reply.status, headers)

    async def _see_other(self, request: Request, local: str, root: str) -> Response:
        """Answer with the address of the page or the data of a thing, if there is such a thing."""
        offers = {"text/html": ".html"} | {MEDIA_TYPES[syntax]: suffix for suffix, syntax in DATA_SUFFIXES.items()}
        reply = await self.service.current.pages.ask({"do": "known", "path": local})
        if reply.status != 200:
            return self._page_error(reply)
        if reply.body:
            return Response(reply.body, 404, {"content-type": "text/html; charset=utf-8"})
        media = best(_accept(request), tuple(offers))
        if not media:
            return self._no(406, f"this can be had as {', '.join(offers)}")
        headers = self.cors | {"vary": "Accept"}
        return RedirectResponse(f"{root}{quote(local)}{offers[media]}", 303, headers)

    def _no(self, status: int, reason: str) -> Response:
        return refusal(status, reason, self.cors)

    def _page_error(self, reply: Reply) -> Response:
        text = f"<!doctype html><title>Not now</title><h1>Not now</h1><p>{escape(reply.note)}</p>"
        return Response(text, reply.status, _RETRY | {"content-type": "text/html; charset=utf-8"})


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


def _accept(request: Request) -> str:
    return ", ".join(request.headers.getlist("accept"))


def _read_assets() -> dict[str, tuple[str, bytes]]:
    """Return media type and content of each file that pages load, by its address."""
    found = {}
    for name, path in asset_files().items():
        media = mimetypes.guess_type(name)[0] or "application/octet-stream"
        found[name] = (with_charset(media), path.read_bytes())
    return found
