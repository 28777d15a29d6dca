"""A certificate that runs out: one sentence, and the next step."""

from __future__ import annotations

from pathlib import Path

import pytest

from edusphere.server import certificate
from edusphere.settings import Settings
from tests.certificates import make_certificate

pytestmark = pytest.mark.timeout(240)


def settings_with(folder: Path, days: int) -> Settings:
    made = make_certificate(folder, days)
    return Settings(tls_certificate=made, public_url="https://localhost", _env_file=None)  # type: ignore[call-arg]


def test_a_certificate_that_has_expired_is_told_and_how_to_renew_it(tmp_path: Path) -> None:
    said = certificate.trouble(settings_with(tmp_path, -1)) or ""
    assert f"The certificate {tmp_path / 'certificate.pem'} has expired; browsers refuse the school." in said
    assert "certbot renew" in said


def test_a_certificate_that_soon_expires_is_told_in_time(tmp_path: Path) -> None:
    assert "expires in 4 days" in (certificate.trouble(settings_with(tmp_path, 5)) or "")


def test_a_good_certificate_is_no_news(tmp_path: Path) -> None:
    assert certificate.trouble(settings_with(tmp_path, 90)) is None
    assert certificate.trouble(Settings(_env_file=None)) is None  # type: ignore[call-arg]
