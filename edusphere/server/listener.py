"""The address the school listens on."""

from __future__ import annotations

import errno
import ipaddress
import socket

from edusphere.server.refused import Refused
from edusphere.settings import Settings

BACKLOG = 2048
"""Connections that may wait to be accepted: a whole school comes back in the same second."""


def bind(settings: Settings) -> socket.socket:
    """Take the port; `listen` opens it.

    Raises:
        Refused: it is in use, or not ours to take.
    """
    try:
        family, kind, _, _, place = socket.getaddrinfo(
            settings.host.strip("[]"), settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind)
    except OSError as error:
        raise Refused(f"EDUSPHERE_HOST `{settings.host}` is no address of this machine ({error.strerror}).") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
    except OSError as error:
        listener.close()
        raise Refused(_why(error, settings)) from error
    return listener


def listen(listener: socket.socket, settings: Settings) -> None:
    """Let people in. Until here they are refused at once, which they notice sooner than silence.

    Raises:
        Refused: another program took the port in the meantime.
    """
    try:
        listener.listen(BACKLOG)
    except OSError as error:
        raise Refused(_why(error, settings)) from error


def is_loopback(listener: socket.socket) -> bool:
    """Whether only this machine can reach it."""
    return ipaddress.ip_address(listener.getsockname()[0]).is_loopback


def _why(error: OSError, settings: Settings) -> str:
    place = f"{settings.host}:{settings.port}"
    if error.errno == errno.EADDRINUSE:
        return f"Another program already listens on {place}. Stop it, or choose another port with --port."
    if error.errno == errno.EACCES:
        return f"Only root may listen on {place}. Choose a port above 1023 with --port."
    return f"EduSphere cannot listen on {place} ({error.strerror}). Choose another address with --host."
