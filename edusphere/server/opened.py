"""The school, opened for one act at the command line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, TypeVar

from edusphere.database.address import Address
from edusphere.database.embedded import borrowed
from edusphere.errors import Unavailable
from edusphere.server.backup.upgrading import upgrade
from edusphere.server.folder import prepare_folder
from edusphere.server.keys import read_keys
from edusphere.server.nonsense import refuse_weak_keys
from edusphere.server.refused import Refused
from edusphere.settings import Settings

if TYPE_CHECKING:
    from edusphere.web.parts import Parts

Result = TypeVar("Result")
Say = Callable[[str], None]


def act(settings: Settings, purpose: str, verb: Callable[[Parts], Awaitable[Result]], say: Say) -> Result:
    """Do `verb` in the school whose tables are up to date, and return what it returns.

    `purpose` is the command's name. A school that is being served is used as it is; another is opened for as
    long as it takes.
    """
    refuse_weak_keys(settings)
    prepare_folder(settings.data)
    with database(settings, purpose, say) as address:
        return asyncio.run(_act(settings, address, verb, say))


@contextmanager
def database(settings: Settings, purpose: str, say: Say) -> Iterator[Address]:
    """Give the address of the school's Postgres, which runs meanwhile."""
    if not settings.embedded_database:
        yield Address.of(settings)
        return
    with borrowed(settings.data, purpose=purpose, say=say) as address:
        yield address


@asynccontextmanager
async def answering(settings: Settings, address: Address) -> AsyncIterator[None]:
    """Say which database does not answer, and why."""
    try:
        yield
    except Unavailable as error:
        where = "" if settings.embedded_database else " Check DB_HOST, DB_PORT, DB_NAME, DB_USER and DB_PASSWORD."
        raise Refused(f"The database {address} does not answer ({error.__cause__ or error}).{where}") from error


async def _act(settings: Settings, address: Address, verb: Callable[[Parts], Awaitable[Result]], say: Say) -> Result:
    from edusphere.app import create_app  # what only asks the database does without

    async with answering(settings, address):
        await upgrade(settings, address, say)
        app = create_app(settings, address=address, keys=read_keys(settings))
        await app.startup()
        try:
            return await verb(app.extensions["edusphere"])
        finally:
            await app.shutdown()
