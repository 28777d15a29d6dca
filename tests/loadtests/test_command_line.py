"""What is asked wrongly is answered in words, before anything is started."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from loadtests.__main__ import main
from loadtests.day import DAY

ELSEWHERE = "http://203.0.113.9"


@pytest.fixture
def people(tmp_path: Path) -> str:
    (tmp_path / "people").write_text('{"rooms": [], "documents": {}}\n')
    return str(tmp_path / "people")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Missing argument"),
        (["lunch"], "'lunch' is not one of 'morning_rush', 'assembly', 'lessons'"),
        (["assembly", "--users", "many"], "'many' is not a valid integer"),
        (["assembly", "--users", "0"], "0 is not in the range"),
        (["assembly", "--minutes", "-1"], "-1.0 is not in the range"),
        (["assembly", "--broker", "rabbit"], "'rabbit' is not one of 'memory', 'redis'"),
        (["assembly", "--processes", "2", "--broker", "memory"], "Several processes need --broker redis"),
        (["assembly", "--postgres", "mysql://127.0.0.1/x"], "--postgres is `embedded`, `external`, or like"),
        (["assembly", "--postgres", "nonsense"], "--postgres is `embedded`, `external`, or like"),
        (["assembly", "--host", ELSEWHERE], "--host and --people go together"),
        (["assembly", "--people", "/no/such/file", "--host", "http://127.0.0.1"], "There is no file /no/such/file"),
        (["people", "--users", "3"], "people needs --host, --people and --data"),
        (["assembly", "--sockets", "9"], "No such option"),
    ],
)
def test_a_mistake_is_named_and_ends_with_status_2(arguments: list[str], words: str) -> None:
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2, done.output
    assert words in done.output
    assert "Traceback" not in done.output


def test_another_s_school_is_refused_before_locust_is_asked(people: str) -> None:
    done = CliRunner().invoke(main, ["assembly", "--host", ELSEWHERE, "--people", people])
    assert done.exit_code == 2
    assert "203.0.113.9 is not this machine" in done.output
    assert "--insist" in done.output


def test_the_help_tells_each_hour_of_the_day() -> None:
    done = CliRunner().invoke(main, ["--help"])
    assert done.exit_code == 0
    for name, scenario in DAY.items():
        assert f"{name:15} {scenario.about}" in done.output


def test_a_database_that_cannot_be_reached_is_one_sentence(tmp_path: Path) -> None:
    where = ["--postgres", "postgresql://edusphere:wrong@127.0.0.1:9/empty", "--report", str(tmp_path)]
    done = CliRunner().invoke(main, ["assembly", "--users", "2", *where])
    assert done.exit_code == 1
    assert "The school did not become ready" in done.output
