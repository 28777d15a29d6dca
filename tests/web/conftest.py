from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from quart import Quart

from edusphere.app import create_app
from edusphere.database.address import Address
from edusphere.school import School
from edusphere.school.models import Room
from edusphere.settings import Settings
from tests.conftest import KEYS
from tests.people import Cast


@pytest.fixture
def make_app(address: Address, settings: Settings) -> Callable[..., Quart]:
    """One more process of the same school, with some settings of its own."""

    def make(**own: object) -> Quart:
        return create_app(settings.model_copy(update=own), address=address, keys=KEYS)

    return make


@pytest_asyncio.fixture
async def app(make_app: Callable[..., Quart]) -> AsyncIterator[Quart]:
    app = make_app()
    async with app.test_app():
        yield app


@pytest_asyncio.fixture
async def biology(school: School, cast: Cast) -> Room:
    """Anna's open room, with Ben in it."""
    room = await school.rooms.create(cast.anna, "Biology", "Science", "Cells and beyond")
    await school.rooms.join(cast.ben, room.id)
    return room
