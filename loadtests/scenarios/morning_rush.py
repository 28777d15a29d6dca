"""Eight o'clock: all open the app within a minute, look at their rooms and hear what they missed."""

from __future__ import annotations

import random

from locust import between, task

from loadtests.day import MISSED
from loadtests.player.person import Person


class ReturningPupil(Person):
    scenario = "morning_rush"
    wait_time = between(20, 60)

    def arrive(self) -> None:
        with self.timed("come back"):
            self.ask("MyRooms", after=None)
            missed = {room: max(self.place(room).number - MISSED, 0) for room in self.me.rooms}
            self.listen(*self.me.rooms, after=missed, name="resume")

    @task
    def greet(self) -> None:
        if random.random() < 0.1:  # noqa: S311
            self.post(self.classroom, "Good morning!")
        else:
            self.read(self.classroom)
