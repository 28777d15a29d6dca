"""What can be wrong with a school's server, looked at one thing after the other."""

from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from edusphere.database import Database
from edusphere.database.address import Address
from edusphere.database.binaries import PostgresProblem
from edusphere.database.embedded import DataInUse, refuse_second_serve
from edusphere.database.migrate import SchemaTooNew, waiting
from edusphere.school.postman import Server
from edusphere.server import certificate, tls
from edusphere.server.backup.making import folder_of
from edusphere.server.backup.nightly import nights
from edusphere.server.folder import prepare_folder
from edusphere.server.keys import KEY_FILE, read_keys
from edusphere.server.listener import bind, leave
from edusphere.server.nonsense import refuse_half_encrypted, refuse_weak_keys
from edusphere.server.opened import answering, database
from edusphere.server.refused import Refused
from edusphere.settings import DAYS, MEBIBYTES, SECONDS, Settings
from edusphere.web import spa

FREE = 1024 * MEBIBYTES
"""Below this, Postgres may soon be unable to write."""
CLOCK = 5 * SECONDS
LATE = 2 * DAYS
"""After so long without one, a backup is missing."""


@dataclass(frozen=True)
class Finding:
    well: bool
    sentence: str


def examine(settings: Settings) -> list[Finding]:
    """Look at everything; what needs the database is left out where there is none."""
    return [*_server(settings), *_database(settings)]


def _server(settings: Settings) -> Iterator[Finding]:
    yield Finding(True, "The settings are understood.")
    yield _keys(settings)
    yield _folder(settings)
    yield _disk(settings)
    yield _pages()
    yield _port(settings)
    if settings.tls_certificate or settings.tls_key:
        yield _https(settings)
    if settings.broker_url:
        yield _redis(settings.broker_url)
    if settings.smtp_url:
        yield _mail(settings.smtp_url.get_secret_value())
    yield _backups(settings)
    if settings.workers > 1 and not settings.broker_url:
        yield Finding(False, "EDUSPHERE_WORKERS is above 1, which needs Redis: set REDIS_URL.")
    if settings.limits == "off":
        yield Finding(False, "EDUSPHERE_LIMITS is off, which is for load tests: remove it.")
    if settings.debug:
        yield Finding(False, "EDUSPHERE_DEBUG is on, which shows inner details: remove it.")


def _keys(settings: Settings) -> Finding:
    try:
        refuse_weak_keys(settings)
        if settings.secret_key or (settings.data / KEY_FILE).exists():
            read_keys(settings)
    except Refused as error:
        return Finding(False, str(error))
    file = settings.data / KEY_FILE
    if file.exists() and file.stat().st_mode & 0o077:
        return Finding(False, f"Others can read the school's key: run `chmod 600 {file}`.")
    return Finding(True, "The school's key is strong and kept to itself.")


def _folder(settings: Settings) -> Finding:
    if not settings.data.exists():
        return Finding(False, f"There is no data folder {settings.data.absolute()} yet: `edusphere serve` makes it.")
    try:
        prepare_folder(settings.data)
    except Refused as error:
        return Finding(False, str(error))
    if settings.data.stat().st_mode & 0o077:
        return Finding(False, f"Others can look into the data folder: run `chmod 700 {settings.data}`.")
    return Finding(True, f"The data folder {settings.data.absolute()} can be written, by us alone.")


def _disk(settings: Settings) -> Finding:
    folder = settings.data.absolute()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    amount = f"{free // MEBIBYTES:,} MiB"
    if free < FREE:
        return Finding(False, f"Only {amount} are left on the disk of {folder}: make room, at least 1,024 MiB.")
    return Finding(True, f"There is room on the disk ({amount}).")


def _backups(settings: Settings) -> Finding:
    if settings.backups_kept == 0:
        return Finding(True, "The school makes no backups by itself (EDUSPHERE_BACKUPS_KEPT).")
    made = nights(folder_of(settings))
    last = max(made, default="")
    began = settings.data.stat().st_ctime if settings.data.exists() else time.time()
    if not last and time.time() - began < LATE:
        return Finding(True, "The first backup is made tonight.")
    if (datetime.now().astimezone() - timedelta(seconds=LATE)).strftime("%Y-%m-%d") > last:
        return Finding(
            False,
            f"The last backup is of {last or 'no night'}: run `edusphere backup --nightly`, which says what is wrong. "
            "They are made while the school is served.",
        )
    return Finding(True, f"The last backup is of {last} ({made[last].stat().st_size // MEBIBYTES:,} MiB).")


def _pages() -> Finding:
    if (spa.folder() / "index.html").is_file():
        return Finding(True, "The app's pages are built.")
    return Finding(False, "The app's pages are not built: run `./dev up`, or install EduSphere from its wheel.")


