"""Expensive requests share a number of slots in a process; no client gets more than half of them.

They keep one faulty client from taking what all need: an export holds a database connection, an
upload disk space, a long poll a query at every change. Rate limits are the gateway's business.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import Depends, Request
from prometheus_client import Gauge

from servicekit.errors.standard import TooManyRequests

TAKEN_SLOTS = Gauge(
    "places_taken", "Requests under way that a process has few places for", ["kind"]
)


class RequestSlots:
    """The slots of one process for one `kind` of request."""

    def __init__(self, kind: str, slots: int) -> None:
        self._slots = slots
        self._own = max(1, slots // 2)
        self._taken: Counter[str] = Counter()
        self._gauge = TAKEN_SLOTS.labels(kind)

    @contextmanager
    def take(self, client: str) -> Iterator[None]:
        """Hold a slot for `client`. Raises TooManyRequests where none is left for it."""
        if self._taken.total() >= self._slots or self._taken[client] >= self._own:
            raise TooManyRequests(limit=self._slots, own=self._own)
        self._taken[client] += 1
        self._gauge.inc()
        try:
            yield
        finally:
            self._gauge.dec()
            self._taken[client] -= 1
            if not self._taken[client]:
                del self._taken[client]


def takes_transfer_slot(who: Any) -> Any:
    """For `dependencies=` of an export or upload: a slot from the start to the last byte.

    `who` is the route's own annotation of its caller, which then is checked once.
    """

    async def transfer_slot(request: Request, caller: who) -> AsyncIterator[None]:
        slots: RequestSlots = request.app.state.transfers
        with slots.take(caller.client):
            yield

    return Depends(transfer_slot)
