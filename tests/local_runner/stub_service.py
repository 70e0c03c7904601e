"""Stands for the console script of a service: migrates at once, serves /readyz.

Run as ``stub_service.py <prefix> <migrate|serve|follow>``; takes from the environment what a
service takes, and fails as a service would if it is missing. ``STUB_FAILS=<prefix> <task>`` makes
one task fail.
"""

import http.server
import os
import sys


class Answer(http.server.BaseHTTPRequestHandler):
    """Ready, always."""

    def do_GET(self) -> None:
        """Answer 200 to anything."""
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Be quiet."""


def main(prefix: str, task: str) -> None:
    """Do one task of a service."""
    if os.environ.get("STUB_FAILS") == f"{prefix} {task}":
        sys.exit("Traceback …\nSettingsError: nothing is right today")
    for name in ("DATABASE_URL", "JWKS_FILE", "ISSUER", "AUDIENCE", "HOST"):
        os.environ[f"{prefix}_{name}"]
    if task == "follow":
        os.environ[f"{prefix}_REGISTRY_URL"]
    if task == "migrate":
        return
    port = os.environ[f"{prefix}_PORT" if task == "serve" else f"{prefix}_FOLLOW_PORT"]
    http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Answer).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
