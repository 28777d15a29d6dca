"""Lessons: each class in its own room, where people type, read, post, edit what they said, and page back."""

from __future__ import annotations

import gevent
from locust import between, task

from loadtests.player.person import Person

PAGE = 50
TYPING = 1.5
"""Seconds from the first key to the message."""


class Pupil(Person):
    scenario = "lessons"
    wait_time = between(5, 25)

    def arrive(self) -> None:
        self.listen(*self.me.rooms)

    @task(4)
    def speak(self) -> None:
        self.type(self.classroom)
        gevent.sleep(TYPING)
        self.post(self.classroom)

    @task(1)
    def better(self) -> None:
        self.edit()

    @task(4)
    def follow(self) -> None:
        self.read(self.classroom)

    @task(1)
    def page_back(self) -> None:
        room = self.place(self.classroom)
        self.ask("RoomHistory", roomId=room.id, last=PAGE)
        self.ask("RoomHistory", roomId=room.id, last=PAGE, before=max(room.number - PAGE, 1))
