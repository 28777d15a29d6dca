"""What the Dockerfiles promise, read from them. `python -m tests.image` runs them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.image.dockerfile import Recipe, read

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=["Dockerfile", "nginx/Dockerfile"])
def recipe(request: pytest.FixtureRequest) -> Recipe:
    return read(ROOT / request.param)


def test_nothing_is_known_against_them() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("hadolint"), "Dockerfile", "nginx/Dockerfile"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_images_run_as_an_ordinary_user(recipe: Recipe) -> None:
    stage = recipe.last
    while not (users := [step.value for step in stage.steps if step.word == "USER"]):
        stage = recipe.stages[stage.base]
    assert users[-1] == "10001:10001"


def test_all_that_is_fetched_is_pinned(recipe: Recipe) -> None:
    for stage in recipe.stages.values():
        assert stage.base in recipe.stages or ":" in stage.base
        assert "latest" not in stage.base
        for step in stage.steps:
            if "pip" in step.value and " install" in step.value and "apt-get" not in step.value:
                assert "--require-hashes" in step.value or "==" in step.value or ".whl" in step.value
            assert "npm install" not in step.value


def test_the_pages_are_built_by_the_same_steps_for_both_images() -> None:
    own, nginx = read(ROOT / "Dockerfile"), read(ROOT / "nginx/Dockerfile")
    for name in ("tools", "pages"):
        assert own.stages[name] == nginx.stages[name]


def test_a_stop_is_heard_and_health_is_told() -> None:
    said = {step.word: step.value for step in read(ROOT / "Dockerfile").stages["runtime"].steps}
    assert said["STOPSIGNAL"] == "SIGTERM"
    assert said["ENTRYPOINT"] == '["tini", "--", "edusphere"]'
    assert said["VOLUME"] == "/data"
    assert "edusphere.server.probe" in said["HEALTHCHECK"]


def test_no_key_and_no_data_goes_into_an_image() -> None:
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert not let_through & {"data", ".env", ".git", ".venv", "tests"}
