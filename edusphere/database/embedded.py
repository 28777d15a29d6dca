"""The embedded Postgres: made, started, watched and stopped by us, for one data folder.

::

    data/postgres.lock   who uses this data (lock.py)
    data/postgres/       Postgres's own folder
    data/postgres.log    what Postgres says
    data/socket/         its Unix socket; in a private temporary folder where that path is too long

It listens on no network. Its children die with it and it dies with us: after a `kill -9` of
everything the next start recovers from its write-ahead log. Only a start that holds the lock touches
what an earlier one left behind.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import TracebackType

from edusphere.database.address import POSTGRES_PORT, Address
from edusphere.database.binaries import Binaries, PostgresProblem, RunAs, find_binaries, run_as
from edusphere.database.lock import DataLock, Holder
from edusphere.database.processes import PROC, launch, reachable, reason, run_once
from edusphere.settings import MEBIBYTES

Say = Callable[[str], None]

SERVE = "serve"
LOCK_FILE = "postgres.lock"
ROLE = DATABASE = "edusphere"
SUPERUSER = "postgres"
READY_LINE = 7
"""`postmaster.pid` has the state in its eighth line: `starting`, `ready`, `stopping`."""
STILL_ENDING = "pre-existing shared memory block"
SOCKET_PATH_LIMIT = 107
"""Bytes in the path of a Unix socket (`sun_path`, unix(7)), without its closing zero."""
POLL = 0.005
TELL_AFTER = 1.0
PATIENCE = 15.0
"""Seconds for a fast shutdown; a slow disk may need them for its last checkpoint."""
LOG_LIMIT = 5 * MEBIBYTES
NEW_DATABASE = 150 * MEBIBYTES
"""What it takes before anybody has said a word."""

TUNING = {
    # Small: the whole school in less than 300 MB.
    "shared_buffers": "64MB",
    "maintenance_work_mem": "32MB",
    "max_connections": "80",
    "max_wal_size": "256MB",
    "autovacuum_max_workers": "2",
    "jit": "off",
    # Nothing is replicated.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    # Heard on our own socket only.
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "log_checkpoints": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class DataInUse(PostgresProblem):
    """Another `serve` runs on this data."""


class EmbeddedPostgres:
    """The Postgres of one data folder, running from `start` to `stop`.

    `purpose` is the command it is for. `fast` gives up durability and is for tests only. `folder`
    names other Postgres programs than the wheel's. Start it from the main thread: Postgres is told
    to stop when the thread that started it ends.
    """

    def __init__(
        self,
        data: Path,
        *,
        say: Say = lambda sentence: None,
        purpose: str = SERVE,
        fast: bool = False,
        folder: Path | None = None,
    ) -> None:
        self.data = data.absolute()
        self.address: Address | None = None
        self._say = say
        self._purpose = purpose
        self._fast = fast
        self._folder = folder
        self._cluster = self.data / "postgres"
        self._lock = DataLock(self.data / LOCK_FILE)
        self._log = self.data / "postgres.log"
        self._launch: Callable[[], subprocess.Popen[bytes]] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: Path | None = None

    def start(self) -> Address:
        """Take the data folder, make what is not there yet, run Postgres and return where it is.

        Raises:
            DataInUse: another `serve` has this data.
            PostgresProblem: it cannot run; the sentence says why.
        """
        self._take()
        try:
            who = run_as((self._cluster, self.data))
            binaries = find_binaries(who, self._folder, self._made_by())
            self._clear_away_the_last(who)
            if not self._cluster.exists():
                self._make(binaries, who)
            self._keep_log_small()
            self._socket = self._make_socket_folder(who)
            self._launch = partial(self._run, binaries, who, self._socket)
            self._launch_until_ready(self._launch)
            self._lock.tell(Holder(os.getpid(), self._purpose, str(self._socket)))
            self.address = _address(self._socket)
        except BaseException:
            self.stop()
            raise
        return self.address

    def stop(self) -> None:
        """Stop Postgres cleanly and give the data folder back. Stopping twice is harmless."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)  # Postgres's "fast": sessions are ended, all is written
            try:
                self._process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)  # at once; the next start recovers
                self._process.wait()
        self._process = self._launch = self.address = None
        if self._socket and self._socket.parent != self.data:
            shutil.rmtree(self._socket, ignore_errors=True)
        self._lock.release()

    def revive(self) -> bool:
        """Start Postgres again if it died, and return whether it had; who asks it meanwhile is refused.

        While processes of the dead one are still ending, the new one gives up: revive again.
        """
        if self._launch is None or self._process is None or self._process.poll() is None:
            return False
        self._process = self._launch()
        return True

    def __enter__(self) -> Address:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _take(self) -> None:
        """Wait for a short command to give the data back; refuse while another `serve` has it."""
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        told = False
        while not self._lock.take(Holder(os.getpid(), self._purpose)):
            holder = self._lock.holder()
            refuse_second_serve(self.data)
            if holder and holder.pid and not told:
                told = True
                self._say(f"Waiting for `edusphere {holder.purpose}` (process {holder.pid}) to finish …")
            time.sleep(10 * POLL)

    def _made_by(self) -> int | None:
        version = self._cluster / "PG_VERSION"
        return int(version.read_text()) if version.exists() else None

    def _clear_away_the_last(self, who: RunAs) -> None:
        """End a Postgres whose parent was killed, and what it left. We hold the lock: nobody else's is touched."""
        for half in self.data.glob("postgres.half-*"):
            shutil.rmtree(half)
        pid_file = self._cluster / "postmaster.pid"
        if not pid_file.exists() or not PROC.exists():  # without /proc, Postgres's own look at it must do
            return
        pid, _ = _state(self._cluster)
        if not Path(f"/proc/{pid}").exists():
            return  # Postgres sees that by itself
        if _is_our_postgres(pid, self._cluster):
            for means in (signal.SIGINT, signal.SIGQUIT):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, means)
                if _gone(pid, self._cluster):
                    break
        else:
            pid_file.unlink()

    def _make(self, binaries: Binaries, who: RunAs) -> None:
        """Make the database in a folder aside and rename it when whole, so that half a one is never met."""
        free = shutil.disk_usage(self.data).free
        if free < NEW_DATABASE:
            raise PostgresProblem(
                f"The disk of {self.data} has {free // MEBIBYTES} MiB left, and a new database needs "
                f"{NEW_DATABASE // MEBIBYTES}: make room, or choose another data folder with --data."
            )
        self._say("Making the database …")
        half = Path(tempfile.mkdtemp(prefix="postgres.half-", dir=self.data))
        who.give(half)
        builtin = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        locale = builtin if binaries.major >= 17 else ("--locale=C.UTF-8",)
        sync = ("--no-sync",) if self._fast else ()
        with reachable(half) as (path, descriptor):
            initdb = [binaries.program("initdb"), "-D", path, "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8"]
            run_once([*initdb, *locale, *sync], who, descriptor)
            run_once(
                [binaries.program("postgres"), "--single", "-D", path, "template1"],
                who,
                descriptor,
                f"CREATE ROLE {ROLE} LOGIN CREATEDB\nCREATE DATABASE {DATABASE} OWNER {ROLE}\n",
            )
        half.rename(self._cluster)

    def _run(self, binaries: Binaries, who: RunAs, socket: Path) -> subprocess.Popen[bytes]:
        tuning = TUNING | (NOT_DURABLE if self._fast else {}) | ({"io_method": "sync"} if binaries.major >= 18 else {})
        with reachable(self._cluster) as (cluster, one), reachable(socket) as (folder, two):
            command = [
                binaries.program("postgres"),
                *("-D", cluster, "-k", folder, "-p", str(POSTGRES_PORT)),
                *(f"--{name}={value}" for name, value in tuning.items()),
            ]
            return launch(command, who, one + two, self._log)

    def _keep_log_small(self) -> None:
        if self._log.exists() and self._log.stat().st_size > LOG_LIMIT:
            self._log.replace(self._log.with_suffix(".log.old"))

    def _make_socket_folder(self, who: RunAs) -> Path:
        folder = self.data / "socket"
        if len(os.fsencode(_socket_file(folder))) > SOCKET_PATH_LIMIT:
            folder = Path(tempfile.mkdtemp(prefix="edusphere-"))
        folder.mkdir(exist_ok=True)
        for left_over in folder.iterdir():
            left_over.unlink()
        who.give(folder)
        return folder

    def _launch_until_ready(self, launch: Callable[[], subprocess.Popen[bytes]]) -> None:
        until = time.monotonic() + PATIENCE
        while True:
            said = self._log.stat().st_size if self._log.exists() else 0
            self._process = launch()
            if self._becomes_ready(self._process):
                return
            with self._log.open(errors="replace") as words:
                words.seek(said)
                why = reason(words.read())
            if STILL_ENDING not in why or time.monotonic() > until:
                raise PostgresProblem(f"Postgres did not start: {why} (all of it is in {self._log})")
            time.sleep(10 * POLL)  # children of one that was killed are noticing it

    def _becomes_ready(self, process: subprocess.Popen[bytes]) -> bool:
        tell_at = time.monotonic() + TELL_AFTER
        while _state(self._cluster) != (process.pid, "ready"):
            if process.poll() is not None:
                return False
            if time.monotonic() > tell_at:
                self._say("Postgres is starting; after an unclean stop it first recovers what was written …")
                tell_at += 10 * TELL_AFTER
            time.sleep(POLL)
        return True


