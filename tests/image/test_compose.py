"""What docker-compose promises, read from its files: the schema, who is heard from outside, who may do what."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from edusphere.settings import Settings

ROOT = Path(__file__).parents[2]
FILES = ("docker-compose.yml", "docker-compose.development.yml")
ONCE = {"secrets", "migrate"}
BUILT = {"edusphere": "Dockerfile", "edusphere-nginx": "nginx/Dockerfile"}


def read(name: str) -> dict[str, Any]:
    read: dict[str, Any] = YAML(typ="safe").load(ROOT / name)
    return read


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    services: dict[str, dict[str, Any]] = read(FILES[0])["services"]
    return services


def test_the_files_are_what_the_specification_allows() -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*check, *FILES], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_only_nginx_is_heard_from_outside(services: dict[str, dict[str, Any]]) -> None:
    assert {name for name, service in services.items() if "ports" in service} == {"nginx"}
    for name, service in read(FILES[1])["services"].items():
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:"), name


def test_nobody_may_do_more_than_their_work_takes(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service.get("read_only") or name == "frontend", name
        assert "privileged" not in service, name
        assert name in ONCE or "limits" in service["deploy"]["resources"], name
        assert name in ONCE or "healthcheck" in service or name == "backend", name  # its image has one


def test_only_who_makes_the_secrets_is_root_and_has_no_network(services: dict[str, dict[str, Any]]) -> None:
    roots = {name for name, service in services.items() if service.get("user", "").startswith("0")}
    assert roots == {"secrets"}
    assert services["secrets"]["network_mode"] == "none"
    for name, service in services.items():
        image = BUILT.get(service["image"])
        assert "user" in service or (image and "USER 10001" in (ROOT / image).read_text()), name


def test_whoever_needs_somebody_waits_until_they_are_well(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        for other, how in service.get("depends_on", {}).items():
            wanted = "service_completed_successfully" if other in ONCE else "service_healthy"
            assert how["condition"] == wanted, (name, other)
    assert set(services["backend"]["depends_on"]) == {"migrate", "postgres", "redis"}


def test_every_setting_that_is_passed_on_exists(services: dict[str, dict[str, Any]]) -> None:
    known = {str(field.validation_alias) for field in Settings.model_fields.values()}
    assert set(services["backend"]["environment"]) <= known
    placing = (ROOT / "nginx/place.sh").read_text()
    for name in services["nginx"]["environment"]:
        assert f'"${{{name}' in placing, name


def test_the_example_explains_all_that_can_be_set_and_nothing_else() -> None:
    asked = set(re.findall(r"(?<!\$)\$\{(\w+)", "".join((ROOT / name).read_text() for name in FILES)))
    explained = set(re.findall(r"^# ([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert explained - {"COMPOSE_FILE", "COMPOSE_PROFILES"} == asked
