"""Browsers that somebody signed in with before: strangers who guess at their password do not shut these out.

A browser keeps a proof for the account that was last signed in to with it. It outlives sessions, signs nobody in and
says nothing to whoever reads it: it only has the browser's attempts counted by themselves.
Source: OWASP, "Slow Down Online Guessing Attacks with Device Cookies".
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Iterator

from edusphere.school.keys import Keys, digest, new_token
from edusphere.settings import DAYS

KNOWN_FOR = 180 * DAYS
"""Since it was last signed in with."""


class KnownDevices:
    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def prove(self, account: str, earlier: str = "") -> tuple[str, int]:
        """Return a new proof for an account (its e-mail address), and until when it is good (Unix seconds).

        A device that is known by an `earlier` one stays the same device: a new proof is no new handful of guesses.
        """
        expires = int(time.time()) + KNOWN_FOR
        said = f"{self.known(account, earlier) or new_token()}.{expires}"
        return f"{said}.{next(self._seals(account, said))}", expires

    def known(self, account: str, proof: str) -> str | None:
        """Return which device of this account's a proof is of, or None."""
        said, _, seal = proof.rpartition(".")
        if not proof.isascii() or not any(hmac.compare_digest(seal, ours) for ours in self._seals(account, said)):
            return None
        device, _, expires = said.partition(".")
        return device if int(expires) > time.time() else None

    def _seals(self, account: str, said: str) -> Iterator[str]:
        return self._keys.derive("known device", f"{digest(account)}.{said}")
