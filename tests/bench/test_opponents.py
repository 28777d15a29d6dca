"""The servers we are measured beside."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path

import pytest

from loadtests.bench import peers
from loadtests.bench.compiled import compiled, has_compiler
from loadtests.bench.opponents import floor
from loadtests.bench.peers import PEERS, SOURCES
from loadtests.bench.served import Trouble

KINDS = ["each", "joined"] if has_compiler() else []


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_floor_tells_everybody_once_and_in_order(kind: str, tmp_path: Path) -> None:
    with floor(kind, 20, tmp_path) as opponent:
        opponent.crowd.open(20)
        alone, together = opponent.post(1, 0.1), opponent.post(16, 0.1)
    assert alone.heard.deliveries == 20 * alone.heard.posts
    assert together.heard.posts % 16 == 0


def test_without_a_compiler_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Trouble, match="install gcc or clang"):
        compiled("floor")


@pytest.mark.parametrize("folder", sorted({peer.folder for peer in PEERS}))
def test_what_a_server_needs_is_pinned(folder: str) -> None:
    source = SOURCES / folder
    if (source / "requirements.txt").is_file():
        needs = (source / "requirements.txt").read_text().split()
        assert needs
        assert all("==" in need for need in needs)
    elif (source / "package.json").is_file():
        assert all(
            need[0].isdigit() for need in json.loads((source / "package.json").read_text())["dependencies"].values()
        )
    else:
        assert folder == "nchan"  # the distribution's


def test_a_server_that_cannot_be_installed_is_left_out_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: str) -> None:
        raise Trouble("`pip install` failed: there is no network.")

    monkeypatch.setattr(peers, "_run", refuse)
    monkeypatch.setattr(peers, "PEERS", tuple(peer for peer in PEERS if peer.folder == "picows"))
    known = peers.Peers(20, tmp_path, "redis://127.0.0.1:1", lambda _: None)
    with ExitStack() as stack:
        assert known.enter(stack) == []
    assert known.left_out == {"picows": "`pip install` failed: there is no network."}
