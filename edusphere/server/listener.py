"""The address the school listens on, and its doors there: one for each worker where the kernel can share people out.

Where all accept at one door, whoever is awake first takes most of a crowd, and sockets stay for hours where they came
in. With SO_REUSEPORT (here only on Linux, elsewhere it means something else) each has a queue of its own, and the
kernel fills them evenly. All doors are kept open by the supervisor: no queue is lost with the worker that ends.
"""

from __future__ import annotations

import errno
import ipaddress
import socket
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from edusphere.server.refused import Refused
from edusphere.settings import Settings

BACKLOG = 2048
"""Connections that may wait to be accepted: a whole school comes back in the same second."""
DOORS_OF_THEIR_OWN = sys.platform == "linux"


def bind(settings: Settings) -> list[socket.socket]:
    """Take the port; `listen` opens it. Return one door for all workers, or one for each.

    Raises:
        Refused: it is in use, or not ours to take.
    """
    if settings.unix_socket is not None:
        return [_bind_unix(settings.unix_socket)]
    try:
        family, kind, _, _, place = socket.getaddrinfo(
            settings.host.strip("[]"), settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        alone = socket.socket(family, kind)
    except OSError as error:
        raise Refused(f"EDUSPHERE_HOST `{settings.host}` is no address of this machine ({error.strerror}).") from error
    doors = [alone]
    try:
        alone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        alone.bind(place)
        if settings.workers > 1 and DOORS_OF_THEIR_OWN:
            alone.close()  # it has seen that nobody listens there: those that share would not notice
            doors = [socket.socket(family, kind) for _ in range(settings.workers)]
            for door in doors:
                door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
                door.bind(place)
    except OSError as error:
        for door in doors:
            door.close()
        raise Refused(_why(error, settings)) from error
    return doors


@contextmanager
def alone_there(settings: Settings) -> Iterator[None]:
    """Have the address for this school alone, until the end of the block.

    Doors that share an address notice nobody else at it before they listen, and a school opens for seconds. An abstract
    Unix socket (unix(7)) is a lock that cannot be left behind.

    Raises:
        Refused: another school is about to listen there.
    """
    if settings.unix_socket is not None or settings.workers == 1 or not DOORS_OF_THEIR_OWN:
        yield
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as lock:
        try:
            lock.bind(f"\0edusphere at {settings.host}:{settings.port}")
        except OSError as error:
            raise Refused(_why(error, settings)) from error
        yield


def listen(door: socket.socket, settings: Settings) -> None:
    """Let people in. Until here they are refused at once, which they notice sooner than silence.

    Raises:
        Refused: another program took the port in the meantime.
    """
    try:
        door.listen(BACKLOG)
    except OSError as error:
        raise Refused(_why(error, settings)) from error


def leave(settings: Settings) -> None:
    """Take away what a Unix socket leaves behind."""
    if settings.unix_socket is not None:
        with suppress(OSError):
            settings.unix_socket.unlink()


def is_loopback(door: socket.socket) -> bool:
    """Whether only this machine can reach it."""
    return door.family == socket.AF_UNIX or ipaddress.ip_address(door.getsockname()[0]).is_loopback


def _bind_unix(path: Path) -> socket.socket:
    with suppress(FileNotFoundError):
        if not stat.S_ISSOCK(path.stat().st_mode):
            raise Refused(f"{path} is there already and is no socket. Choose another path with --host unix:/path.")
        if _is_heard(path):
            raise Refused(f"Another program already listens on {path}. Stop it, or choose another path with --host.")
        path.unlink()  # left by one that was killed
    door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        door.bind(str(path))
        path.chmod(0o666)  # whoever may reach its folder: a proxy runs as a user of its own
    except OSError as error:
        door.close()
        raise Refused(
            f"EduSphere cannot listen on {path} ({error.strerror}). Choose another path with --host."
        ) from error
    return door


def _is_heard(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
        caller.settimeout(1)
        return caller.connect_ex(str(path)) not in (errno.ECONNREFUSED, errno.ENOENT)


def _why(error: OSError, settings: Settings) -> str:
    place = f"{settings.host}:{settings.port}"
    if error.errno == errno.EADDRINUSE:
        return f"Another program already listens on {place}. Stop it, or choose another port with --port."
    if error.errno == errno.EACCES:
        return f"Only root may listen on {place}. Choose a port above 1023 with --port."
    return f"EduSphere cannot listen on {place} ({error.strerror}). Choose another address with --host."
