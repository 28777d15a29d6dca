"""`/metrics`: what all processes of this machine count, for Prometheus.

A scrape reaches any one of them. It asks the others, each at a Unix socket of its own in the data folder, and tells
of all, each under its process number: sums over them are right, whoever answered.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from hmac import compare_digest
from pathlib import Path

from prometheus_client import generate_latest
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families
from quart import Blueprint, Response, request
from quart_schema import hide

from edusphere import metrics
from edusphere.errors import NotFound, NotSignedIn
from edusphere.settings import SECONDS
from edusphere.web.parts import Parts

PATH = "/metrics"
FOLDER = "metrics"
PATIENCE = 1 * SECONDS
"""For a neighbour's answer; one that stands still is left out."""


def blueprint(parts: Parts) -> Blueprint:
    door = Blueprint("metrics", __name__)
    token = parts.settings.metrics_token

    @door.get(PATH)
    @hide
    async def show() -> Response:
        if token is None:
            raise NotFound("There is nothing at this address.")
        given = request.headers.get("Authorization", "")
        if not compare_digest(given.encode("utf-8", "replace"), f"Bearer {token.get_secret_value()}".encode()):
            raise NotSignedIn("This needs the token EDUSPHERE_METRICS_TOKEN, as a bearer.")
        texts = {os.getpid(): own(parts)} | await _neighbours(_folder(parts))
        response = Response(await asyncio.to_thread(together, texts), content_type="text/plain; version=0.0.4")
        response.headers["Cache-Control"] = "no-store"
        return response

    return door


def own(parts: Parts) -> str:
    """Return what this process counts."""
    metrics.sockets.set(len(parts.realtime.connections()))
    metrics.topics.set(parts.realtime.topics_heard)
    metrics.broker.set(parts.realtime.trouble is None)
    for state, count in parts.database.connections().items():
        metrics.connections.labels(state).set(count)
    metrics.backup.set(_last_backup(parts.settings.data / "backups"))
    return generate_latest(metrics.registry).decode()


@asynccontextmanager
async def told_to_neighbours(parts: Parts) -> AsyncIterator[None]:
    """Answer the other processes of this machine, for as long as the block runs."""
    folder = _folder(parts)
    if parts.settings.workers == 1:
        yield
        return

    async def tell(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del reader
        with suppress(OSError):  # who asked has gone
            writer.write(own(parts).encode())
            await writer.drain()
        writer.close()

    folder.mkdir(mode=0o700, exist_ok=True)
    name = str(os.getpid())
    (folder / name).unlink(missing_ok=True)  # of a process that had our number
    with _reached(folder) as short:
        server = await asyncio.start_unix_server(tell, short / name)
    try:
        yield
    finally:
        server.close()
        (folder / name).unlink(missing_ok=True)


async def _neighbours(folder: Path) -> dict[int, str]:
    numbers = _others(folder)
    texts = await asyncio.gather(*(_asked(folder, number) for number in numbers))
    return {number: text for number, text in zip(numbers, texts, strict=True) if text}


def _others(folder: Path) -> list[int]:
    return [int(file.name) for file in folder.glob("[0-9]*") if file.name != str(os.getpid())]


async def _asked(folder: Path, number: int) -> str:
    try:
        async with asyncio.timeout(PATIENCE):
            with _reached(folder) as short:
                reader, writer = await asyncio.open_unix_connection(short / str(number))
            try:
                return (await reader.read(-1)).decode()
            finally:
                writer.close()
    except ConnectionRefusedError:
        (folder / str(number)).unlink(missing_ok=True)  # it was killed
        return ""
    except (OSError, TimeoutError):
        return ""


def together(texts: dict[int, str]) -> bytes:
    """Join what several processes count, each under its number."""
    families: dict[str, Metric] = {}
    for process, text in texts.items():
        for family in text_string_to_metric_families(text):
            joined = families.setdefault(family.name, Metric(family.name, family.documentation, family.type))
            for sample in family.samples:
                joined.samples.append(sample._replace(labels={**sample.labels, "process": str(process)}))
    return generate_latest(_Collected(families.values()))


class _Collected:
    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _last_backup(folder: Path) -> float:
    return max((file.stat().st_mtime for file in folder.glob("edusphere-*.tar*")), default=0.0)


@contextmanager
def _reached(folder: Path) -> Iterator[Path]:
    """Give a short way to a folder: the path of a Unix socket has 107 bytes at most (unix(7))."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield Path(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)


def _folder(parts: Parts) -> Path:
    return parts.settings.data / FOLDER