def _port(settings: Settings) -> Finding:
    try:
        refuse_second_serve(settings.data)
        for door in bind(settings):
            door.close()
        leave(settings)
    except DataInUse:
        return _served(settings)
    except Refused as error:
        return Finding(False, str(error))
    return Finding(True, f"The school is not being served; {_place(settings)} is free.")


def _served(settings: Settings) -> Finding:
    """Ask the server that has this data whether it may be sent people."""
    place = _place(settings)
    try:
        with _call(settings) as connection:
            connection.sendall(b"GET /api/health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            answer = connection.makefile("rb").readline()
    except OSError as error:
        return Finding(
            False, f"The school runs, but does not answer on {place} ({error}). Is its port another (EDUSPHERE_PORT)?"
        )
    if b" 200 " in answer:
        return Finding(True, f"The school is served on {place} and ready.")
    return Finding(False, f"What answers on {place} is not ready: `edusphere serve` says why in its log.")


def _place(settings: Settings) -> str:
    return settings.host if settings.unix_socket else f"{settings.host}:{settings.port}"


def _call(settings: Settings) -> socket.socket:
    if settings.unix_socket is not None:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(3 * SECONDS)
        try:
            connection.connect(str(settings.unix_socket))
        except OSError:
            connection.close()
            raise
        return connection
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 (compared, not bound)
    connection = socket.create_connection((host, settings.port), timeout=3 * SECONDS)
    if settings.tls_certificate is None:
        return connection
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE  # it is asked how it is, not who
    return trusting.wrap_socket(connection)


def _https(settings: Settings) -> Finding:
    try:
        refuse_half_encrypted(settings)
        tls.context(settings)
    except Refused as error:
        return Finding(False, str(error))
    out_of_date = certificate.trouble(settings)
    return Finding(out_of_date is None, out_of_date or "The school's certificate and its key can be used.")


def _redis(url: str) -> Finding:
    from edusphere.realtime.broker.redis import refusal  # a school of one process never loads it

    try:
        why = asyncio.run(refusal(url))
    except OSError as error:
        return Finding(False, f"Redis does not answer ({error}): start it, or correct REDIS_URL.")
    return Finding(False, why) if why else Finding(True, "Redis answers, and lets us in.")


def _mail(url: str) -> Finding:
    server = Server.of(url)
    try:
        socket.create_connection((server.host, server.port), timeout=3 * SECONDS).close()
    except OSError as error:
        return Finding(
            False,
            f"The mail server {server.host}:{server.port} does not answer ({error}): correct EDUSPHERE_SMTP_URL. "
            "Mails are tried again, then kept for the administrators.",
        )
    return Finding(True, f"The mail server {server.host}:{server.port} answers.")


def _database(settings: Settings) -> list[Finding]:
    if settings.embedded_database and not (settings.data / "postgres").exists():
        return []  # said of the data folder already

    async def looked_at(address: Address) -> list[Finding]:
        findings = []
        try:
            async with answering(settings, address):
                async for finding in _tables(address):
                    findings.append(finding)  # noqa: PERF401 (what was found before a failure counts)
        except Refused as error:
            findings.append(Finding(False, str(error)))
        return findings

    try:
        with database(settings, "doctor", lambda sentence: None) as address:
            return asyncio.run(looked_at(address))
    except PostgresProblem as error:
        return [Finding(False, str(error))]


async def _tables(address: Address) -> AsyncIterator[Finding]:
    try:
        missing = await waiting(address)
    except SchemaTooNew as error:
        yield Finding(False, str(error))
        return
    yield Finding(True, f"The database answers ({address}).")
    if missing:
        yield Finding(False, f"The tables are not up to date ({', '.join(missing)}): run `edusphere migrate`.")
        return
    yield Finding(True, "The tables are up to date.")
    opened = await Database.open(address, 1)
    try:
        administrators = await opened.row("SELECT FROM people WHERE role = 'ADMIN' AND disabled IS NULL LIMIT 1")
        yield (
            Finding(True, "There is an administrator.")
            if administrators is not None
            else Finding(False, "There is no administrator: open the address that `edusphere serve` prints.")
        )
        row = await opened.row("SELECT clock_timestamp() AS now, (SELECT max(created) FROM people) AS newest")
    finally:
        await opened.close()
    if row is not None:
        yield _clock(row["now"], row["newest"])


def _clock(database: datetime, newest: datetime | None) -> Finding:
    now = datetime.now(UTC)
    apart = abs((database - now).total_seconds())
    if apart > CLOCK:
        return Finding(False, f"This machine's clock and the database's are {apart:.0f} s apart: set them by NTP.")
    if newest is not None and (newest - now).total_seconds() > CLOCK:
        return Finding(
            False, f"This machine's clock says {now:%Y-%m-%d %H:%M}, before the newest account: set it by NTP."
        )
    return Finding(True, f"The clock says {now:%Y-%m-%d %H:%M} UTC.")
