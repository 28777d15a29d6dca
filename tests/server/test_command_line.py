"""The command line, as an administrator and their scripts use it."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from edusphere.__main__ import main
from edusphere.server.commands import edusphere
from edusphere.server.health import examine
from edusphere.settings import Settings
from loadtests.bench.processes import environment, free_port
from tests.certificates import make_certificate
from tests.server.served import refusal, run, serve

ANNA = ("--email", "Anna@School.example", "--username", "anna", "--name", "Anna Ābele", "--role", "teacher")
AtOnce = Callable[..., tuple[object, str, str]]
pytestmark = pytest.mark.timeout(240)

PASSWORD = "three words and one"


def commands(group: click.Group, *above: str) -> list[tuple[str, ...]]:
    """Every command, by its words."""
    found: list[tuple[str, ...]] = []
    for name, command in group.commands.items():
        found.append((*above, name))
        if isinstance(command, click.Group):
            found += commands(command, *above, name)
    return found


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A school that nobody serves, with Anna in it."""
    data = str(tmp_path_factory.mktemp("school") / "data")
    done = run("user", "create", *ANNA, "--password-stdin", "--data", data, stdin=f"{PASSWORD}\n")
    assert done.returncode == 0, done
    return data


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> AtOnce:
    """Run what ends before it begins in this process: its status, stdout and stderr."""

    def run_here(*words: str) -> tuple[object, str, str]:
        monkeypatch.setattr(sys, "argv", ["edusphere", *words])
        with pytest.raises(SystemExit) as end:
            main()
        return end.value.code, *capsys.readouterr()

    return run_here


@pytest.mark.parametrize("words", commands(edusphere), ids=" ".join)
def test_every_command_explains_itself(words: tuple[str, ...], at_once: AtOnce) -> None:
    status, said, _ = at_once(*words, "--help")
    assert status == 0
    assert f"Usage: edusphere {' '.join(words)}" in said


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("srve",), "No such command 'srve'"),
        (("serve", "--prot", "1"), "No such option '--prot'"),
        (("serve", "--port", "100000"), "'--port'"),
        (("user", "create", "--email", "a@school.example"), "Missing option"),
        (("user", "create", *ANNA, "--role", "KING"), "'--role'"),
        (("user", "disable"), "Name one person"),
        (("token", "create", "--email", "a@school.example", "--days", "0"), "'--days'"),
    ],
)
def test_a_mistake_is_one_line_that_says_where_help_is(words: tuple[str, ...], sentence: str, at_once: AtOnce) -> None:
    status, out, said = at_once(*words)
    assert (status, out, said.count("\n")) == (2, "", 1)
    assert sentence in said
    assert "--help" in said


def test_without_a_command_all_are_listed(at_once: AtOnce) -> None:
    status, out, said = at_once()
    assert (status, out) == (2, "")
    assert "serve" in said


def test_people_are_listed_for_programs_with_tabs(data: str) -> None:
    heads, anna, *_ = (line.split("\t") for line in run("user", "list", "--data", data).stdout.splitlines())
    assert dict(zip(heads, anna, strict=True)) | {"since": ""} == {
        "username": "anna",
        "email": "anna@school.example",
        "name": "Anna Ābele",
        "role": "TEACHER",
        "since": "",
        "disabled": "",
    }


def test_people_are_listed_for_eyes_as_a_table(data: str) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "edusphere", "user", "list", "--data", data]
    subprocess.run(command, stdout=theirs, env=environment(COLUMNS="100", TERM="xterm"), check=True)
    os.close(theirs)
    shown = os.read(ours, 10_000).decode()
    os.close(ours)
    assert "Anna Ābele" in shown
    assert "\t" not in shown


def test_an_account_is_made_once(data: str) -> None:
    said = refusal("user", "create", *ANNA, "--password-stdin", "--data", data, stdin=PASSWORD)
    assert "there is an account with this e-mail address already" in said.lower()


