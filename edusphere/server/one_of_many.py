"""A worker process: `python -m edusphere.server.one_of_many`, as its supervisor (crew.py) starts it.

What it is to do comes in one line of JSON on standard input, which then stays open: when it ends the supervisor is
gone, however it went, and this process closes too.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from contextlib import ExitStack
from importlib import import_module
from typing import Any

import click

from edusphere.server.commands import plainly
from edusphere.server.commands.reading import settings_of
from edusphere.server.lifeline import Lifeline
from edusphere.server.supervisor import loop_factory


def main() -> None:
    orders = json.loads(sys.stdin.readline())
    with plainly(), asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(_serve(orders))


async def _serve(orders: dict[str, Any]) -> None:
    lifeline = Lifeline(orders["lifeline"])
    beating = asyncio.ensure_future(lifeline.beat())
    try:
        await _work(orders, lifeline)
    finally:
        beating.cancel()


async def _work(orders: dict[str, Any], lifeline: Lifeline) -> None:
    # Read beside the loop, which goes on showing life.
    await asyncio.to_thread(import_module, "edusphere.server.worker")
    from edusphere.database.address import Address
    from edusphere.server.serving import Stop
    from edusphere.server.worker import work

    stop = Stop(say=lambda _: None)  # the supervisor says it, once

    def left_alone() -> None:
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        stop.ask()

    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), left_alone)
    with ExitStack() as doors_open:
        doors = [doors_open.enter_context(socket.socket(fileno=descriptor)) for descriptor in orders["doors"]]
        await work(
            settings_of(**orders["settings"]),
            doors,
            Address(**orders["address"]),
            stop=stop,
            say=click.echo,
            opens=orders["opens"],
            with_demo=orders["with_demo"],
            ready=lifeline.ready,
        )


if __name__ == "__main__":
    main()
