"""Everybody tries every door: what they get is what the page `access/access.md` says.

The doors are those of the running app: its schema, its commands, its addresses. A new one without a row fails.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import get_args

import pytest
import pytest_asyncio
from graphql import GraphQLObjectType
from quart import Quart

from edusphere.app import create_app
from edusphere.contract import commands, original
from edusphere.database.address import Address
from edusphere.school import policy
from edusphere.school.models import Role, RoomRole, TokenScope
from edusphere.settings import Settings
from edusphere.web import spa
from edusphere.web.graphql import costs
from edusphere.web.graphql.schema import schema
from tests.conftest import KEYS, clone
from tests.security.access import page
from tests.security.access.askers import COLUMNS
from tests.security.access.doors import (
    ADDRESSES,
    COMMANDS,
    DOORS,
    HIDES_NOTHING,
    HIDING,
    MUTATIONS,
    OF_OLD,
    QUERIES,
    Door,
)
from tests.security.access.place import Overheard, Place, settle
from tests.security.access.trying import leaked, try_door

pytestmark = pytest.mark.timeout(240)
PAGE = page.rows(page.PAGE.read_text("utf-8"))


@pytest_asyncio.fixture(scope="module")
async def place(server: Address, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    address = await clone(server, f"access_{worker_id}")
    folder = tmp_path_factory.mktemp("access")
    (folder / "dist" / "static").mkdir(parents=True)
    (folder / "dist" / "index.html").write_text("<title>the app</title>")
    (folder / "dist" / "static" / "main.js").write_text("plain")
    settings = Settings(data=folder, limits="off", _env_file=None)  # type: ignore[call-arg]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spa, "PACKAGED", folder / "dist")
        broker = Overheard()
        patch.setattr("edusphere.app._broker", lambda _settings: broker)
        app = create_app(settings, address=address, keys=KEYS)
        async with app.test_app():
            place = Place(app, app.extensions["edusphere"].database, broker, folder / "media")
            await settle(place)
            yield place


@pytest.mark.parametrize("name", DOORS)
async def test_everybody_gets_what_the_page_says(place: Place, name: str) -> None:
    wrong = []
    for asker in place.askers:
        await place.put_back()
        word = await try_door(place, asker, name, DOORS[name])
        if word != (said := PAGE[name][asker.column]):
            wrong.append(f"{asker.what}: {word}, but the page says {said}")
        if word != "yes" and ((changed := await place.changed()) or leaked(place)):
            wrong.append(f"{asker.what} was not let in, and something happened all the same: {changed} {leaked(place)}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("rule", "row"),
    [
        ("may_read", "roomHistory"),
        ("may_see", "room · a private one"),
        ("may_post", "message.post"),
        ("may_remove", "message.remove"),
        ("may_open", "GET /media/files/<uuid:file_id>/<name> · not sent yet"),
        ("may_invite", "inviteUser"),
    ],
)
async def test_a_rule_that_lets_everybody_in_is_noticed(
    place: Place, monkeypatch: pytest.MonkeyPatch, rule: str, row: str
) -> None:
    monkeypatch.setattr(policy, rule, lambda *_, **__: True)
    pupil = next(asker for asker in place.askers if asker.column == "pupil")
    await place.put_back()
    assert await try_door(place, pupil, row, DOORS[row]) != PAGE[row]["pupil"]


def test_every_door_has_a_row(place: Place) -> None:
    """The page, what is tried, and what the app really has are the same."""
    assert PAGE.keys() == DOORS.keys()
    assert schema.query_type is not None
    assert schema.mutation_type is not None
    assert doors_of(QUERIES) == schema.query_type.fields.keys()
    assert doors_of(MUTATIONS) == schema.mutation_type.fields.keys()
    assert doors_of(COMMANDS) == {command.__struct_config__.tag for command in get_args(commands.ClientCommand)}
    assert doors_of(OF_OLD) == {said.__struct_config__.tag for said in get_args(original.Said)}
    assert doors_of(ADDRESSES) == addresses(place.app)


def test_every_field_that_may_hide_something_has_a_row() -> None:
    """What lies ready on a row is told as it is; what has a resolver of its own is told to some and not to others."""
    resolved = {
        f"{kind.name}.{name}"
        for kind in schema.type_map.values()
        if isinstance(kind, GraphQLObjectType) and kind not in (schema.query_type, schema.mutation_type)
        for name, field in kind.fields.items()
        if costs.KEY in field.extensions
    }
    assert doors_of(HIDING).isdisjoint(HIDES_NOTHING)
    assert doors_of(HIDING) | HIDES_NOTHING == resolved


async def test_every_kind_of_person_tries(place: Place) -> None:
    assert {asker.column for asker in place.askers} == set(COLUMNS)
    roles, room_roles, scopes = [
        {row["kind"] for row in await place.database.rows(f"SELECT DISTINCT {kind} AS kind FROM {table}")}  # noqa: S608
        for kind, table in (("role", "people"), ("role", "memberships"), ("scope", "api_tokens"))
    ]
    assert (roles, room_roles, scopes) == (set(Role), set(RoomRole), set(TokenScope))
    print(f"\n{len(DOORS)} rows, {len(place.askers)} kinds of asker: {len(DOORS) * len(place.askers):,} cells")  # noqa: T201


def doors_of(section: dict[str, Door]) -> set[str]:
    return {name.partition(" · ")[0] for name in section}


def addresses(app: Quart) -> set[str]:
    """Return every address of the app with each of its methods, but those that every address has."""
    return {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (("WS",) if rule.websocket else (rule.methods or set()) - {"HEAD", "OPTIONS"})
    }