def test_all_that_is_wrong_with_a_new_account_is_told_at_once(data: str) -> None:
    wrong = ("--email", "nowhere", "--username", "No Spaces", "--name", " ", "--password-stdin")
    said = refusal("user", "create", *wrong, "--data", data, stdin="short")
    for word in ("e-mail", "username", "8 characters"):
        assert word in said.lower()


def test_a_password_is_made_up_where_nobody_can_type_one_and_stands_alone_on_the_last_line(data: str) -> None:
    ben = ("--email", "ben@school.example", "--username", "ben", "--name", "Ben")
    done = run("user", "create", *ben, "--data", data)
    assert done.returncode == 0
    assert len(done.stdout.strip()) >= 12


def test_a_new_password_is_read_from_standard_input_or_refused(data: str) -> None:
    words = ("user", "password", "anna", "--password-stdin", "--data", data)
    assert run(*words, stdin="four other words now").returncode == 0
    assert "no password" in refusal(*words)


def test_an_account_is_closed_and_opened_again(data: str) -> None:
    def since() -> str:
        anna = run("user", "list", "--data", data).stdout.splitlines()[1]
        return anna.split("\t")[5]

    assert run("user", "disable", "anna", "--data", data).returncode == 0
    assert since()
    assert run("user", "enable", "--email", "anna@school.example", "--data", data).returncode == 0
    assert not since()


def test_whoever_is_not_there_is_told_so(data: str) -> None:
    assert "nobody" in refusal("user", "password", "nobody", "--password-stdin", "--data", data, stdin=PASSWORD)
    assert "nobody" in refusal("token", "create", "--email", "nobody@school.example", "--data", data)