def refuse_second_serve(data: Path) -> None:
    """Do nothing, unless a `serve` has this data.

    Raises:
        DataInUse: it has.
    """
    holder = DataLock(data.absolute() / LOCK_FILE).holder()
    if holder and holder.purpose == SERVE:
        raise DataInUse(
            f"Another `edusphere serve` (process {holder.pid}) already runs on {data.absolute()}. "
            "Stop that one, or choose another folder with --data."
        )


def running_address(data: Path) -> Address | None:
    """Return where the Postgres of `data` listens, or None when no process has this data.

    While one is just starting, this waits for it.
    """
    lock = DataLock(data.absolute() / LOCK_FILE)
    while holder := lock.holder():
        if holder.socket:
            return _address(Path(holder.socket))
        time.sleep(10 * POLL)
    return None


@contextmanager
def borrowed(data: Path, *, purpose: str, say: Say = lambda sentence: None) -> Iterator[Address]:
    """Give the Postgres that `serve` runs on `data`, or run it for the duration of `purpose`."""
    serving = DataLock(data.absolute() / LOCK_FILE).holder()
    if serving and serving.purpose == SERVE:
        address = running_address(data)
        if address:
            yield address
            return
    with EmbeddedPostgres(data, say=say, purpose=purpose) as address:
        yield address


def _address(socket: Path) -> Address:
    return Address(host=str(socket), user=ROLE, database=DATABASE)


def _socket_file(folder: Path) -> Path:
    return folder / f".s.PGSQL.{POSTGRES_PORT}.lock"


def _state(cluster: Path) -> tuple[int, str]:
    """Return the server's process number and its state; 0 and nothing while they are not written."""
    try:
        lines = (cluster / "postmaster.pid").read_text().split("\n")
        return int(lines[0]), lines[READY_LINE].strip() if len(lines) > READY_LINE else ""
    except (OSError, ValueError):
        return 0, ""


def _is_our_postgres(pid: int, cluster: Path) -> bool:
    """Tell Postgres on this data from a stranger who was given its old process number: by where it works."""
    try:
        return Path(f"/proc/{pid}/cwd").samefile(cluster)
    except OSError:
        return False


def _gone(pid: int, cluster: Path) -> bool:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if not _is_our_postgres(pid, cluster):
            return True
        time.sleep(POLL)
    return False
