"""Who is supervised by a body: asked of the jurisdiction-router, for work lists of that body.

The register does not know who supervises, and must not: rules change without it. So the question is
put to the router when a list is asked for, in the name of whoever asks. What it answered is kept as
long as its ledger does not move, so that the pages of a walk cost one small question each.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from registry_api.core.refusals import RouterNotConfigured, RouterUnavailable, TooManySupervised
from registry_api.supervision.router_client import Assignments, BodyFilter
from servicekit.auth import Caller
from servicekit.errors import InsufficientScope, InvalidRequest, Violation

SCOPE = "router:read"
"""What a caller needs beside `registry:read`, because the router answers to them."""

MAX_SUPERVISED = 100_000
"""Organizations of the bodies of one list, which go into one statement: some 10 MB."""

_MAX_KNOWN = 2 * MAX_SUPERVISED
_PATIENCE_SECONDS = 15

_Key = tuple[tuple[str, ...] | None, BodyFilter, str, date]
"""All that an answer of the router depends on beside its ledger; the first are a caller's areas."""


@dataclass(frozen=True, slots=True)
class Supervised:
    """Whose organizations: of one of `bodies`, of one of `under` or a body beneath it.

    Both must hold if both are given. `authorization` is the header of the caller's request.
    """

    bodies: Sequence[str]
    under: Sequence[str]
    authorization: str = field(repr=False)

    def bound(self) -> dict[str, Any]:
        """What a cursor is bound to."""
        return {"body": sorted(self.bodies), "under_body": sorted(self.under)}


class FindSupervised:
    """The use case; without `assignments` (no address of a router is set) it refuses."""

    refusals: ClassVar = (
        RouterNotConfigured,
        RouterUnavailable,
        TooManySupervised,
    )

    def __init__(self, assignments: Assignments | None) -> None:
        self._assignments = assignments
        self._known: OrderedDict[_Key, tuple[int, list[UUID]]] = OrderedDict()

    async def aclose(self) -> None:
        """Close the connections to the router."""
        if self._assignments is not None:
            await self._assignments.aclose()

    async def __call__(
        self, caller: Caller, supervised: Supervised | None, day: date
    ) -> Sequence[UUID] | None:
        """The organizations that `wanted` means on a day; None where it does not matter who.

        Raises RouterNotConfigured, RouterUnavailable, InsufficientScope,
        TooManySupervised, InvalidRequest for a body that there is not.
        """
        if supervised is None:
            return None
        if self._assignments is None:
            raise RouterNotConfigured()
        if SCOPE not in caller.scopes:
            raise InsufficientScope(scope=SCOPE)
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                return await self._find(self._assignments, caller, supervised, day)
        except TimeoutError:
            raise RouterUnavailable() from None

    async def _find(
        self, assignments: Assignments, caller: Caller, supervised: Supervised, day: date
    ) -> list[UUID]:
        head = await assignments.head(supervised.authorization, self._last_head())
        groups: list[set[UUID]] = []
        bodies_by: tuple[tuple[BodyFilter, Sequence[str]], ...] = (
            ("body_id", supervised.bodies), ("under_body", supervised.under),
        )  # fmt: skip
        for by, bodies in bodies_by:
            if bodies:
                group: set[UUID] = set()
                for body in dict.fromkeys(bodies):
                    key = (caller.areas, by, body, day)
                    group.update(
                        await self._of_one(assignments, supervised.authorization, key, head)
                    )
                    _check_size(len(group))
                groups.append(group)
        return sorted(set.intersection(*groups))

    async def _of_one(
        self, assignments: Assignments, authorization: str, key: _Key, head: int
    ) -> Sequence[UUID]:
        known = self._known.get(key)
        if known is not None and known[0] == head:
            self._known.move_to_end(key)
            return known[1]
        _, by, body, day = key
        identifiers = await assignments.supervised(authorization, by, body, day, MAX_SUPERVISED)
        if identifiers is None:
            raise TooManySupervised(most=MAX_SUPERVISED)
        if not identifiers and not await assignments.knows(authorization, body):
            raise InvalidRequest(Violation(f"/{_PARAMETERS[by]}", "unknown_body", body))
        self._keep(key, head, identifiers)
        return identifiers

    def _keep(self, key: _Key, head: int, identifiers: list[UUID]) -> None:
        self._known[key] = (head, identifiers)
        self._known.move_to_end(key)
        while sum(1 + len(known) for _, known in self._known.values()) > _MAX_KNOWN:
            self._known.popitem(last=False)

    def _last_head(self) -> int:
        return max((head for head, _ in self._known.values()), default=0)


_PARAMETERS: dict[BodyFilter, str] = {"body_id": "body", "under_body": "under_body"}


def _check_size(size: int) -> None:
    if size > MAX_SUPERVISED:
        raise TooManySupervised(most=MAX_SUPERVISED)
