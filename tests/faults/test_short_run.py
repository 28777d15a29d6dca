"""What `./dev test` has time for: each fault twice, and one mutant a day. The rest is `./dev test --faults 30m`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.faults.mutant import MUTANTS
from tests.faults.power import weaknesses
from tests.faults.run import run_mutant, run_storm
from tests.faults.stories.storm import KINDS

pytestmark = pytest.mark.timeout(400)
TODAY = datetime.now(UTC).date().toordinal()
MUTANT = sorted(MUTANTS)[TODAY % len(MUTANTS)]


async def test_nothing_said_is_lost_whatever_breaks(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    run = await run_storm(tmp_path, rounds=2)
    record_property("said", f"Faults: {len(run.history.injected)} injected, {len(run.history.sent):,} sent")
    assert run.broken() == {}
    assert weaknesses(run.history, KINDS, times=2) == []


@pytest.mark.parametrize("mutant", [pytest.param(MUTANT, id="the day's mutant")])
async def test_without_one_of_its_safeguards_a_school_is_found_out(
    tmp_path: Path, mutant: str, record_property: Callable[[str, object], None]
) -> None:
    broken = (await run_mutant(tmp_path, mutant)).broken()
    record_property("said", f"Faults: today's mutant, {mutant}, was caught by {', '.join(broken) or 'nothing'}")
    assert MUTANTS[mutant].breaks.intersection(broken)
