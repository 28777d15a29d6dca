"""What Locust's processes do together: who plays whom, what all of them counted, and the end, when all has been heard.

Each process counts for itself. The one that reports (Locust's master, or the only process) joins what they counted,
tells how it goes, and judges.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gevent
from gevent import GreenletExit
from locust import events
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner
from locust.stats import StatsEntry, bucket_response_time

from loadtests.day import Scenario
from loadtests.player import verdict
from loadtests.player.book import Book, sign_of_life, summary
from loadtests.player.own import NotOurs, require_ours
from loadtests.player.people import People, Someone
from loadtests.player.rooms import BY_ALL, HEARD, Room
from loadtests.player.tally import Tally

WS = "WS"
"""How Locust's tables call what went over sockets."""
FAULTS = {
    "gaps": "a change never came",
    "doubles": "a change came again",
    "unheard": "a change had not come when all was over",
}
"""What Locust shows as a failure of hearing."""
PATIENCE = 10.0
"""Seconds after the last post in which everything must be heard."""
MISTAKE = 2
"""The exit status."""
TELL = 5
"""Seconds between two signs of life."""


class Play:
    """One process's part of a run."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.tally = Tally()
        self.book = Book()
        self.hushed = False
        """It is over: nobody says anything new, and all hear the rest."""
        self.speaking = 0
        """People who wait for an answer now."""
        self.people: People = People((), (), {})
        self._rooms: dict[str, Room] = {}
        self._everyone: Iterator[Someone] = iter(())
        self._counted: list[dict[str, Any]] = []
        self._replies: dict[str, dict[str, Any]] = {}
        self._refused = False
        self._began = time.time()

    @property
    def _runner(self) -> Any:
        return self.environment.runner

    @property
    def _options(self) -> Any:
        return self.environment.parsed_options

    # -- the beginning

    def begin(self) -> None:
        """Begin a run: who takes part, in this process, is read anew."""
        share = max(getattr(self._runner, "worker_index", 0), 0)
        self.tally, self.book, self._rooms = Tally(), Book(), {}
        self._counted, self.hushed, self._began = [], False, time.time()
        self.people = People.read(Path(self._options.people), share, max(self._options.expect_workers, 1))
        self._everyone = self.people.one_by_one()
        self._refused = not self.is_allowed()

    def has_people(self) -> bool:
        """Whether the file of people is there; else say so."""
        there = Path(self._options.people).is_file()
        if not there:
            logging.critical(f"There is no file {self._options.people}. `./dev load people` makes one.")
        return there

    def is_allowed(self) -> bool:
        """Whether the address may be loaded; else say why not. On Locust's page it can be typed anew."""
        try:
            require_ours(self.environment.host or "", insisted=self._options.insist)
        except NotOurs as sentence:
            logging.critical(str(sentence))
            return False
        return True

    def someone(self) -> Someone:
        """Return who nobody plays yet.

        Raises:
            GreenletExit: there is nobody more, or this may not be played at all.
        """
        someone = None if self._refused else next(self._everyone, None)
        if someone is None:
            if not self._refused:
                logging.error("There are more users than people in the file: make more people.")
            raise GreenletExit
        return someone

    def room(self, number: int) -> Room:
        room_id = self.people.rooms[number].id
        if room_id not in self._rooms:
            self._rooms[room_id] = Room(room_id, self.tally)
        return self._rooms[room_id]

    # -- while it goes on

    def count_every_second(self) -> None:
        while True:
            gevent.sleep(1 - time.time() % 1)
            self.flush()

    def flush(self) -> None:
        """Hand on what was counted, and show it in Locust's own tables."""
        second = int(time.time()) - 1
        taken = self.tally.take(second)
        shown = self.environment.stats
        if HEARD in taken["times"]:
            add(shown.get(HEARD, WS), second, taken["times"][HEARD])
        for fault, words in FAULTS.items():
            for _ in range(taken["counts"].get(fault, 0)):
                shown.log_error(WS, HEARD, words)
        if isinstance(self._runner, WorkerRunner):
            self._counted.append(taken)
        else:
            self.book.enter("", taken)
            self._conclude(second)

    def _conclude(self, now: int | None) -> None:
        took = Counter(self.book.close(now))
        if took:
            add(self.environment.stats.get(BY_ALL, WS), now or int(time.time()), took)

    def note_request(self, name: str, response_time: float, exception: Exception | None = None, **_: Any) -> None:
        if exception is None:
            self.tally.note(name, round(response_time))
        else:
            self.tally.count("failures")

    def hand_over(self, client_id: str, data: dict[str, Any]) -> None:
        """Give the one that reports what was counted here."""
        data["counted"], self._counted = self._counted, []

    def take_over(self, client_id: str, data: dict[str, Any]) -> None:
        for taken in data.get("counted", ()):
            self.book.enter(client_id, taken)
        self._conclude(int(time.time()))

    # -- the end

    def hush(self) -> dict[str, int]:
        """Let nobody say anything new; return how far each room has come, when all who asked are answered."""
        self.hushed = True
        _wait(lambda: self.speaking == 0)
        return {room.id: room.highest for room in self._rooms.values()}

    def listen(self, highest: dict[str, int]) -> None:
        """Wait until all have heard everything, and count what they have not."""
        _wait(lambda: self._missing(highest) == 0)
        self.tally.count("unheard", self._missing(highest))
        self.flush()

    def _missing(self, highest: dict[str, int]) -> int:
        return sum(room.missing(highest.get(room.id, 0)) for room in self._rooms.values())

    def settle(self, **_: Any) -> None:
        """End the talk, here or in all processes, before anybody goes."""
        runner = self._runner
        if isinstance(runner, WorkerRunner) or self._refused:
            return
        if isinstance(runner, MasterRunner):
            highest: Counter[str] = Counter()
            for rooms in self._ask_all("hush", {}):
                highest |= Counter(rooms)
            self._ask_all("listen", dict(highest))
        else:
            self.listen(self.hush())
        self._conclude(None)

    def _ask_all(self, what: str, data: dict[str, int]) -> list[dict[str, Any]]:
        """Send something to all workers and return their replies."""
        self._replies = {}
        workers = self._runner.worker_count
        self._runner.send_message(what, data)
        _wait(lambda: len(self._replies) >= workers, PATIENCE + 10)
        return list(self._replies.values())

    def register(self) -> None:
        """Let the processes speak with each other about the end."""
        runner = self._runner
        if isinstance(runner, WorkerRunner):
            runner.register_message("hush", self._do_hush, concurrent=True)
            runner.register_message("listen", self._do_listen, concurrent=True)
        elif isinstance(runner, MasterRunner):
            runner.register_message("reply", self._take_reply)

    def _do_hush(self, msg: Any, **_: Any) -> None:
        self._runner.send_message("reply", self.hush())

    def _do_listen(self, msg: Any, **_: Any) -> None:
        self.listen(msg.data)
        self._runner._send_stats()  # before the reply, so that it is there first
        self._runner.send_message("reply", {})

    def _take_reply(self, msg: Any, **_: Any) -> None:
        self._replies[msg.node_id] = msg.data

    # -- telling

    def tell_how_it_goes(self) -> None:
        while True:
            gevent.sleep(TELL)
            words = sign_of_life(self.book, self._began, int(time.time()), TELL)
            if words:
                sys.stderr.write(f"{words}\n")

    def judge(self, scenario: Scenario) -> None:
        """Write down what came out, and let the exit code say whether it is what must be true."""
        if self._refused or isinstance(self._runner, WorkerRunner):
            return
        stats = self.environment.stats
        kept = summary(self.book, self._options.num_users / self._options.spawn_rate)
        kept["people"] = self._runner.target_user_count
        kept["errors"] = [
            f"{each.occurrences} × {each.name}: {each.parse_error(each.error)}" for each in stats.errors.values()
        ]
        exceptions = self._runner.exceptions.values()
        kept["errors"] += [f"{each['count']} × {each['msg']}" for each in exceptions]
        kept["counts"]["failures"] = kept["counts"].get("failures", 0) + sum(each["count"] for each in exceptions)
        lines = verdict.judge(kept, scenario.bars)
        kept["verdict"] = [[line.what, line.bar, line.measured, line.met] for line in lines]
        if self._options.summary:
            Path(self._options.summary).write_text(json.dumps(kept))
        if not all(line.met for line in lines):
            self.environment.process_exit_code = 1


