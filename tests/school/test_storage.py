"""The folder of files keeps its interface's promises."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from edusphere.errors import NotFound
from edusphere.school.storage import PIECE, FolderStorage, Storage
from tests.samples import arriving, noise


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return FolderStorage(tmp_path)


async def read(storage: Storage, key: str, start: int = 0, end: int | None = None) -> bytes:
    return b"".join([piece async for piece in storage.open(key, start, end)])


def kept(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


async def test_what_is_put_is_there_whole_and_in_parts(storage: Storage) -> None:
    data = noise(3 * PIECE + 17)
    assert await storage.put("files/aa/one", arriving(data, 70_000)) == len(data)
    assert await storage.size("files/aa/one") == len(data)
    assert await read(storage, "files/aa/one") == data
    assert await read(storage, "files/aa/one", PIECE - 3, 2 * PIECE + 5) == data[PIECE - 3 : 2 * PIECE + 5]
    assert await read(storage, "files/aa/one", len(data) - 2, len(data) + 50) == data[-2:]
    assert await read(storage, "files/aa/one", 4, 4) == b""


async def test_nothing_can_be_empty_too(storage: Storage) -> None:
    assert await storage.put("files/aa/none", arriving(b"")) == 0
    assert await read(storage, "files/aa/none") == b""


async def test_what_is_not_there_is_told_so_and_deleting_twice_is_deleting_once(storage: Storage) -> None:
    assert await storage.size("files/aa/one") is None
    with pytest.raises(NotFound):
        await read(storage, "files/aa/one")
    await storage.put("files/aa/one", arriving(b"x"))
    await storage.delete("files/aa/one")
    await storage.delete("files/aa/one")
    assert await storage.size("files/aa/one") is None


async def test_what_breaks_off_leaves_nothing_and_says_why(storage: Storage, tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield noise(PIECE + 1)
        raise ValueError("lost")

    with pytest.raises(ValueError, match="lost"):
        await storage.put("files/aa/one", broken())
    assert kept(tmp_path) == []


async def test_a_put_that_is_cancelled_at_any_moment_leaves_nothing(storage: Storage, tmp_path: Path) -> None:
    for wait in range(12):
        putting = asyncio.ensure_future(storage.put(f"files/aa/{wait}", arriving(noise(PIECE * 2), PIECE)))
        await asyncio.sleep(wait * 0.0004)
        putting.cancel()
        (done,) = await asyncio.gather(putting, return_exceptions=True)
        assert kept(tmp_path) == ([str(wait)] if isinstance(done, int) else [])
        await storage.delete(f"files/aa/{wait}")


async def test_a_folder_is_listed_with_all_that_is_below(storage: Storage) -> None:
    keys = {f"files/{place:02x}/{place}" for place in range(30)}
    for key in keys:
        await storage.put(key, arriving(b"abc"))
    await storage.put("avatars/a.webp", arriving(b"x"))
    found = [stored async for some in storage.list("files") for stored in some]
    assert {stored.key for stored in found} == keys
    assert {stored.size for stored in found} == {3}
    assert [some async for some in storage.list("nowhere")] == []


async def test_a_file_and_its_name_are_on_the_disk_before_it_counts_as_kept(
    storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []

    def fsync(descriptor: int) -> None:
        place = Path(f"/proc/self/fd/{descriptor}").readlink()
        synced.append("data" if place.is_file() else str(place.relative_to(tmp_path.resolve())))

    monkeypatch.setattr("edusphere.school.storage.os.fsync", fsync)
    await storage.put("files/aa/one", arriving(b"x"))
    await storage.put("files/aa/two", arriving(b"x"))
    assert synced == ["data", "files/aa", "files", "data", "files/aa"]
