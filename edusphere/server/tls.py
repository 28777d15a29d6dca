"""https without a proxy in front: for a school whose server is alone on its machine."""

from __future__ import annotations

import ssl

from edusphere.server.refused import Refused
from edusphere.settings import Settings


def context(settings: Settings) -> ssl.SSLContext | None:
    """Return how to encrypt, or None where this server is spoken to in the clear.

    Raises:
        Refused: the certificate and its key cannot be used.
    """
    if settings.tls_certificate is None:
        return None
    encrypted = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    encrypted.minimum_version = ssl.TLSVersion.TLSv1_2
    encrypted.set_alpn_protocols(["http/1.1"])
    try:
        encrypted.load_cert_chain(settings.tls_certificate, settings.tls_key, password=_unasked)
    except (OSError, ValueError) as error:
        key = f" with EDUSPHERE_TLS_KEY {settings.tls_key}" if settings.tls_key else ""
        raise Refused(
            f"EDUSPHERE_TLS_CERTIFICATE {settings.tls_certificate}{key} cannot be used ({error}). "
            "It takes a certificate with its chain, and its private key without a password, both as PEM."
        ) from error
    return encrypted


def _unasked() -> str:
    """A server that starts by itself has nobody to type a password."""
    raise ValueError("the key has a password")
