"""What files are called: as people read it, and as their computers keep it."""

from __future__ import annotations

import re
import unicodedata

LENGTH = 150
ENDING_LENGTH = 12
NAMELESS = "file"
# They join emoji and letters of some scripts; every other unseen character is taken away.
JOINERS = frozenset("\u200c\u200d")

NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*]')
# Devices, to Windows, whatever their ending.
DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\..*)?", re.IGNORECASE)
# What a double click runs: kept and shared like any text or archive, but under an ending that opens it instead.
RUN = re.compile(
    r"app|appref-ms|appx|bat|chm|cmd|com|command|cpl|desktop|diagcab|dll|dmg|exe|gadget|hta|inf|iso|jar|jnlp|js|jse|"
    r"lnk|msc|msi|msix|msp|msu|ocx|pif|reg|rgs|scf|scr|sct|settingcontent-ms|shb|sys|terminal|url|vb|vbe|vbs|vhd|"
    r"vhdx|ws|wsc|wsf|wsh|xbap|xll",
    re.IGNORECASE,
)
PICTURE_ENDINGS = {
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/webp": ("webp",),
}
HARMLESS_ENDINGS = {"text/plain": "txt", "application/zip": "zip"}


def shown(given: str) -> str:
    """Return the name that people read: one line, no folders, nothing unseen, its ending kept when it is too long.

    Nothing is refused: whoever sends a file rarely chose its name.
    """
    name = re.split(r"[/\\]", given.rstrip("/\\"))[-1]
    if len(name) > 4 * LENGTH:  # what is long could take long to compose
        name = name[: 2 * LENGTH] + name[-2 * LENGTH :]
    letters = (
        character
        for character in unicodedata.normalize("NFC", name.replace("\t", " "))
        if character in JOINERS or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
    )
    name = " ".join("".join(letters).split()).rstrip(". ")
    if not name.strip(". " + "".join(JOINERS)):
        return NAMELESS
    if len(name) <= LENGTH:
        return name
    stem, ending = _split(name)
    return f"{stem[: LENGTH - len(ending) - 2].rstrip()}….{ending}" if ending else f"{name[: LENGTH - 1].rstrip()}…"


def saved(name: str, mime: str) -> str:
    """Return the name that a computer keeps the file under: `name` without what means something to one."""
    name = NOT_IN_NAMES.sub("_", name)
    if name.startswith((".", "-")) or DEVICES.fullmatch(name):
        name = f"_{name}"
    stem, ending = _split(name)
    if mime in PICTURE_ENDINGS:
        fitting = PICTURE_ENDINGS[mime]
        if ending.lower() in fitting:
            return name
        is_picture_ending = ending.lower() in ("gif", *(one for endings in PICTURE_ENDINGS.values() for one in endings))
        return f"{stem if is_picture_ending else name}.{fitting[0]}"
    if RUN.fullmatch(ending):
        return f"{name}.{HARMLESS_ENDINGS.get(mime, 'bin')}"
    return name


def _split(name: str) -> tuple[str, str]:
    """Split off the ending; empty where there is none, or where it is too long to be one."""
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem or len(ending) > ENDING_LENGTH or " " in ending:
        return name, ""
    return stem, ending
