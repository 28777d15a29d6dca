"""Why a socket was closed, and whether to come back.

1000–1013 are RFC 6455's and its registry's; 4000–4999 are ours.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum


class ComeBack(StrEnum):
    """What the browser does after a close."""

    RESUME = "resume"
    """Soon, with back-off, and resume."""
    LATER = "later"
    """After a random pause of up to 15 s: everybody else comes back too."""
    SIGN_IN = "sign_in"
    """Not by itself: this sign-in is over."""
    NO = "no"
    """Stay away: it would be refused again."""


class CloseCode(IntEnum):
    NORMAL = 1000
    GOING_AWAY = 1001
    NOT_TEXT = 1003
    BAD_FRAMES = 1008
    TOO_LARGE = 1009
    FAULT = 1011
    RESTARTING = 1012
    OVERLOADED = 1013
    SILENT = 4000
    SESSION_ENDED = 4001
    ACCOUNT_DISABLED = 4003
    TOO_SLOW = 4008
    TOO_MANY_SOCKETS = 4009
    TOO_FAST = 4029


COME_BACK: dict[CloseCode, ComeBack] = {
    CloseCode.NORMAL: ComeBack.NO,
    CloseCode.GOING_AWAY: ComeBack.RESUME,
    CloseCode.NOT_TEXT: ComeBack.NO,
    CloseCode.BAD_FRAMES: ComeBack.NO,
    CloseCode.TOO_LARGE: ComeBack.NO,
    CloseCode.FAULT: ComeBack.RESUME,
    CloseCode.RESTARTING: ComeBack.LATER,
    CloseCode.OVERLOADED: ComeBack.LATER,
    CloseCode.SILENT: ComeBack.RESUME,
    CloseCode.SESSION_ENDED: ComeBack.SIGN_IN,
    CloseCode.ACCOUNT_DISABLED: ComeBack.NO,
    CloseCode.TOO_SLOW: ComeBack.RESUME,
    CloseCode.TOO_MANY_SOCKETS: ComeBack.NO,
    CloseCode.TOO_FAST: ComeBack.LATER,
}
