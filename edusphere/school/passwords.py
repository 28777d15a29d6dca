"""Passwords: which are good enough, and how they are kept.

Argon2id with OWASP's second parameter set (m=19 MiB, t=2, p=1; Password Storage Cheat Sheet), 26–44 ms in a thread.
The rules follow OWASP ASVS 5.0, 6.2: length above all, no recipe of letters and digits, nothing that is easily guessed.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Iterable
from importlib import resources
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from edusphere.school import words

SHORTEST, LONGEST = 8, 128
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
_nobodys = _hasher.hash("the password of an account that does not exist")

# The commonest of eight characters and more, from public lists of leaked passwords, and what people make of our names.
COMMON = frozenset(resources.files(__package__).joinpath("common_passwords.txt").read_text("utf-8").split())


def check(password: str, about: Iterable[str] = ()) -> str:
    """Read a new password; it must not be one of the words `about` its person and the school.

    Raises:
        Wrong: in words that help.
    """
    if not words.is_clean(password):
        raise words.Wrong("This password has characters that cannot be typed everywhere. Please choose another.")
    text = _composed(password)
    if len(text) < SHORTEST:
        raise words.Wrong(f"Use at least {SHORTEST} characters. Three or four words in a row are easy to remember.")
    if len(text) > LONGEST:
        raise words.Wrong(f"Use at most {LONGEST} characters.")
    plain = text.casefold()
    if len(set(plain)) < 4:
        raise words.Wrong("Use more than three different characters.")
    if plain in COMMON or _is_a_run(plain):
        raise words.Wrong("Very many people use this password, so it is guessed first. Please choose another.")
    if plain in {word.casefold() for word in about if word}:
        raise words.Wrong("Do not use your name, username, e-mail address or the school's name as your password.")
    return password


class Passwords:
    """Hashes and compares, at most so many at the same time: each takes a core and 19 MiB."""

    def __init__(self, hashers: int) -> None:
        self._free = asyncio.Semaphore(hashers)

    async def keep(self, password: str) -> str:
        """Return the hash to keep, in PHC form."""
        async with self._free:
            return await asyncio.to_thread(_hasher.hash, _composed(password))

    async def is_right(self, kept: str | None, password: str) -> bool:
        """Whether it is the one that was kept. Where nothing was (no such account) it takes as long to say no."""
        if len(password) > LONGEST or not words.is_clean(password):
            password, kept = "", None
        async with self._free:
            return await asyncio.to_thread(_verify, kept, _composed(password))


def _verify(kept: str | None, password: str) -> bool:
    try:
        return _hasher.verify(kept or _nobodys, password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def _composed(password: str) -> str:
    """Keyboards differ in how they compose an é; the password is the same."""
    return unicodedata.normalize("NFC", password)


def _is_a_run(text: str) -> bool:
    """Whether each character follows the one before: 23456789, hgfedcba."""
    steps = {ord(second) - ord(first) for first, second in pairwise(text)}
    return steps in ({1}, {-1})
