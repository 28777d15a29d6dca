"""nginx as docs/server-in-ten-minutes.md sets it up: before a Unix socket, heard on IPv4 and IPv6."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

from loadtests.bench.processes import free_port
from tests.nginx.answers import ask
from tests.nginx.placed import lay_out, placed


async def test_a_unix_socket_is_asked_and_both_addresses_are_heard(tmp_path: Path, built: Path) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()
        writer.close()

    path, port = tmp_path / "school.sock", free_port()
    own = {"NGINX_BACKENDS": f"unix:{path}", "NGINX_LISTEN": f"127.0.0.1:{port} [::1]:{port}", "NGINX_APP": str(built)}
    async with await asyncio.start_unix_server(answer, path):
        with placed(tmp_path / "nginx", port, [], **own):
            assert (await asyncio.to_thread(ask, port, "/graphql/")).text == "{}"
            with socket.create_connection(("::1", port), 5) as line:
                line.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                assert await asyncio.to_thread(line.recv, 12) == b"HTTP/1.1 200"


def test_names_are_asked_anew_where_there_is_somebody_to_ask(tmp_path: Path) -> None:
    """What Debian's nginx cannot read yet, the image's can: the words alone are looked at."""
    lay_out(tmp_path / "nginx", NGINX_BACKENDS="backend:8000", NGINX_RESOLVER="127.0.0.11")
    said = (tmp_path / "nginx" / "place" / "http.conf").read_text()
    assert "server backend:8000 resolve max_fails=2" in said
    assert "resolver 127.0.0.11 valid=5s;" in said
