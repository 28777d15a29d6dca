"""`edusphere serve`: everything that happens before the school opens, and after it closes.

::

    settings ─ nonsense refused ─ port ─ data folder ─ Postgres ─ migrations ─ worker ─ Postgres stopped

One worker is this process itself; several are processes of their own, which this one looks after (crew.py).
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from importlib import import_module
from socket import socket
from threading import Thread
from typing import TYPE_CHECKING

from edusphere.server import certificate, tls
from edusphere.server.folder import prepare_folder
from edusphere.server.listener import alone_there, bind, is_loopback, leave
from edusphere.server.nonsense import refuse_half_encrypted, refuse_lonely_workers, refuse_weak_keys
from edusphere.server.refused import Refused
from edusphere.settings import Settings

if TYPE_CHECKING:
    from edusphere.database.address import Address
    from edusphere.database.embedded import EmbeddedPostgres

Say = Callable[[str], None]


def serve(settings: Settings, *, with_demo: bool, say: Say) -> None:
    """Run the school until SIGTERM or Ctrl-C.

    Raises:
        Refused, PostgresProblem, SchemaTooNew: it does not open; the sentence says why.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # until the worker takes over: leave in order
    refuse_weak_keys(settings)
    refuse_lonely_workers(settings)
    refuse_half_encrypted(settings)
    tls.context(settings)
    if (sentence := certificate.trouble(settings)) is not None:
        say(sentence)
    if settings.workers == 1:
        # The app is half of the start: it is read while Postgres gets up. Nothing below imports what is above it.
        Thread(target=import_module, args=("edusphere.app",), daemon=True).start()
    from edusphere.database.address import Address
    from edusphere.database.embedded import EmbeddedPostgres, refuse_second_serve

    if settings.embedded_database:
        refuse_second_serve(settings.data)
    with ExitStack() as doors_open:
        doors_open.enter_context(alone_there(settings))
        doors = [doors_open.enter_context(door) for door in bind(settings)]
        doors_open.callback(leave, settings)
        if settings.limits == "off" and not is_loopback(doors[0]):
            raise Refused("EDUSPHERE_LIMITS=off is for load tests on this machine: use it with --host 127.0.0.1 only.")
        if settings.unix_socket is not None and "unix" not in settings.trusted_proxies:
            say("All who come by this Unix socket have one address here: limits hold for them together.")
            say("Set EDUSPHERE_TRUSTED_PROXIES=unix where a proxy says who they are (X-Forwarded-For).")
        prepare_folder(settings.data)
        postgres = EmbeddedPostgres(settings.data, say=say) if settings.embedded_database else None
        running: AbstractContextManager[Address] = postgres or nullcontext(Address.of(settings))
        with running as address:
            try:
                with asyncio.Runner(loop_factory=loop_factory()) as runner:
                    if settings.workers == 1:
                        runner.run(_work_alone(settings, doors[0], address, postgres, with_demo, say))
                    else:
                        from edusphere.server.crew import Crew

                        runner.run(Crew(settings, doors, address, postgres, say).work(with_demo))
            finally:
                for name in (signal.SIGTERM, signal.SIGINT):
                    signal.signal(name, signal.SIG_IGN)  # what is left is Postgres's last moment: nobody interrupts it


async def _work_alone(
    settings: Settings,
    door: socket,
    address: Address,
    postgres: EmbeddedPostgres | None,
    with_demo: bool,
    say: Say,
) -> None:
    from edusphere.server.revival import revived
    from edusphere.server.serving import Stop
    from edusphere.server.worker import work

    async with revived(postgres):
        await work(settings, [door], address, stop=Stop(say), say=say, with_demo=with_demo)


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.new_event_loop
