"""A worker process: `python -m edusphere.server.one_of_many`, as its supervisor (crew.py) starts it.

What it is to do comes in one line of JSON on standard input, which then stays open: when it ends the supervisor is
gone, however it went, and this process closes too.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from typing import Any

import click

from edusphere.server.commands import plainly
from edusphere.server.commands.reading import settings_of
from edusphere.server.supervisor import loop_factory


def main() -> None:
    orders = json.loads(sys.stdin.readline())
    with plainly(), asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(_serve(orders))


async def _serve(orders: dict[str, Any]) -> None:
    from edusphere.database.address import Address
    from edusphere.server.crew import READY
    from edusphere.server.serving import Stop
    from edusphere.server.worker import work

    stop = Stop(say=lambda _: None)  # the supervisor says it, once

    def left_alone() -> None:
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        stop.ask()

    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), left_alone)
    with socket.socket(fileno=orders["listener"]) as listener:
        await work(
            settings_of(**orders["settings"]),
            listener,
            Address(**orders["address"]),
            stop=stop,
            say=click.echo,
            opens=orders["opens"],
            with_demo=orders["with_demo"],
            ready=lambda: _tell(orders["ready"], READY),
        )


def _tell(descriptor: int, word: bytes) -> None:
    os.write(descriptor, word)
    os.close(descriptor)


if __name__ == "__main__":
    main()
