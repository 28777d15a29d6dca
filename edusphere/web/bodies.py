"""What a request brings, metered while it arrives."""

from __future__ import annotations

from quart import Request
from quart.wrappers.request import Body
from werkzeug.exceptions import RequestEntityTooLarge


class MeteredBody(Body):
    """A body that ends when more than MAX_CONTENT_LENGTH has arrived.

    Quart's own measures only what waits to be read, so a body in chunks that is read as it comes has no end.
    """

    def __init__(self, expected_content_length: int | None, max_content_length: int | None) -> None:
        super().__init__(expected_content_length, max_content_length)
        self._arrived = 0

    def append(self, data: bytes) -> None:
        self._arrived += len(data)
        if self._max_content_length is not None and self._arrived > self._max_content_length:
            self._must_raise = RequestEntityTooLarge()
            self.set_complete()
        else:
            super().append(data)


class MeteredRequest(Request):
    body_class = MeteredBody
