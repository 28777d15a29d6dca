"""One run: a place, a story in it, and what is to be said of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from tests.faults.checker import Verdict, check
from tests.faults.history import History
from tests.faults.mutant import MUTANTS
from tests.faults.place import TWO_PROCESSES, Place, Setting, opened
from tests.faults.stories.storm import move_in, storm

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Run:
    history: History
    verdicts: list[Verdict]

    def broken(self) -> dict[str, list[str]]:
        """Return the promises that were broken, each with the first few that say how."""
        return {verdict.promise: verdict.broken[:5] for verdict in self.verdicts if verdict.broken}


async def run_storm(folder: Path, rounds: int, seconds: float = 0.0, say: Say = lambda sentence: None) -> Run:
    """Let everything of G1 to G8 break so many times in a school that is as it should be."""

    async def tell(place: Place) -> None:
        senders = await move_in(place)
        await asyncio.gather(*(person.arrive() for person in place.people))
        await storm(place, senders, rounds=rounds, seconds=seconds, say=say)

    return await run(folder, tell)


async def run_mutant(folder: Path, name: str) -> Run:
    """Let break what finds this mutant out."""

    async def tell(place: Place) -> None:
        senders = await move_in(place)
        await asyncio.gather(*(person.arrive() for person in place.people))
        await storm(place, senders, rounds=1, enough=0, kinds=MUTANTS[name].faults)

    return await run(folder, tell, name)


async def run(
    folder: Path, story: Callable[[Place], Awaitable[None]], mutant: str = "", setting: Setting = TWO_PROCESSES
) -> Run:
    async with opened(folder, setting, mutant) as place:
        await story(place)
        verdicts = check(place.history, await place.table())
        if not mutant and (faults := place.faults()):
            verdicts.append(Verdict("the log", "faults of ours", faults))
        return Run(place.history, verdicts)
