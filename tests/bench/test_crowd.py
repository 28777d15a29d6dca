"""The load client counts what people hear, and cannot be deceived."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve

from loadtests.bench.assembly import IN, assemble, event
from loadtests.bench.compiled import has_compiler
from loadtests.bench.crowd import Crowd, handshake, write_people
from loadtests.bench.served import Served, Trouble

PEOPLE = 20


@pytest.fixture(scope="module", params=[*(["in C"] if has_compiler() else []), "in Python"])
def in_c(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[bool]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield request.param == "in C"


def test_every_post_is_heard_by_everybody_in_a_served_school(tmp_path: Path, in_c: bool) -> None:
    tmp_path.chmod(0o755)
    with Served(tmp_path / "school") as school, Crowd(school.port, tmp_path, in_c=in_c) as crowd:
        assembly = assemble(school, PEOPLE)
        crowd.bring(assembly.write(tmp_path / "people"), assembly.post)
        assert crowd.open(PEOPLE, needle=IN).sockets == PEOPLE
        alone = crowd.closed(1, 0.2)
        together = crowd.closed(8, 0.2)
        flood = crowd.flood(4, 0.2)
    for heard in (alone, together, flood):
        assert heard.posts > 0
        assert heard.deliveries == heard.posts * PEOPLE
    assert (alone.acks, together.acks) == (alone.posts, together.posts)
    assert together.posts % 8 == 0
    assert alone.heard.p50 <= alone.heard.p99 <= alone.heard.most * 1.05


Tell = Callable[[list[ServerConnection], str], Awaitable[None]]


@asynccontextmanager
async def chat(tell: Tell) -> AsyncIterator[int]:
    """A server that hands what is said to everybody, as `tell` does it."""
    everyone: list[ServerConnection] = []

    async def hear(connection: ServerConnection) -> None:
        everyone.append(connection)
        async for text in connection:
            await tell(everyone, str(text))

    async with serve(hear, "127.0.0.1", 0, compression=None) as server:
        yield next(iter(server.sockets)).getsockname()[1]


def speak(port: int, folder: Path, in_c: bool, burst: int = 1) -> int:
    with Crowd(port, folder, in_c=in_c) as crowd:
        people = folder / "people"
        write_people(people, [(handshake(port), "")] * PEOPLE)
        crowd.bring(people, event())
        crowd.open(PEOPLE)
        return crowd.closed(burst, 0.05).deliveries


async def everyone_once(everyone: list[ServerConnection], text: str) -> None:
    for each in everyone:
        await each.send(text)


async def somebody_twice(everyone: list[ServerConnection], text: str) -> None:
    await everyone_once([*everyone, everyone[3]], text)


async def somebody_something_else(everyone: list[ServerConnection], text: str) -> None:
    await everyone_once(everyone[1:], text)
    await everyone[0].send(text.replace("Pupil", "Pupel"))


async def what_nobody_said(everyone: list[ServerConnection], text: str) -> None:
    await everyone_once(everyone, text.replace("@@0", "@@9"))


async def then_hang_up(everyone: list[ServerConnection], text: str) -> None:
    await everyone_once(everyone, text)
    await everyone[5].close()


async def test_a_server_that_tells_everybody_once_is_believed(tmp_path: Path, in_c: bool) -> None:
    async with chat(everyone_once) as port:
        assert await asyncio.to_thread(speak, port, tmp_path, in_c, 4) % (4 * PEOPLE) == 0


@pytest.mark.parametrize(
    ("tell", "found"),
    [
        (somebody_twice, "heard post 0 again, or out of order"),
        (somebody_something_else, "where others heard another"),
        (what_nobody_said, "which nobody sent"),
        (then_hang_up, "was closed with 1000"),
    ],
)
async def test_a_server_that_does_not_is_found_out(tell: Tell, found: str, tmp_path: Path, in_c: bool) -> None:
    async with chat(tell) as port:
        with pytest.raises(Trouble, match=found):
            await asyncio.to_thread(speak, port, tmp_path, in_c)


async def test_a_post_told_in_another_order_is_found_out(tmp_path: Path, in_c: bool) -> None:
    kept: list[str] = []

    async def reordered(everyone: list[ServerConnection], text: str) -> None:
        kept.append(text)
        if len(kept) == 2:
            await everyone_once(everyone[:-1], kept[0])
            await everyone_once(everyone[:-1], kept[1])
            await everyone_once(everyone[-1:], kept[1])
            await everyone_once(everyone[-1:], kept[0])

    async with chat(reordered) as port:
        with pytest.raises(Trouble, match="where others heard another"):
            await asyncio.to_thread(speak, port, tmp_path, in_c, 2)
