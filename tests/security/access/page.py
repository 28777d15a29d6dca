"""Reading `access.md`."""

from __future__ import annotations

from pathlib import Path

from tests.security.access.askers import COLUMNS

PAGE = Path(__file__).with_name("access.md")
WORDS = frozenset({"yes", "–", "no", "unseen", "nothing", "late", "away", "never"})
"""The page says what they mean."""


def rows(text: str) -> dict[str, dict[str, str]]:
    """Return the word of every column of every row, by the door that the row's last cell names."""
    found: dict[str, dict[str, str]] = {}
    for line in text.splitlines():
        if not line.startswith("|") or "`" not in line:
            continue
        what, *cells, door = (cell.strip() for cell in line.strip("|").split("|"))
        name = door.replace("`", "")
        assert what, f"say in plain words what {name} is"
        assert len(cells) == len(COLUMNS), line
        assert WORDS.issuperset(cells), line
        assert name not in found, f"{name} is there twice"
        found[name] = dict(zip(COLUMNS, cells, strict=True))
    return found
