"""The web application: which address is answered by what."""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from html import escape
from pathlib import Path
from urllib.parse import parse_qs, quote

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from ...graph.build import BUILD, DATASET
from .address import DATA_SUFFIXES
from .documents import MEDIA_TYPES
from .guard import Guard
from .negotiate import best
from .pool import Limits, Reply
from .protocol import DATASET_TYPES, GRAPH_TYPES, Asked, chosen_syntax, job_for, read_request, service_description
from .service import Service
from .static import asset_files
from .worker import RefusedError

__all__ = ["application"]

#: The most that may be posted, in bytes, and the time that sending it may take, in seconds.
_BODY_BYTES = 1 << 20
_BODY_SECONDS = 10
_RETRY = {"retry-after": "1"}
_ALLOWED = {"GET", "HEAD", "POST", "OPTIONS"}


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
        Route("/sparql", handlers.sparql, methods=["GET", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"]),
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

    return Guard(Starlette(routes=routes, lifespan=lifespan), access_log)


class _Handlers:
    def __init__(self, project: Path, limits: Limits, origins: str, log: Callable[[str], None]) -> None:
        self.project = project
        self.service = Service(project, limits, log=log)
        self.cors = {"access-control-allow-origin": origins} if origins else {}
        self.services = limits.services
        self.assets = _read_assets()

    async def sparql(self, request: Request) -> Response:
        """Answer a query, or say what the service is."""
        if request.method == "OPTIONS":
            return self._preflight("GET, HEAD, POST, OPTIONS")
        if request.method not in _ALLOWED:
            return self._no(405, "the endpoint answers GET and POST", {"allow": "GET, HEAD, POST, OPTIONS"})
        try:
            body = await _body(request) if request.method == "POST" else b""
            query_string: bytes = request.scope["query_string"]
            asked = read_request(request.method, query_string, request.headers.get("content-type", ""), body)
            if not asked.query.strip():
                return await self._describe(request, asked)
            job, types = job_for(asked, _accept(request))
        except RefusedError as error:
            return self._no(error.status, str(error))
        if not job["rows"] and not job["triples"]:
            return self._no(406, _offered())
        reply = await self.service.query(job, request.is_disconnected)
        if reply.status == 406:
            return self._no(406, _offered())
        if reply.status != 200:
            return self._no(reply.status, reply.reason)
        media = types[(reply.head or {})["syntax"]]
        return Response(reply.body, headers=self.cors | {"content-type": _with_charset(media), "vary": "Accept"})

    async def _describe(self, request: Request, asked: Asked) -> Response:
        accept = _accept(request)
        if not asked.syntax and best(accept, ("text/html", *GRAPH_TYPES)) == "text/html" and "text/html" in accept:
            return RedirectResponse("query.html", 303, {"vary": "Accept"})
        media, syntax = chosen_syntax(GRAPH_TYPES, accept, asked.syntax)
        if not syntax:
            return self._no(406, f"this service describes itself in {', '.join(GRAPH_TYPES)}")
        endpoint = str(request.url.replace(query="", fragment=""))
        text = service_description(endpoint, self.service.current.graphs, self.services, syntax)
        return Response(text, headers=self.cors | {"content-type": _with_charset(media), "vary": "Accept"})

    async def graph_store(self, request: Request) -> Response:
        """Hand out a graph, the union of all, or the dataset (SPARQL 1.1 Graph Store HTTP Protocol, 5.2)."""
        if request.method == "OPTIONS":
            return self._preflight("GET, HEAD, OPTIONS")
        if request.method not in {"GET", "HEAD"}:
            return self._no(405, "graphs can be read here, not written", {"allow": "GET, HEAD, OPTIONS"})
        fields = parse_qs(request.url.query, keep_blank_values=True)
        graph, union = fields.get("graph", [""]), "default" in fields
        if len(graph) > 1 or (graph[0] and union):
            return self._no(400, "ask for one graph: ?graph=IRI or ?default; without either you get the dataset")
        types = GRAPH_TYPES if graph[0] or union else DATASET_TYPES
        media, syntax = chosen_syntax(types, _accept(request), fields.get("format", [""])[0])
        if not syntax:
            return self._no(406, f"this can be had as {', '.join(types)}")
        headers = self.cors | {"content-type": _with_charset(media), "vary": "Accept"}
        if syntax == "nquads":
            return FileResponse(self.project / BUILD / DATASET, headers=headers)
        reply = await self.service.query({"do": "graph", "name": graph[0], "union": union, "syntax": syntax})
        return Response(reply.body, headers=headers) if reply.status == 200 else self._no(reply.status, reply.reason)

    async def search(self, request: Request) -> Response:
        """Offer names for what somebody is typing."""
        words = request.query_params.get("q", "")
        job = {"do": "search", "path": "", "query": {"q": [words[:200]]}}
        reply = await self.service.current.pages.ask(job)
        if reply.status != 200:
            return self._no(reply.status, reply.reason)
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
        headers = {"content-type": _with_charset(media)} | ({} if html else self.cors)
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

    def _preflight(self, methods: str) -> Response:
        headers = {"access-control-allow-methods": methods, "access-control-allow-headers": "Accept, Content-Type"}
        return Response(
            status_code=204, headers=self.cors | headers | {"allow": methods, "access-control-max-age": "86400"}
        )

    def _no(self, status: int, reason: str, headers: dict[str, str] | None = None) -> Response:
        """Return an answer that says why there is none, in plain words."""
        extra = (_RETRY if status == 503 else {}) | ({"vary": "Accept"} if status == 406 else {})
        return PlainTextResponse(f"{reason}\n", status, self.cors | extra | (headers or {}))

    def _page_error(self, reply: Reply) -> Response:
        text = f"<!doctype html><title>Not now</title><h1>Not now</h1><p>{escape(reply.reason)}</p>"
        return Response(text, reply.status, _RETRY | {"content-type": "text/html; charset=utf-8"})


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


def _accept(request: Request) -> str:
    return ", ".join(request.headers.getlist("accept"))


def _offered() -> str:
    return (
        "rows can be had as application/sparql-results+json, application/sparql-results+xml, text/csv and "
        f"text/tab-separated-values; triples as {', '.join(GRAPH_TYPES)}"
    )


def _with_charset(media: str) -> str:
    """Return a media type with its charset, where its registration has one."""
    return f"{media}; charset=utf-8" if media.startswith("text/") else media


def _read_assets() -> dict[str, tuple[str, bytes]]:
    """Return media type and content of each file that pages load, by its address."""
    found = {}
    for name, path in asset_files().items():
        media = mimetypes.guess_type(name)[0] or "application/octet-stream"
        found[name] = (_with_charset(media), path.read_bytes())
    return found
