"""The command line. Whatever goes wrong is one clear line, and exit status 2."""

from __future__ import annotations

import sys

from edusphere.server.commands import edusphere, plainly


def main() -> None:
    """Run `edusphere` with the arguments it was given."""
    with plainly():
        sys.exit(edusphere.main(prog_name="edusphere", standalone_mode=False) or 0)


if __name__ == "__main__":
    main()
