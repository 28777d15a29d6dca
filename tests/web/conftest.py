"""A school with its doors open."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from quart import Quart

from edusphere.app import create_app
from edusphere.database.address import Address
from edusphere.settings import Settings
from edusphere.web.parts import Parts
from tests.conftest import KEYS
from tests.people import ANNA, BEN, OLGA, ZOE, Cast
from tests.web.browser import Browser


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
async def parts(app: Quart) -> Parts:
    parts: Parts = app.extensions["edusphere"]
    return parts


@pytest_asyncio.fixture
async def stranger(app: Quart) -> Browser:
    """A browser that has just opened the page; nobody is signed in."""
    return await Browser.opened(app)


@pytest_asyncio.fixture
async def anna(app: Quart, cast: Cast) -> Browser:
    """Anna's browser, signed in."""
    return await Browser.of(app, ANNA)


@pytest_asyncio.fixture
async def ben(app: Quart, cast: Cast) -> Browser:
    return await Browser.of(app, BEN)


@pytest_asyncio.fixture
async def zoe(app: Quart, cast: Cast) -> Browser:
    return await Browser.of(app, ZOE)


@pytest_asyncio.fixture
async def olga(app: Quart, cast: Cast) -> Browser:
    return await Browser.of(app, OLGA)
