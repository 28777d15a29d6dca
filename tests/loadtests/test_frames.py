"""What comes from the network is read as the frames it is, however it is cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Close, Frame, Opcode
from websockets.streams import StreamReader

from loadtests.player.frames import CLOSE, LARGEST, PING, PONG, TEXT, Frames, Nonsense, frame


def told(kind: Opcode, payload: bytes, *, fin: bool = True) -> bytes:
    """Return a frame as a server writes it, by another's hand."""
    return Frame(kind, payload, fin=fin).serialize(mask=False)


SPOKEN = [
    (Opcode.TEXT, b""),
    (Opcode.TEXT, b"short"),
    (Opcode.TEXT, b"x" * 125),
    (Opcode.TEXT, b"y" * 126),
    (Opcode.PING, b"still there?"),
    (Opcode.TEXT, b"z" * 65_536),
    (Opcode.CLOSE, Close(1012, "soon back").serialize()),
]
STREAM = b"".join(told(kind, payload) for kind, payload in SPOKEN)
READ = [(int(kind), payload) for kind, payload in SPOKEN]


def test_many_frames_in_one_piece_are_all_read() -> None:
    frames = Frames()
    assert frames.feed(STREAM) == READ
    assert frames.is_between


@given(cuts=st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_frames_are_the_same_wherever_the_network_cuts_them(cuts: list[int]) -> None:
    frames, places = Frames(), [0, *sorted(cuts), len(STREAM)]
    pieces = [STREAM[start:end] for start, end in pairwise(places)]
    assert [read for piece in pieces for read in frames.feed(piece)] == READ


def test_a_frame_that_comes_byte_by_byte_is_read_at_its_last() -> None:
    frames = Frames()
    whole = told(Opcode.TEXT, b"y" * 300)
    read = [frames.feed(whole[place : place + 1]) for place in range(len(whole))]
    assert not any(read[:-1])
    assert read[-1] == [(TEXT, b"y" * 300)]


def test_half_a_frame_is_not_between_frames() -> None:
    frames = Frames()
    frames.feed(told(Opcode.TEXT, b"hello")[:-1])
    assert not frames.is_between


def test_a_message_in_pieces_is_joined_and_a_ping_between_them_is_heard_at_once() -> None:
    frames = Frames()
    assert frames.feed(told(Opcode.TEXT, b"one ", fin=False) + told(Opcode.PING, b"?")) == [(PING, b"?")]
    assert not frames.is_between
    assert frames.feed(told(Opcode.CONT, b"two ", fin=False)) == []
    assert frames.feed(told(Opcode.CONT, b"three")) == [(TEXT, b"one two three")]
    assert frames.is_between


@pytest.mark.parametrize(
    "nonsense",
    [
        frame(TEXT, b"masked"),
        frame(TEXT, b"m" * 300),
        bytes((0xC1, 10)) + b"compressed",
        told(Opcode.CONT, b"of nothing"),
        told(Opcode.TEXT, b"first", fin=False) + told(Opcode.TEXT, b"and another"),
        bytes((PING, 1)) + b"p",
        bytes((0x81, 127)) + (LARGEST + 1).to_bytes(8, "big"),
    ],
)
def test_what_no_server_may_say_is_nonsense(nonsense: bytes) -> None:
    with pytest.raises(Nonsense):
        Frames().feed(nonsense)


@pytest.mark.parametrize(
    ("kind", "size"),
    [*((TEXT, size) for size in (0, 1, 125, 126, 65_535, 65_536)), (PONG, 0), (PONG, 125), (CLOSE, 2)],
)
def test_a_server_reads_what_we_write(kind: int, size: int) -> None:
    payload = bytes(each % 251 for each in range(size))
    written = StreamReader()
    written.feed_data(frame(kind, payload))
    parsing = Frame.parse(written.read_exact, mask=True)
    with pytest.raises(StopIteration) as end:
        next(parsing)
    assert (end.value.value.opcode, end.value.value.data) == (kind, payload)
