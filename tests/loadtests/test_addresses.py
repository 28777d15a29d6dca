"""Nobody loads a server that is not theirs by mistake."""

from __future__ import annotations

import pytest

from loadtests.player.own import NotOurs, require_ours


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "https://localhost", "http://[::1]:8000", "http://127.9.9.9"])
def test_ones_own_machine_may_be_loaded(url: str) -> None:
    require_ours(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.7:8000",
        "https://203.0.113.9",
        "http://[2001:db8::1]/",
        "http://school.invalid",
        "http://0.0.0.0",
    ],
)
def test_any_other_is_refused_in_a_plain_sentence_unless_insisted_on(url: str) -> None:
    with pytest.raises(NotOurs, match=r"is not this machine.*say --insist\.$"):
        require_ours(url)
    require_ours(url, insisted=True)


@pytest.mark.parametrize("url", ["", "localhost:8000", "ftp://127.0.0.1", "http://"])
def test_what_is_no_address_is_refused_also_where_insisted_on(url: str) -> None:
    with pytest.raises(NotOurs, match="is no address"):
        require_ours(url, insisted=True)
