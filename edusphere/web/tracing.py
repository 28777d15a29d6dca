"""Every request has an id and is counted; where it is wanted, each is a line in the log.

A line has the door, never the address as it was typed (names are in it), never a query, a body or a header.
"""

from __future__ import annotations

import logging
import re
import secrets
from time import perf_counter

from quart import Quart, Response, g, request, websocket

from edusphere import metrics
from edusphere.settings import Settings
from edusphere.web import proxies
from edusphere.web.request_id import request_id

log = logging.getLogger(__name__)

HEADER = "X-Request-Id"
GOOD = re.compile(r"[-\w]{8,64}", re.ASCII)


def install(app: Quart, settings: Settings) -> None:
    @app.before_request
    async def begin() -> None:
        g.began = perf_counter()
        request_id.set(_id(request.headers.get(HEADER, ""), trusted=proxies.is_behind_ours(request, settings)))

    @app.before_websocket
    async def begin_socket() -> None:
        request_id.set(_id(websocket.headers.get(HEADER, ""), trusted=proxies.is_behind_ours(websocket, settings)))

    @app.after_request
    async def end(response: Response) -> Response:
        door = request.blueprint or "none"
        metrics.requests.labels(door, str(response.status_code // 100)).inc()
        response.headers[HEADER] = request_id.get()
        if settings.log_requests:
            rule = request.url_rule.rule if request.url_rule else "?"
            took = 1000 * (perf_counter() - g.began)
            log.info("%s %s %d %.1f ms", request.method, rule, response.status_code, took)
        return response


def _id(given: str, *, trusted: bool) -> str:
    """Take what our proxy calls it; what anybody else says could be made to look like another's."""
    return given if trusted and GOOD.fullmatch(given) else secrets.token_hex(8)
