"""The reconciliation service: dumps of a name index as the W3C Reconciliation API 0.2, for OpenRefine and others.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from ..graph.link.index import Dump, Index
from .reconcile_answer import BATCH, BadRequestError, Reconciler
from .reconcile_page import preview_page, services_page

__all__ = ["reconciliation_app"]

_CALLBACK = re.compile(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*")
_LONGEST = 8 << 20


def reconciliation_app(index: Index, dumps: tuple[Dump, ...] | None = None) -> Starlette:
    """Return the application: a service for each dump at `/{name}@{release}`, and a page that lists them at `/`."""
    services = {dump.key: Reconciler(index, dump) for dump in dumps or index.dumps}
    web = _Web(services)
    routes = [
        Route("/", web.home),
        Route("/{key}", web.endpoint, methods=["GET", "POST"]),
        Route("/{key}/suggest/{what}", web.suggest),
        Route("/{key}/properties", web.properties),
        Route("/{key}/preview", web.preview),
    ]
    # "All HTTP(S) endpoints exposed by the service MUST enable access by CORS" (section 3.3)
    anybody = Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "POST"], allow_headers=["*"])
    return Starlette(routes=routes, middleware=[anybody], exception_handlers={BadRequestError: _refuse})


class _Web:
    """The routes. They are coroutines that never wait, so that the index is asked by one thread only."""

    def __init__(self, services: Mapping[str, Reconciler]) -> None:
        self.services = services

    async def home(self, request: Request) -> Response:
        return HTMLResponse(services_page((one.dump for one in self.services.values()), _root(request)))

    async def endpoint(self, request: Request) -> Response:
        """The manifest, a batch of queries or a data extension, told apart by their parameters."""
        service = self._service(request)
        params = dict(request.query_params)
        if request.method == "POST":
            params |= await _form(request)
        if "queries" in params:
            return _json(service.reconcile(_object(params["queries"], "queries")), params)
        if "extend" in params:
            return _json(service.extend(_object(params["extend"], "extend")), params)
        address = f"{_root(request)}/{service.dump.key}"
        return _json(service.manifest(address, service_version=f"wildgraph {version('wildgraph')}"), params)

    async def suggest(self, request: Request) -> Response:
        service, params = self._service(request), dict(request.query_params)
        what, prefix = request.path_params["what"], params.get("prefix", "")
        cursor = _number(params.get("cursor", "0"), "cursor")
        if what == "entity":
            return _json({"result": service.suggest_entities(prefix, cursor)}, params)
        if what == "type":
            return _json({"result": service.suggest_types(prefix)[cursor:]}, params)
        if what == "property":
            return _json({"result": service.suggest_properties(prefix)[cursor:]}, params)
        raise BadRequestError(f"nothing is suggested for '{what}'; entity, type and property are", 404)

    async def properties(self, request: Request) -> Response:
        params = dict(request.query_params)
        limit = _number(params["limit"], "limit") if params.get("limit") else None
        return _json(self._service(request).propose(params.get("type", ""), limit), params)

    async def preview(self, request: Request) -> Response:
        service = self._service(request)
        identifier = request.query_params.get("id", "")
        found = service.entity(identifier)
        if found is None:
            raise BadRequestError(f"{service.dump.key} has no '{identifier}'", 404)
        return HTMLResponse(preview_page(service.dump, found))

    def _service(self, request: Request) -> Reconciler:
        key = request.path_params["key"]
        if key not in self.services:
            raise BadRequestError(f"no dump is called '{key}' here; there are: {', '.join(self.services)}", 404)
        return self.services[key]


async def _form(request: Request) -> dict[str, str]:
    """Return the fields of a form, which the specification asks to be URL-encoded (section 4.3)."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST:
            raise BadRequestError(f"the request is longer than {_LONGEST >> 20} MiB; send {BATCH} queries at most", 413)
    try:
        return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=20, errors="strict"))
    except (UnicodeDecodeError, ValueError) as error:
        raise BadRequestError(f"the form cannot be read ({error}); send application/x-www-form-urlencoded") from None


async def _refuse(_: Request, error: Exception) -> Response:
    status = error.status if isinstance(error, BadRequestError) else 500
    return JSONResponse({"status": "error", "message": str(error)}, status_code=status)


def _root(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


def _object(text: str, name: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise BadRequestError(f"{name} is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise BadRequestError(f"{name} is no JSON object")
    return value


def _number(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise BadRequestError(f"{name} '{text}' is no whole number")
    return int(text)


def _json(value: object, params: Mapping[str, str]) -> Response:
    """Return JSON, or JSONP when the client names a function to call (section 3.3)."""
    callback = params.get("callback", "")
    if not callback:
        return JSONResponse(value)
    if not _CALLBACK.fullmatch(callback):
        raise BadRequestError(f"'{callback}' is no name of a function")
    # The comment keeps the reply from being taken for another kind of file by its first bytes.
    body = json.dumps(value).replace("</", "<\\/")
    return Response(
        f"/**/{callback}({body});", media_type="application/javascript", headers={"X-Content-Type-Options": "nosniff"}
    )