def add(entry: StatsEntry, second: int, times: Counter[int] | dict[int, int]) -> None:
    """Add many durations to an entry of Locust's at once."""
    count = sum(times.values())
    entry.num_requests += count
    entry.num_reqs_per_sec[second] += count
    entry.last_request_timestamp = float(second)
    entry.max_response_time = max(entry.max_response_time, *times)
    entry.min_response_time = min(times) if entry.min_response_time is None else min(entry.min_response_time, *times)
    for milliseconds, each in times.items():
        entry.total_response_time += milliseconds * each
        entry.response_times[bucket_response_time(milliseconds)] += each


def _wait(done: Callable[[], bool], seconds: float = PATIENCE) -> None:
    until = time.monotonic() + seconds
    while not done() and time.monotonic() < until:
        gevent.sleep(0.05)


@events.init_command_line_parser.add_listener
def _arguments(parser: Any) -> None:
    ours = parser.add_argument_group("EduSphere")
    ours.add_argument("--people", required=True, help="The file of people that `./dev load` or loadtests.stage made.")
    ours.add_argument("--insist", action="store_true", help="Load an address that is not this machine's own.")
    ours.add_argument("--summary", default="", help="Keep what came out here, as JSON.")


def takes_part(environment: Environment, scenario: Scenario) -> Play:
    """Make this process part of a run of that scenario.

    Raises:
        SystemExit: the address is another's, or there is no file of people.
    """
    # Seconds are counted from when gevent last looked at the clock, which was before all was imported.
    gevent.get_hub().loop.update_now()
    play = Play(environment)
    if not play.has_people() or (environment.host is not None and not play.is_allowed()):
        sys.exit(MISTAKE)
    events.test_start.add_listener(lambda **_: play.begin())
    events.request.add_listener(play.note_request)
    events.test_stopping.add_listener(play.settle)
    events.quitting.add_listener(lambda **_: play.judge(scenario))
    if isinstance(environment.runner, WorkerRunner):
        events.report_to_master.add_listener(play.hand_over)
    if isinstance(environment.runner, MasterRunner):
        events.worker_report.add_listener(play.take_over)
    else:
        gevent.spawn(play.count_every_second)
    if not isinstance(environment.runner, WorkerRunner):
        gevent.spawn(play.tell_how_it_goes)
    play.register()
    return play
