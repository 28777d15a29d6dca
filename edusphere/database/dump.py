"""Writing a whole database as one stream, and reading it back: by Postgres's own programs.

The stream is `pg_dump`'s custom format, compressed. It is of one moment: that of an exported snapshot, in which
others can be asked as well.
"""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import IO, Any

from edusphere.database.address import Address
from edusphere.database.binaries import PostgresProblem, program
from edusphere.database.migrate import connected
from edusphere.database.processes import reason

CLEAR = """
DO $$ DECLARE it record; BEGIN
    FOR it IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('DROP TABLE public.%I CASCADE', it.name);
    END LOOP;
    FOR it IN SELECT oid::regprocedure AS name FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e') LOOP
        EXECUTE format('DROP ROUTINE %s CASCADE', it.name);
    END LOOP;
END $$
"""
"""Takes away whatever is there, in the transaction that brings the other in."""
QUIETLY = {"PGOPTIONS": "-c client_min_messages=warning"}


@asynccontextmanager
async def moment(address: Address) -> AsyncIterator[tuple[Any, str]]:
    """Hold a moment of the database: a connection that sees it, and its name for `dumped`.

    Raises:
        Unavailable: the database does not answer.
    """
    async with (
        connected(address) as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        await connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        yield connection, await connection.fetchval("SELECT pg_export_snapshot()")


@contextmanager
def dumped(address: Address, snapshot: str) -> Iterator[IO[bytes]]:
    """Give the stream of a whole database.

    Raises:
        PostgresProblem: at the end, if it is not whole; with pg_dump's last words.
    """
    command = [program("pg_dump"), *_where(address), "--format=custom", "--compress=gzip:3", "--no-owner"]
    command += ["--no-privileges", f"--snapshot={snapshot}"]
    with _Program(command, address, stdout=subprocess.PIPE) as dumping:
        assert dumping.stdout is not None  # noqa: S101 (asked for)
        yield dumping.stdout
        dumping.finish()


def read_back(address: Address, pieces: Iterable[bytes]) -> None:
    """Put a dumped database in the place of what is there: all of it, or nothing is changed.

    Raises:
        PostgresProblem: nothing was changed; with the programs' last words.
    """
    reading = [program("pg_restore"), "--format=custom", "--no-owner", "--no-privileges", "--file=-"]
    writing = [program("psql"), *_where(address), "--no-psqlrc", "--quiet", "--single-transaction"]
    writing += ["--set=ON_ERROR_STOP=1", "--output=/dev/null", f"--command={CLEAR}", "--file=-"]
    out, into = os.pipe()
    # psql commits when its script ends. So its end is held open here until the script is known to be whole,
    # and psql is gone before it is let go otherwise.
    with os.fdopen(into, "wb") as script, os.fdopen(out, "rb") as sql, _Program(writing, address, stdin=sql) as psql:
        try:
            with _Program(reading, address, stdin=subprocess.PIPE, stdout=script) as restoring:
                restoring.feed(pieces)
                restoring.finish()
        except PostgresProblem:
            if psql.poll() is not None:  # it failed first
                psql.finish()
            raise
        script.close()
        psql.finish()


class _Program(subprocess.Popen[bytes]):
    """One of Postgres's programs, which does not outlive its block."""

    def __init__(self, command: list[str], address: Address, **streams: Any) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")} | QUIETLY
        if address.password is not None:
            environment["PGPASSWORD"] = address.password
        super().__init__(command, stderr=subprocess.PIPE, env=environment, **streams)
        self._said: list[bytes] = []
        # Read beside it: whoever says much must not wait for us, who wait for it.
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()

    def _listen(self) -> None:
        assert self.stderr is not None  # noqa: S101 (asked for)
        self._said.append(self.stderr.read())

    def feed(self, pieces: Iterable[bytes]) -> None:
        assert self.stdin is not None  # noqa: S101
        with suppress(BrokenPipeError):  # it ended early, and says why
            for piece in pieces:
                self.stdin.write(piece)
            self.stdin.close()

    def finish(self) -> None:
        self.wait()
        self._listening.join()
        if self.returncode != 0:
            raise PostgresProblem(f"The database: {reason(b''.join(self._said).decode(errors='replace'))}")

    def __exit__(self, *error: Any) -> None:
        self.kill()
        with suppress(BrokenPipeError):
            super().__exit__(*error)


def _where(address: Address) -> list[str]:
    return [
        f"--host={address.host}",
        f"--port={address.port}",
        f"--username={address.user}",
        f"--dbname={address.database}",
    ]
