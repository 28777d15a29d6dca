"""An encrypted line is read piece by piece, like a plain one."""

from __future__ import annotations

import socket
import ssl
import threading
from pathlib import Path

import pytest

from loadtests.player.tls import Tls
from tests.certificates import make_certificate


def test_words_come_back_over_tls_and_a_stranger_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    trusted, stranger = (socket.socketpair() for _ in range(2))

    def echo() -> None:
        with context.wrap_socket(trusted[0], server_side=True) as line:
            while words := line.recv(4096):
                line.sendall(words)

    def refuse() -> None:
        with pytest.raises(ssl.SSLError), stranger[0]:
            context.wrap_socket(stranger[0], server_side=True)

    servers = [threading.Thread(target=echo), threading.Thread(target=refuse)]
    for server in servers:
        server.start()
    with stranger[1], pytest.raises(ssl.SSLCertVerificationError):
        Tls(stranger[1], "127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with trusted[1] as plain:
        tls = Tls(plain, "127.0.0.1")
        said, heard = b"words " * 10_000, b""
        sender = threading.Thread(target=plain.sendall, args=(tls.sealed(said),))
        sender.start()
        while len(heard) < len(said):
            heard += tls.opened(plain.recv(1000))
        sender.join()
    assert heard == said
    for server in servers:
        server.join(10)
