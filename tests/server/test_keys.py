"""The school's key: made once, changed without signing anybody out, refused when it could be guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from edusphere.server.keys import KEY_FILE, PREVIOUS_FILE, read_keys, rotate_key
from edusphere.server.nonsense import refuse_weak_keys
from edusphere.server.refused import Refused
from edusphere.settings import Settings
from tests.server.served import refusal, run


def test_a_key_is_made_once_and_read_by_us_alone(settings: Settings) -> None:
    keys = read_keys(settings)
    assert keys == read_keys(settings)
    assert len(keys.current) == 64
    assert keys.previous is None
    assert (settings.data / KEY_FILE).stat().st_mode & 0o777 == 0o600


def test_after_a_change_the_key_before_still_verifies_and_the_one_before_that_no_longer(settings: Settings) -> None:
    first = read_keys(settings)
    rotate_key(settings)
    second = read_keys(settings)
    assert (second.previous, second.current != first.current) == (first.current, True)
    assert (settings.data / PREVIOUS_FILE).stat().st_mode & 0o777 == 0o600
    rotate_key(settings)
    third = read_keys(settings)
    assert third.previous == second.current
    assert sorted(file.name for file in settings.data.iterdir()) == [KEY_FILE, PREVIOUS_FILE]


def test_an_interrupted_change_loses_no_key(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    before = read_keys(settings)
    replace = Path.replace

    def fail_at_the_second(source: Path, target: Path) -> Path:
        if target.name == KEY_FILE:
            raise OSError(28, "No space left on device")
        return replace(source, target)

    monkeypatch.setattr(Path, "replace", fail_at_the_second)
    with pytest.raises(Refused, match="No space left"):
        rotate_key(settings)
    assert read_keys(settings).current == before.current


def test_a_key_that_is_set_elsewhere_is_changed_elsewhere(settings: Settings) -> None:
    key = SecretStr("a key of the environment, 32 bytes")
    with pytest.raises(Refused, match=r"give its value to SECRET_KEY_PREVIOUS.*restart"):
        rotate_key(settings.model_copy(update={"secret_key": key}))
    with pytest.raises(Refused, match="remove it first"):
        rotate_key(settings.model_copy(update={"secret_key_previous": key}))
    assert list(settings.data.iterdir()) == []


@pytest.mark.parametrize("name", ["secret_key", "secret_key_previous"])
@pytest.mark.parametrize("key", ["", "secret", "x" * 31, "x" * 64, "abcabc" * 10, "é" * 15])
def test_a_key_that_could_be_guessed_stops_the_start(settings: Settings, name: str, key: str) -> None:
    with pytest.raises(Refused, match=f"^{name.upper()} .*openssl rand"):
        refuse_weak_keys(settings.model_copy(update={name: SecretStr(key)}))


def test_a_damaged_key_file_stops_the_start_in_words(settings: Settings) -> None:
    (settings.data / KEY_FILE).write_text("half a ke")
    with pytest.raises(Refused, match="is damaged"):
        read_keys(settings)


def test_at_the_command_line_it_says_what_to_do_next(tmp_path: Path) -> None:
    done = run("key", "rotate", "--data", str(tmp_path))
    assert (done.returncode, done.stdout) == (0, "")
    assert "Restart `edusphere serve`" in done.stderr
    assert "SECRET_KEY_PREVIOUS" in refusal("key", "rotate", "--data", str(tmp_path), SECRET_KEY="0123456789abcdef" * 3)
