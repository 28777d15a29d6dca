"""A browser's own name for itself, in the words its person knows it by.

These names are long, change all the time and pretend to be one another, so the first that fits counts. It is a hint
for a person who looks through their sign-ins; nothing is decided by it.
"""

from __future__ import annotations

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi", "Vivaldi"),
    ("SamsungBrowser", "Samsung Internet"),
    ("FxiOS", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)


def browser_of(device: str) -> str | None:
    """Return the browser's name: Firefox, Safari; None for what is none that we know."""
    return _first(BROWSERS, device)


def system_of(device: str) -> str | None:
    """Return the system's name: Windows, iPhone; None for what is none that we know."""
    return _first(SYSTEMS, device)


def _first(names: tuple[tuple[str, str], ...], device: str) -> str | None:
    return next((name for sign, name in names if sign in device), None)
