"""A crew's seats, when what should sit down cannot even be started."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from edusphere.server.listener import alone_there, bind
from edusphere.server.refused import Refused
from edusphere.server.seat import Seat
from edusphere.settings import Settings
from loadtests.bench.processes import free_port


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """No program can be started: its files are just being replaced, say."""

    async def start(*arguments: object, **options: object) -> None:
        raise FileNotFoundError("python")

    monkeypatch.setattr(asyncio, "create_subprocess_exec", start)


@pytest.fixture
def stop() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
def seat(settings: Settings, stop: asyncio.Event) -> Iterator[Seat]:
    (door,) = bind(settings.model_copy(update={"port": free_port()}))
    with door:
        yield Seat(settings, door, [door], {}, stop)


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.usefixtures("broken")
async def test_a_worker_that_cannot_be_started_is_told_and_costs_nothing(
    seat: Seat, caplog: pytest.LogCaptureFixture
) -> None:
    before = descriptors()
    for _ in range(5):
        assert not await seat.renew()
    assert descriptors() == before
    assert "could not be started" in caplog.text


@pytest.mark.usefixtures("broken")
async def test_nobody_is_kept_from_leaving_between_two_tries(seat: Seat, stop: asyncio.Event) -> None:
    seat.fill()
    await asyncio.sleep(0.1)  # it failed once, and waits before it tries again
    began = time.monotonic()
    stop.set()
    while seat._keeping:
        await asyncio.sleep(0.01)
    assert time.monotonic() - began < 0.5


def test_two_schools_of_several_processes_do_not_share_an_address(settings: Settings) -> None:
    several = settings.model_copy(update={"workers": 2, "port": free_port()})
    with alone_there(several):
        with pytest.raises(Refused, match="Another program already listens"), alone_there(several):
            pass
        with alone_there(settings.model_copy(update={"workers": 2, "port": free_port()})):
            pass
    with alone_there(several):
        pass
