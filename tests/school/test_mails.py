"""Mails on their way, to a real small mail server."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope
from pydantic import SecretStr

from edusphere.database import Database
from edusphere.realtime import Realtime
from edusphere.school import School, postman
from edusphere.school.letters import Letter
from edusphere.school.models import Mail
from edusphere.school.postman import Server
from edusphere.settings import BadSettings, Settings, read_settings
from tests.conftest import KEYS
from tests.people import BEN, Cast

HELLO = Letter("Labdien, Rīga", "Viss kārtībā.\n")


class Mailbox:
    """What arrived; `refuse` is said of each mail instead of taking it, as often as it is there."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refuse: list[str] = []
        self.signed_in: list[bytes] = []
        self.something = asyncio.Event()

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:  # noqa: N802
        if address.startswith("nobody"):
            return "550 There is nobody of this name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        if self.refuse:
            return self.refuse.pop(0)
        content = envelope.content
        assert isinstance(content, bytes)
        mail = BytesParser(policy=default).parsebytes(content)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.something.set()
        return "250 OK"

    def sign_in(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, login: Any) -> AuthResult:
        self.signed_in.append(login.password)
        return AuthResult(success=login.password == b"s3cr t:@/")


@asynccontextmanager
async def mail_server(mailbox: Mailbox, **options: Any) -> AsyncIterator[int]:
    """A mail server on a port of this machine."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(mailbox, loop=loop, hostname="mail.school.example", enable_SMTPUTF8=True, **options),
        "127.0.0.1",
        0,
    )
    async with server:
        yield server.sockets[0].getsockname()[1]


@contextmanager
def sending(database: Database, realtime: Realtime, settings: Settings, url: str) -> Iterator[School]:
    yield School(database, realtime, settings.model_copy(update={"smtp_url": SecretStr(url)}), KEYS)


async def left(database: Database, until: int = 0) -> list[Mail]:
    """Wait until at most so many mails wait to be sent, and return those that are still there."""
    async with asyncio.timeout(10):
        while True:
            rows = await database.query(Mail).order_by("created")
            if len([row for row in rows if row.due is not None and row.tries == 0]) <= until:
                return rows
            await asyncio.sleep(0.02)


async def test_a_mail_arrives_as_it_was_written_and_nothing_of_it_is_kept(
    database: Database, realtime: Realtime, settings: Settings, cast: Cast
) -> None:
    mailbox = Mailbox()
    async with mail_server(mailbox) as port:
        with sending(database, realtime, settings, f"smtp://127.0.0.1:{port}") as school:
            school.open()
            school.credentials.request_reset(BEN.email, "192.0.2.1", "lv")
            async with asyncio.timeout(10):
                await mailbox.something.wait()
                while await database.query(Mail).count():
                    await asyncio.sleep(0.02)
            await school.close()
    (mail,) = mailbox.mails
    assert (mail["To"], mail["From"]) == (BEN.email, "edusphere@localhost")
    assert mail["Subject"] == "Jauna parole: EduSphere"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"]
    assert mail["Message-ID"]
    assert mail.get_content_type() == "text/plain"
    token = mail.get_content().partition("/reset/")[2].split()[0]
    assert await school.credentials.reset_is_good(token, "192.0.2.1")


async def test_what_is_refused_for_good_is_kept_with_the_reason_and_the_next_is_sent(
    database: Database, realtime: Realtime, settings: Settings
) -> None:
    mailbox = Mailbox()
    mailbox.refuse = ["554 No"]
    async with mail_server(mailbox) as port:
        with sending(database, realtime, settings, f"smtp://127.0.0.1:{port}") as school:
            for recipient in ("nobody@school.example", "first@school.example", "second@school.example"):
                await school.mails.write(database, recipient, HELLO)
            school.open()
            rows = await left(database)
            while len(rows) > 2:
                rows = await left(database)
            await school.close()
    assert [(row.recipient, row.due, row.problem[-32:]) for row in rows] == [
        ("nobody@school.example", None, rows[0].problem[-32:]),
        ("first@school.example", None, rows[1].problem[-32:]),
    ]
    assert "There is nobody of this name" in rows[0].problem
    assert [mail["To"] for mail in mailbox.mails] == ["second@school.example"]


async def test_what_cannot_be_sent_now_is_tried_again_and_in_the_end_kept(
    database: Database, realtime: Realtime, settings: Settings
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with sending(database, realtime, settings, f"smtp://127.0.0.1:{port}") as school:
        await school.mails.write(database, BEN.email, HELLO)
        waits: list[Any] = []
        for tried in range(1, len(postman.AGAIN_AFTER) + 2):
            school.open()
            rows = await left(database)
            while rows[0].tries < tried or not rows[0].problem:
                await asyncio.sleep(0.02)
                rows = await left(database)
            await school.close()
            waits.append(rows[0].due and (await database.one("SELECT due - now() AS wait FROM mails"))["wait"])
            await database.rows("UPDATE mails SET due = now(), problem = ''  WHERE due IS NOT NULL")
    assert waits[-1] is None
    assert [round(wait.total_seconds(), -1) for wait in waits[:-1]] == list(postman.AGAIN_AFTER)


async def test_two_processes_send_each_mail_once(database: Database, realtime: Realtime, settings: Settings) -> None:
    mailbox = Mailbox()
    async with mail_server(mailbox) as port:
        url = f"smtp://127.0.0.1:{port}"
        with sending(database, realtime, settings, url) as one, sending(database, realtime, settings, url) as other:
            for count in range(50):
                await one.mails.write(database, f"pupil-{count}@school.example", HELLO)
            one.open()
            other.open()
            async with asyncio.timeout(20):
                while await database.query(Mail).count():
                    await asyncio.sleep(0.05)
            await one.close()
            await other.close()
    assert sorted(mail["To"] for mail in mailbox.mails) == sorted(f"pupil-{n}@school.example" for n in range(50))


async def test_a_mail_for_an_address_in_letters_of_any_script_arrives(
    database: Database, realtime: Realtime, settings: Settings
) -> None:
    mailbox = Mailbox()
    async with mail_server(mailbox) as port:
        with sending(database, realtime, settings, f"smtp://127.0.0.1:{port}") as school:
            await school.mails.write(database, "jānis@skola.example", HELLO)
            school.open()
            async with asyncio.timeout(10):
                await mailbox.something.wait()
            await left(database)
            await school.close()
    assert mailbox.mails[0].get_content().splitlines() == HELLO.body.splitlines()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for 127.0.0.1 that nobody vouches for."""
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", file, "-out", f"{file}.crt"],
        check=True, capture_output=True,
    )  # fmt: skip
    file.write_text(file.read_text() + Path(f"{file}.crt").read_text())
    return file


