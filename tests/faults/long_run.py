"""Everything that is broken in the long run: which story tries which promises, and what it needs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from tests.faults.mutant import MUTANTS
from tests.faults.place import ONE_CREW, Setting
from tests.faults.power import too_few, weaknesses
from tests.faults.report import Report
from tests.faults.run import Run, Say, run, run_mutant, run_storm
from tests.faults.stories import dead_peer, disk, put_out, rolling, slow_reader, storm

TIMES = 5
"""Each fault, at least."""
ALONE = "mutants"
"""The name by which the mutants are asked for alone."""


@dataclass(frozen=True)
class Story:
    name: str
    promises: tuple[str, ...]
    kinds: tuple[str, ...]
    """Of faults, each of which is to be there `TIMES` times."""
    tell: Callable[[Path], Awaitable[Run]]
    why_not: Callable[[], str] = lambda: ""
    """Why it cannot be told here, or not all of it."""


async def _slow(folder: Path) -> Run:
    return await run(folder, lambda place: slow_reader.slow_readers(place, TIMES))


async def _dead(folder: Path) -> Run:
    with nullcontext("") if dead_peer.why_not() else dead_peer.elsewhere() as network:
        return await run(
            folder, lambda place: dead_peer.dead_peers(place, TIMES, network), setting=dead_peer.OPEN_TO_OTHERS
        )


async def _out(folder: Path) -> Run:
    return await run(folder, lambda place: put_out.put_out(place, TIMES))


async def _full(folder: Path) -> Run:
    with disk.small_disk() as small:
        setting = Setting(data=small / "database")
        return await run(folder, lambda place: disk.fill_disk(place, small, TIMES), setting=setting)


async def _rolling(folder: Path) -> Run:
    return await run(folder, lambda place: rolling.restart_one_by_one(place, TIMES))


async def _renewed(folder: Path) -> Run:
    return await run(folder, lambda place: rolling.renew_workers(place, TIMES), setting=ONE_CREW)


STORIES = (
    Story("slow readers", ("G9",), ("reader stopped",), _slow),
    Story("dead peers", ("G10",), ("peer gone",), _dead, dead_peer.why_not),
    Story("people put out", ("G11",), put_out.KINDS, _out),
    Story("a full disk", ("G12",), ("disk full",), _full, disk.why_not),
    Story("processes restarted one by one", ("G13",), ("process restarted",), _rolling),
    Story("workers renewed", ("G13", "G7"), ("workers renewed", "process killed"), _renewed),
)
STORM = ("G1", "G2", "G3", "G4", "G5", "G6", "G7", "G8", "G14")


async def break_everything(seconds: float, only: Sequence[str], say: Say) -> Report:
    """Tell every story, try every mutant, and storm for what is left of so many seconds.

    `only` names the promises to try, or the mutants; empty, it is all.
    """
    began, report = monotonic(), Report()
    with TemporaryDirectory(prefix="edusphere-faults-", ignore_cleanup_errors=True) as folder:
        for number, story in enumerate(STORIES):
            if only and not set(only) & {story.promises[0]}:
                continue
            why_not = story.why_not()
            if why_not:
                report.left_out.append(why_not)
            if why_not and story.name == "a full disk":
                continue
            say(f"{story.name.capitalize()} …")
            report.runs[story.name] = told = await story.tell(_room(folder, f"story-{number}"))
            report.tries[story.name] = story.promises
            report.weak[story.name] = too_few(told.history, story.kinds, TIMES)
        if not only or ALONE in only:
            for name in MUTANTS:
                say(f"Mutant {name} …")
                report.mutants[name] = sorted((await run_mutant(_room(folder, name), name)).broken())
        if not only or set(only) & set(STORM):
            left = seconds - (monotonic() - began)
            report.runs["storm"] = told = await run_storm(_room(folder, "storm"), TIMES, left, say)
            report.tries["storm"] = STORM
            report.weak["storm"] = weaknesses(told.history, storm.KINDS, TIMES)
    return report


def _room(folder: str, name: str) -> Path:
    room = Path(folder) / name
    Path(folder).chmod(0o755)  # Postgres runs as an ordinary user where this runs as root
    room.mkdir()
    return room
