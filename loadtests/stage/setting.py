"""A school of a load test's own: on ports of its own, with the broker, the Postgres and the proxy that are wanted."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from edusphere.database.address import POSTGRES_PORT, Address
from edusphere.database.binaries import PostgresProblem
from edusphere.database.embedded import EmbeddedPostgres
from edusphere.school.keys import Keys
from edusphere.server.keys import KEY_FILE
from loadtests.bench.processes import cpu, free_port
from loadtests.bench.served import PATIENCE, Served, Trouble
from loadtests.bench.several import valkey
from loadtests.stage import nginx

EMBEDDED, EXTERNAL = "embedded", "external"
SCHOOL, POSTGRES, NGINX, VALKEY = "the school", "its Postgres", "nginx", "Valkey"
"""Who spends CPU."""
IDLE = 0.1
"""CPU seconds in a second: a school that spends less has begun."""
DEBIAN = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class Setting:
    processes: int = 1
    """Of the school."""
    broker: str = "memory"
    postgres: str = EMBEDDED
    """`embedded`, `external` (another cluster on this machine), or the URL of an empty database."""
    through_nginx: bool = False

    def __str__(self) -> str:
        words = [f"{self.processes} process{'es' if self.processes > 1 else ''}", f"{self.broker} broker"]
        words.append(f"{'another' if '://' in self.postgres else self.postgres} Postgres")
        return ", ".join([*words, "through nginx" if self.through_nginx else "without a proxy"])


@dataclass(frozen=True)
class Stage:
    """A school that is served."""

    url: str
    school: Served
    database: Address
    beside: dict[str, int]
    """Processes that are not the school's own."""

    @property
    def keys(self) -> Keys:
        return keys_of(self.school.data)

    def spent(self) -> dict[str, float]:
        """Return everybody's CPU seconds."""
        own = self.school.cpu()
        return {SCHOOL: own.app, POSTGRES: own.postgres} | {
            name: cpu(process).together for name, process in self.beside.items()
        }


def keys_of(data: Path) -> Keys:
    """Return the key that a school keeps in its data folder.

    Raises:
        Trouble: there is none.
    """
    try:
        return Keys((data / KEY_FILE).read_bytes().strip())
    except OSError as error:
        raise Trouble(f"{data} has no school's key in it ({error.strerror}).") from error


@contextmanager
def stage(setting: Setting, folder: Path, say: Callable[[str], None]) -> Iterator[Stage]:
    """Serve such a school while the block lasts."""
    port = free_port() if setting.through_nginx else None
    settings = {"EDUSPHERE_WORKERS": str(setting.processes)}
    if port is not None:
        nginx.program()
        settings |= {"EDUSPHERE_PUBLIC_URL": f"http://127.0.0.1:{port}", "EDUSPHERE_TRUSTED_PROXIES": "127.0.0.1"}
    beside: dict[str, int] = {}
    with ExitStack() as stack:
        if setting.broker == "redis":
            broker = stack.enter_context(valkey())
            settings["REDIS_URL"], beside[VALKEY] = broker.url, broker.pid
        database = None
        if setting.postgres == EXTERNAL:
            database, beside[POSTGRES] = stack.enter_context(_cluster(folder / "postgres"))
        elif setting.postgres != EMBEDDED:
            database = address(setting.postgres)
        if database is not None:
            settings |= _environment(database)
        say(f"A school opens: {setting} …")
        school = stack.enter_context(Served(folder / "school", **settings))
        if setting.processes > 1:
            _let_all_begin(school)
        if port is not None:
            beside[NGINX] = stack.enter_context(nginx.before(school.port, port, folder / "nginx"))
        yield Stage(f"http://127.0.0.1:{port or school.port}", school, database or school.address, beside)


def _let_all_begin(school: Served) -> None:
    """Wait until nobody has anything to do: the first of several processes is ready before the others are."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        before = school.cpu().app
        time.sleep(1)
        if school.cpu().app - before < IDLE:
            return


def address(url: str) -> Address:
    """Return the database that a URL names.

    Raises:
        Trouble: it names none.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql") or not parts.hostname or not parts.path.strip("/"):
        raise Trouble("--postgres is `embedded`, `external`, or like postgresql://user:password@127.0.0.1:5432/empty.")
    password = unquote(parts.password) if parts.password else None
    return Address(
        host=parts.hostname,
        port=parts.port or POSTGRES_PORT,
        user=unquote(parts.username or "edusphere"),
        password=password,
        database=parts.path.strip("/"),
    )


def _environment(database: Address) -> dict[str, str]:
    settings = {
        "DB_HOST": database.host,
        "DB_PORT": str(database.port),
        "DB_USER": database.user,
        "DB_NAME": database.database,
    }
    return settings | ({"DB_PASSWORD": database.password} if database.password else {})


@contextmanager
def _cluster(folder: Path) -> Iterator[tuple[Address, int]]:
    """A Postgres that the school knows nothing of: Debian's where it is installed, else the wheel's, run apart."""
    try:
        server = EmbeddedPostgres(folder, purpose="load test", folder=debian())
        address = server.start()
    except PostgresProblem as problem:
        raise Trouble(str(problem)) from problem
    try:
        yield address, int((folder / "postgres" / "postmaster.pid").read_text().split("\n")[0])
    finally:
        server.stop()


def debian() -> Path | None:
    """Return the programs of Debian's newest Postgres."""
    found = (
        sorted(DEBIAN.glob("*/bin/postgres"), key=lambda file: int(file.parts[-3])) if sys.platform == "linux" else []
    )
    return found[-1].parent if found else None
