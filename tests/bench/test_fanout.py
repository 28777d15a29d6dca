"""Who is measured beside us, and who is left out."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from loadtests.bench.crowd import Crowd, Heard, Spread
from loadtests.bench.effort import Effort
from loadtests.bench.fanout import Fanout
from loadtests.bench.opponents import Opponent
from loadtests.bench.processes import Cost
from loadtests.bench.served import Trouble

QUICKLY = Spread(1, 1.0, 1.0, 1.0, 1.0, 1.0)


class Ears:
    """A crowd that hears everything, or from some post on not."""

    def __init__(self, patience: int) -> None:
        self._patience = patience

    def closed(self, burst: int, seconds: float) -> Heard:
        self._patience -= 1
        if self._patience < 0:
            raise Trouble("At `closed`: 3 of 4 deliveries came.")
        return Heard(burst, 1_000 * burst, 0, 0, 1_000, seconds, QUICKLY, QUICKLY, QUICKLY)


def opponent(name: str, patience: int = 100) -> Opponent:
    return Opponent(name, cast(Crowd, Ears(patience)), cpu=lambda: Cost(1.0, 0.0), memory=lambda: 1.0)


def test_all_post_in_turn(tmp_path: Path) -> None:
    said: list[str] = []
    fanout = Fanout(tmp_path, Effort(runs=3), said.append)
    fanout._interleave(1_000, {1: [opponent("us"), opponent("floor")], 16: [opponent("us")]})
    assert {name: {key: len(runs) for key, runs in taken.items()} for name, taken in fanout.measured.taken.items()} == {
        "us": {(1_000, 1): 3, (1_000, 16): 3},
        "floor": {(1_000, 1): 3},
    }
    assert len(said) == 3


def test_another_server_that_loses_a_delivery_is_left_out_and_the_rest_go_on(tmp_path: Path) -> None:
    us, other, bad = opponent("us"), opponent("other"), opponent("bad", patience=1)
    fanout = Fanout(tmp_path, Effort(runs=3), lambda _: None)
    fanout._interleave(1_000, {1: [us, other, bad]}, [other, bad])
    assert fanout.measured.left_out == {"bad": "At `closed`: 3 of 4 deliveries came."}
    assert len(fanout.measured.taken["other"][1_000, 1]) == 3


def test_the_product_losing_a_delivery_ends_the_run(tmp_path: Path) -> None:
    us, other = opponent("us", patience=1), opponent("other")
    with pytest.raises(Trouble, match="3 of 4"):
        Fanout(tmp_path, Effort(runs=3), lambda _: None)._interleave(1_000, {1: [us, other]}, [other])
