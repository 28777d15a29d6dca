"""`edusphere`, but all workers accept at one door, as they do where the kernel cannot share people out."""

from __future__ import annotations

from edusphere.__main__ import main
from edusphere.server import listener

if __name__ == "__main__":
    listener.DOORS_OF_THEIR_OWN = False
    main()
