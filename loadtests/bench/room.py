"""The room page's GraphQL, in a school of ten thousand and in one of a million messages: queries and CPU per request.

The documents are the app's own, read from the front end. Both schools are served at once and asked in turn, so that
what else the machine does falls on both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import Any

from graphql import parse, print_ast
from graphql.utilities import separate_operations

from loadtests.bench.effort import Effort
from loadtests.bench.page import Page, medians
from loadtests.bench.processes import Cost
from loadtests.bench.school import Hall, fill_demo
from loadtests.bench.served import Browser, Served, Trouble
from loadtests.bench.statements import Statements
from loadtests.bench.table import Goal, Table, figure, goals

DOCUMENTS = Path(__file__).parents[2] / "frontend/src/domains/chat/chat.graphql"
SIZES = (10_000, 1_000_000)
FEW = (1_000, 10_000)
MESSAGES = "its last messages"
REQUESTS = 200
"""Per run: /proc tells CPU time in steps of 10 ms, which are then 0.05 ms of a request."""
COUNTED = 10
PAGE = 50
COLUMNS = ("SQL queries", "CPU ms of the app", "CPU ms of Postgres")

Request = tuple[str, dict[str, Any]]
"""A document and its variables."""


def measure(folder: Path, runs: int, say: Callable[[str], None]) -> Table:
    return _table(_asked(folder, runs, SIZES, say))


def page(folder: Path, effort: Effort, say: Callable[[str], None]) -> Page:
    """Measure the same, and say whether the goals are met."""
    schools = _asked(folder, effort.runs, FEW if effort.quick else SIZES, say)
    lines = [
        Goal.most(f"CPU ms of {PAGE} messages with authors and files, of {school.size:,}", school.app(MESSAGES), 3.0)
        for school in schools
    ]
    small, large = (school.counted[MESSAGES] for school in schools)
    lines.append(Goal.most(f"queries for them, of {schools[1].size:,}", [large], small, f"{small:g}, as of the fewer"))
    ratios = [more / less for less, more in zip(schools[0].app(MESSAGES), schools[1].app(MESSAGES), strict=True)]
    lines.append(Goal.most(f"CPU at {schools[1].size:,} ÷ at {schools[0].size:,}", ratios, 1.15, "flat"))
    lead = f"Written by `./dev bench graphql`: {medians(effort.runs)}"
    return Page("The room page's GraphQL", lead, [goals(lines), _table(schools)])


def _asked(folder: Path, runs: int, sizes: Sequence[int], say: Callable[[str], None]) -> list[Measured]:
    documents = _documents()
    with ExitStack() as served:
        schools = [
            Measured(served.enter_context(Served(folder / f"room-{size}")), size, documents, say) for size in sizes
        ]
        for run in range(1, runs + 1):
            say(f"The room page: run {run} of {runs} …")
            for name in schools[0].requests:
                for school in schools:
                    school.spend(name)
        for school in schools:
            say(f"Counting queries, {school.size:,} messages …")
            school.count()
    return schools


def _table(schools: Sequence[Measured]) -> Table:
    small, large = schools
    table = Table(
        "The room page's GraphQL",
        ["request", *(f"{title}, {school.size:,}" for title in COLUMNS for school in schools), "app's CPU, ratio"],
        f"The app's own documents, {PAGE} messages a page, over HTTP to a served school; CPU per request. The room "
        f"asked about holds {small.size:,} messages in one school and {large.size:,} in the other; each fifth has a "
        "file.",
    )
    for name in small.requests:
        table.rows.append(
            [
                name,
                *(f"{school.counted[name]:g}" for school in schools),
                *(figure(school.app(name), 2) for school in schools),
                *(figure(school.postgres(name), 2) for school in schools),
                f"{median(large.app(name)) / median(small.app(name)):.2f} ×",
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
    counted: dict[str, float] = field(default_factory=dict)
    """Statements of one request."""

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
            MESSAGES: (self.documents["RoomHistory"], history),
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

    def count(self) -> None:
        """Count the statements that one request of each kind sends to Postgres."""
        for name in self.requests:
            browser = self._signed_in()
            self._ask(browser, name, COUNTED)  # so that everything is prepared
            with Statements(self.served) as statements:
                self._ask(browser, name, COUNTED)
            self.counted[name] = statements.count / COUNTED

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
