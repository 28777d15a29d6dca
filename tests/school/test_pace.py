"""Limits of pace."""

from __future__ import annotations

import pytest

from edusphere.errors import TooMany
from edusphere.school import pace
from edusphere.school.pace import Limit, Pace


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
