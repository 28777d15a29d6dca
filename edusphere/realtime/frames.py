"""An event → the bytes of a websocket frame, made once and shared by everyone who hears it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import msgspec

from edusphere.contract.events import Event

_encoder = msgspec.json.Encoder()

Translate = Callable[[bytes], bytes | None]
"""From a payload to the same in another language; None for what that has no words for."""

_FINAL_TEXT = 0x81
"""FIN and opcode 1 (RFC 6455, 5.2)."""


class Frame:
    """A payload on its way out; each form of it is made at most once."""

    def __init__(self, payload: bytes) -> None:
        self.payload = payload
        """UTF-8 JSON."""
        self._translations: dict[Translate, Frame | None] = {}

    @classmethod
    def of(cls, event: Event) -> Frame:
        return cls(_encoder.encode(event))

    @property
    def parts(self) -> Sequence[Frame]:
        """The single frames in this one, for whoever cannot take them joined."""
        return (self,)

    def translated(self, translate: Translate) -> Frame | None:
        """Return this frame in another language, translated once for everyone; None where it has no words for it."""
        if translate not in self._translations:
            payload = translate(self.payload)
            self._translations[translate] = None if payload is None else Frame(payload)
        return self._translations[translate]

    @cached_property
    def text(self) -> str:
        """The payload for a server that frames by itself."""
        return self.payload.decode()

    @cached_property
    def wire(self) -> bytes:
        """The whole unmasked text frame (RFC 6455, 5.2)."""
        size = len(self.payload)
        if size < 126:
            head = bytes((_FINAL_TEXT, size))
        elif size < 1 << 16:
            head = bytes((_FINAL_TEXT, 126)) + size.to_bytes(2, "big")
        else:
            head = bytes((_FINAL_TEXT, 127)) + size.to_bytes(8, "big")
        return head + self.payload


class Joined(Frame):
    """What one topic said within one turn of the loop, in order: written with one call to each listener."""

    def __init__(self, frames: Sequence[Frame]) -> None:
        super().__init__(b"")
        self._frames = frames

    @property
    def parts(self) -> Sequence[Frame]:
        return self._frames

    @cached_property
    def wire(self) -> bytes:
        return b"".join([frame.wire for frame in self._frames])
