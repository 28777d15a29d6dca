"""The corpus of hostile input, sent to a served school while two others go on talking."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from edusphere.database.address import Address
from tests.conftest import clone
from tests.people import PASSWORD_HASH
from tests.security import headers
from tests.security.hostile import by_nginx
from tests.security.hostile.cases import CLOSED, Case
from tests.security.hostile.corpus import CORPUS
from tests.security.siege import Siege, besieged

pytestmark = pytest.mark.timeout(240)
REFUSED_WITHIN = 1.0
ECHO_WITHIN = 0.2
"""Seconds, promised."""
SLACK = 3
TRIES = 4
"""The machine may be busy with something else; a server that is held up is so every time, and for long."""
GROWTH = 32.0
"""MiB that the server may have grown by over the corpus: its caches, and what the allocator keeps."""
SWITCHING = 101
NOT_SPOKEN = (501, 505)
"""HTTP's own words for a coding and a version that nobody here speaks; every other status from 500 on is a fault."""
INNER = re.compile(
    r"traceback|\.py\b|site-packages|line \d+, in|/(tmp|usr|etc|home|root|proc|work)/|"
    r"\b(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|RETURNING)\b|"
    r"asyncpg|postgres|tortoise|sqlstate|quart|hypercorn|\bh11\b|werkzeug|ariadne|graphql-core|graphql\.|uvloop|"
    r"msgspec|pydantic|pillow|\bPIL\b|python|[a-z]Error\b|[a-z]Exception\b|not for anybody|root:x:",
    re.IGNORECASE,
)


@pytest_asyncio.fixture(scope="module", params=[False, True], ids=["straight", "through nginx"])
async def siege(
    request: pytest.FixtureRequest, server: Address, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Siege]:
    address = await clone(server, f"siege_{worker_id}_{int(request.param)}")
    async with besieged(address, tmp_path_factory.mktemp("siege"), through_nginx=request.param) as siege:
        yield siege
        # Here and not in a test of its own: the cases may be divided among several servers.
        judge(siege)


def judge(siege: Siege) -> None:
    """What came in stays neither in memory nor in the log, and the server lives."""
    grown = siege.served.memory() - siege.at_first
    print(  # noqa: T201
        f"\n{siege.survived} sendings of {len(CORPUS)} cases: {grown:+.1f} MiB on {siege.at_first:.0f}, "
        f"slowest refusal {siege.slowest_refusal:.2f} s, slowest echo {siege.slowest_echo:.2f} s"
    )
    assert siege.served.lives
    assert grown < GROWTH
    for word in ("fault", "Traceback"):
        assert word not in siege.served.words(), siege.served.words()[-3_000:]


@pytest.mark.parametrize("name", CORPUS)
async def test_hostile_input_is_refused_plainly_and_disturbs_nobody(siege: Siege, name: str) -> None:
    case = CORPUS[name]
    tries: list[float] = []
    while len(tries) < TRIES and (not tries or tries[-1] > 1):
        heard, echo = await siege.suffer(case)
        tries.append(max(heard.seconds / REFUSED_WITHIN, echo / ECHO_WITHIN))
    first = heard.responses[0] if heard.responses else None
    if siege.through_nginx and by_nginx.may_say(name, first):
        assert len(heard.responses) <= 1, f"one request, one answer: {heard.said}"
    elif isinstance(case, Case):
        statuses = [response.status for response in heard.responses] or [CLOSED]
        assert statuses[0] in case.statuses, heard.said
        assert statuses[0] < 500 or statuses[0] in NOT_SPOKEN, heard.said
        assert len(statuses) == 1, f"one request, one answer: {statuses}"
        assert f'"code":"{case.code}"' in heard.text or not case.code, heard.said
    elif case.closes:
        wordless = siege.through_nginx and name in by_nginx.WORDLESS and heard.closed
        assert heard.close_code == case.closes or wordless, heard.said
    else:
        assert case.answer in heard.text, heard.said
    for response in heard.responses:
        if response.status != SWITCHING:
            said = [pair for pair in response.headers.items() if pair != ("server", "nginx")]
            assert not headers.wrong(said, response.body.decode("utf-8", "replace"))
    assert not INNER.search(heard.text), INNER.search(heard.text)
    assert PASSWORD_HASH not in heard.text
    assert min(tries) < SLACK or (siege.through_nginx and name in by_nginx.PATIENT), tries
    assert await siege.is_healthy()


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(CORPUS) >= 130
