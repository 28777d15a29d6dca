"""A room that most stories happen in."""

from __future__ import annotations

import pytest_asyncio

from edusphere.school import School
from edusphere.school.models import Room
from tests.news import News
from tests.people import Cast


@pytest_asyncio.fixture
async def biology(school: School, cast: Cast, news: News) -> Room:
    """Anna's open room, with Ben and Mia in it; what was told so far is forgotten."""
    room = await school.rooms.create(cast.anna, "Biology", "Science", "Cells and beyond")
    await school.rooms.join(cast.ben, room.id)
    await school.rooms.join(cast.mia, room.id)
    news.forget()
    return room
