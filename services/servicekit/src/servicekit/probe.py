"""`python -m servicekit.probe [path]`: status 0 if the process in this container answers well.

For health checks of container engines, which can't send a request themselves. It imports nothing
of the services: it runs every few seconds.
"""

import os
import sys
from http.client import HTTPConnection, HTTPException

_SECONDS = 4


def main() -> int:
    """Ask `/healthz` (or the path given) on PROBE_PORT, 8000 when not set."""
    path = sys.argv[1] if len(sys.argv) > 1 else "/healthz"
    port = int(os.environ.get("PROBE_PORT", "8000"))
    try:
        connection = HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
        connection.request("GET", path)
        answer = connection.getresponse()
    except (OSError, HTTPException) as error:
        sys.stderr.write(f"127.0.0.1:{port}{path}: {error}\n")
        return 1
    if answer.status != 200:
        sys.stderr.write(f"127.0.0.1:{port}{path}: {answer.status} {answer.read().decode()}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
