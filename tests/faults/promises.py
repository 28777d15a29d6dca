"""What the school promises its people, in the words of the report."""

from __future__ import annotations

PROMISES = {
    "G1": "An acknowledged message is committed",
    "G2": "One order per room, numbers 1..n without holes",
    "G3": "A subscriber hears every number once, in order",
    "G4": "A lost wake-up is repaired within 5 s, also in a room that then stays silent",
    "G5": "A resend with the same client id makes no second message, on another process too",
    "G6": "Redis gone, hung or emptied: sending goes on, acknowledged within 1 s (p99)",
    "G7": "A process is killed: its people resume elsewhere within 5 s",
    "G8": "Postgres restarts: senders get a retryable refusal within 5 s, then go on",
    "G9": "A slow reader is let go within 15 s, costs at most 1 MiB, resumes; the others feel nothing",
    "G10": "A dead peer is noticed within 45 s",
    "G11": "Leaving, being put out, signing out, a new password, a closed account: felt within 1 s (5 s without Redis)",
    "G12": "Disk full: sending is refused retryably, reading goes on, it recovers by itself",
    "G13": "A rolling restart under load loses nothing, and nobody waits over 5 s",
    "G14": "Edits and removals reach those who were away",
}

FAULTS = {
    "G1": ("process killed", "postgres restarted"),
    "G2": (),
    "G3": ("redis killed",),
    "G4": ("redis hung",),
    "G5": (),
    "G6": ("redis killed", "redis hung", "redis emptied"),
    "G7": ("process killed",),
    "G8": ("postgres restarted",),
    "G9": ("reader stopped",),
    "G10": ("peer gone",),
    "G11": (
        "left",
        "put out by the host",
        "signed out",
        "new password",
        "account closed",
        "redis killed",
        "redis hung",
    ),
    "G12": ("disk full",),
    "G13": ("process restarted", "workers renewed"),
    "G14": (),
}
"""What is broken to try each; where it says nothing, it is what people do by themselves."""

# Seconds, from the promises themselves.
REPAIRED = 5.0
RESUMED = 5.0
REFUSED = 5.0
ACKNOWLEDGED = 1.0
LET_GO = 15.0
NOTICED = 45.0
FELT = 1.0
FELT_WITHOUT_REDIS = 5.0
SLACK = 1.0
"""For a machine that is busy with something else: added to every bound above one second."""
