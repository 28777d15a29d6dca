"""A browser as the doors meet it: it keeps cookies by their paths, names its page, and sends the CSRF token back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http.cookies import Morsel, SimpleCookie
from typing import Any

from quart import Quart, Response
from quart.datastructures import FileStorage

from tests.people import PASSWORD, Character

HOST = "localhost:8000"
ORIGIN = f"http://{HOST}"
SIGN_IN = """
    mutation SignIn($email: String!, $password: String!) {
      tokenAuth(email: $email, password: $password) { success payload refreshExpiresIn token user { username email } }
    }
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What GraphQL answered."""

    status: int
    body: dict[str, Any]
    response: Response

    @property
    def data(self) -> dict[str, Any]:
        """The data of an answer without errors."""
        assert "errors" not in self.body, self.body["errors"]
        data: dict[str, Any] = self.body["data"]
        return data

    @property
    def codes(self) -> list[str]:
        return [error["extensions"]["code"] for error in self.body.get("errors", ())]

    @property
    def error(self) -> dict[str, Any]:
        """The one error."""
        (error,) = self.body["errors"]
        return dict(error)

    @property
    def refused(self) -> dict[str, list[str]]:
        """What was wrong, by argument."""
        errors: dict[str, list[str]] = self.error["extensions"]["errors"]
        return errors


class Browser:
    def __init__(self, app: Quart, origin: str | None = ORIGIN) -> None:
        self.client = app.test_client(use_cookies=False)
        self.cookies: dict[str, Morsel[str]] = {}
        self.origin = origin

    @classmethod
    async def opened(cls, app: Quart) -> Browser:
        """Open the page, which fetches its CSRF token before anything else."""
        browser = cls(app)
        await browser.get("/api/csrf/")
        return browser

    @classmethod
    async def of(cls, app: Quart, character: Character) -> Browser:
        """Open the page and sign in."""
        browser = await cls.opened(app)
        assert (await browser.ask(SIGN_IN, email=character.email, password=PASSWORD)).data["tokenAuth"]["success"]
        return browser

    def value(self, name: str) -> str | None:
        return self.cookies[name].value if name in self.cookies else None

    async def get(self, path: str, **headers: str) -> Response:
        return await self.send("GET", path, headers)

    async def ask(self, query: str, **variables: Any) -> Answer:
        """Ask GraphQL as a page does."""
        return await self.post({"query": query, "variables": variables})

    async def post(self, body: Any, headers: dict[str, str] | None = None) -> Answer:
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        response = await self.send(
            "POST", "/graphql/", {"Content-Type": "application/json", **self.writing(), **(headers or {})}, data=data
        )
        return Answer(response.status_code, await response.get_json(), response)

    async def upload(self, query: str, file: FileStorage, variable: str, **variables: Any) -> Answer:
        """Ask GraphQL with a file, by the multipart specification."""
        operations = {"query": query, "variables": {**variables, variable: None}}
        response = await self.send(
            "POST",
            "/graphql/",
            self.writing(),
            form={"operations": json.dumps(operations), "map": json.dumps({"0": [f"variables.{variable}"]})},
            files={"0": file},
        )
        return Answer(response.status_code, await response.get_json(), response)

    def writing(self) -> dict[str, str]:
        """The headers by which a page shows that it is ours."""
        headers = {} if self.origin is None else {"Origin": self.origin}
        token = self.value("csrftoken")
        return headers if token is None else {**headers, "X-CSRFToken": token}

    async def send(self, method: str, path: str, headers: dict[str, str], **content: Any) -> Response:
        sent = "; ".join(f"{name}={m.value}" for name, m in self.cookies.items() if path.startswith(m["path"]))
        headers = {"Host": HOST, **({"Cookie": sent} if sent else {}), **headers}
        response: Response = await self.client.open(path, method=method, headers=headers, **content)
        for line in response.headers.getlist("Set-Cookie"):
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel
        return response


def program(app: Quart, token: str | None = None, scheme: str = "Bearer") -> Browser:
    """A program: no page, no cookies; perhaps a token."""
    browser = Browser(app, origin=None)
    if token is not None:
        browser.writing = lambda: {"Authorization": f"{scheme} {token}"}  # type: ignore[method-assign]
    return browser
