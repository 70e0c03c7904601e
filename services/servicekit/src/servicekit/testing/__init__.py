"""What tests of every service need: tokens, databases, a clock that stands still, a running app.

Nothing here replaces a real part: the database is PostgreSQL, tokens are signed and checked.
"""

from servicekit.testing.clock import FixedClock
from servicekit.testing.databases import TestDatabases, leave_jobs
from servicekit.testing.keys import ALL_SCOPES, AUDIENCE, ISSUER, TestKeys
from servicekit.testing.service import TestService, running

__all__ = [
    "ALL_SCOPES",
    "AUDIENCE",
    "ISSUER",
    "FixedClock",
    "TestDatabases",
    "TestKeys",
    "TestService",
    "leave_jobs",
    "running",
]
