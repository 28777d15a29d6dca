"""The assembly: the head speaks in the hall, and everybody else hears it."""

from __future__ import annotations

from locust import between, task

from loadtests.player.person import Person

PAUSE = 0.25
"""Seconds between two sentences, as fast as they are said by several people in turn."""


class Attendee(Person):
    scenario = "assembly"

    def arrive(self) -> None:
        self.listen(self.hall)

    def wait_time(self) -> float:
        return PAUSE if self.is_head else between(20, 40)(self)

    @property
    def is_head(self) -> bool:
        return self.me.number == 0

    @task
    def attend(self) -> None:
        if self.is_head:
            self.post(self.hall)
        else:
            self.online()
