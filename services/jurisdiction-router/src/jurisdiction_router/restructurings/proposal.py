"""What a restructuring does to the directory as it is now: sound, and the caller's to change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.core.deciding.timeline import Jurisdiction
from jurisdiction_router.core.refusals import DirectoryInvalid
from jurisdiction_router.directory_changes.apply import MAX_VIOLATIONS, ChangeDirectory, Pointers
from jurisdiction_router.facts.read import touched_places
from jurisdiction_router.impacts.compute import Proposal
from jurisdiction_router.restructurings import rows
from jurisdiction_router.restructurings.plan import Plan, plan
from jurisdiction_router.restructurings.rows import RestructuringRow
from servicekit.auth import Caller
from servicekit.errors import NotFound, OutsideAreas, Violation

KIND: Final = "restructuring"
"""What an impact of a restructuring is of, in its job's parameters."""


@dataclass(frozen=True, slots=True)
class PlanRestructuring:
    """The step before a draft and before its application, with what it needs."""

    change_directory: ChangeDirectory

    async def __call__(
        self,
        connection: AsyncConnection,
        before: Jurisdiction,
        row: RestructuringRow,
        caller: Caller,
    ) -> Plan:
        """Plan it over the directory as it is now.

        Raises Refusal `directory-invalid` with every violation, `outside-areas`.
        """
        planned = plan(before.directory, row.effective_on, row.document["changes"])
        violations = list(planned.violations)
        if not violations:
            violations += await self.change_directory.check(
                connection, before.directory, planned.change, _pointers(planned)
            )
        if violations:
            raise DirectoryInvalid(*violations[:MAX_VIOLATIONS], count=len(violations))
        codes = sorted(planned.change.codes(before.directory))
        outside = [code for code in codes if not caller.may_see(code)]
        if outside:
            raise OutsideAreas(
                *(
                    Violation("/changes", "outside_areas", code)
                    for code in outside[:MAX_VIOLATIONS]
                ),
                area=outside[0],
            )
        return planned


async def propose(
    connection: AsyncConnection, before: Jurisdiction, params: Mapping[str, Any]
) -> Proposal:
    """What a restructuring would make of the jurisdiction: the proposal behind its impact.

    Raises Refusal `not-found`.
    """
    row = await rows.find(connection, UUID(params["restructuring"]))
    if row is None:
        raise NotFound()
    planned = plan(before.directory, row.effective_on, row.document["changes"])
    return await proposal_of(connection, before, row, planned)


async def proposal_of(
    connection: AsyncConnection, before: Jurisdiction, row: RestructuringRow, planned: Plan
) -> Proposal:
    """The jurisdiction that a plan would make, and the places that it touches."""
    after = planned.change.applied_to(before.directory)
    places = await touched_places(connection, before.directory, after, planned.change)
    header = f"{KIND} {row.id} {row.effective_on.isoformat()}\n"
    return Proposal(before, before.with_directory(after), places, row.effective_on, header)


def _pointers(planned: Plan) -> Pointers:
    areas = {entry.area.code for entry in planned.change.areas}
    return Pointers(
        {key: value for key, value in planned.pointers.items() if key in areas},
        {key: value for key, value in planned.pointers.items() if key not in areas},
    )
