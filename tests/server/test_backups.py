"""A school is kept in one file, whatever happens meanwhile, and comes back from it."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import time
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from edusphere.database.address import Address
from edusphere.server.backup.archive import Reader
from edusphere.server.backup.archive import written as written_to
from edusphere.server.backup.making import folder_of
from edusphere.server.backup.nightly import WEEKS, due, nights, rotate, superfluous
from edusphere.server.backup.restoring import checked
from edusphere.server.refused import Refused
from edusphere.settings import Settings
from tests.conftest import clone
from tests.people import Cast
from tests.server.posters import Poster, ask, posting, written
from tests.server.served import Served, refusal, run, serve

pytestmark = pytest.mark.timeout(300)
PICTURE = b"\x89PNG not really, kept as a file"


@pytest.fixture
def school(tmp_path: Path, opened_before: tuple[Path, str]) -> Path:
    """The data folder of a small school."""
    data = tmp_path / "school"
    subprocess.run(["cp", "-a", str(opened_before[0]), str(data)], check=True)
    return data


@pytest.fixture(scope="session")
def kept_before(opened_before: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("backups") / "school.tar"
    done(run("backup", str(file), "--data", str(opened_before[0])))
    return file


@pytest.fixture
def backup(kept_before: Path, tmp_path: Path) -> Path:
    """A backup of that school, to do with as one likes."""
    return Path(shutil.copy(kept_before, tmp_path / "school.tar"))


def done(command: subprocess.CompletedProcess[str]) -> str:
    assert command.returncode == 0, command
    return command.stdout


def forge(backup: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """Change what is in a backup, and its sums with it: somebody made this file."""
    with tarfile.open(backup) as tar:
        content = {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
    del content["SHA256SUMS"]
    change(content)
    sums = "".join(f"{hashlib.sha256(words).hexdigest()}  {name}\n" for name, words in content.items())
    with tarfile.open(backup, "w") as tar:
        for name, words in (content | {"SHA256SUMS": sums.encode()}).items():
            member = tarfile.TarInfo(name)
            member.size = len(words)
            tar.addfile(member, io.BytesIO(words))


def count(posters: list[Poster]) -> int:
    return sum(len(poster.acknowledged) for poster in posters)


def people(data: Path) -> str:
    return done(run("user", "list", "--data", str(data)))


def eventually(holds: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def upload(served: Served, token: str, words: bytes) -> str:
    request = urllib.request.Request(  # noqa: S310 (our own address)
        f"{served.url}/api/files/?name=pond.bin", words, {"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        file_id: str = json.load(answer)["id"]
        return file_id


def test_g15_whatever_was_acknowledged_before_the_backup_began_is_there_after_it_came_back(
    school: Path, tmp_path: Path, opened_before: tuple[Path, str]
) -> None:
    file, elsewhere = tmp_path / "kept.tar", tmp_path / "elsewhere"
    with serve(school, EDUSPHERE_LIMITS="off") as served, posting(served, opened_before[1], 6) as posters:
        eventually(lambda: count(posters) > 300)
        before = {client_id for poster in posters for client_id in poster.acknowledged}
        said = done(run("backup", str(file), "--data", str(school)))
        eventually(lambda: count(posters) > len(before) + 100)
        assert not any(poster.codes for poster in posters), "nobody is cut for it"
    assert "messages" in said
    came_back = done(run("restore", str(file), "--data", str(elsewhere)))
    assert "messages and 0 files came back" in came_back
    with serve(elsewhere) as served:
        there = written(served)
        assert before <= there
        assert ask(served, opened_before[1], "{ me { username } }") == {"me": {"username": "anna"}}
    assert there <= {client_id for poster in posters for client_id in poster.said}
    done(run("audit", "verify", "--data", str(elsewhere)))


def test_files_come_back_with_the_words_they_belong_to(
    school: Path, tmp_path: Path, opened_before: tuple[Path, str]
) -> None:
    file, elsewhere = tmp_path / "kept.tar", tmp_path / "elsewhere"
    with serve(school) as served:
        file_id = upload(served, opened_before[1], PICTURE)
        done(run("backup", str(file), "--data", str(school)))
    assert "1 files of the data folder" in done(run("restore", str(file), "--data", str(elsewhere)))
    kept = [path for path in (elsewhere / "media").rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in kept] == [PICTURE]
    assert file_id.replace("-", "") in kept[0].name
    assert {path.stat().st_mode & 0o077 for path in kept} == {0}


def test_a_backup_can_be_read_without_us_and_by_us_alone(backup: Path, tmp_path: Path) -> None:
    assert backup.stat().st_mode & 0o077 == 0
    (tmp_path / "out").mkdir()
    subprocess.run(["tar", "--extract", "--file", str(backup), "--directory", str(tmp_path / "out")], check=True)
    subprocess.run(["sha256sum", "--quiet", "--check", "SHA256SUMS"], cwd=tmp_path / "out", check=True)
    assert json.loads((tmp_path / "out" / "about.json").read_text())["counts"]["people"] == 1


def test_an_encrypted_backup_opens_by_its_private_key_alone(school: Path, tmp_path: Path) -> None:
    key, other, file = tmp_path / "key", tmp_path / "other", tmp_path / "kept.tar.age"
    public = done(run("backup", "--new-key", str(key))).strip()
    done(run("backup", "--new-key", str(other)))
    done(run("backup", str(file), "--data", str(school), EDUSPHERE_BACKUP_RECIPIENT=public))
    assert b"anna" not in file.read_bytes()
    assert file.read_bytes().startswith(b"age-encryption.org/v1")
    assert "is encrypted: name the file with its private key by --key" in refusal("restore", str(file))
    assert "encrypted for another key" in refusal("restore", str(file), "--key", str(other))
    elsewhere = tmp_path / "elsewhere"
    done(run("restore", str(file), "--key", str(key), "--data", str(elsewhere)))
    assert people(elsewhere) == people(school)


def test_a_private_key_is_never_written_over(tmp_path: Path) -> None:
    key = tmp_path / "key"
    done(run("backup", "--new-key", str(key)))
    before = key.read_text()
    assert key.stat().st_mode & 0o077 == 0
    assert "cannot be written" in refusal("backup", "--new-key", str(key))
    assert key.read_text() == before


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.9, 0.999])
def test_a_backup_that_is_cut_short_changes_nothing(backup: Path, tmp_path: Path, share: float) -> None:
    whole = backup.read_bytes()
    backup.write_bytes(whole[: int(len(whole.rstrip(b"\0")) * share)])
    with pytest.raises(Refused, match="is cut short or damaged"):
        checked(Reader(backup, None), lambda *how: None)
    if share == 0.5:
        assert "is cut short or damaged" in refusal("restore", str(backup), "--data", str(tmp_path / "new"))
        assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("place", [0.2, 0.5, 0.8])
def test_a_backup_with_one_wrong_byte_is_refused(backup: Path, place: float) -> None:
    content = bytearray(backup.read_bytes().rstrip(b"\0"))
    content[int(len(content) * place)] ^= 1
    backup.write_bytes(content + bytes(10240))
    with pytest.raises(Refused, match="is cut short or damaged"):
        checked(Reader(backup, None), lambda *how: None)


@pytest.mark.parametrize(
    "name", ["media/../../evil", "media/files/../../../evil", "/evil", "media/avatars/.ssh/evil.webp", "keys/../evil"]
)
def test_what_a_backup_names_outside_the_media_is_not_written(backup: Path, tmp_path: Path, name: str) -> None:
    forge(backup, lambda content: content.update({name: b"evil"}))
    done(run("restore", str(backup), "--data", str(tmp_path / "deep" / "new")))
    assert list(tmp_path.rglob("*evil*")) == []
    assert not Path("/evil").exists()


def test_a_school_is_not_replaced_without_a_word_and_is_kept_when_it_is(
    school: Path, backup: Path, opened_before: tuple[Path, str]
) -> None:
    done(
        run(
            "user",
            "create",
            "--email",
            "ben@school.example",
            "--username",
            "ben",
            "--name",
            "Ben",
            "--data",
            str(school),
        )
    )
    assert "There is a school here already (2 people" in refused(school, backup)
    with serve(school):
        assert "already runs on" in refused(school, backup, "--replace")
    assert "ben" in people(school)
    said = run("restore", str(backup), "--replace", "--data", str(school))
    assert "1 people" in done(said)
    assert "ben" not in people(school)
    (kept,) = folder_of(Settings(data=school)).glob("before-restore-*")
    done(run("restore", str(kept), "--replace", "--data", str(school)))
    assert "ben" in people(school)


def refused(school: Path, backup: Path, *options: str) -> str:
    command = run("restore", str(backup), *options, "--data", str(school))
    assert command.returncode == 2, command
    return command.stderr


def test_a_backup_can_be_looked_into_beside_the_school(school: Path, backup: Path) -> None:
    said = done(run("restore", str(backup), "--database", "yesterday", "--data", str(school)))
    assert "1 people" in said
    assert "The school itself is untouched" in said
    assert "already" in refused(school, backup, "--database", "yesterday")


def test_a_backup_of_a_newer_school_is_refused(backup: Path) -> None:
    forge(backup, lambda content: content.update({"about.json": content["about.json"].replace(b"0001_", b"9999_")}))
    with pytest.raises(Refused, match="by a newer EduSphere"):
        checked(Reader(backup, None), lambda *how: None)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff"])
def test_what_does_not_say_what_it_is_of_is_no_backup(backup: Path, content: bytes) -> None:
    forge(backup, lambda members: members.update({"about.json": content}))
    with pytest.raises(Refused, match="is not one of EduSphere's"):
        checked(Reader(backup, None), lambda *how: None)


def test_a_backup_whose_database_does_not_come_back_leaves_the_school_as_it_was(school: Path, backup: Path) -> None:
    def halve(content: dict[str, bytes]) -> None:
        whole = content["database/000001"]
        content["database/000001"] = whole[: len(whole) * 3 // 4]

    forge(backup, halve)
    before = people(school)
    assert "The database:" in refused(school, backup, "--replace")
    assert people(school) == before


def test_a_backup_that_breaks_off_leaves_nothing_behind_and_writes_over_nothing(school: Path, tmp_path: Path) -> None:
    file = tmp_path / "kept" / "school.tar"

    def break_off() -> None:
        with written_to(file, None) as archive:
            archive.add("about.json", b"{}")
            raise RuntimeError("the power goes")

    with pytest.raises(RuntimeError):
        break_off()
    assert list(file.parent.iterdir()) == []
    file.write_text("mine")
    assert "is not overwritten" in refusal("backup", str(file), "--data", str(school))
    assert file.read_text() == "mine"
    assert "There is no school in" in refusal("backup", str(file), "--data", str(tmp_path / "nowhere"))


def test_a_school_that_is_served_makes_the_nights_backup_by_itself(school: Path) -> None:
    hurry = (
        "import edusphere.server.backup.nightly as nightly, edusphere.__main__ as main\n"
        "nightly.FIRST, nightly.LOOK = 0, 0.1\n"
        "main.main()"
    )
    with serve(school, program=("-c", hurry)) as served:
        eventually(lambda: len(nights(folder_of(Settings(data=school)))) == 1)
        (made,) = nights(folder_of(Settings(data=school))).values()
        eventually(lambda: "The night's backup: " in "".join(served.logged))
        assert served.get("/api/health/ready") == 200
    assert "1 people" in done(run("restore", "--check", str(made)))


async def test_a_school_on_an_external_postgres_is_kept_and_comes_back_too(
    address: Address, cast: Cast, worker_id: str, tmp_path: Path
) -> None:
    def at(database: str) -> dict[str, str]:
        return {"DB_HOST": address.host, "DB_PORT": str(address.port), "DB_USER": address.user, "DB_NAME": database}

    file, data = tmp_path / "kept.tar", ("--data", str(tmp_path / "data"))
    assert "6 people" in done(await asyncio.to_thread(run, "backup", str(file), *data, **at(address.database)))
    said = await asyncio.to_thread(run, "restore", str(file), "--replace", *data, **at(address.database))
    assert (said.returncode, "The school is being served" in said.stderr) == (2, True), "the tests' own pool is open"
    bare = await clone(replace(address, database="template0"), f"back_{worker_id}")
    said = await asyncio.to_thread(run, "restore", str(file), *data, **at(bare.database))
    assert "6 people" in done(said)
    assert "anna" in done(await asyncio.to_thread(run, "user", "list", *data, **at(bare.database)))


def test_the_nights_backup_is_made_once_a_night(school: Path) -> None:
    assert "people" in done(run("backup", "--nightly", "--data", str(school)))
    again = run("backup", "--nightly", "--data", str(school))
    assert (again.returncode, again.stdout) == (0, "")
    assert "is there already" in again.stderr
    assert len(nights(folder_of(Settings(data=school)))) == 1


def test_a_night_begins_at_its_hour(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, backup_hour=3)
    assert due(settings, datetime(2026, 11, 23, 2, 59, tzinfo=UTC)) == "2026-11-22"
    assert due(settings, datetime(2026, 11, 23, 3, 0, tzinfo=UTC)) == "2026-11-23"
    folder_of(settings).mkdir()
    (folder_of(settings) / "edusphere-2026-11-22.tar.age").touch()
    assert due(settings, datetime(2026, 11, 23, 2, 59, tzinfo=UTC)) is None
    assert due(settings, datetime(2026, 11, 23, 3, 0, tzinfo=UTC)) == "2026-11-23"
    assert due(Settings(data=tmp_path, backups_kept=0), datetime(2026, 11, 23, 3, 0, tzinfo=UTC)) is None


def test_after_a_year_there_are_the_last_nights_and_one_of_each_week_before() -> None:
    first, kept = datetime(2026, 1, 1, tzinfo=UTC), set[str]()
    for day in range(365):
        kept.add((first + timedelta(days=day)).strftime("%Y-%m-%d"))
        kept -= superfluous(kept, 7)
    last = [(first + timedelta(days=day)).strftime("%Y-%m-%d") for day in range(358, 365)]
    assert set(last) <= kept
    weeks = sorted(kept - set(last))
    assert len(weeks) == WEEKS
    days = [datetime.fromisoformat(day) for day in weeks]
    assert {(later - earlier).days for earlier, later in pairwise(days)} == {7}


def test_of_those_before_an_upgrade_the_last_are_kept(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    folder_of(settings).mkdir()
    for number in range(6):
        file = folder_of(settings) / f"before-000{number}.tar"
        file.touch()
        os.utime(file, (number, number))
    (folder_of(settings) / "mine.tar").touch()
    rotate(settings)
    left = sorted(file.name for file in folder_of(settings).iterdir())
    assert left == ["before-0003.tar", "before-0004.tar", "before-0005.tar", "mine.tar"]
