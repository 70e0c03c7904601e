"""Importing areas and bodies, all or nothing, after a look at what it would do; or changing one."""

from dataclasses import dataclass
from typing import Any

from jurisdiction_router.domain.directory_change import DirectoryChange, touched_places
from jurisdiction_router.storage import directory_rows, fact_rows
from jurisdiction_router.usecases.change_directory import (
    SHOWN,
    ChangeDirectory,
    Pointers,
    out_of_reach,
)
from jurisdiction_router.usecases.current_jurisdiction import CurrentJurisdiction
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.preconditions import check_if_match
from servicekit.refusals import Refusal


@dataclass(frozen=True, slots=True)
class ImportDirectory:
    """The use case, with what it needs."""

    database: Database
    current: CurrentJurisdiction
    change: ChangeDirectory

    async def report(self, caller: Caller, change: DirectoryChange) -> dict[str, Any]:
        """What an import would do, and nothing done: counts, and how many would be reassessed.

        Raises what the import itself would raise.
        """
        pointers = Pointers.of(change)
        out_of_reach(caller, change, pointers)
        async with self.database.transaction() as connection:
            before = (await self.current.hold(connection, "shared")).directory
            violations = await self.change.check(connection, before, change, pointers)
            if violations:
                raise Refusal("directory-invalid", *violations[:SHOWN], count=len(violations))
            real = change.without_what_is_held(before)
            places = touched_places(
                await fact_rows.all_places(connection),
                before,
                real.applied_to(before),
                real.codes(before),
            )
            touched = await fact_rows.touched_organizations(connection, places)
        return {
            "areas": len(real.areas),
            "bodies": len(real.bodies),
            "reassessed": len(touched),
            "reassigned": None,
            "job": None,
        }

    async def one(
        self, caller: Caller, change: DirectoryChange, reason: str | None, if_match: str | None
    ) -> dict[str, Any]:
        """Add or replace one area or body; one that is there only by who has read it.

        Raises what an import raises; Problem 412, 428.
        """
        pointers = Pointers(
            {given.area.code: "" for given in change.areas},
            {body.id: "" for body in change.bodies},
        )
        out_of_reach(caller, change, pointers)
        async with self.database.transaction() as connection:
            before = await self.current.hold(connection, "alone")
            held = await directory_rows.revisions(
                connection, directory_rows.TABLES["areas"], list(pointers.areas)
            )
            held |= await directory_rows.revisions(
                connection, directory_rows.TABLES["bodies"], list(pointers.bodies)
            )
            for revision in held.values():
                check_if_match(if_match, revision)
            done = await self.change(connection, before, change, caller, reason, pointers)
        return done.answer()

    async def __call__(
        self, caller: Caller, change: DirectoryChange, reason: str | None
    ) -> dict[str, Any]:
        """Upsert areas by code and bodies by id; the same import again changes nothing.

        Answers with what changed and who is reassessed. Raises Refusal `outside-areas` for what
        lies beyond the caller's areas, and those of `ChangeDirectory`.
        """
        pointers = Pointers.of(change)
        out_of_reach(caller, change, pointers)
        async with self.database.transaction() as connection:
            before = await self.current.hold(connection, "alone")
            done = await self.change(connection, before, change, caller, reason, pointers)
        return done.answer()
