"""How much a measurement is to find out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Effort:
    runs: int = 5
    """How often each is measured."""
    quick: bool = False
    """Only whether it works, and roughly what comes out."""
    peers: bool = False
    """The other servers that install from a registry, too."""
