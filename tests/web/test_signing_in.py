"""Coming in, staying in and going out, by cookies, headers and tokens."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest
from quart import Quart

from edusphere.app import create_app
from edusphere.database import Database
from edusphere.database.address import Address
from edusphere.school import School
from edusphere.school.keys import Keys
from edusphere.settings import Settings
from edusphere.web.parts import Parts
from tests.conftest import KEYS
from tests.people import BEN, PASSWORD, Cast
from tests.web.browser import SIGN_IN, Browser, program

ME = "{ me { username } }"
RENEW = "mutation { refreshToken { payload refreshExpiresIn token } }"
LEAVE = "mutation { deleteToken { deleted } }"
VERIFY = "mutation Verify($token: String) { verifyToken(token: $token) { payload } }"


async def test_ben_signs_in_and_is_told_when_he_must_sign_in_again(stranger: Browser, cast: Cast) -> None:
    answer = (await stranger.ask(SIGN_IN, email=BEN.email, password=PASSWORD)).data["tokenAuth"]
    payload = answer["payload"]
    assert answer["user"] == {"username": "ben", "email": BEN.email}
    assert payload["sub"] == str(cast.ben.id)
    assert payload["email"] == BEN.email
    assert {"sid", "typ", "iat", "exp", "aud", "iss", "origIat"} <= payload.keys()
    assert 590 <= payload["exp"] - time.time() <= 600
    assert 29 * 86_400 < answer["refreshExpiresIn"] - time.time() <= 30 * 86_400
    assert (await stranger.ask(ME)).data == {"me": {"username": "ben"}}


async def test_the_cookies_go_only_where_they_are_needed(ben: Browser) -> None:
    access, refresh, csrf = (ben.cookies[name] for name in ("JWT", "JWT-refresh-token", "csrftoken"))
    assert (access["path"], access["samesite"], access["httponly"]) == ("/", "Lax", True)
    assert (refresh["path"], refresh["samesite"], refresh["httponly"]) == ("/graphql/", "Strict", True)
    assert (csrf["path"], csrf["httponly"]) == ("/", "")
    device = ben.cookies["device"]
    assert (device["path"], device["samesite"], device["httponly"]) == ("/graphql/", "Strict", True)
    assert len(csrf.value) >= 32


async def test_over_https_the_cookies_are_named_and_marked_secure(make_app: Callable[..., Quart], cast: Cast) -> None:
    app = make_app(public_url="https://school.example")
    async with app.test_app():
        browser = Browser(app, origin="https://school.example")
        headers = {"Host": "school.example"}
        response = await browser.send("GET", "/api/csrf/", headers)
        assert response.headers["Strict-Transport-Security"].startswith("max-age=")
        sign_in = {"query": SIGN_IN, "variables": {"email": BEN.email, "password": PASSWORD}}
        assert (await browser.post(sign_in, headers)).data["tokenAuth"]["success"]
        assert set(browser.cookies) == {"__Host-JWT", "__Secure-JWT-refresh-token", "__Secure-device", "csrftoken"}
        assert all(cookie["secure"] for cookie in browser.cookies.values())
        assert (await browser.post({"query": ME}, headers)).data == {"me": {"username": "ben"}}


@pytest.mark.parametrize(("email", "password"), [(BEN.email, "wrong"), ("nobody@school.example", PASSWORD), ("", "")])
async def test_wrong_credentials_are_refused_without_saying_what_was_wrong(
    stranger: Browser, cast: Cast, email: str, password: str
) -> None:
    answer = await stranger.ask(SIGN_IN, email=email, password=password)
    assert (answer.status, answer.codes) == (200, ["INVALID"])
    assert answer.refused == {"password": ["The e-mail address or the password is wrong."]}
    assert "JWT" not in stranger.cookies


async def test_too_many_guesses_are_told_how_long_to_wait(stranger: Browser, cast: Cast, settings: Settings) -> None:
    for _ in range(settings.sign_ins_per_account):
        await stranger.ask(SIGN_IN, email=BEN.email, password="guess")
    answer = await stranger.ask(SIGN_IN, email=BEN.email, password=PASSWORD)
    assert answer.codes == ["TOO_MANY"]
    assert 0 < answer.error["extensions"]["retryAfter"] <= 300


async def test_ben_comes_in_from_his_usual_browser_while_others_guess_at_his_password(
    ben: Browser, stranger: Browser, settings: Settings
) -> None:
    await ben.ask(LEAVE)
    assert ben.value("JWT") is None
    for _ in range(settings.sign_ins_per_account + 1):
        answer = await stranger.ask(SIGN_IN, email=BEN.email, password="guess")
    assert answer.codes == ["TOO_MANY"]
    assert (await ben.ask(SIGN_IN, email=BEN.email, password="typo")).codes == ["INVALID"]
    assert (await ben.ask(SIGN_IN, email=BEN.email, password=PASSWORD)).data["tokenAuth"]["success"]
    assert (await stranger.ask(SIGN_IN, email=BEN.email, password=PASSWORD)).codes == ["TOO_MANY"]


async def test_signing_in_a_hundred_times_in_one_document_is_refused(stranger: Browser) -> None:
    attempts = " ".join(f'a{i}: tokenAuth(email: "x", password: "{i}") {{ success }}' for i in range(2))
    answer = await stranger.ask(f"mutation {{ {attempts} }}")
    assert (answer.status, answer.codes) == (400, ["TOO_COMPLEX"])
    spread = 'mutation { ...A b: tokenAuth(email: "x", password: "y") { success } } '
    spread += 'fragment A on Mutation { tokenAuth(email: "x", password: "z") { success } }'
    assert (await stranger.ask(spread)).codes == ["TOO_COMPLEX"]


async def test_a_renewal_replaces_the_refresh_token_and_keeps_the_session(ben: Browser, cast: Cast) -> None:
    before = ben.value("JWT-refresh-token")
    answer = (await ben.ask(RENEW)).data["refreshToken"]
    assert answer["payload"]["email"] == BEN.email
    assert answer["refreshExpiresIn"] > time.time()
    assert ben.value("JWT-refresh-token") != before
    assert (await ben.ask(ME)).data == {"me": {"username": "ben"}}


async def test_two_tabs_that_renew_at_once_stay_signed_in(ben: Browser, database: Database) -> None:
    stale = dict(ben.cookies)
    await ben.ask(RENEW)
    renewed = ben.value("JWT-refresh-token")
    ben.cookies = dict(stale)
    await ben.ask(RENEW)
    assert ben.value("JWT-refresh-token") == renewed
    await database.rows("UPDATE refresh_tokens SET used = used - interval '1 minute'")
    ben.cookies = dict(stale)
    answer = await ben.ask(RENEW)
    assert answer.codes == ["UNAUTHENTICATED"]
    assert "JWT" not in ben.cookies


async def test_without_a_refresh_token_there_is_nothing_to_renew(stranger: Browser) -> None:
    assert (await stranger.ask(RENEW)).codes == ["UNAUTHENTICATED"]


@pytest.mark.parametrize("leave", [LEAVE, "mutation { deleteToken: deleteRefreshToken { deleted } }"])
async def test_signing_out_ends_the_session_and_takes_the_cookies(ben: Browser, app: Quart, leave: str) -> None:
    token = ben.value("JWT") or ""
    assert (await ben.ask(leave)).data == {"deleteToken": {"deleted": True}}
    assert set(ben.cookies) == {"device", "csrftoken"}
    assert (await ben.ask(ME)).codes == ["UNAUTHENTICATED"]
    assert (await program(app, token, "JWT").ask(ME)).codes == ["UNAUTHENTICATED"]
    assert (await ben.ask(leave)).data == {"deleteToken": {"deleted": False}}


async def test_signing_in_works_again_after_signing_out(ben: Browser) -> None:
    await ben.ask(LEAVE)
    assert (await ben.ask(SIGN_IN, email=BEN.email, password=PASSWORD)).data["tokenAuth"]["success"]


async def expire(browser: Browser, parts: Parts) -> None:
    """Let the access token in the cookie have expired a second ago."""
    claims = jwt.decode(browser.value("JWT") or "", options={"verify_signature": False})
    now = int(time.time())
    token = jwt.encode({**claims, "iat": now - 601, "exp": now - 1}, KEYS.current, algorithm="HS256")
    browser.cookies["JWT"].set("JWT", token, token)


async def test_an_expired_cookie_is_a_stranger_who_can_come_back(ben: Browser, parts: Parts) -> None:
    await expire(ben, parts)
    assert (await ben.ask("{ authStatus { isAuthenticated } rooms { id } topics { id } }")).data == {
        "authStatus": {"isAuthenticated": False},
        "rooms": [],
        "topics": [],
    }
    assert (await ben.ask(ME)).codes == ["UNAUTHENTICATED"]
    assert (await ben.ask('mutation { updateUser(name: "B") { user { id } } }')).codes == ["UNAUTHENTICATED"]
    await ben.ask(RENEW)
    assert (await ben.ask(ME)).data == {"me": {"username": "ben"}}


async def test_signing_out_works_with_an_expired_cookie_too(ben: Browser, parts: Parts, database: Database) -> None:
    await expire(ben, parts)
    assert (await ben.ask(LEAVE)).data == {"deleteToken": {"deleted": True}}
    assert await database.row("SELECT FROM sessions WHERE ended IS NULL") is None


async def test_a_disabled_account_is_out_at_once(ben: Browser, school: School) -> None:
    await school.people.disable("ben")
    assert (await ben.ask(ME)).codes == ["UNAUTHENTICATED"]
    assert (await ben.ask(RENEW)).codes == ["UNAUTHENTICATED"]


async def test_a_session_unused_for_a_week_is_over(ben: Browser, database: Database) -> None:
    await database.rows("UPDATE sessions SET seen = seen - $1::interval", timedelta(days=7, seconds=1))
    assert (await ben.ask(ME)).codes == ["UNAUTHENTICATED"]


# -- tokens in headers


async def test_the_access_token_works_as_a_header(ben: Browser, app: Quart) -> None:
    assert (await program(app, ben.value("JWT"), "JWT").ask(ME)).data == {"me": {"username": "ben"}}


async def test_a_program_asks_with_an_api_token(app: Quart, school: School, cast: Cast) -> None:
    _, token = await school.api_tokens.make(cast.ben.id, "grades")
    assert (await program(app, token).ask(ME)).data == {"me": {"username": "ben"}}
    wrong = token[:-1] + ("B" if token.endswith("A") else "A")
    assert (await program(app, wrong).ask(ME)).codes == ["UNAUTHENTICATED"]


async def test_a_wrong_header_is_not_rescued_by_a_good_cookie(ben: Browser) -> None:
    answer = await ben.post({"query": ME}, {"Authorization": "Bearer nonsense"})
    assert answer.codes == ["UNAUTHENTICATED"]


def forgeries(claims: dict[str, Any]) -> dict[str, str]:
    """Tokens that only look like ours."""

    def signed(changes: dict[str, Any], key: bytes = KEYS.current, algorithm: str = "HS256") -> str:
        changed = {name: value for name, value in {**claims, **changes}.items() if value is not None}
        return jwt.encode(changed, key, algorithm=algorithm)

    return {
        "another key": signed({}, b"x" * 32),
        "another algorithm": signed({}, KEYS.current * 2, "HS512"),
        "no algorithm": jwt.encode(claims, None, algorithm="none"),
        "another kind": signed({"typ": "refresh"}),
        "no kind": signed({"typ": None}),
        "no session": signed({"sid": None}),
        "no end": signed({"exp": None}),
        "no beginning": signed({"iat": None}),
        "for somebody else": signed({"aud": "other"}),
        "from somebody else": signed({"iss": "https://evil.example"}),
        "another person": signed({"sub": str(UUID(int=1))}),
        "no person": signed({"sub": "ben"}),
        "a number for a session": signed({"sid": 7}),
        "not yet": signed({"nbf": int(time.time()) + 600}),
        "words": "abc.def.ghi",
        "nothing": "..",
    }


@pytest.mark.parametrize("forgery", sorted(forgeries({"typ": "access"})))
async def test_a_forged_token_is_nobody(ben: Browser, app: Quart, forgery: str) -> None:
    claims = jwt.decode(ben.value("JWT") or "", options={"verify_signature": False})
    token = forgeries(claims)[forgery]
    assert (await program(app, token, "JWT").ask(ME)).codes == ["UNAUTHENTICATED"]
    ben.cookies["JWT"].set("JWT", token, token)
    assert (await ben.ask(ME)).codes == ["UNAUTHENTICATED"]


async def test_the_previous_key_still_verifies(ben: Browser, address: Address, settings: Settings, app: Quart) -> None:
    changed = create_app(settings, address=address, keys=Keys(b"n" * 32, KEYS.current))
    async with changed.test_app():
        ben.client = changed.test_client(use_cookies=False)
        assert (await ben.ask(ME)).data == {"me": {"username": "ben"}}
        assert (await ben.ask('mutation { updateUser(name: "Benny") { user { name } } }')).data["updateUser"]
        assert (await ben.ask(RENEW)).data["refreshToken"]["payload"]


async def test_a_token_can_be_verified(ben: Browser, app: Quart, cast: Cast) -> None:
    token = ben.value("JWT")
    assert (await ben.ask(VERIFY)).data["verifyToken"]["payload"]["sub"] == str(cast.ben.id)
    assert (await program(app).ask(VERIFY, token=token)).data["verifyToken"]["payload"]["email"] == BEN.email
    assert (await program(app).ask(VERIFY, token="nonsense")).codes == ["UNAUTHENTICATED"]
    await ben.ask(LEAVE)
    assert (await program(app).ask(VERIFY, token=token)).codes == ["UNAUTHENTICATED"]
