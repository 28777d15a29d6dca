"""Until when a certificate is good: found out as a browser does, by shaking hands with it."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from edusphere.settings import Settings

SOON = timedelta(days=14)
EXPIRED = 10
NOT_YET_GOOD = 9
"""OpenSSL's numbers (x509_vfy.h)."""
RENEW = "Renew it (`certbot renew`, or ask who gave it to you) and start EduSphere again."


def trouble(settings: Settings) -> str | None:
    """Return a sentence where the school's certificate is out of date or soon will be."""
    if settings.tls_certificate is None:
        return None
    try:
        left = _until(settings.tls_certificate, settings.tls_key) - datetime.now(UTC)
    except ssl.SSLCertVerificationError as error:
        if error.verify_code not in (EXPIRED, NOT_YET_GOOD):
            return None  # of names and authorities browsers judge, who know more of them
        how = "has expired" if error.verify_code == EXPIRED else "is not good yet: is this machine's clock right?"
        return f"The certificate {settings.tls_certificate} {how}; browsers refuse the school. {RENEW}"
    if left < SOON:
        return f"The certificate {settings.tls_certificate} expires in {left.days} days. {RENEW}"
    return None


def _until(certificate: Path, key: Path | None) -> datetime:
    """Shake hands in memory with whoever has this certificate, and trusts nothing else."""
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(certificate, key)
    client = ssl.create_default_context(cafile=certificate)
    client.check_hostname = False
    client.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    asking, answering = client.wrap_bio(back, there), server.wrap_bio(there, back, server_side=True)
    waiting = [asking, answering]
    while asking in waiting:
        for side in tuple(waiting):
            try:
                side.do_handshake()
                waiting.remove(side)
            except ssl.SSLWantReadError:
                continue
    said = asking.getpeercert()
    assert said is not None  # noqa: S101 (it was verified)
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(said["notAfter"])), UTC)
