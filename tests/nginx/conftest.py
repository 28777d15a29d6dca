"""A school, its built app, and nginx before them."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from loadtests.bench.processes import free_port
from tests.nginx.answers import ask, question
from tests.nginx.placed import Placed, placed
from tests.server.served import Served, serve

PAGE = '<!doctype html><html lang="en"><script type="module" src="/static/main-4f2a.js"></script></html>\n'
SCRIPT = "console.log('the app')\n" * 100


@dataclass
class Behind:
    """A school behind nginx."""

    nginx: Placed
    school: Served
    tokens: dict[str, str]
    """Access tokens by username."""

    def signed_in(self, username: str) -> dict[str, str]:
        return {"Authorization": f"JWT {self.tokens[username]}"}

    @property
    def port(self) -> int:
        return self.nginx.port


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An app as Vite builds it, precompressed."""
    folder = tmp_path_factory.mktemp("app")
    (folder / "static").mkdir()
    (folder / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (folder / "graphiql.html").write_text("for developers")
    for name, content in {"index.html": PAGE, "static/main-4f2a.js": SCRIPT}.items():
        (folder / name).write_text(content)
        (folder / f"{name}.gz").write_bytes(gzip.compress(content.encode()))
    return folder


@pytest.fixture(scope="session")
def behind(tmp_path_factory: pytest.TempPathFactory, built: Path) -> Iterator[Behind]:
    folder = tmp_path_factory.mktemp("behind")
    data, port = folder / "data", free_port()
    settings: dict[str, Any] = {
        "EDUSPHERE_PUBLIC_URL": f"http://localhost:{port}",
        "EDUSPHERE_ACCEL": "/protected-media/",
        "EDUSPHERE_TRUSTED_PROXIES": "127.0.0.1",
        "EDUSPHERE_ACCESS_LIFETIME": "3600",
        "EDUSPHERE_POSTS_PER_10_SECONDS": "100000",
        "EDUSPHERE_POSTS_PER_MINUTE": "100000",
        "EDUSPHERE_COMMANDS_PER_10_SECONDS": "100000",
        "EDUSPHERE_OUTBOX_PATIENCE": "1",
    }
    own = {"NGINX_APP": str(built), "NGINX_MEDIA": str(data / "media")}
    with serve(data, **settings) as school, placed(folder / "nginx", port, [school.port], **own) as nginx:
        yield Behind(nginx, school, {name: _signed_in(port, name) for name in ("ben", "mia")})


def _signed_in(port: int, username: str) -> str:
    """Register, sign in and return the token."""
    email, password = f"{username}@school.example", "three words and one"
    for document in (
        f'mutation {{ registerUser(username: "{username}", name: "{username.title()}", email: "{email}", '
        f'password1: "{password}", password2: "{password}") {{ success }} }}',
        f'mutation {{ tokenAuth(email: "{email}", password: "{password}") {{ token }} }}',
    ):
        said = ask(port, "/graphql/", "POST", question(document), Content_Type="application/json").json()
        assert "errors" not in said, said
    token: str = said["data"]["tokenAuth"]["token"]
    return token
