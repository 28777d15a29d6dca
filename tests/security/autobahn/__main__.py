"""Run the Autobahn test suite's fuzzing client against the echo, and keep what it found in summary.md.

The suite is a program for Python 2.7, found by WSTEST or on the PATH as `wstest`. Slices 12 and 13 are about
compression, which our handshake never agrees to; 11 does not exist.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import sys
import tempfile
from collections import Counter
from pathlib import Path

import uvloop

from edusphere.server.serving import Stop
from tests.security.autobahn.echo import WAYS, serve_echo

SLICES = {
    "1": "Framing",
    "2": "Pings and pongs",
    "3": "Reserved bits",
    "4": "Opcodes",
    "5": "Fragmentation",
    "6": "UTF-8",
    "7": "Closing",
    "9": "Limits",
    "10": "Misc",
}
SUMMARY = Path(__file__).with_name("summary.md")
HOW_TO_GET_IT = (
    "The Autobahn test suite was not found. It is a program for Python 2.7: make a virtual environment of one, run\n"
    "`pip install autobahntestsuite` in it, and say where it is: WSTEST=/path/to/bin/wstest."
)
KINDS = ("OK", "INFORMATIONAL", "NON-STRICT", "UNIMPLEMENTED", "FAILED")
FAILED = KINDS.index("FAILED")
"""And whatever else it may say of a close: an unclean one, a wrong code."""

Counts = Counter[tuple[str, str]]


def main() -> int:
    program = os.environ.get("WSTEST") or shutil.which("wstest")
    if not program or not Path(program).is_file():
        sys.stderr.write(f"{HOW_TO_GET_IT}\n")
        return 2
    slices = sys.argv[1:] or list(SLICES)
    with tempfile.TemporaryDirectory(prefix="autobahn-") as folder:
        uvloop.run(run(program, Path(folder), slices))
        report = json.loads((Path(folder) / "report" / "index.json").read_text())
    counts = {way: count(report[way]) for way in WAYS}
    sys.stdout.write(table(counts))
    failed = [
        f"{way}: case {case} {result['behavior']}, closing {result['behaviorClose']}"
        for way in WAYS
        for case, result in sorted(report[way].items(), key=lambda found: [int(part) for part in found[0].split(".")])
        if KINDS[kind(result)] in ("UNIMPLEMENTED", "FAILED")
    ]
    if len(slices) == len(SLICES):
        SUMMARY.write_text(HEADING + table(counts))
    sys.stdout.write("".join(f"{line}\n" for line in failed) or "None failed.\n")
    return 1 if failed else 0


HEADING = """# Our websockets against the Autobahn test suite

Made by `./dev check --autobahn`: cases per slice and what became of them. `direct` is the socket that people have;
`queued` is the one under another ASGI server. Passed: as it should be, or at another moment than the suite likes best.
Informational: the specification leaves it open. 12 and 13 are about compression, which is never agreed to; 8 and 11
are empty.

"""


async def run(program: str, folder: Path, slices: list[str]) -> None:
    """Serve the echo on a free port and let the suite at it, both ways."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    opened, stop = asyncio.Event(), Stop(lambda _words: None)
    serving = asyncio.create_task(serve_echo(listener, opened, stop))
    await opened.wait()
    spec = {
        "outdir": str(folder / "report"),
        "servers": [{"agent": way, "url": f"ws://127.0.0.1:{port}/{way}"} for way in WAYS],
        "cases": [f"{number}.*" for number in slices],
        "exclude-cases": [],
        "exclude-agent-cases": {},
    }
    (folder / "spec.json").write_text(json.dumps(spec))
    suite = await asyncio.create_subprocess_exec(
        program,
        "--mode",
        "fuzzingclient",
        "--spec",
        str(folder / "spec.json"),
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        await tell_progress(suite)
    finally:
        stop.ask()
        await serving


async def tell_progress(suite: asyncio.subprocess.Process) -> None:
    """Show which slice is being run, on one line."""
    assert suite.stdout is not None
    words: list[str] = []
    async for line in suite.stdout:
        said = line.decode(errors="replace").strip()
        words = [*words[-5:], said]
        if said.startswith("Running test case ID") and sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{said}")
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
    if await suite.wait() != 0:
        raise SystemExit("The Autobahn test suite ended early: " + " / ".join(words))


def kind(result: dict[str, str]) -> int:
    """Return the worse of how a case went and how it was closed."""
    return max(KINDS.index(word) if word in KINDS else FAILED for word in (result["behavior"], result["behaviorClose"]))


def count(report: dict[str, dict[str, str]]) -> Counts:
    return Counter((case.partition(".")[0], KINDS[kind(result)]) for case, result in report.items())


def table(counts: dict[str, Counts]) -> str:
    lines = ["| Slice | Way | Cases | Passed | Informational | Failed |", "|---|---|---|---|---|---|"]
    for number, name in SLICES.items():
        for way in WAYS:
            of = {kind: counts[way][number, kind] for kind in KINDS}
            if any(of.values()):
                passed, failed = of["OK"] + of["NON-STRICT"], of["FAILED"] + of["UNIMPLEMENTED"]
                cells = (f"{number} {name}", way, sum(of.values()), passed, of["INFORMATIONAL"], failed)
                lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
