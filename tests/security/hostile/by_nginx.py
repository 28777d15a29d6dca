"""Where nginx answers in EduSphere's place and otherwise, and why it may."""

from __future__ import annotations

from tests.security.hostile.cases import CLOSED
from tests.security.hostile.wire import Response

PAGE = '<!doctype html><html lang="en"><title>EduSphere</title></html>'
"""The app's page, which is the same for everybody: nginx makes paths plain before it looks who answers for them, and it
has the page for whatever name it was called by."""

STATUSES = {
    "framing: no version": (CLOSED,),  # answered as HTTP/0.9 is, by a page without a head
    "framing: HTTP/2 without asking": (400,),
    "framing: a method in small letters": (400,),
    "handshakes: the earlier socket of nobody's room": (400,),
    # It speaks HTTP/1.1 with EduSphere whatever it is spoken to in, and keeps words back until the answer.
    "handshakes: HTTP/1.0": (101,),
    "handshakes: words before the handshake is answered": (101,),
}
PATIENT = ("framing: nothing but line breaks",)
"""It takes fifteen seconds for who has said nothing yet; that costs a few hundred bytes."""
WORDLESS = ("frames: 16 MB",)
"""EduSphere's last word is lost where it ends a connection on which somebody goes on speaking."""


def may_say(name: str, response: Response | None) -> bool:
    """Whether nginx may answer a case so."""
    if response is None:
        return name in PATIENT or CLOSED in STATUSES.get(name, ())
    return response.status in STATUSES.get(name, ()) or (response.status == 200 and response.body == PAGE.encode())
