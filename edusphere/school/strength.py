"""How hard a password is to guess, and words that help to choose a better one.

zxcvbn (Wheeler, USENIX Security 2016) estimates the guesses by what people really choose: words of several lists,
names, dates, keyboard rows, repeats. Its time grows fast with length, so only the beginning is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from edusphere.school import words

LOOKED_AT = 24
"""Characters. The worst of this length takes some 80 ms, of 72 characters two seconds."""
ABOUT = 20
"""Words about the person that are compared, each of at most so many characters as are looked at."""

ADVICE = "Three or four words that have nothing to do with each other are hard to guess and easy to remember."
WEAKNESSES = {
    "passwords": "It is, or resembles, one of the passwords that are tried first.",
    "user_inputs": "It is made of your own name or address, or of the school's.",
    "male_names": "Names are tried first.",
    "female_names": "Names are tried first.",
    "surnames": "Names are tried first.",
    "spatial": "Keys that are neighbours are tried first.",
    "repeat": "Repeating a part makes it longer, but hardly harder.",
    "sequence": "Letters or digits in their order are tried first.",
    "regex": "Years are tried first.",
    "date": "Dates are tried first.",
}


def check(password: str, about: Iterable[str], least: int) -> None:
    """Refuse a password that is guessed too soon. Takes a while: call it in a thread.

    Raises:
        Wrong: in words that help.
    """
    from zxcvbn import zxcvbn  # a quarter of a second and some MiB, which only those pay who choose a password

    inputs = [word[:LOOKED_AT] for word in about if word][:ABOUT]
    found = zxcvbn(password[:LOOKED_AT], user_inputs=inputs, max_length=LOOKED_AT)
    if found["score"] < least:
        why = _weakness(found["sequence"])
        raise words.Wrong(" ".join(part for part in ("This password is guessed too soon.", why, ADVICE) if part))


def _weakness(sequence: Any) -> str:
    """Say what the longest part that has a name is."""
    for part in sorted(sequence, key=lambda part: len(part["token"]), reverse=True):
        kind = part.get("dictionary_name") or part["pattern"]
        if kind in WEAKNESSES:
            return WEAKNESSES[kind]
    return ""
