"""Flaky Wi-Fi: sockets are cut without a word, people come back seconds later, and miss nothing of the talk."""

from __future__ import annotations

import random

import gevent
from locust import between, task

from loadtests.player.person import Person

AWAY = 5.0
"""Seconds at most."""


class Commuter(Person):
    scenario = "flaky_wifi"
    wait_time = between(2, 8)

    def arrive(self) -> None:
        self.listen(*self.me.rooms)

    @task(2)
    def lose_the_network(self) -> None:
        if self.play.hushed:
            return
        self.online().cut()
        gevent.sleep(random.uniform(0, AWAY))  # noqa: S311
        self.online()

    @task(3)
    def speak(self) -> None:
        self.post(self.classroom)

    @task(1)
    def follow(self) -> None:
        self.read(self.hall)
