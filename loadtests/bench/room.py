"""The room page's GraphQL, in a school of ten thousand and in one of a million messages: queries and CPU per request.

The documents are the app's own, read from the front end. Both schools are served at once and asked in turn, so that
what else the machine does falls on both.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import Any

from graphql import parse, print_ast
from graphql.utilities import separate_operations

from loadtests.bench.processes import Cost
from loadtests.bench.school import Hall, fill_demo
from loadtests.bench.served import Browser, Served, Trouble
from loadtests.bench.table import Table, figure

DOCUMENTS = Path(__file__).parents[2] / "frontend/src/domains/chat/chat.graphql"
SIZES = (10_000, 1_000_000)
REQUESTS = 200
"""Per run: /proc tells CPU time in steps of 10 ms, which are then 0.05 ms of a request."""
COUNTED = 10
PAGE = 50
SETTLED = 1.5
"""Seconds in which Postgres's processes have read a new setting, and written what they had to say."""

COLUMNS = ("SQL queries", "CPU ms of the app", "CPU ms of Postgres")

Request = tuple[str, dict[str, Any]]
"""A document and its variables."""


def measure(folder: Path, runs: int, say: Callable[[str], None]) -> Table:
    documents = _documents()
    with ExitStack() as served:
        schools = [
            Measured(served.enter_context(Served(folder / f"room-{size}")), size, documents, say) for size in SIZES
        ]
        for run in range(1, runs + 1):
            say(f"The room page: run {run} of {runs} …")
            for name in schools[0].requests:
                for school in schools:
                    school.spend(name)
        table = Table(
            "The room page's GraphQL",
            ["request", *(f"{title}, {size:,}" for title in COLUMNS for size in SIZES), "app's CPU, ratio"],
            f"The app's own documents, {PAGE} messages a page, over HTTP to a served school; CPU per request. The room "
            f"asked about holds {SIZES[0]:,} messages in one school and {SIZES[1]:,} in the other.",
        )
        for name in schools[0].requests:
            small, large = (median(school.app(name)) for school in schools)
            table.rows.append(
                [
                    name,
                    *(f"{school.queries(name):g}" for school in schools),
                    *(figure(school.app(name), 2) for school in schools),
                    *(figure(school.postgres(name), 2) for school in schools),
                    f"{large / small:.2f} ×",
                ]
            )
    return table


@dataclass
class Measured:
    """A served school with one room of some size, and what requests about it cost."""

    served: Served
    size: int
    documents: dict[str, str]
    say: Callable[[str], None]
    costs: dict[str, list[Cost]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.logins = fill_demo(self.served.address)
        self.hall = Hall(self.served.address)
        self.hall.fill_up_to(self.size, self.say)

    @cached_property
    def requests(self) -> dict[str, Request]:
        room = {"hostSlug": self.hall.HOST, "roomSlug": self.hall.SLUG}
        history = {"roomId": str(self.hall.id), "last": PAGE}
        return {
            "my rooms": (self.documents["MyRooms"], {}),
            "the room": (self.documents["RoomByAddress"], room),
            "its people": (self.documents["RoomPeople"], room),
            "its last messages": (self.documents["RoomHistory"], history),
            "a page from the middle": (self.documents["RoomHistory"], history | {"before": self.size // 2}),
        }

    def spend(self, name: str) -> None:
        """Ask many times and keep the cost of one."""
        browser = self._signed_in()
        before = self.served.cpu()
        self._ask(browser, name, REQUESTS)
        spent = self.served.cpu() - before
        self.costs.setdefault(name, []).append(Cost(spent.app / REQUESTS, spent.postgres / REQUESTS))

    def app(self, name: str) -> list[float]:
        """Return the milliseconds of each run."""
        return [1000 * cost.app for cost in self.costs[name]]

    def postgres(self, name: str) -> list[float]:
        return [1000 * cost.postgres for cost in self.costs[name]]

    def queries(self, name: str) -> float:
        """Return how many statements one request sends to Postgres, as Postgres's own log counts them."""
        log = self.served.data / "postgres.log"
        browser = self._signed_in()
        self._ask(browser, name, COUNTED)  # so that everything is prepared
        self.hall.log_statements(True)
        time.sleep(SETTLED)
        said = log.stat().st_size
        self._ask(browser, name, COUNTED)
        time.sleep(SETTLED)
        with log.open("rb") as text:
            text.seek(said)
            lines = text.read().decode(errors="replace").splitlines()
        self.hall.log_statements(False)
        time.sleep(SETTLED)
        return sum(" LOG:  execute " in line or " LOG:  statement: " in line for line in lines) / COUNTED

    def _signed_in(self) -> Browser:
        """Return a new browser: a connection that rests for seconds is closed, a token is good for minutes."""
        browser = self.served.browser()
        browser.sign_in(self.logins.people[1].email, self.logins.password)  # the hall's host
        return browser

    def _ask(self, browser: Browser, name: str, times: int) -> None:
        for _ in range(times):
            browser.ask(*self.requests[name])


def _documents() -> dict[str, str]:
    if not DOCUMENTS.is_file():
        raise Trouble(f"The app's documents are not where they were: {DOCUMENTS}.")
    operations = separate_operations(parse(DOCUMENTS.read_text()))
    return {name: print_ast(operation) for name, operation in operations.items()}
