"""How much from one address is too much, and how that is said."""

from __future__ import annotations

import asyncio
from pathlib import Path

from loadtests.bench.processes import free_port
from tests.nginx.answers import ask
from tests.nginx.backends import backend, well
from tests.nginx.placed import placed
from tests.security import headers

FEW = {"NGINX_REQUESTS_PER_SECOND": "1", "NGINX_REQUESTS_AT_ONCE": "5"}


async def test_a_flood_from_one_address_is_told_to_come_again_in_a_moment(tmp_path: Path) -> None:
    async with backend(well) as school:
        with placed(tmp_path / "nginx", free_port(), [school.port], **FEW) as nginx:
            answers = [await asyncio.to_thread(ask, nginx.port, "/graphql/", Accept="*/*") for _ in range(12)]
    statuses = [answer.status for answer in answers]
    assert statuses[:6] == [200] * 6
    assert 429 in statuses
    refused = answers[statuses.index(429)]
    assert refused.json()["errors"][0]["extensions"] == {"code": "TOO_MANY", "retryAfter": 2}
    assert refused["retry-after"] == "2"
    assert headers.wrong([pair for pair in refused.headers if pair != ("server", "nginx")]) == []
    assert len(school.asked) == statuses.count(200)


async def test_a_whole_school_behind_one_address_is_no_flood(tmp_path: Path) -> None:
    async with backend(well) as school:
        with placed(tmp_path / "nginx", free_port(), [school.port]) as nginx:

            async def come(times: int) -> list[int]:
                return [(await asyncio.to_thread(ask, nginx.port, "/api/x")).status for _ in range(times)]

            assert {
                status for statuses in await asyncio.gather(*(come(25) for _ in range(16))) for status in statuses
            } == {200}


async def test_all_addresses_of_one_home_are_one_visitor(tmp_path: Path) -> None:
    few = FEW | {"NGINX_TRUSTED_PROXIES": "127.0.0.1"}
    async with backend(well) as school:
        with placed(tmp_path / "nginx", free_port(), [school.port], **few) as nginx:

            async def come(*addresses: str) -> list[int]:
                return [
                    (await asyncio.to_thread(ask, nginx.port, "/api/x", **{"X-Forwarded-For": address})).status
                    for address in addresses
                ]

            for homes in (
                ["2001:db8::a:a", "2001:db8:0:0:a0a:a0a:a0a:a0a"],
                ["2001:db8:0:1::1", "2001:db8:0:1::2"],
                ["::ffff:192.0.2.1", "192.0.2.1"],
            ):
                assert 429 in await come(*homes * 5)
            assert await come("2001:db8:0:2::1", "192.0.2.2", "::ffff:192.0.2.3") == [200] * 3
