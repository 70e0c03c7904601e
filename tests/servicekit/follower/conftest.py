"""Following a real feed: who writes it, and followers without much patience."""

from collections import Counter
from collections.abc import Awaitable, Callable

import pytest
from tests.servicekit.sample.app import LEDGER, new_event

from servicekit.database.engines import Database
from servicekit.follower.loop import Follower

Eventually = Callable[[Callable[[], Awaitable[bool]]], Awaitable[None]]
FEED = "sample"


class Writer:
    """Writes events about subjects, each with its next revision."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.revisions: Counter[str] = Counter()

    async def write(self, *subjects: str) -> None:
        """One event for each, in one transaction."""
        self.revisions.update(subjects)
        numbered: Counter[str] = Counter()
        made = []
        for subject in reversed(subjects):
            made.append(new_event(subject, self.revisions[subject] - numbered[subject]))
            numbered[subject] += 1
        async with self._database.transaction() as connection:
            await LEDGER.append(connection, made[::-1])


@pytest.fixture
def writer(database: Database) -> Writer:
    """Who writes the feed's ledger."""
    return Writer(database)


@pytest.fixture(autouse=True)
def small_pages_and_quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of 50, and no patience that a test would have to sit through."""
    monkeypatch.setattr("servicekit.follower.pages._PAGE", 50)
    monkeypatch.setattr("servicekit.follower.loop._BACKOFF_SECONDS", (0.001, 0.01))


async def catch_up(follower: Follower) -> None:
    """Page after page until there is no more."""
    while await follower.step():
        pass
