"""Passwords: which are good enough, and how they are kept.

Argon2id with OWASP's second parameter set (m=19 MiB, t=2, p=1; Password Storage Cheat Sheet), 26–44 ms in a thread.
The rules follow OWASP ASVS 5.0, 6.2: length above all, no recipe of letters and digits, nothing that is easily guessed.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable, Iterable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from edusphere.errors import TooMany
from edusphere.school import strength, words
from edusphere.settings import SECONDS

T = TypeVar("T")
SHORTEST, LONGEST = 8, 128
COME_AGAIN = 5 * SECONDS
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
_nobodys = _hasher.hash("the password of an account that does not exist")


class Passwords:
    """Judges, hashes and compares, at most `hashers` at the same time: each takes a core and 19 MiB."""

    def __init__(self, hashers: int, *, strength: int = 3, most_waiting: int | None = None) -> None:
        """`strength` is the least that a new password must have, by zxcvbn's score from 0 to 4."""
        self._strength = strength
        self._most_waiting = most_waiting
        self._waiting = 0
        self._free = asyncio.Semaphore(hashers)
        self._judge = asyncio.Semaphore(1)

    async def check(self, password: str, about: Iterable[str] = ()) -> str:
        """Read a new password; it must not be made of the words `about` its person and the school.

        Raises:
            Wrong: in words that help.
        """
        if not words.is_clean(password):
            raise words.Wrong("This password has characters that cannot be typed everywhere. Please choose another.")
        if len(password) > LONGEST:  # asked first: what is long could take long to compose
            raise words.Wrong(f"Use at most {LONGEST} characters.")
        text = _composed(password)
        if len(text) < SHORTEST:
            raise words.Wrong(f"Use at least {SHORTEST} characters. Three or four words in a row are easy to remember.")
        if len(set(text.casefold())) < 4:
            raise words.Wrong("Use more than three different characters.")
        async with self._judge:
            await asyncio.to_thread(strength.check, text, tuple(about), self._strength)
        return password

    async def keep(self, password: str) -> str:
        """Return the hash to keep, in PHC form.

        Raises:
            TooMany: too many wait already.
        """
        return await self._when_free(_hasher.hash, _composed(password))

    async def is_right(self, kept: str | None, password: str) -> bool:
        """Whether it is the one that was kept. Where nothing was (no such account) it takes as long to say no.

        Raises:
            TooMany: too many wait already.
        """
        if len(password) > LONGEST or not words.is_clean(password):
            password, kept = "", None
        return await self._when_free(_verify, kept, _composed(password))

    async def _when_free(self, work: Callable[..., T], *values: object) -> T:
        if self._most_waiting is not None and self._waiting >= self._most_waiting:
            raise TooMany(COME_AGAIN, "Very many people are signing in just now. Please try again in a moment.")
        self._waiting += 1
        try:
            async with self._free:
                return await asyncio.to_thread(work, *values)
        finally:
            self._waiting -= 1


def _verify(kept: str | None, password: str) -> bool:
    try:
        return _hasher.verify(kept or _nobodys, password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def _composed(password: str) -> str:
    """Keyboards differ in how they compose an é; the password is the same."""
    return unicodedata.normalize("NFC", password)
