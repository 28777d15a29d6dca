"""The ways we say no.

::

    EduSphereError
    ├── NotSignedIn      UNAUTHENTICATED   we do not know who asks
    ├── NotFound         NOT_FOUND         not there, or not yours to know of
    ├── Forbidden        FORBIDDEN         yours to see, not to do
    ├── Invalid          INVALID           the words of the request are wrong: names the argument and why
    │   ├── TooLarge                       more bytes than are taken
    │   └── WrongKind                      bytes of a kind that is not taken
    ├── Conflict         CONFLICT          it contradicts what is already so
    ├── TooMany          TOO_MANY          come back in `seconds`
    ├── TooComplex       TOO_COMPLEX       the question itself is too large
    └── Unavailable      UNAVAILABLE       not now; trying again is safe

The school raises them with a sentence a person can read; `web/refusals.py` alone turns them into
HTTP statuses, GraphQL codes and socket frames. Whatever is not one of these is a fault of ours and
is shown to nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class EduSphereError(Exception):
    """A refusal with a plain sentence; `code` is its name on the wire."""

    code: ClassVar[str] = "INTERNAL"
    try_again: ClassVar[bool] = False
    """Whether the same request may succeed later, unchanged."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotSignedIn(EduSphereError):
    code = "UNAUTHENTICATED"

    def __init__(self, message: str = "Please sign in.") -> None:
        super().__init__(message)


class NotFound(EduSphereError):
    code = "NOT_FOUND"

    def __init__(self, message: str = "There is nothing here, or it is not open to you.") -> None:
        super().__init__(message)


class Forbidden(EduSphereError):
    code = "FORBIDDEN"

    def __init__(self, message: str = "You may not do that here.") -> None:
        super().__init__(message)


class Invalid(EduSphereError):
    """One or more arguments are wrong.

    `errors` maps each argument, as the browser spells it, to what is wrong with it.
    """

    code = "INVALID"

    def __init__(self, field: str, *why: str, others: Mapping[str, list[str]] | None = None) -> None:
        super().__init__(why[0])
        self.errors: dict[str, list[str]] = {field: list(why), **(others or {})}

    @classmethod
    def of(cls, errors: Mapping[str, list[str]]) -> Invalid:
        """Refuse with all that is wrong at once, so that a form is filled in once."""
        (field, why), *others = errors.items()
        return cls(field, *why, others=dict(others))


class TooLarge(Invalid):
    pass


class WrongKind(Invalid):
    pass


class Conflict(EduSphereError):
    code = "CONFLICT"


class TooMany(EduSphereError):
    code = "TOO_MANY"
    try_again = True

    def __init__(self, seconds: float, message: str = "That was too fast. Please wait a moment.") -> None:
        super().__init__(message)
        self.seconds = seconds
        """How long to wait, in seconds."""


class TooComplex(EduSphereError):
    code = "TOO_COMPLEX"


class Unavailable(EduSphereError):
    code = "UNAVAILABLE"
    try_again = True

    def __init__(self, message: str = "The school's server is busy. Please try again.") -> None:
        super().__init__(message)
