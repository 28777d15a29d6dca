"""TLS without a socket, so that an encrypted line is read in the hub's callback as a plain one is."""

from __future__ import annotations

import ssl
from typing import Any

PIECE = 65_536


class Tls:
    def __init__(self, plain: Any, host: str) -> None:
        """Shake hands over a socket that waits.

        Raises:
            OSError: an `ssl.SSLError` among them: the certificate is not one that this machine trusts.
        """
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._inner = ssl.create_default_context().wrap_bio(self._in, self._out, server_hostname=host)
        while True:
            try:
                self._inner.do_handshake()
            except ssl.SSLWantReadError:
                plain.sendall(self._out.read())
                more = plain.recv(PIECE)
                if not more:
                    raise ConnectionResetError("The server hung up on TLS.") from None
                self._in.write(more)
            else:
                plain.sendall(self._out.read())
                return

    def sealed(self, data: bytes) -> bytes:
        self._inner.write(data)
        return self._out.read()

    def opened(self, data: bytes) -> bytes:
        """Return what can be read now; nothing, where a record is not whole yet."""
        self._in.write(data)
        pieces: list[bytes] = []
        while True:
            try:
                piece = self._inner.read(PIECE)
            except (ssl.SSLWantReadError, ssl.SSLZeroReturnError):
                piece = b""
            if not piece:
                return b"".join(pieces)
            pieces.append(piece)
