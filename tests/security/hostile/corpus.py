"""All the tables together."""

from __future__ import annotations

from tests.security.hostile.addresses import HOSTS, PATHS
from tests.security.hostile.bodies import BODIES
from tests.security.hostile.cases import Case, Spoken
from tests.security.hostile.documents import DOCUMENTS, VARIABLES
from tests.security.hostile.forgery import COOKIES, FORGED
from tests.security.hostile.framing import FRAMING
from tests.security.hostile.pictures import PICTURES
from tests.security.hostile.sockets import FRAMES, HANDSHAKES, WORDS
from tests.security.hostile.tokens import TOKENS

TABLES: dict[str, tuple[Case | Spoken, ...]] = {
    "framing": FRAMING,
    "addresses": PATHS,
    "hosts": HOSTS,
    "forgery": FORGED,
    "cookies": COOKIES,
    "tokens": TOKENS,
    "documents": DOCUMENTS,
    "variables": VARIABLES,
    "bodies": BODIES,
    "pictures": PICTURES,
    "handshakes": HANDSHAKES,
    "frames": FRAMES,
    "words": WORDS,
}
CORPUS = {f"{table}: {case.what}": case for table, cases in TABLES.items() for case in cases}
