"""schemathesis asks whatever the schemas let it, of a served school: it is never told of a fault.

Its seed is fixed, so that a run is as good as the next one; `SEED` is there to be changed by whoever looks for more.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio

from edusphere.database.address import Address
from edusphere.web.graphql.schema import sdl
from tests.conftest import clone
from tests.security import at_random
from tests.security.siege import Siege, besieged

pytestmark = pytest.mark.timeout(300)
SEED = 1
CHECKS = "no_fault,status_code_conformance,content_type_conformance,response_schema_conformance"


@pytest_asyncio.fixture(scope="module")
async def siege(server: Address, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Siege]:
    address = await clone(server, f"random_{worker_id}")
    async with besieged(address, tmp_path_factory.mktemp("random")) as siege:
        yield siege


async def test_the_plain_addresses_answer_whatever_is_asked(siege: Siege, tmp_path: Path) -> None:
    place = f"http://{siege.served.host}/api/openapi.json"
    await ask_at_random(siege, tmp_path, place, "--phases", "coverage,fuzzing", "-n", "5", "--checks", CHECKS)


async def test_graphql_answers_whatever_is_asked(siege: Siege, tmp_path: Path) -> None:
    schema = tmp_path / "schema.graphql"
    schema.write_text(sdl())
    place = f"http://{siege.served.host}/graphql/"
    await ask_at_random(siege, tmp_path, str(schema), "--url", place, "--phases", "fuzzing", "-n", "6")


async def ask_at_random(siege: Siege, folder: Path, *what: str) -> None:
    target = siege.target
    ids = (target.room_id, target.closed_room_id, target.message_id, target.person_id, uuid4())
    asking = await asyncio.create_subprocess_exec(
        *(str(Path(sys.executable).with_name("schemathesis")), "run", "--checks", "no_fault", *what),
        *("--header", f"Authorization: Bearer {target.bearer}", "--seed", str(SEED), "--continue-on-failure"),
        cwd=folder,
        env=os.environ
        | {
            "SCHEMATHESIS_HOOKS": at_random.__name__,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            at_random.IDS: ",".join(map(str, ids)),
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asking.communicate()
    words = said.decode(errors="replace")
    print(words[words.find("= SUMMARY") :])  # noqa: T201
    assert asking.returncode == 0, words
    for fault in ("fault", "Traceback"):
        assert fault not in siege.served.words(), siege.served.words()[-3_000:]
    assert await siege.is_healthy()
