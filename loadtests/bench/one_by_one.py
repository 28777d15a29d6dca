"""`edusphere` as it is, but each post is written and committed by itself: what batches are compared with."""

from __future__ import annotations

from edusphere.__main__ import main
from edusphere.school import posting

if __name__ == "__main__":
    posting.BATCH = 1
    main()
