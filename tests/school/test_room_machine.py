"""One room, whatever people do in it and in whatever order: everybody's view is the room's.

Hypothesis makes up the stories and shortens those that go wrong. Two processes share a database and Redis; in memory
one process has all the people.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, TypeVar
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from edusphere.app import realtime_of
from edusphere.database import Database
from edusphere.database.address import Address
from edusphere.errors import Conflict, Forbidden
from edusphere.realtime.broker.memory import MemoryBroker
from edusphere.realtime.broker.redis import RedisBroker
from edusphere.school import School
from edusphere.school.ledger import Ledger
from edusphere.school.me import Me
from edusphere.school.messages import Draft
from edusphere.settings import Settings
from tests.conftest import KEYS
from tests.people import move_in
from tests.school.machine import Browser, Forgetful, Model, Process, Said
from tests.valkey import Valkey

T = TypeVar("T")
STORIES, STEPS = 12, 30
PATIENCE = 4.0
"""Seconds until everybody must have heard everything."""
CHECK = 0.1
"""Seconds between two looks for what the broker lost."""

who = st.sampled_from(["anna", "ben", "mia"])
guests = st.sampled_from(["ben", "mia"])
where = st.integers(0, 1)
words = st.sampled_from(["hello", "good-bye", "perhaps"])
which = st.integers(0, 100)


class Loop:
    """A running event loop for rules that know nothing of it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        future: Future[T] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result(PATIENCE * 3)

    def end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class RoomMachine(RuleBasedStateMachine):
    loop: ClassVar[Loop]
    database: ClassVar[Database]
    people: ClassVar[dict[str, Me]]
    settings: ClassVar[Settings]
    redis: ClassVar[str | None]

    # -- what can happen

    @initialize()
    def open_the_room(self) -> None:
        self.model = Model({"anna", "ben", "mia"})
        self.processes = self.loop.run(self._open())
        self.browsers = {name: Browser(me) for name, me in self.people.items()}
        for place, browser in enumerate(self.browsers.values()):
            self.loop.run(browser.connect(self._process(place), self.room_id))

    @rule(name=who, place=where, body=words)
    def post(self, name: str, place: int, body: str) -> None:
        draft = Draft(uuid4(), body)
        posting = self._process(place).school.messages.post(self.people[name], self.room_id, draft)
        if name not in self.model.members:
            self._is_forbidden(posting)
            return
        posted = self.loop.run(posting)
        assert posted.number == self.model.next()
        self.model.messages.append(Said(posted.message_id, posted.number, name, draft, body, last_change=posted.number))

    @rule(body=words)
    def all_post_at_once(self, body: str) -> None:
        names = sorted(self.model.members)
        drafts = [Draft(uuid4(), body) for _ in names]
        said = self.loop.run(self._all_post(names, drafts))
        assert sorted(one.number for one in said) == [self.model.next() for _ in said]
        self.model.messages += said

    @precondition(lambda self: self.model.messages)
    @rule(index=which, place=where)
    def send_again(self, index: int, place: int) -> None:
        said = self._said(index)
        posting = self._process(place).school.messages.post(self.people[said.author], self.room_id, said.draft)
        if said.author not in self.model.members:
            self._is_forbidden(posting)
            return
        posted = self.loop.run(posting)
        assert (posted.message_id, posted.number) == (said.message_id, said.number)

    @precondition(lambda self: self.model.messages)
    @rule(index=which, place=where, body=words)
    def edit(self, index: int, place: int, body: str) -> None:
        said = self._said(index)
        editing = self._process(place).school.messages.edit(self.people[said.author], said.message_id, body)
        if said.author not in self.model.members:
            self._is_forbidden(editing)
        elif said.removed:
            with pytest.raises(Conflict):
                self.loop.run(editing)
        else:
            if body != said.body:
                said.body, said.last_change = body, self.model.next()
            assert self.loop.run(editing) == said.last_change

    @precondition(lambda self: self.model.messages)
    @rule(index=which, place=where, by_host=st.booleans())
    def remove(self, index: int, place: int, by_host: bool) -> None:
        said = self._said(index)
        name = "anna" if by_host else said.author
        removing = self._process(place).school.messages.remove(self.people[name], said.message_id)
        if name not in self.model.members:
            self._is_forbidden(removing)
            return
        if not said.removed:
            said.removed, said.last_change = True, self.model.next()
        assert self.loop.run(removing) == said.last_change

    @rule(name=who)
    def disconnect(self, name: str) -> None:
        self.loop.run(self._at_once(self.browsers[name].disconnect))

    @rule(name=who, place=where)
    def resume(self, name: str, place: int) -> None:
        browser = self.browsers[name]
        self.loop.run(self._at_once(browser.disconnect))
        resuming = browser.connect(self._process(place), self.room_id)
        if name in self.model.members:
            self.loop.run(resuming)
        else:
            self._is_forbidden(resuming)

    @rule(name=guests, place=where)
    def put_out(self, name: str, place: int) -> None:
        if name in self.model.members:
            rooms = self._process(place).school.rooms
            self.loop.run(rooms.remove_member(self.people["anna"], self.room_id, self.people[name].id))
            self.model.members.discard(name)

    @rule(name=guests, place=where)
    def come_back(self, name: str, place: int) -> None:
        self.loop.run(self._process(place).school.rooms.join(self.people[name], self.room_id))
        self.model.members.add(name)

    @rule(place=where)
    def lose_what_is_told_next(self, place: int) -> None:
        self._process(place).broker.to_lose += 1

    # -- what must hold

    @invariant()
    def everybody_sees_the_room(self) -> None:
        if hasattr(self, "browsers"):
            self.loop.run(self._is_seen_by_everybody())

    async def _is_seen_by_everybody(self) -> None:
        async with asyncio.timeout(PATIENCE):
            for name, browser in self.browsers.items():
                while not self._is_up_to_date(name, browser):
                    await asyncio.sleep(0.002)

    def _is_up_to_date(self, name: str, browser: Browser) -> bool:
        browser.take()
        if browser.listener is None or browser.was_put_out:
            return True
        if name not in self.model.members:
            return False
        return browser.number == self.model.number and browser.view == self.model.view()

    # --

    def teardown(self) -> None:
        if hasattr(self, "processes"):
            self.loop.run(self._close())

    async def _open(self) -> list[Process]:
        brokers = [RedisBroker(self.redis) for _ in range(2)] if self.redis else [MemoryBroker()]
        processes = []
        for broker in brokers:
            forgetful = Forgetful(broker)
            realtime = realtime_of(self.settings, forgetful, Ledger(self.database))
            await realtime.start()
            processes.append(Process(School(self.database, realtime, self.settings, KEYS), realtime, forgetful))
        rooms = processes[0].school.rooms
        self.room_id: UUID = (await rooms.create(self.people["anna"], uuid4().hex, "Science", "")).id
        for name in ("ben", "mia"):
            await rooms.join(self.people[name], self.room_id)
        return processes

    async def _all_post(self, names: list[str], drafts: list[Draft]) -> list[Said]:
        async def post(place: int, name: str, draft: Draft) -> Said:
            posted = await self._process(place).school.messages.post(self.people[name], self.room_id, draft)
            return Said(posted.message_id, posted.number, name, draft, draft.body, last_change=posted.number)

        return await asyncio.gather(*(post(*one) for one in zip(range(len(names)), names, drafts, strict=True)))

    async def _close(self) -> None:
        for process in self.processes:
            await process.realtime.stop()

    def _process(self, place: int) -> Process:
        return self.processes[place % len(self.processes)]

    def _said(self, index: int) -> Said:
        return self.model.messages[index % len(self.model.messages)]

    def _is_forbidden(self, deed: Coroutine[Any, Any, Any]) -> None:
        with pytest.raises(Forbidden):
            self.loop.run(deed)

    @staticmethod
    async def _at_once(deed: Any) -> None:
        deed()