def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


async def test_the_password_for_the_mail_server_travels_only_encrypted(
    database: Database, realtime: Realtime, settings: Settings, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", f"{certificate}.crt")
    mailbox = Mailbox()
    options = {"authenticator": mailbox.sign_in, "auth_require_tls": True, "tls_context": tls(certificate)}
    async with mail_server(mailbox, **options) as port:
        with sending(database, realtime, settings, f"smtp://school:s3cr%20t%3A%40%2F@127.0.0.1:{port}") as school:
            await school.mails.write(database, BEN.email, HELLO)
            school.open()
            async with asyncio.timeout(10):
                await mailbox.something.wait()
            await left(database)
            await school.close()
    assert mailbox.signed_in == [b"s3cr t:@/"]


async def test_a_mail_server_that_nobody_vouches_for_gets_nothing(
    database: Database, realtime: Realtime, settings: Settings, certificate: Path
) -> None:
    mailbox = Mailbox()
    async with mail_server(mailbox, tls_context=tls(certificate)) as port:
        with sending(database, realtime, settings, f"smtp://127.0.0.1:{port}") as school:
            await school.mails.write(database, BEN.email, HELLO)
            school.open()
            async with asyncio.timeout(10):
                while not (await database.query(Mail).get()).problem:
                    await asyncio.sleep(0.02)
            await school.close()
    assert mailbox.mails == []


def test_elsewhere_than_on_this_machine_a_password_asks_for_encryption() -> None:
    near, far = Server.of("smtp://school:secret@localhost:25"), Server.of("smtp://school:secret@mail.school.example")
    plain, wrapped = Server.of("smtp://mail.school.example"), Server.of("smtps://school:secret@mail.school.example")
    assert [server.port for server in (near, far, plain, wrapped)] == [25, 587, 25, 465]
    assert [server.connection()._start_tls_on_connect for server in (near, far, plain)] == [None, True, None]
    assert wrapped.connection().use_tls
    assert "secret" not in repr(far)


@pytest.mark.parametrize("url", ["mail.school.example", "http://mail.school.example", "smtp://", "smtp://h:99999"])
def test_an_address_that_is_no_mail_servers_stops_the_start(
    url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EDUSPHERE_SMTP_URL", url)
    with pytest.raises(BadSettings, match=r"EDUSPHERE_SMTP_URL.*write it like smtp://"):
        read_settings()
