"""A real nginx before the school, as plain as its documentation has it: what passing through one costs."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loadtests.bench.served import PATIENCE, Trouble

CONFIGURATION = """
{user}
daemon off; worker_processes auto; worker_rlimit_nofile 65536; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 32768; }}
http {{
    access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    map $http_upgrade $upgrade {{ default ""; websocket websocket; }}
    map $http_upgrade $connection_upgrade {{ default ""; websocket upgrade; }}
    upstream school {{ server 127.0.0.1:{school}; keepalive 64; }}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        proxy_http_version 1.1;
        proxy_set_header Host $http_host;
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_set_header Upgrade $upgrade;
        proxy_set_header Connection $connection_upgrade;
        proxy_set_header Sec-WebSocket-Extensions "";
        location /ws/ {{ proxy_pass http://school; proxy_buffering off; proxy_read_timeout 1h; proxy_send_timeout 1h; }}
        location / {{ proxy_pass http://school; }}
    }}
}}
"""


def program() -> str:
    """Return where nginx is.

    Raises:
        Trouble: nowhere.
    """
    found = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if found is None:
        raise Trouble("This needs nginx. Run: apt-get install nginx")
    return found


@contextmanager
def before(school: int, port: int, folder: Path) -> Iterator[int]:
    """Let nginx listen at `port` and pass everything to the school at its port; yield its process."""
    folder.mkdir()
    file, log = folder / "nginx.conf", folder / "error.log"
    user = "user root;" if os.geteuid() == 0 else ""
    file.write_text(CONFIGURATION.format(user=user, folder=folder, school=school, port=port))
    process = subprocess.Popen(  # noqa: S603
        [program(), "-c", str(file), "-e", str(log)], stdin=subprocess.DEVNULL, start_new_session=True
    )
    try:
        until = time.monotonic() + PATIENCE
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > until:
                raise Trouble("\n  ".join(["nginx did not start:", *log.read_text().splitlines()[-3:]]))
            time.sleep(0.02)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
