"""The school's secret keys, and what is made with them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Keys:
    """`current` signs; `previous` only still verifies."""

    current: bytes = field(repr=False)
    previous: bytes | None = field(default=None, repr=False)

    def derive(self, purpose: str, value: str) -> Iterator[str]:
        """Yield a secret of `value` (43 characters), by the current key and then by the previous one."""
        for key in (self.current, self.previous):
            if key is not None:
                mac = hmac.digest(key, f"{purpose}\0{value}".encode(), "sha256")
                yield _text(mac)


def new_token() -> str:
    """Return 256 random bits, as 43 characters that fit in a URL."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """Return what is kept of a token: its SHA-256, in hex. Enough for 256 random bits, and it can be looked up."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
