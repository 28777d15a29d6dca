"""Writes that another site's page causes are refused, and everybody else's are not disturbed."""

from __future__ import annotations

import pytest
from quart import Quart

from edusphere.database import Database
from edusphere.school import School
from tests.people import BEN, MIA, PASSWORD, Cast
from tests.web.browser import ORIGIN, SIGN_IN, Answer, Browser, program

RENAME = 'mutation { updateUser(name: "Changed") { user { name } } }'
READ = "{ me { name } }"


async def name_of_ben(database: Database) -> str:
    return str((await database.one("SELECT name FROM people WHERE username = 'ben'"))["name"])


def was_refused(answer: Answer) -> bool:
    return answer.status == 403 and answer.codes == ["FORBIDDEN"]


async def test_the_page_gets_its_token_as_a_cookie_it_can_read(stranger: Browser) -> None:
    response = await stranger.get("/api/csrf/")
    assert (response.status_code, await response.get_json()) == (200, {"SetCsrfToken": "X-CSRFToken"})
    assert len(stranger.value("csrftoken") or "") >= 32


async def test_a_page_keeps_its_token_however_often_it_asks(stranger: Browser, ben: Browser) -> None:
    for browser in (stranger, ben):
        token = browser.value("csrftoken")
        await browser.get("/api/csrf/")
        assert browser.value("csrftoken") == token


@pytest.mark.parametrize(
    "headers",
    [
        {"X-CSRFToken": ""},
        {"X-CSRFToken": "x" * 43},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9000"},
        {"Origin": "https://localhost:8000"},
        {"Origin": "http://localhost:8000.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
async def test_a_write_that_does_not_come_from_our_page_is_refused(
    ben: Browser, database: Database, headers: dict[str, str]
) -> None:
    assert was_refused(await ben.post({"query": RENAME}, headers))
    assert await name_of_ben(database) == "Ben Kalniņš"


async def test_our_own_page_may_write_with_what_browsers_add(ben: Browser) -> None:
    answer = await ben.post({"query": RENAME}, {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"})
    assert answer.data["updateUser"]["user"] == {"name": "Changed"}


async def test_another_persons_token_is_worth_nothing(ben: Browser, app: Quart, database: Database) -> None:
    mia = await Browser.of(app, MIA)
    ben.cookies["csrftoken"] = mia.cookies["csrftoken"]
    assert was_refused(await ben.ask(RENAME))


async def test_a_token_from_before_signing_in_is_worth_nothing_after(ben: Browser, stranger: Browser) -> None:
    ben.cookies["csrftoken"] = stranger.cookies["csrftoken"]
    assert was_refused(await ben.ask(RENAME))


async def test_a_token_that_one_makes_up_is_worth_nothing(stranger: Browser, cast: Cast) -> None:
    stranger.cookies["csrftoken"].set("csrftoken", "a" * 22 + "." + "b" * 43, "")
    assert was_refused(await stranger.ask(SIGN_IN, email=BEN.email, password=PASSWORD))


async def test_nobody_is_signed_in_to_somebody_elses_account_by_another_site(app: Quart, cast: Cast) -> None:
    signing_in = {"query": SIGN_IN, "variables": {"email": BEN.email, "password": PASSWORD}}
    evil = Browser(app, origin="https://evil.example")
    assert was_refused(await evil.post(signing_in))
    assert evil.cookies == {}
    bare = Browser(app, origin=None)
    assert was_refused(await bare.post(signing_in, {"Sec-Fetch-Site": "cross-site"}))
    bare.cookies = {}
    assert was_refused(await bare.post(signing_in, {"Origin": ORIGIN}))


async def test_a_program_without_cookies_needs_no_token(app: Quart, school: School, cast: Cast) -> None:
    script = program(app)
    signed_in = (await script.ask(SIGN_IN, email=BEN.email, password=PASSWORD)).data["tokenAuth"]
    assert (await program(app, signed_in["token"], "JWT").ask(RENAME)).data["updateUser"]
    _, api_token = await school.api_tokens.make(cast.ben.id, "grades")
    assert (await program(app, api_token).ask(RENAME)).data["updateUser"]


async def test_reading_needs_no_token(ben: Browser) -> None:
    answer = await ben.post({"query": READ}, {"X-CSRFToken": "", "Origin": "https://evil.example"})
    assert answer.data == {"me": {"name": "Ben Kalniņš"}}


async def test_a_write_hidden_beside_a_read_is_still_a_write(ben: Browser, database: Database) -> None:
    query = f"query Read {READ} mutation Write {RENAME.removeprefix('mutation ')}"
    no_token = {"X-CSRFToken": ""}
    assert was_refused(await ben.post({"query": query, "operationName": "Write"}, no_token))
    assert was_refused(await ben.post({"query": query}, no_token))
    assert (await ben.post({"query": query, "operationName": "Read"}, no_token)).data
    assert await name_of_ben(database) == "Ben Kalniņš"


async def test_a_form_of_another_site_cannot_send_a_document(ben: Browser, database: Database) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        answer = await ben.post({"query": RENAME}, {"Content-Type": kind})
        assert (answer.status, answer.codes) == (415, ["INVALID"])
    assert await name_of_ben(database) == "Ben Kalniņš"
