"""Joins the parts of one school into one app. The only place where they meet."""

from __future__ import annotations

from contextlib import AsyncExitStack

from quart import Quart, Request, Response, has_request_context, request, websocket
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from edusphere.contract.close_codes import CloseCode
from edusphere.database import Database
from edusphere.database.address import Address
from edusphere.errors import EduSphereError
from edusphere.realtime import Realtime
from edusphere.realtime.broker import Broker
from edusphere.realtime.broker.memory import MemoryBroker
from edusphere.school import School
from edusphere.school.keys import Keys
from edusphere.school.ledger import Ledger
from edusphere.school.telling import all_told
from edusphere.settings import Settings
from edusphere.web import (
    csrf_cookie,
    files,
    headers,
    health,
    media,
    metrics,
    openapi,
    original_socket,
    proxies,
    refusals,
    socket,
    spa,
    tracing,
)
from edusphere.web.bodies import PatientConnection, metered
from edusphere.web.cookies import Cookies
from edusphere.web.csrf import Csrf
from edusphere.web.graphql import view as graphql
from edusphere.web.identity import Identities
from edusphere.web.origins import Origins
from edusphere.web.parts import Parts
from edusphere.web.throttle import Throttle
from edusphere.web.tokens import AccessTokens
from edusphere.web.uploads import WRAPPING

DOORS = (health, metrics, csrf_cookie, graphql, socket, original_socket, files, media, openapi, spa)
"""Each has `blueprint(parts)`."""


def create_app(settings: Settings, *, address: Address, keys: Keys, realtime: Realtime | None = None) -> Quart:
    """Return the app of one school, to be served by any ASGI server. It opens its database when serving starts.

    `address` is the database's; `realtime` stands in for the one that would be made.
    """
    app = Quart("edusphere", static_folder=None, template_folder=None)
    app.request_class = metered({files.PATH: settings.file_limit + WRAPPING})
    app.asgi_http_class = PatientConnection
    app.config["MAX_CONTENT_LENGTH"] = settings.body_limit + settings.avatar_limit + WRAPPING
    app.config["MAX_FORM_MEMORY_SIZE"] = settings.body_limit
    app.config["PROPAGATE_EXCEPTIONS"] = False
    proxies.networks(settings.trusted_proxies)  # a mistake in it stops the start, not the first request
    origins = Origins(settings)
    parts = Parts(
        settings=settings,
        address=address,
        origins=origins,
        cookies=Cookies(settings),
        csrf=Csrf(keys, origins),
        tokens=AccessTokens(keys, settings.public_url.rstrip("/"), settings.access_lifetime),
        throttle=Throttle(settings),
    )
    app.extensions["edusphere"] = parts
    openapi.install(app)
    tracing.install(app, settings)
    headers.install(app, settings, origins)
    _count_visits(app, parts)
    _check_hosts(app, origins)
    _refuse_plainly(app)
    for door in DOORS:
        app.register_blueprint(door.blueprint(parts))

    open_until_closed = AsyncExitStack()

    @app.before_serving
    async def open_school() -> None:
        parts.database = await Database.open(address, settings.db_connections)
        parts.realtime = realtime or realtime_of(settings, _broker(settings), Ledger(parts.database))
        parts.school = School(parts.database, parts.realtime, settings, keys)
        parts.identities = Identities(parts.school, parts.tokens, parts.cookies)
        await parts.realtime.start()
        parts.school.open()
        await open_until_closed.enter_async_context(parts.lag.watched())
        await open_until_closed.enter_async_context(metrics.told_to_neighbours(parts))

    @app.after_serving
    async def close_school() -> None:
        await open_until_closed.aclose()
        parts.realtime.close_all(CloseCode.RESTARTING, "The server restarts.")
        await all_told()
        await parts.school.close()
        await parts.realtime.stop()
        await parts.database.close()

    return app


def _broker(settings: Settings) -> Broker:
    if settings.broker_url is None:
        return MemoryBroker()
    from edusphere.realtime.broker.redis import RedisBroker  # a school of one process never loads it

    return RedisBroker(settings.broker_url)


def realtime_of(settings: Settings, broker: Broker, ledger: Ledger) -> Realtime:
    """Return realtime as the settings want it, not yet started."""
    return Realtime(
        broker,
        ledger,
        heartbeat=settings.heartbeat,
        silence=settings.silence,
        replay_limit=settings.replay_limit,
        position_check=settings.position_check,
        presence_interval=settings.presence_interval,
        presence_names=settings.presence_names,
        presence_lifetime=settings.presence_lifetime,
        sockets_per_person=settings.sockets_per_person,
    )


def _count_visits(app: Quart, parts: Parts) -> None:
    @app.before_request
    async def count_visit() -> None:
        # Whoever supervises the server must not hear that it is dead because somebody beside them asks too much.
        door = "supervisors" if _is_for_supervisors(request.path) else ""
        parts.throttle.visit(proxies.address_of(request, parts.settings), door)


def _is_for_supervisors(path: str) -> bool:
    return path.startswith(health.PATH) or path == metrics.PATH


def _check_hosts(app: Quart, origins: Origins) -> None:
    words = "This server does not answer to that name. Its administrator can allow it with EDUSPHERE_ALLOWED_HOSTS."

    @app.before_request
    async def check_host() -> Response | None:
        # Whoever supervises the server asks by its bare address; there is nothing to win there.
        if _is_for_supervisors(request.path) or origins.host_is_ours(request.host):
            return None
        return refusals.answer_status(400, request, words)

    @app.before_websocket
    async def check_host_of_socket() -> Response | None:
        return None if origins.host_is_ours(websocket.host) else refusals.answer_status(400, None, words)


def _refuse_plainly(app: Quart) -> None:
    @app.errorhandler(EduSphereError)
    async def refuse(error: EduSphereError) -> Response:
        return refusals.answer(error, _asked())

    @app.errorhandler(HTTPException)
    async def refuse_request(error: HTTPException) -> HTTPException | Response:
        if error.code is None or error.code < 400:
            return error  # a redirect
        own_words = error.description if error.description != type(error).description else None
        answer = refusals.answer_status(error.code, _asked(), own_words)
        if isinstance(error, MethodNotAllowed):
            answer.headers["Allow"] = ", ".join(error.valid_methods or ())
        return answer

    @app.errorhandler(Exception)
    async def hide_fault(error: Exception) -> Response:
        return refusals.answer(refusals.refusal_of(error), _asked())


def _asked() -> Request | None:
    return request if has_request_context() else None
