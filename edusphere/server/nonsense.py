"""Settings that are each understood, and together make no sense."""

from __future__ import annotations

from collections.abc import Callable

from edusphere.server.refused import Refused
from edusphere.settings import Settings

KEY_BYTES = 32
"""The shortest key: what HMAC-SHA-256 can use in full (RFC 7518, 3.2)."""
KEY_CHARACTERS = 8
"""So many different ones, at least: 32 random hexadecimal digits practically never have fewer."""


def refuse_weak_keys(settings: Settings) -> None:
    """Refuse keys that could be guessed."""
    for name, key in (("SECRET_KEY", settings.secret_key), ("SECRET_KEY_PREVIOUS", settings.secret_key_previous)):
        if key is None:
            continue
        secret = key.get_secret_value().encode()
        weakness = (
            f"is shorter than {KEY_BYTES} bytes"
            if len(secret) < KEY_BYTES
            else "is made of very few different characters"
            if len(set(secret)) < KEY_CHARACTERS
            else None
        )
        if weakness:
            raise Refused(
                f"{name} {weakness}. Make one with `openssl rand -hex 32`, "
                "or leave it unset: EduSphere then keeps one of its own."
            )


def refuse_lonely_workers(settings: Settings) -> None:
    """Refuse several processes that could not hear one another."""
    if settings.workers > 1 and not settings.broker_url:
        raise Refused("More than one worker needs Redis: set REDIS_URL, or leave EDUSPHERE_WORKERS at 1.")


async def refuse_foreign_redis(settings: Settings, say: Callable[[str], None]) -> None:
    """Refuse a Redis that will never let us in. One that is away may come back, and the school is open without it."""
    if settings.broker_url:
        from edusphere.realtime.broker.redis import refusal  # a school of one process never loads it

        try:
            if why := await refusal(settings.broker_url):
                raise Refused(why)
        except OSError as error:
            say(f"Redis does not answer ({error}): start it, or correct REDIS_URL. The school opens without it.")
            say("Until it is there, people of other processes hear of each other seconds later.")


def refuse_half_encrypted(settings: Settings) -> None:
    """Refuse a school that is served over https while its cookies and links would be made for http."""
    if settings.tls_certificate is not None and not settings.secure:
        raise Refused(
            "With EDUSPHERE_TLS_CERTIFICATE people come over https: "
            "set EDUSPHERE_PUBLIC_URL to the address they use, like https://school.example."
        )
    if settings.tls_key is not None and settings.tls_certificate is None:
        raise Refused("EDUSPHERE_TLS_KEY is of no use without EDUSPHERE_TLS_CERTIFICATE: set both.")
