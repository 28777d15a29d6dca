"""What a person at the command line is told when it cannot be done."""

from __future__ import annotations


class Refused(Exception):
    """One sentence that says what is wrong, and the next step."""
