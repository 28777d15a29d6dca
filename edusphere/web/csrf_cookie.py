"""Where the page gets the token that `csrf.py` checks."""

from __future__ import annotations

from msgspec import Struct
from quart import Blueprint, Response, after_this_request, request
from quart_schema import validate_response

from edusphere.web.cookies import CSRF
from edusphere.web.csrf import HEADER
from edusphere.web.parts import Parts


class Given(Struct):
    """The cookie `csrftoken` came with it: send its value back in this header, with whatever writes."""

    SetCsrfToken: str = HEADER


def blueprint(parts: Parts) -> Blueprint:
    """`/api/csrf/`: gives the page its token."""
    door = Blueprint("csrf", __name__)

    @door.get("/api/csrf/")
    @validate_response(Given)
    async def give() -> Given:
        """Get the token that shows a write to come from the school's own page."""
        session_id = parts.identities.session_of(request.cookies)
        token = request.cookies.get(CSRF, "")
        if not parts.csrf.is_good(token, session_id):
            token = parts.csrf.issue(session_id)

        @after_this_request  # type: ignore[arg-type]  # it is always one of Quart's own
        async def put_cookie(response: Response) -> Response:
            parts.cookies.put(response, parts.cookies.csrf(token))
            return response

        return Given()

    return door
