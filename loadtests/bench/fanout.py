"""What it costs to tell everybody, of the product itself: a served school, signed-in people, real posts.

Server and load client have a core each; Postgres runs where it likes and is counted apart. Each opponent keeps its
sockets open and they post in turn, so that what else the machine does falls on all of them. CPU seconds are compared,
not time. A delivery that is lost, doubled or out of order ends the run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from statistics import median

from loadtests.bench.assembly import Assembly, assemble
from loadtests.bench.compiled import compiled
from loadtests.bench.effort import Effort
from loadtests.bench.identity import look_ups
from loadtests.bench.line import Line, between
from loadtests.bench.opponents import Opponent, Taken, floor, ours
from loadtests.bench.peers import Peers
from loadtests.bench.processes import Cost
from loadtests.bench.served import Served, Trouble
from loadtests.bench.several import valkey
from loadtests.bench.watching import Profile, Watching

Say = Callable[[str], None]

SIZES = (100, 300, 1_000, 3_000, 10_000)
USUAL = 1_000
"""Sockets where only one number is measured."""
BURSTS = (1, 2, 4, 8, 16, 32, 64)
BURST = 16
PROFILED = 4.0
WARM = 20
REST = 6.0
"""Seconds in which sockets that hear nothing are watched."""
CALM = 2.5
"""Seconds of posts at half of the sustainable rate, per run."""


@dataclass
class Idle:
    """Sockets that nobody speaks on."""

    sockets: int
    connect: Cost
    """CPU seconds of all connects together."""
    look_up: float
    """CPU seconds of looking up one session."""
    grown: float
    """Mebibytes."""
    memory: float
    tasks: int
    """More than before the sockets came."""
    rest: Cost
    """CPU seconds per second."""


@dataclass
class Measured:
    taken: dict[str, dict[tuple[int, int], list[Taken]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    """By name, then by sockets and burst."""
    paced: dict[str, list[Taken]] = field(default_factory=lambda: defaultdict(list))
    rate: float = 0.0
    idle: list[Idle] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    """The names of the other servers."""
    left_out: dict[str, str] = field(default_factory=dict)
    """Those that could not be measured, and why."""
    profiles: dict[str, Profile] = field(default_factory=dict)
    """By what people did."""

    def costs(self, name: str, sockets: int, burst: int) -> list[float]:
        """Return microseconds per delivery."""
        return [taken.per_delivery for taken in self.taken[name][sockets, burst]]

    def per_post(self, name: str, burst: int) -> dict[int, float]:
        """Return microseconds per post, by sockets."""
        return {
            sockets: median(taken.per_post for taken in runs)
            for (sockets, size), runs in sorted(self.taken[name].items())
            if size == burst
        }

    def line(self, name: str, burst: int) -> Line:
        return between(self.per_post(name, burst))

    def slopes(self, name: str, burst: int) -> list[float]:
        """Return of each run the microseconds that each further delivery adds."""
        runs = {sockets: taken for (sockets, size), taken in self.taken[name].items() if size == burst}
        return [
            between({sockets: taken[run].per_post for sockets, taken in runs.items()}).each
            for run in range(len(next(iter(runs.values()))))
        ]


@dataclass
class Fanout:
    """Goes through the sizes from the largest to the smallest, so that the first sockets meet a fresh server."""

    folder: Path
    effort: Effort
    say: Say
    measured: Measured = field(default_factory=Measured)

    @cached_property
    def watching(self) -> Watching:
        return Watching(self.folder / "watched")

    @property
    def sizes(self) -> Sequence[int]:
        return (100, USUAL) if self.effort.quick else SIZES

    @property
    def bursts(self) -> Sequence[int]:
        return (1, BURST, 64) if self.effort.quick else BURSTS

    @property
    def seconds(self) -> float:
        return 0.4 if self.effort.quick else 0.8

    def run(self, school: Served, assembly: Assembly, peers: Peers | None) -> Measured:
        most = max(self.sizes)
        with ExitStack() as stack:
            us = stack.enter_context(ours(school, assembly, self.folder))
            each, joined = (stack.enter_context(floor(kind, most, self.folder)) for kind in ("each", "joined"))
            us.fill_up_to(WARM)  # what is loaded and prepared once is no socket's cost
            us.post(1, self.seconds)
            us.empty()
            for sockets in sorted(self.sizes, reverse=True):
                self.say(f"{sockets:,} people come …")
                self._idle(us, school, assembly, sockets)
                each.fill_up_to(sockets)
                joined.fill_up_to(sockets)
                if sockets == USUAL and peers is not None:
                    self._beside(us, each, joined, peers)
                else:
                    self._interleave(sockets, {1: [us, each], BURST: [us, joined]})
                if sockets == USUAL:
                    self._interleave(sockets, {size: [us, joined] for size in self.bursts if size not in (1, BURST)})
                    self._calm(us, each)
                    self._profile(us, school)
                for opponent in (us, each, joined):
                    opponent.empty()
        return self.measured

    def _beside(self, us: Opponent, each: Opponent, joined: Opponent, peers: Peers) -> None:
        with ExitStack() as stack:
            others = [other for other in peers.enter(stack) if self._comes(other)]
            self.measured.left_out |= peers.left_out
            self._interleave(USUAL, {1: [us, each, *others], BURST: [us, joined, *others]}, others)
            left_out = self.measured.left_out
            self.measured.beside = [other.name for other in others if other.name not in left_out]

    def _comes(self, other: Opponent) -> bool:
        """Bring people to another server; one that does not let them in is left out."""
        try:
            other.fill_up_to(USUAL)
        except Trouble as trouble:
            self.measured.left_out[other.name] = str(trouble)
        return other.name not in self.measured.left_out

    def _interleave(
        self, sockets: int, bursts: Mapping[int, Sequence[Opponent]], others: Sequence[Opponent] = ()
    ) -> None:
        """Let them post in turn. One of the `others` that does not tell everybody once, in order, is left out."""
        left_out = self.measured.left_out
        for run in range(1, self.effort.runs + 1):
            sizes = ", ".join(map(str, bursts))
            self.say(f"{sockets:,} sockets, {sizes} posts at once: run {run} of {self.effort.runs} …")
            for burst, opponents in bursts.items():
                for each in opponents:
                    if each.name in left_out:
                        continue
                    try:
                        self.measured.taken[each.name][sockets, burst].append(each.post(burst, self.seconds))
                    except Trouble as trouble:
                        if each not in others:
                            raise
                        left_out[each.name] = str(trouble)

    def _profile(self, us: Opponent, school: Served) -> None:
        self.say("Where the time goes …")
        for name, burst in (("one post at a time", 1), (f"bursts of {BURST}", BURST)):
            with self.watching.profile(school) as self.measured.profiles[name]:
                us.post(burst, PROFILED)
        us.empty()
        with self.watching.profile(school) as self.measured.profiles["connects"]:
            us.fill_up_to(USUAL)

    def _calm(self, us: Opponent, other: Opponent) -> None:
        """Post at half the rate at which one post at a time was possible."""
        at_most = [run.heard.posts / run.heard.seconds for run in self.measured.taken[us.name][USUAL, 1]]
        self.measured.rate = median(at_most) / 2
        for run in range(1, self.effort.runs + 1):
            self.say(f"{self.measured.rate:.0f} posts a second: run {run} of {self.effort.runs} …")
            for each in (us, other):
                self.measured.paced[each.name].append(each.pace(self.measured.rate, CALM))

    def _idle(self, us: Opponent, school: Served, assembly: Assembly, sockets: int) -> None:
        memory, tasks = us.memory(), self.watching.tasks(school)
        connect = us.fill_up_to(sockets)
        grown = us.memory() - memory
        tasks = self.watching.tasks(school) - tasks
        seconds = REST / 3 if self.effort.quick else REST
        rest = us.rest(seconds)
        look_up = look_ups(school, assembly, min(sockets, USUAL))
        per_second = Cost(rest.app / seconds, rest.postgres / seconds)
        self.measured.idle.append(
            Idle(sockets, connect, look_up, grown, memory + grown, tasks, per_second),
        )


def measure(folder: Path, effort: Effort, say: Say) -> Measured:
    compiled("floor")  # without a compiler nothing needs to begin
    fanout = Fanout(folder, effort, say)
    data = folder / "fanout"
    with Served(data) as school:
        say(f"A school of {max(fanout.sizes):,} people …")
        assembly = assemble(school, max(fanout.sizes))
    # Served anew: a process that has just made its tables has room for many sockets in what it gave back.
    with ExitStack() as stack:
        peers = None
        if effort.peers:
            peers = Peers(USUAL, folder, stack.enter_context(valkey()).url, say)
        school = stack.enter_context(fanout.watching.serve(data))
        assembly.port = school.port
        return fanout.run(school, assembly, peers)
