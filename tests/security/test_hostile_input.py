"""The corpus of hostile input, sent to a served school while two others go on talking."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from edusphere.database.address import Address
from tests.conftest import clone
from tests.people import PASSWORD_HASH
from tests.security.hostile.cases import CLOSED, Case
from tests.security.hostile.corpus import CORPUS
from tests.security.siege import Siege, besieged

REFUSED_WITHIN = 1.0
ECHO_WITHIN = 0.2
"""Seconds, promised."""
SLACK = 3
TRIES = 3
"""The machine may be busy with something else; a server that is held up is so every time, and for long."""
GROWTH = 32.0
"""MiB that the server may have grown by over the corpus: its caches, and what the allocator keeps."""
INNER = re.compile(
    r"traceback|\.py\b|site-packages|line \d+, in|/(tmp|usr|etc|home|root|proc|work)/|"
    r"\b(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|RETURNING)\b|"
    r"asyncpg|postgres|tortoise|sqlstate|quart|hypercorn|\bh11\b|werkzeug|ariadne|graphql-core|graphql\.|uvloop|"
    r"msgspec|pydantic|pillow|\bPIL\b|python|[a-z]Error\b|[a-z]Exception\b|not for anybody|root:x:",
    re.IGNORECASE,
)


@pytest_asyncio.fixture(scope="module")
async def siege(server: Address, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Siege]:
    address = await clone(server, f"siege_{worker_id}")
    async with besieged(address, tmp_path_factory.mktemp("siege")) as siege:
        yield siege


@pytest.mark.parametrize("name", CORPUS)
async def test_hostile_input_is_refused_plainly_and_disturbs_nobody(siege: Siege, name: str) -> None:
    case = CORPUS[name]
    for _ in range(TRIES):
        heard, echo = await siege.suffer(case)
        if heard.seconds < REFUSED_WITHIN and echo < ECHO_WITHIN:
            break
    if isinstance(case, Case):
        statuses = [response.status for response in heard.responses] or [CLOSED]
        assert statuses[0] in case.statuses, heard.said
        assert len(statuses) == 1, f"one request, one answer: {statuses}"
        assert f'"code":"{case.code}"' in heard.text or not case.code, heard.said
    elif case.closes:
        assert heard.close_code == case.closes, heard.said
    else:
        assert case.answer in heard.text, heard.said
    assert not INNER.search(heard.text), INNER.search(heard.text)
    assert PASSWORD_HASH not in heard.text
    assert heard.seconds < SLACK * REFUSED_WITHIN
    assert echo < SLACK * ECHO_WITHIN
    assert await siege.is_healthy()


async def test_what_came_in_stays_neither_in_memory_nor_in_the_log(siege: Siege) -> None:
    """Runs after the others of this module, in their server."""
    grown = siege.served.memory() - siege.at_first
    print(  # noqa: T201
        f"\n{siege.survived} of {len(CORPUS)} cases: {grown:+.1f} MiB on {siege.at_first:.0f}, "
        f"slowest refusal {siege.slowest_refusal:.2f} s, slowest echo {siege.slowest_echo:.2f} s"
    )
    assert grown < GROWTH
    assert "fault" not in siege.served.words(), siege.served.words()[-3_000:]
    assert "Traceback" not in siege.served.words(), siege.served.words()[-3_000:]
