"""Which passwords are good enough, and what is said of those that are not."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from edusphere.school.passwords import Passwords
from edusphere.school.words import Wrong

ABOUT = ("mia", "Mia Liepa", "Mia", "Liepa", "mia@school.example", "mia", "Rīgas 1. skola")


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "zirgs lec pāri sētai",
        "Zirgs-lec-pari!",
        "лошадь прыгает",
        "😀🐎🔋🧷 zirgs",
        "x" + "9k2v" * 30,
        "mia liepa zied katru gadu",
    ],
)
async def test_words_that_have_nothing_to_do_with_each_other_are_good(password: str) -> None:
    assert await Passwords(1).check(password, ABOUT) == password


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("short", "at least 8 characters"),
        ("x9" * 65, "at most 128 characters"),
        ("aaaaaaaaaaaa", "more than three different"),
        ("NUL \x00 inside", "cannot be typed"),
        ("half \ud800 a pair", "cannot be typed"),
        ("Password123", "tried first"),
        ("p@ssw0rd1", "tried first"),
        ("qwertyuiop", "tried first"),
        ("abcdefghijkl", "order"),
        ("vasaravasara", "Repeating"),
        ("24.11.2009", "Dates"),
        ("Mia Liepa", "your own name"),
        ("mia@school.example", "your own name"),
        ("liepa2010", "your own name"),
    ],
)
async def test_what_is_guessed_soon_is_refused_in_words_that_help(password: str, says: str) -> None:
    with pytest.raises(Wrong) as wrong:
        await Passwords(1).check(password, ABOUT)
    assert says in wrong.value.args[0]


async def test_a_school_decides_how_strong_is_strong_enough() -> None:
    assert await Passwords(1, strength=3).check("k3v9x2qpz", ())
    with pytest.raises(Wrong):
        await Passwords(1, strength=4).check("k3v9x2qpz", ())


async def test_the_worst_password_to_judge_costs_little() -> None:
    """Letters that can each stand for several others; its time would grow with the power of its length."""
    await Passwords(1).check("correct horse battery", ())
    began = time.process_time()
    with suppress(Wrong):
        await Passwords(1).check("1!il|7$5s4@a0o3e" * 8, ("1!il|7$5s4@a0o3e" * 10,) * 50)
    assert time.process_time() - began < 2
