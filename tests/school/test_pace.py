"""Limits of pace."""

from __future__ import annotations

import pytest

from edusphere.errors import TooMany
from edusphere.school import pace
from edusphere.school.pace import AddressPace, Limit, Pace, SharedPace, network_of
from tests.realtime.exchange import Exchange
from tests.realtime.listeners import Table, realtime_over, until


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_every_limit_holds_in_every_window_and_refusals_are_not_counted() -> None:
    clock = Clock()
    limiter = Pace(Limit(2, 10), Limit(3, 60), sentence="Slowly.", clock=clock)
    limiter.take("ben")
    clock.now = 4
    limiter.take("ben")
    for _ in range(5):
        with pytest.raises(TooMany, match="Slowly") as refusal:
            limiter.take("ben")
        assert refusal.value.seconds == 6
    limiter.take("mia")
    clock.now = 10
    limiter.take("ben")
    clock.now = 30
    with pytest.raises(TooMany) as refusal:
        limiter.take("ben")
    assert refusal.value.seconds == 30
    clock.now = 60
    limiter.take("ben")


def test_what_is_given_back_may_be_taken_again() -> None:
    limiter = Pace(Limit(1, 10), sentence="Slowly.", clock=Clock())
    limiter.give_back("ben")
    limiter.take("ben")
    limiter.give_back("ben")
    limiter.take("ben")
    with pytest.raises(TooMany):
        limiter.take("ben")


def test_limits_can_be_lifted() -> None:
    limiter = Pace(Limit(1, 10), sentence="Slowly.", on=False)
    for _ in range(100):
        limiter.take("ben")
    limiter.give_back("ben")


def test_memory_is_bounded_by_forgetting_who_was_silent_for_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "MOST_KEYS", 3)
    limiter = Pace(Limit(1, 10), sentence="Slowly.", clock=Clock())
    for key in ("a", "b", "c", "d"):
        limiter.take(key)
    limiter.take("a")
    for key in ("c", "d"):
        with pytest.raises(TooMany):
            limiter.take(key)


async def test_what_may_be_guessed_is_counted_by_all_processes_together() -> None:
    exchange, table = Exchange(), Table()
    async with realtime_over(table, exchange.broker()) as one, realtime_over(table, exchange.broker()) as two:
        here, there = (SharedPace(each, "guesses", Limit(3, 300), sentence="Slowly.") for each in (one, two))
        here.take("ben")
        there.take("ben")
        await until(lambda: is_full(here, "ben", 1) and is_full(there, "ben", 1))
        here.take("ben")
        await until(lambda: is_full(there, "ben"))
        with pytest.raises(TooMany):
            there.take("ben")
        here.give_back("ben")  # it was right
        await until(lambda: not is_full(there, "ben"))
        there.take("mia")
        there.take("ben")
        await until(lambda: is_full(here, "ben"))


def is_full(limiter: SharedPace, key: str, left: int = 0) -> bool:
    """Whether only so many more acts are let in."""
    return len(limiter._times.get(key, ())) == 3 - left


async def test_a_process_alone_says_nothing_of_what_it_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[object] = []
    async with realtime_over(Table()) as realtime:
        monkeypatch.setattr(realtime, "_direct", said.append)
        SharedPace(realtime, "guesses", Limit(3, 300), sentence="Slowly.").take("ben")
    assert said == []


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::7", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("non:sense", "non:sense"),
        ("<local>", "<local>"),
        ("", ""),
    ],
)
def test_an_address_is_counted_by_what_one_place_has(address: str, expected: str) -> None:
    assert network_of(address) == expected


async def test_all_addresses_of_one_home_are_counted_together() -> None:
    async with realtime_over(Table()) as realtime:
        limiter = AddressPace(realtime, "guesses", Limit(2, 300), sentence="Slowly.")
        limiter.take("2001:db8::1")
        limiter.take("2001:db8::2")
        with pytest.raises(TooMany):
            limiter.take("2001:db8::3")
        limiter.give_back("2001:db8::4")
        limiter.take("2001:db8:0:0:5::")
        limiter.take("2001:db8:0:1::1")
