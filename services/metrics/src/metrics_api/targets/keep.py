"""Set, change and take back targets of one's own, for an area, a body or any part of the register.

Each change is an edition of its own: an answer of an earlier edition goes on showing the targets of
that time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from metrics_api.core.definitions.dimensions import DIMENSIONS, FILTERS, UNASSIGNED_KEY, UNDER_BODY
from metrics_api.core.definitions.targets import Target
from metrics_api.core.refusals import TargetBuiltIn, TooManyTargets
from metrics_api.counting.copy.live_copy import LiveCopy
from metrics_api.counting.request import check_filters
from metrics_api.definitions.load import Definitions
from metrics_api.editions.begin import begin_edition
from metrics_api.targets.rows import (
    OwnTarget,
    close_target,
    count_targets,
    find_target,
    open_target,
)
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import (
    IdempotencyConflict,
    InvalidRequest,
    NotFound,
    OutsideAreas,
    PreconditionFailed,
    PreconditionRequired,
    Text,
    Violation,
    refuses,
)
from servicekit.ids import uuid7
from servicekit.ledger import Attempt, Changes
from servicekit.time import Clock

_UNCHANGEABLE = (
    OutsideAreas,
    NotFound,
    TargetBuiltIn,
    PreconditionFailed,
    PreconditionRequired,
)


@dataclass(frozen=True, slots=True)
class TargetDraft:
    """What a user wants: `goal` as a decimal text, `filters` per dimension (or `area`)."""

    title: Text
    indicator: str
    goal: str
    deadline: date
    reference: str
    filters: Mapping[str, tuple[str, ...]]

    def definition(self) -> dict[str, object]:
        """As it is stored."""
        return {
            "title": {"zh": self.title.zh, "en": self.title.en},
            "indicator": self.indicator,
            "goal": self.goal,
            "deadline": self.deadline.isoformat(),
            "reference": self.reference,
            "filters": {name: list(values) for name, values in self.filters.items()},
        }


class KeepTargets:
    """Keeps own targets; those that come with the service are changed in their files."""

    def __init__(
        self,
        database: Database,
        live: LiveCopy,
        definitions: Definitions,
        clock: Clock,
        max_targets: int,
    ) -> None:
        self._database = database
        self._live = live
        self._definitions = definitions
        self._clock = clock
        self._max_targets = max_targets
        self._changes = Changes(database)

    @refuses(NotFound)
    async def read(self, caller: Caller, identifier: str) -> Target:
        """The target as it is now, of the service or of users."""
        built_in = self._definitions.targets.get(identifier)
        if built_in is not None:
            return built_in
        async with self._database.reading() as connection:
            return (await self._visible(connection, caller, identifier)).target

    @refuses(InvalidRequest, OutsideAreas, TooManyTargets, IdempotencyConflict)
    async def create(self, caller: Caller, draft: TargetDraft, attempt: Attempt) -> str:
        """Set a target; its id. The same attempt again gives the id that is there already."""
        async with self._changes.begin(caller, attempt) as change:
            if change.replayed is not None:
                return change.replayed.body
            areas = self._checked(caller, draft)
            edition = await begin_edition(change.connection)
            if await count_targets(change.connection) >= self._max_targets:
                raise TooManyTargets(limit=self._max_targets)
            identifier = uuid7()
            await open_target(
                change.connection, identifier, edition, 1, draft.definition(), areas, caller.client
            )
            change.answer(201, str(identifier), f"/v1/targets/{identifier}")
        await self._live.reached(edition)
        return str(identifier)

    @refuses(InvalidRequest, *_UNCHANGEABLE)
    async def replace(
        self, caller: Caller, identifier: str, draft: TargetDraft, attempt: Attempt
    ) -> None:
        """Put `draft` in place of what the target says."""
        async with self._changes.begin(caller, attempt) as change:
            connection = change.connection
            edition = await begin_edition(connection)  # first: its lock orders all changes
            stored = await self._changeable(connection, caller, identifier, attempt)
            areas = self._checked(caller, draft)
            key, revision = UUID(stored.target.id), stored.target.revision + 1
            await close_target(connection, key, edition)
            await open_target(
                connection, key, edition, revision, draft.definition(), areas, caller.client
            )
            change.answer(200)
        await self._live.reached(edition)

    @refuses(*_UNCHANGEABLE)
    async def remove(self, caller: Caller, identifier: str, attempt: Attempt) -> None:
        """Take the target back from here on."""
        async with self._changes.begin(caller, attempt) as change:
            edition = await begin_edition(change.connection)
            stored = await self._changeable(change.connection, caller, identifier, attempt)
            await close_target(change.connection, UUID(stored.target.id), edition)
            change.answer(204)
        await self._live.reached(edition)

    async def _changeable(
        self, connection: AsyncConnection, caller: Caller, identifier: str, attempt: Attempt
    ) -> OwnTarget:
        if identifier in self._definitions.targets:
            raise TargetBuiltIn(target=identifier)
        stored = await self._visible(connection, caller, identifier)
        if caller.areas is not None and not stored.areas:
            raise OutsideAreas(area="*")
        _check_areas(caller, stored.areas)
        attempt.check(stored.target.revision)
        return stored

    async def _visible(
        self, connection: AsyncConnection, caller: Caller, identifier: str
    ) -> OwnTarget:
        try:
            stored = await find_target(connection, UUID(identifier))
        except ValueError:
            stored = None
        if stored is None or not visible(stored.areas, caller.areas):
            raise NotFound()
        return stored

    def _checked(self, caller: Caller, draft: TargetDraft) -> list[str]:
        """The division codes that the draft speaks of. Raises Refusal."""
        unknown = [
            Violation(f"/filters/{name}", "unknown_dimension", name, {"allowed": _ALLOWED})
            for name in draft.filters
            if name not in FILTERS
        ]
        if draft.indicator not in self._definitions.indicators:
            allowed = {"allowed": ", ".join(self._definitions.indicators)}
            unknown.append(Violation("/indicator", "unknown_indicator", draft.indicator, allowed))
        elif not self._definitions.indicators[draft.indicator].is_share:
            unknown.append(Violation("/indicator", "no_share", draft.indicator))
        if unknown:
            raise InvalidRequest(*unknown)
        served, today = self._live.served, self._clock.today()
        edition = served.edition.number
        directory = served.directory.at(edition)
        try:
            check_filters(draft.filters, directory, served.rollup(edition, today))
        except InvalidRequest as refused:
            inside = (
                Violation(f"/filters{v.pointer}", v.rule, v.value, v.facts)
                for v in refused.violations
            )
            raise InvalidRequest(*inside) from refused
        areas = {code for name in _PLACES for code in draft.filters.get(name, ())}
        for body in (*draft.filters.get("body", ()), *draft.filters.get(UNDER_BODY, ())):
            areas.add(directory.bodies.area(body, today) or "")
        named = sorted(areas - {"", UNASSIGNED_KEY})
        if caller.areas is not None and not named:
            raise OutsideAreas(area="*")
        _check_areas(caller, named)
        return named


_PLACES = ("area", *(name for name, it in DIMENSIONS.items() if it.area_level))
_ALLOWED = ", ".join(FILTERS)


def visible(areas: tuple[str, ...], prefixes: tuple[str, ...] | None) -> bool:
    """Whether a caller limited to `prefixes` sees a target that speaks of `areas`."""
    return prefixes is None or not areas or all(area.startswith(prefixes) for area in areas)


def _check_areas(caller: Caller, areas: list[str] | tuple[str, ...]) -> None:
    for area in areas:
        if not caller.may_see(area):
            raise OutsideAreas(area=area)
