"""A small register, counted: two hospitals in 罗湖区, a foundation without an area, and so on."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import httpx
from tests.metrics_api.feeds import Feed
from tests.metrics_api.histories import Histories, assignment_state, organization_state

from metrics_api.factory import Factory
from metrics_api.facts.follow import apply_registry, apply_router
from servicekit.testing import FixedClock

TODAY = date(2016, 6, 14)
START = date(2015, 1, 1)


@dataclass
class World:
    """The running service, its two feeds, and the histories behind them."""

    client: httpx.AsyncClient
    factory: Factory
    clock: FixedClock
    registry: Feed
    router: Feed
    histories: Histories

    async def apply(self) -> None:
        """Apply both feeds' events so far, without the loop that follows them."""
        async with self.factory.database.transaction() as connection:
            await apply_registry(connection, self.histories.registry)
        async with self.factory.database.transaction() as connection:
            await apply_router(connection, self.histories.router)
        await self.factory.live_copy.refresh()


def small_register() -> Histories:
    """Five organizations; four in operation today, three of them in a Party organization."""
    histories = Histories()
    histories.directory()
    alone = {"full_members": 2, "probationary_members": 0, "organization": None,
             "instructor": None, "liaison": None, "organizer": {"assigned_on": None}}  # fmt: skip
    states = [
        organization_state(),
        organization_state(domicile={"division_code": "440303002", "address": None}),
        organization_state(kind="social_association", grade=None, domicile=None),
        organization_state(kind="foundation", party=alone, charter={"state": "none"}),
        organization_state(status="deregistered"),
    ]
    for number, state in enumerate(states, start=1):
        histories.tell(UUID(int=number), START, state)
    histories.answer(UUID(int=1), START, None, assignment_state("health"))
    histories.answer(UUID(int=2), START, None, assignment_state("street-1", "clinic"))
    histories.answer(UUID(int=3), START, None, assignment_state(None, "religious"))
    return histories
