"""The people who take part: a file that the set-up writes and every Locust process reads its share of.

The file holds credentials, so only its owner may read it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Place:
    """A room."""

    id: str
    host: str
    slug: str
    number: int
    """Its last number when the people were made."""


@dataclass(frozen=True, slots=True)
class Someone:
    number: int
    """0 is the one who speaks in the hall."""
    authorization: str
    """A header's value: `JWT …`, or `Bearer …` for a token that the school's own command line made."""
    rooms: tuple[int, ...]
    """Which of the school's rooms are theirs: the hall first, then their class."""


@dataclass(frozen=True)
class People:
    rooms: Sequence[Place]
    everyone: Sequence[Someone]
    documents: dict[str, str]
    """The app's own GraphQL documents, by name."""

    def write(self, file: Path) -> Path:
        """Write them where only we can read them."""
        file.touch(mode=0o600)
        with file.open("w") as out:
            head = {"rooms": [asdict(room) for room in self.rooms], "documents": self.documents}
            out.write(f"{json.dumps(head)}\n")
            out.writelines(f"{json.dumps(asdict(someone))}\n" for someone in self.everyone)
        return file

    @classmethod
    def read(cls, file: Path, share: int = 0, of: int = 1) -> People:
        """Read one process's share of them: its own, counted from 0."""
        with file.open() as lines:
            head = json.loads(next(lines))
            mine = [json.loads(line) for number, line in enumerate(lines) if number % of == share]
        return cls(
            [Place(**room) for room in head["rooms"]],
            [Someone(each["number"], each["authorization"], tuple(each["rooms"])) for each in mine],
            head["documents"],
        )

    def one_by_one(self) -> Iterator[Someone]:
        return iter(self.everyone)