def test_a_token_is_alone_on_stdout_and_lets_a_program_in(data: str) -> None:
    with serve(Path(data)) as school:
        token = run("token", "create", "--email", "anna@school.example", "--data", data).stdout.strip()
        asking = urllib.request.Request(  # noqa: S310 (our own address)
            f"{school.url}/graphql/",
            json.dumps({"query": "{ me { username } }"}).encode(),
            {"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
        )
        with urllib.request.urlopen(asking, timeout=10) as answer:  # noqa: S310
            assert json.load(answer) == {"data": {"me": {"username": "anna"}}}


def test_tokens_are_listed_without_their_secrets_and_revoked(data: str) -> None:
    words = ("token", "create", "--email", "anna@school.example", "--name", "Reader", "--read-only", "--data", data)
    secret = run(*words, "--days", "30").stdout.strip()
    assert len(secret) >= 43
    listed = run("token", "list", "--email", "anna@school.example", "--data", data).stdout
    assert secret not in listed
    heads, *rows = (line.split("\t") for line in listed.splitlines())
    (reader,) = (dict(zip(heads, row, strict=True)) for row in rows if "Reader" in row)
    assert (reader["username"], reader["scope"], reader["last used"]) == ("anna", "read", "")
    assert run("token", "revoke", reader["id"], "--data", data).returncode == 0
    assert "no such token" in refusal("token", "revoke", reader["id"], "--data", data)
    assert "Reader" not in run("token", "list", "--data", data).stdout
    assert "is not a valid UUID" in refusal("token", "revoke", "Reader", "--data", data)


def test_a_link_for_a_new_password_is_alone_on_stdout(data: str) -> None:
    done = run("user", "reset-link", "anna", "--data", data, EDUSPHERE_PUBLIC_URL="https://school.example/")
    assert re.fullmatch(r"https://school\.example/reset/[-\w]{43}\n", done.stdout)
    assert "nobody" in refusal("user", "reset-link", "nobody", "--data", data)


def test_an_invitation_is_alone_on_stdout(data: str) -> None:
    done = run("user", "invite", "--email", "Ida@school.example", "--role", "teacher", "--data", data)
    assert re.fullmatch(r"http://localhost:8000/invite/[-\w]{43}\n", done.stdout)
    assert "account with this e-mail address already" in refusal(
        "user", "invite", "--email", "anna@school.example", "--data", data
    )
    closed = ("user", "invite", "--email", "ida@school.example", "--data", data)
    assert "nobody can be invited" in refusal(*closed, EDUSPHERE_REGISTRATION="closed")


def test_migrate_says_what_it_did(tmp_path: Path) -> None:
    first = run("migrate", "--data", str(tmp_path / "data"))
    assert first.stdout.startswith("Applied: 0001_initial")
    assert run("migrate", "--data", str(tmp_path / "data")).stdout == "The tables are up to date.\n"


def test_the_demo_fills_an_empty_school_once(tmp_path: Path) -> None:
    done = run("demo", "--data", str(tmp_path / "data"))
    assert "berzina@school.example.org" in done.stdout
    again = run("demo", "--data", str(tmp_path / "data"))
    assert (again.returncode, again.stdout) == (2, "")
    assert "already has people" in again.stderr.splitlines()[-1]


def test_every_setting_is_explained_and_no_secret_is_shown() -> None:
    key = "a secret that nobody may read at all"
    lines = run("settings", SECRET_KEY=key, DB_PASSWORD=key, REDIS_URL=f"redis://:{key.split()[1]}@h/0").stdout
    rows = [line.split("\t") for line in lines.splitlines()[1:]]
    assert [row[0] for row in rows] == [str(field.validation_alias) for field in Settings.model_fields.values()]
    assert all(row[4].endswith(".") for row in rows)
    assert "secret that" not in lines
    assert ":secret@" not in lines


def test_the_contract_is_printed_for_programs() -> None:
    contract = json.loads(run("contract").stdout)
    assert "PostMessage" in contract["realtime"]["commands"]["names"]
    assert "type Mutation" in contract["graphql"]


def test_the_doctor_says_what_is_wrong_and_what_to_do(data: str, tmp_path: Path) -> None:
    free = str(free_port())
    done = run("doctor", "--data", data, EDUSPHERE_PORT=free)
    assert done.returncode == 1
    assert "WRONG  There is no administrator" in done.stdout
    assert "ok     The tables are up to date." in done.stdout
    assert "WRONG" in run("doctor", EDUSPHERE_PROT="1").stdout


def found(settings: Settings) -> str:
    return "\n".join(finding.sentence for finding in examine(settings) if not finding.well)


def test_the_doctor_finds_what_is_missing(tmp_path: Path) -> None:
    nowhere = Settings(data=tmp_path / "none", db_host="127.0.0.1", db_port=1, _env_file=None)  # type: ignore[call-arg]
    assert "yet: `edusphere serve` makes it" in found(nowhere)
    assert "does not answer" in found(nowhere)


def test_the_doctor_finds_open_doors(tmp_path: Path) -> None:
    key = tmp_path / "secret_key"
    key.write_text("k" * 64)
    key.chmod(0o644)
    tmp_path.chmod(0o755)
    settings = Settings(data=tmp_path, debug=True, limits="off", redis_url="redis://127.0.0.1:1", _env_file=None)  # type: ignore[call-arg]
    said = found(settings)
    assert "Others can read the school's key: run `chmod 600" in said
    assert "Others can look into the data folder: run `chmod 700" in said
    for word in ("EDUSPHERE_DEBUG", "EDUSPHERE_LIMITS", "Redis does not answer"):
        assert word in said


def test_the_doctor_finds_a_certificate_that_cannot_be_used(tmp_path: Path) -> None:
    plain = Settings(data=tmp_path, _env_file=None)  # type: ignore[call-arg]
    https = plain.model_copy(update={"tls_certificate": tmp_path / "none.pem", "public_url": "https://school.example"})
    said = found(https)
    assert f"EDUSPHERE_TLS_CERTIFICATE {tmp_path / 'none.pem'} cannot be used" in said
    half = plain.model_copy(update={"tls_key": tmp_path / "none.pem"})
    assert "EDUSPHERE_TLS_KEY is of no use" in found(half)
    assert "TLS" not in found(https.model_copy(update={"tls_certificate": make_certificate(tmp_path)}))
