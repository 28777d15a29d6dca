"""Bare root file systems: made by debootstrap, and entered by chroot in namespaces of their own.

It does with each instruction what Docker does, as far as an image's content is concerned, and shares the machine's
network. Only root can.
"""

from __future__ import annotations

import fnmatch
import os
import shutil
import subprocess
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.image.dockerfile import Instruction, copied, copied_from, environment, expanded

MIRROR = "http://deb.debian.org/debian"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
PLAIN = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
# As Debian's slim images have it.
SLIM = """
path-exclude /usr/share/doc/*
path-exclude /usr/share/info/*
path-exclude /usr/share/locale/*
path-exclude /usr/share/man/*
"""
CLEAN = """
Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };
APT::Update::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };
"""
ENTER = """
mount --make-rprivate / && mount --bind "$0" "$0" && cd "$0" && mount -t proc proc proc && mount --rbind /dev dev
"""


@dataclass
class Root:
    """One stage's root file system, and what its instructions have said so far."""

    path: Path
    environment: dict[str, str] = field(default_factory=lambda: dict(PLAIN))
    user: str = "0"
    folder: str = "/"
    seconds: list[tuple[str, float]] = field(default_factory=list)
    said: dict[str, Instruction] = field(default_factory=dict)
    """ENTRYPOINT, CMD, HEALTHCHECK …"""

    def taken_over(self, path: Path) -> Root:
        """Return a copy at another path."""
        _copy_tree(self.path, path)
        return Root(path, dict(self.environment), self.user, self.folder, said=dict(self.said))

    def size(self) -> float:
        """Return its mebibytes."""
        return mebibytes(self.path)

    def take(self, step: Instruction, sources: Path, stages: dict[str, Root]) -> None:
        """Do as an instruction says."""
        began = time.monotonic()
        match step.word:
            case "RUN":
                self.run(["/bin/sh", "-c", step.value], more=given_by_the_machine(self.path))
            case "COPY":
                self._copy(step, sources, stages)
            case "ENV":
                known = {name: expanded(value, self.environment) for name, value in environment(step).items()}
                self.environment |= known
            case "USER":
                self.user = step.value.partition(":")[0]
            case "WORKDIR":
                self.folder = step.value
                (self.path / step.value.lstrip("/")).mkdir(parents=True, exist_ok=True)
            case _:
                self.said[step.word] = step
        self.seconds.append((f"{step.word} {' '.join(step.value.split())}", time.monotonic() - began))

    def run(self, command: Sequence[str], more: dict[str, str] | None = None) -> None:
        """Run something in it to its end.

        Raises:
            SystemExit: it failed; what it said is shown.
        """
        done = subprocess.run(
            self.entered(command, more or {}), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(command)[:400]}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")

    def entered(self, command: Sequence[str], more: dict[str, str], before: str = "") -> list[str]:
        """Return the command that runs `command` in it, after `before` in the namespaces it gets."""
        own = [f"{name}={value}" for name, value in (self.environment | more).items()]
        become = ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups", "--no-new-privs"]
        if self.user != "0":
            become += ["--bounding-set=-all", "--inh-caps=-all"]
        inside = ["chroot", ".", *become, "env", "-i", f"--chdir={self.folder}", *own, *command]
        alone = ["unshare", "--mount", "--pid", "--fork", "--kill-child=SIGKILL"]
        return [*alone, "sh", "-ec", f'{ENTER}{before}\nexec "$@"', str(self.path), *inside]

    def _copy(self, step: Instruction, sources: Path, stages: dict[str, Root]) -> None:
        names, target = copied(step)
        where = stages[copied_from(step)].path if copied_from(step) else sources
        into = self.path / (target if target.startswith("/") else f"{self.folder}/{target}").lstrip("/")
        for name in names:
            taken = where / name.lstrip("/")
            if taken.is_dir():
                _copy_tree(taken, into)
            else:
                file = into / taken.name if target.endswith("/") else into
                file.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(taken, file)


def bare(path: Path, cache: Path) -> Root:
    """Make what Debian's slim image has; the packages are kept for the next time."""
    cache.mkdir(parents=True, exist_ok=True)
    command = ["debootstrap", "--variant=minbase", f"--cache-dir={cache}", "trixie", str(path), MIRROR]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (path / "etc/dpkg/dpkg.cfg.d/slim").write_text(SLIM)
    for name in ("doc", "info", "locale", "man"):
        shutil.rmtree(path / "usr/share" / name, ignore_errors=True)
    for folder in ("var/cache/apt/archives", "var/lib/apt/lists"):
        shutil.rmtree(path / folder)
        (path / folder / "partial").mkdir(parents=True)
    (path / "etc/apt/apt.conf.d/clean").write_text(CLEAN)
    return Root(path)


def mebibytes(path: Path) -> float:
    told = subprocess.run(["du", "-sk", "--one-file-system", path], check=True, capture_output=True, text=True).stdout
    return int(told.split()[0]) / 1024


def given_by_the_machine(root: Path) -> dict[str, str]:
    """Let steps reach the registries as this machine does: its names, its certificates, its addresses of them."""
    shutil.copy2("/etc/resolv.conf", root / "etc/resolv.conf")
    more = {"DEBIAN_FRONTEND": "noninteractive"}
    if CERTIFICATES.exists():
        (root / "run").mkdir(exist_ok=True)
        given = "/run/certificates-of-the-machine.crt"
        shutil.copy2(CERTIFICATES, root / given.lstrip("/"))
        more |= dict.fromkeys(("PIP_CERT", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "npm_config_cafile"), given)
    for name in ("PIP_INDEX_URL", "http_proxy", "https_proxy", "no_proxy", "npm_config_registry"):
        if name in os.environ:
            more[name] = os.environ[name]
    return more


def chosen(sources: Path, target: Path) -> Path:
    """Copy what .dockerignore lets through, as it goes to whoever builds an image."""
    kept, dropped = [], []
    for line in (sources / ".dockerignore").read_text().splitlines():
        if line.startswith("!"):
            kept.append(line[1:])
        elif line and not line.startswith("#") and line != "*":
            dropped.append(line)
    for name in kept:
        for path in _files(sources / name):
            place = path.relative_to(sources)
            if not any(_drops(rule, place) for rule in dropped):
                (target / place).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, target / place)
    return target


def _files(path: Path) -> Iterable[Path]:
    if path.is_file():
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders[:] = [name for name in folders if name != "node_modules"]
        yield from (Path(folder, name) for name in names)


def _drops(rule: str, place: Path) -> bool:
    if rule.startswith("**/"):
        return any(fnmatch.fnmatch(part, rule[3:]) for part in place.parts)
    return place.is_relative_to(rule)


def _copy_tree(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", "--reflink=auto", f"{source}/.", str(target)], check=True)
