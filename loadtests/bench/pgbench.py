"""Postgres alone: how many of the same one-statement inserts a second, by its own `pgbench` on the same server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from edusphere.database.address import Address
from edusphere.database.binaries import PostgresProblem, find_binaries, run_as
from loadtests.bench.assembly import WORDS, Assembly
from loadtests.bench.served import Trouble

# A post: the room's next number, the message, the change; $room and $person are put in.
INSERT = """
WITH numbered AS (
    UPDATE rooms SET last_number = last_number + 1, last_activity = clock_timestamp()
    WHERE id = '$room' AND deleted IS NULL
      AND EXISTS (SELECT FROM memberships WHERE room_id = '$room' AND person_id = '$person')
    RETURNING last_number AS number, last_activity AS at
), made AS (
    SELECT gen_random_uuid() AS id
), posted AS (
    INSERT INTO messages (id, room_id, author_id, number, client_id, body, edited, created, updated)
    SELECT made.id, '$room', '$person', number, gen_random_uuid(), '$body', false, at, at FROM numbered, made
), recorded AS (
    INSERT INTO changes (room_id, number, kind, message_id, person_id, at)
    SELECT '$room', number, 'POSTED', made.id, '$person', at FROM numbered, made RETURNING number, at
)
SELECT number, at, username, name, avatar FROM recorded, people WHERE people.id = '$person';
"""


@dataclass(frozen=True, slots=True)
class Inserted:
    per_second: float
    milliseconds: float
    """Of one, on average."""


def program(data: Path) -> str:
    """Return the `pgbench` beside the embedded Postgres, or else the one that is installed.

    Raises:
        Trouble: there is none.
    """
    try:
        own = find_binaries(run_as((data,))).program("pgbench")
    except PostgresProblem:
        own = ""
    found = own if Path(own).is_file() else shutil.which("pgbench")
    if not found:
        raise Trouble("There is no `pgbench`: run `apt-get install postgresql-contrib`.")
    return found


def insert(pgbench: str, address: Address, assembly: Assembly, folder: Path, clients: int, seconds: float) -> Inserted:
    """Let so many clients insert into one room that nobody hears, each again as soon as it is answered."""
    person, _ = assembly.sessions[0]
    values = {"$room": str(assembly.other_room_id), "$person": str(person), "$body": "." * WORDS}
    script = INSERT
    for name, value in values.items():
        script = script.replace(name, value)
    file = folder / "insert.sql"
    file.write_text(script.replace("\n", " ").strip())
    done = subprocess.run(  # noqa: S603
        [
            *(pgbench, "--no-vacuum", "--protocol", "prepared", "--client", str(clients), "--jobs", "1"),
            *("--time", str(max(1, round(seconds))), "--file", str(file)),
            *("--host", address.host, "--port", str(address.port), "--username", address.user, address.database),
        ],
        capture_output=True,
        text=True,
        env=os.environ | {"PGPASSWORD": address.password or ""},
    )
    rate = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
    average = re.search(r"^latency average = ([\d.]+) ms", done.stdout, re.MULTILINE)
    if done.returncode or rate is None or average is None:
        raise Trouble(f"pgbench failed: {(done.stderr or done.stdout).strip()}")
    return Inserted(float(rate[1]), float(average[1]))
