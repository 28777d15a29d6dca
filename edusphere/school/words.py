"""What people may write: each kind of text checked, tidied and, where it is wrong, told so in plain words.

Text is kept in Unicode's composed form (NFC), so that what looks the same is the same. Composing takes the square of
the marks that stand on one letter, 10 seconds for 90 KB of them, so it is only done with text that people write.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Awaitable, Callable
from typing import TypeVar
from urllib.parse import urlsplit

from edusphere.errors import Invalid

T = TypeVar("T")

USERNAME = re.compile(r"[-a-z0-9_]+")
# The shape of an address, not its truth: only a mail that arrives proves that.
EMAIL = re.compile(r"[^@\s\"(),:;<>\[\\\]]+@[^@\s\"(),:;<>\[\\\]_.]+(\.[^@\s\"(),:;<>\[\\\]_.]+)*")
USERNAME_LENGTH, EMAIL_LENGTH = 64, 254
UNCLEAN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Unicode's categories Cc and Cs."""
UNSEEN = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters by their category, but nothing is seen of them."""
MARKS = 30
"""Marks on one letter at most, as in the Stream-Safe Text Format (UAX #15, 13)."""
APART, WHITE = 3, 200
"""So many times as long, and by so many spaces longer, may a text be before it is tidied and composed."""
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They turn the reading direction of what follows: one person's name would rewrite the line it stands in."""


class Form:
    """Gathers all that is wrong with the arguments of one request, so that a form is filled in once."""

    def __init__(self) -> None:
        self._errors: dict[str, list[str]] = {}

    def wrong(self, argument: str, why: str) -> None:
        self._errors.setdefault(argument, []).append(why)

    def read(self, argument: str, check: Callable[..., T], *values: object) -> T | None:
        """Return what `check` makes of the values; None where it says no."""
        try:
            return check(*values)
        except Wrong as wrong:
            for why in wrong.args:
                self.wrong(argument, why)
            return None

    async def wait_for(self, argument: str, reading: Awaitable[T]) -> T | None:
        """Return what a check that takes a while makes of its values; None where it says no."""
        try:
            return await reading
        except Wrong as wrong:
            for why in wrong.args:
                self.wrong(argument, why)
            return None

    def close(self) -> None:
        """Refuse if anything was wrong.

        Raises:
            Invalid: with every argument that is.
        """
        if self._errors:
            raise Invalid.of(self._errors)


class Wrong(Exception):
    """Sentences for one argument."""


def check(argument: str, reader: Callable[..., T], *values: object) -> T:
    """Read a single argument.

    Raises:
        Invalid: naming it.
    """
    try:
        return reader(*values)
    except Wrong as wrong:
        raise Invalid(argument, *wrong.args) from None


def line(value: str, longest: int) -> str:
    """Read one line, not empty: a name, a title."""
    text = optional_line(value, longest)
    if not is_seen(text):
        raise Wrong("Please write something here.")
    return text


def optional_line(value: str, longest: int) -> str:
    """Read one line; white space inside becomes single spaces."""
    text = " ".join(_clean(value, longest, also="\n\r\t").split())
    if any(character in TURNING for character in text):
        raise Wrong("This has characters that turn the reading direction. Please remove them.")
    return _not_too_long(text, longest)


def prose(value: str, longest: int) -> str:
    """Read text of several lines, possibly none."""
    text = _clean(value.replace("\r\n", "\n").replace("\r", "\n"), longest, also="\n\t").strip()
    return _not_too_long(text, longest)


def body(value: str, longest: int, beside_files: bool = False) -> str:
    """Read the words of a message, its lines and its indentation kept. Only beside files there may be none."""
    text = _clean(value.replace("\r\n", "\n").replace("\r", "\n"), longest, also="\n\t").strip("\n").rstrip()
    if not is_seen(text):
        if beside_files:
            return ""
        raise Wrong("A message needs some words.")
    return _not_too_long(text, longest)


def username(value: str) -> str:
    """Read a username: part of addresses, the same in any letter case."""
    text = _clean(value, USERNAME_LENGTH).strip().lower()
    if not text:
        raise Wrong("Please choose a username.")
    if not USERNAME.fullmatch(text):
        raise Wrong("Use the letters a to z, digits, - and _ only.")
    return _not_too_long(text, USERNAME_LENGTH)


def email(value: str) -> str:
    """Read an e-mail address; two letter cases of one address are one address."""
    text = _clean(value, EMAIL_LENGTH).strip().lower()
    if not text:
        raise Wrong("Please write your e-mail address.")
    if not EMAIL.fullmatch(text) or ".." in text or not is_seen(text):
        raise Wrong("This is not an e-mail address.")
    return _not_too_long(text, EMAIL_LENGTH)


def web_address(value: str, longest: int) -> str:
    """Read the address of a page elsewhere; nothing but http and https, so that none of them is a script."""
    text = _not_too_long(_clean(value, longest).strip(), longest)
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or any(map(str.isspace, text)):
        raise Wrong("Write the whole address, beginning with https://.")
    return text


def slug(name: str) -> str:
    """Return the part of an address that a name gives, letters of every script kept; empty where there are none."""
    letters = unicodedata.normalize("NFKC", name).lower()
    return "-".join(re.findall(r"[\w]+", letters))[:200].strip("-_")


def search(value: str | None) -> str | None:
    """Turn what was typed into a search field into a pattern for ILIKE; None where it asks for everything.

    Raises:
        Wrong: it can be in no text.
    """
    text = optional_line(value or "", 200)
    if not text:
        return None
    return "%" + re.sub(r"([\\%_])", r"\\\1", text) + "%"


def is_clean(value: str) -> bool:
    """Whether a database can keep it: no NUL, no half of a surrogate pair, no other control character."""
    return UNCLEAN.search(value) is None


def is_seen(value: str) -> bool:
    """Whether anything of it is seen on a screen."""
    return any(unicodedata.category(character)[0] not in "ZC" and character not in UNSEEN for character in value)


def composed(value: str) -> str:
    """Return a text in its composed form.

    Raises:
        Wrong: there are more marks on a letter than any language writes.
    """
    if value.isascii():
        return value
    marks = 0
    for character in value:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > MARKS:
            raise Wrong("There are too many marks above one another. Please remove some.")
    return unicodedata.normalize("NFC", value)


def _clean(value: str, longest: int, also: str = "") -> str:
    if len(value) > APART * longest + WHITE:
        _not_too_long(value, longest)
    if not is_clean(value.translate({ord(character): None for character in also})):
        raise Wrong("This has characters that cannot be shown. Please remove them.")
    return composed(value)


def _not_too_long(value: str, longest: int) -> str:
    if len(value) > longest:
        raise Wrong(f"This is too long: at most {longest:,} characters, and it has {len(value):,}.")
    return value
