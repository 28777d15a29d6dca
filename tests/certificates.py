"""A key and a certificate of one's own, for what is encrypted on this machine."""

from __future__ import annotations

import subprocess
from pathlib import Path


def make_certificate(folder: Path, days: int = 90) -> Path:
    """Return a file with a key and its certificate, for localhost and its addresses, that nobody else vouches for.

    It is good for so many days; -1 is one that expired yesterday.
    """
    path = folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1",
         "-keyout", str(path), "-out", str(folder / "alone.pem")],
        check=True,
        capture_output=True,
    )  # fmt: skip
    # `req` makes none that has expired; `x509` does.
    subprocess.run(
        ["openssl", "x509", "-in", str(folder / "alone.pem"), "-signkey", str(path), "-days", str(days),
         "-out", str(folder / "dated.pem")],
        check=True,
        capture_output=True,
    )  # fmt: skip
    (folder / "dated.pem").replace(folder / "alone.pem")
    path.write_text(path.read_text() + (folder / "alone.pem").read_text())
    return path