@contextmanager
def machine(address: Address, folder: Path, redis: str | None) -> Iterator[type[RoomMachine]]:
    loop = Loop()

    async def prepare() -> tuple[Database, dict[str, Me]]:
        database = await Database.open(address)
        cast = await move_in(database)
        return database, {"anna": cast.anna, "ben": cast.ben, "mia": cast.mia}

    try:
        database, people = loop.run(prepare())
        knobs = Settings(data=folder, limits="off", position_check=CHECK, _env_file=None)  # type: ignore[call-arg]
        yield type(
            "ThisRoomMachine",
            (RoomMachine,),
            {"loop": loop, "database": database, "people": people, "settings": knobs, "redis": redis},
        )
        loop.run(database.close())
    finally:
        loop.end()


HOW = settings(
    max_examples=STORIES,
    stateful_step_count=STEPS,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.timeout(180)
def test_in_one_process_everybody_sees_the_room_as_it_is(address: Address, tmp_path: Path) -> None:
    with machine(address, tmp_path, None) as this:
        run_state_machine_as_test(this, settings=HOW)


@pytest.fixture
async def valkey() -> Any:
    valkey = Valkey()
    await valkey.start()
    yield valkey
    valkey.kill()


@pytest.mark.timeout(180)
def test_in_two_processes_everybody_sees_the_room_as_it_is(address: Address, tmp_path: Path, valkey: Valkey) -> None:
    with machine(address, tmp_path, valkey.url) as this:
        run_state_machine_as_test(this, settings=HOW)
