"""Frames are made by somebody else's writer (`websockets`) and read by ours."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from edusphere.realtime.rfc6455 import (
    BINARY,
    CLOSE,
    PING,
    TEXT,
    FrameReader,
    Received,
    Violation,
    close_code,
    close_frame,
)

LIMIT = 64 * 1024


def said(opcode: Opcode, payload: bytes, final: bool = True) -> bytes:
    return Frame(opcode, payload, final).serialize(mask=True)


def read(data: bytes, piece: int = 1 << 30, limit: int = LIMIT) -> list[Received]:
    reader, received = FrameReader(limit), []
    for start in range(0, len(data), piece):
        reader.feed(data[start : start + piece])
        received += [frame for frame in reader.frames() if frame is not None]
    return received


@given(st.lists(st.text(max_size=300), max_size=5), st.integers(1, 50))
def test_texts_cut_anywhere_arrive_whole(texts: list[str], piece: int) -> None:
    data = b"".join(said(Opcode.TEXT, text.encode()) for text in texts)
    assert [frame.text for frame in read(data, piece)] == texts


@given(st.binary(max_size=400), st.lists(st.integers(0, 400), max_size=6), st.booleans())
def test_fragments_with_pings_between_them_arrive_as_one_message(body: bytes, cuts: list[int], binary: bool) -> None:
    whole = body if binary else body.decode("latin-1").encode()
    marks = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
    pieces = [whole[start:end] for start, end in pairwise(marks)] or [b""]
    data = b""
    for index, piece in enumerate(pieces):
        opcode = Opcode.CONT if index else (Opcode.BINARY if binary else Opcode.TEXT)
        data += said(opcode, piece, final=index == len(pieces) - 1) + said(Opcode.PING, b"?")
    messages = [frame for frame in read(data) if frame.opcode != PING]
    assert len(messages) == 1
    if binary:
        assert messages[0] == (BINARY, whole, "")
    else:
        assert (messages[0].opcode, messages[0].text) == (TEXT, whole.decode())


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"\xc1\x80\0\0\0\0", 1002, id="a reserved bit"),
        pytest.param(b"\x81\x01x", 1002, id="not masked"),
        pytest.param(b"\x83\x80\0\0\0\0", 1002, id="a reserved opcode"),
        pytest.param(b"\x8b\x80\0\0\0\0", 1002, id="a reserved control opcode"),
        pytest.param(b"\x09\x80\0\0\0\0", 1002, id="a ping in fragments"),
        pytest.param(b"\x89\xfe\x00\x7e", 1002, id="a ping of 126 bytes"),
        pytest.param(said(Opcode.CONT, b"x"), 1002, id="a continuation of nothing"),
        pytest.param(
            said(Opcode.TEXT, b"x", final=False) + said(Opcode.TEXT, b"y"), 1002, id="a message inside a message"
        ),
        pytest.param(said(Opcode.TEXT, b"\xff"), 1007, id="not UTF-8"),
        pytest.param(said(Opcode.TEXT, b"\xed\xa0\x80"), 1007, id="a lone surrogate"),
        pytest.param(
            said(Opcode.TEXT, "ē".encode()[:1], final=False) + said(Opcode.CONT, b"x"),
            1007,
            id="a broken character across fragments",
        ),
        pytest.param(b"\x81\xff" + (1 << 62).to_bytes(8, "big"), 1009, id="refused before a single byte of it came"),
        pytest.param(
            said(Opcode.TEXT, b"x" * 40_000, final=False) + said(Opcode.CONT, b"x" * 40_000),
            1009,
            id="fragments too large together",
        ),
    ],
)
def test_a_broken_frame_is_refused_with_its_code(data: bytes, code: int) -> None:
    with pytest.raises(Violation) as violation:
        read(data)
    assert violation.value.code == code


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535])
def test_a_close_code_that_may_not_be_sent_is_refused(code: int) -> None:
    with pytest.raises(Violation):
        close_code(code.to_bytes(2, "big"))


def test_what_a_close_frame_says_is_read() -> None:
    assert close_code(b"") == 1005
    assert close_code((4001).to_bytes(2, "big") + b"bye") == 4001
    with pytest.raises(Violation):
        close_code(b"\x03")
    with pytest.raises(Violation):
        close_code((1000).to_bytes(2, "big") + b"\xff")


def test_a_long_reason_is_cut_between_characters() -> None:
    frame = close_frame(1012, "ē" * 200)
    assert frame[0] & 0x0F == CLOSE
    assert frame[1] <= 125
    frame[4:].decode()


def test_an_idle_reader_keeps_nothing() -> None:
    reader = FrameReader(LIMIT)
    reader.feed(said(Opcode.TEXT, b"x" * 10_000))
    assert len(list(reader.frames())) == 1
    assert reader._buffer == b""
