"""Whether the school at a port of this machine may be sent people: for whoever watches a container. Exit status 0 or 1.

Asked every few seconds, so it imports next to nothing.
"""

from __future__ import annotations

import sys
from http.client import HTTPConnection

PATIENCE = 4.0


def main() -> int:
    connection = HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=PATIENCE)
    try:
        connection.request("GET", "/api/health/ready")
        return int(connection.getresponse().status != 200)
    except OSError:
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
