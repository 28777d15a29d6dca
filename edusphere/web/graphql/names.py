"""camelCase outside, snake_case inside."""

from __future__ import annotations

import re


def in_snake_case(name: str) -> str:
    return re.sub("([A-Z])", r"_\1", name).lower()


def in_camel_case(name: str) -> str:
    return re.sub("_([a-z])", lambda letter: letter[1].upper(), name)
