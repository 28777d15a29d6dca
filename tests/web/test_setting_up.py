"""The first administrator, by the one-time address."""

from __future__ import annotations

from edusphere.school import School
from tests.people import PASSWORD
from tests.web.browser import Browser

SCHOOL = "{ school { name registration isSetUp } }"
IS_GOOD = "query A($token: String!) { setupTokenIsGood(token: $token) }"
SET_UP = """
    mutation A(
      $token: String!, $schoolName: String!, $registration: RegistrationMode!
      $username: String!, $name: String!, $email: String!, $password1: String!, $password2: String!
    ) {
      setUpSchool(
        token: $token, schoolName: $schoolName, registration: $registration
        username: $username, name: $name, email: $email, password1: $password1, password2: $password2
      ) { user { username role email } payload refreshExpiresIn }
    }
"""
FORM = {
    "schoolName": "Riverside",
    "registration": "CLOSED",
    "username": "olga",
    "name": "Olga",
    "email": "olga@school.example",
    "password1": PASSWORD,
    "password2": PASSWORD,
}


async def test_the_first_administrator_is_made_signed_in_and_the_only_one(stranger: Browser, school: School) -> None:
    token = await school.setup.issue_token()
    assert (await stranger.ask(SCHOOL)).data["school"]["isSetUp"] is False
    assert (await stranger.ask(IS_GOOD, token="guess")).data == {"setupTokenIsGood": False}
    assert (await stranger.ask(IS_GOOD, token=token)).data == {"setupTokenIsGood": True}

    assert (await stranger.ask(SET_UP, token="guess", **FORM)).codes == ["FORBIDDEN"]
    wrong = await stranger.ask(SET_UP, token=token, **{**FORM, "schoolName": " ", "password2": "other"})
    assert wrong.codes == ["INVALID"]
    made = (await stranger.ask(SET_UP, token=token, **FORM)).data["setUpSchool"]
    assert made["user"] == {"username": "olga", "role": "ADMIN", "email": "olga@school.example"}
    assert made["payload"]["email"] == "olga@school.example"
    assert (await stranger.ask("{ me { username } }")).data == {"me": {"username": "olga"}}
    assert (await stranger.ask(SCHOOL)).data["school"] == {
        "name": "Riverside",
        "registration": "CLOSED",
        "isSetUp": True,
    }
    assert (await stranger.ask(SET_UP, token=token, **{**FORM, "username": "eve"})).codes == ["CONFLICT"]
    assert await school.setup.issue_token() is None
