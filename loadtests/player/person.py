"""Somebody with the app open: what they can do, and what a browser does for them by itself."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar
from uuid import uuid4

import gevent
from locust import events
from locust.contrib.fasthttp import FastHttpUser
from locust.env import Environment
from locust.exception import RescheduleTask

from loadtests.day import DAY
from loadtests.player.changes import say
from loadtests.player.line import Line, Refused
from loadtests.player.people import Place, Someone
from loadtests.player.together import WS, Play, takes_part

FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
"""Seconds until a browser tries again: the first doubles up to the longest, with jitter."""
WORDS = "Has anybody understood what we are to do until Thursday? I have not, and the book says nothing of it. "


class Person(FastHttpUser):
    """One of the school's people. A scenario's own class says in `scenario` which it is, and what they do in tasks."""

    me: Someone

    abstract = True
    scenario: ClassVar[str]
    play: ClassVar[Play]
    resumes: ClassVar[str] = "resume"
    """How coming back by itself is called in the tables."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.line: Line | None = None
        self._after: dict[int, int | None] = {}
        """Up to where each room was heard, of those that are listened to."""
        self._mine: list[str] = []
        """Messages posted."""

    def on_start(self) -> None:
        """Come at a moment of one's own: Locust lets all of a second come together."""
        self.me = self.play.someone()
        gevent.sleep(random.random())  # noqa: S311
        self.arrive()

    def arrive(self) -> None:
        """Do what one does first."""

    # -- the socket

    def listen(self, *rooms: int, after: dict[int, int] | None = None, name: str = "open") -> None:
        """Open a socket, hear these rooms, and hear what was missed of them; stay at it until it is done."""
        self._after = {room: (after or {}).get(room) for room in rooms}
        self._come(name)

    def online(self) -> Line:
        """Return the socket. Where it was closed, first come back and hear what was missed, as a browser does."""
        if self.line is None or self.line.closed is not None:
            self._come(self.resumes)
        assert self.line is not None  # noqa: S101
        return self.line

    def _come(self, name: str) -> None:
        wait = FIRST_WAIT
        while True:
            try:
                with self.timed(name):
                    self._open()
            except RescheduleTask:
                gevent.sleep(random.uniform(0, wait))  # noqa: S311
                wait = min(2 * wait, LONGEST_WAIT)
            else:
                return

    def _open(self) -> None:
        self._remember()
        line = Line(self.host or "", self.me.authorization, self.play.tally)
        try:
            line.greet()
            for number, after in self._after.items():
                line.listen(self.play.room(number), after)
        except BaseException:
            line.close()
            self._keep(line)
            raise
        self.line = line

    def _remember(self) -> None:
        if self.line is not None:
            self._keep(self.line)

    def _keep(self, line: Line) -> None:
        """Remember up to where a socket heard each room."""
        for number in self._after:
            ear = line.ears.get(self.play.room(number).id)
            if ear is not None and ear.live_after >= 0:
                self._after[number] = ear.last

    def on_stop(self) -> None:
        if self.line is not None:
            self.line.close()

    # -- what one does in a room

    @property
    def hall(self) -> int:
        return self.me.rooms[0]

    @property
    def classroom(self) -> int:
        return self.me.rooms[-1]

    def place(self, room: int) -> Place:
        return self.play.people.rooms[room]

    def post(self, room: int, words: str = WORDS) -> None:
        if self.play.hushed:
            return
        line = self.online()
        with self.timed("message.post"):
            answer = line.ask("message.post", roomId=self.place(room).id, clientId=str(uuid4()), body=say(words))
            heard = self.play.room(room)
            heard.highest = max(heard.highest, answer["number"])
            self._mine.append(answer["messageId"])

    def edit(self, words: str = WORDS) -> None:
        """Better the last words of one's own."""
        if self.play.hushed or not self._mine:
            return
        line = self.online()
        with self.timed("message.edit"):
            line.ask("message.edit", messageId=self._mine[-1], body=f"{words} (I have found it.)")

    def read(self, room: int) -> None:
        """Say that everything up to here was read."""
        line = self.online()
        ear = line.ears.get(self.place(room).id)
        if ear is not None and not self.play.hushed:
            with self.timed("room.read"):
                line.ask("room.read", roomId=self.place(room).id, number=ear.last)

    def type(self, room: int) -> None:
        if not self.play.hushed:
            self.online().tell("typing.start", roomId=self.place(room).id)

    # -- pages

    def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """Ask GraphQL by one of the app's own documents, and return the data."""
        asked = {"query": self.play.people.documents[document], "variables": variables}
        with self.client.post(
            "/graphql/",
            json=asked,
            headers={"Authorization": self.me.authorization},
            name=document,
            catch_response=True,
        ) as answer:
            if answer.status_code != 200:
                answer.failure(f"status {answer.status_code}")
                raise RescheduleTask
            told: dict[str, Any] = answer.json()
            if told.get("errors"):
                answer.failure(told["errors"][0]["message"])
                raise RescheduleTask
        data: dict[str, Any] = told["data"]
        return data

    # -- measuring

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Measure what is done in the block. What is refused is a failure, and ends what one was doing.

        Raises:
            RescheduleTask
        """
        began, fault = time.perf_counter(), None
        self.play.speaking += 1
        try:
            yield
        except (Refused, OSError) as error:
            fault = error
        finally:
            self.play.speaking -= 1
        self.environment.events.request.fire(
            request_type=WS,
            name=name,
            response_time=1000 * (time.perf_counter() - began),
            response_length=0,
            exception=fault,
            context={},
        )
        if fault is not None:
            raise RescheduleTask


@events.init.add_listener
def _begin(environment: Environment, **_: Any) -> None:
    """Let all who are chosen by this Locust play together."""
    names = {each.scenario for each in environment.user_classes if issubclass(each, Person)}
    Person.play = takes_part(environment, DAY[min(names)])
