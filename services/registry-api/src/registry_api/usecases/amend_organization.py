"""Amendment 变更登记 and correction: a patch that holds from a date, today's or an earlier one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from registry_api.domain.checks import check_state
from registry_api.domain.divisions import Divisions
from registry_api.domain.organization import (
    OrganizationState,
    State,
    access_area,
    complete,
    to_state,
)
from registry_api.storage import history, organization_rows
from registry_api.storage.organization_rows import Held
from servicekit.auth import Caller
from servicekit.clock import Clock
from servicekit.database import Database
from servicekit.ledger import Ledger, NewEvent, Segment
from servicekit.preconditions import check_if_match
from servicekit.refusals import Refusal, Violation
from servicekit.timeline import fold, from_date, merge_diff, merge_patch, state_on
from servicekit.violations import from_pydantic

EVENT = "organization.amended"
_FAR_POSITION = 2**62
"""Sorts the new patch after all that its date already has; its position is not known yet."""


@dataclass(frozen=True, slots=True)
class Amendment:
    """What shall change, from when, and why; `if_match` is the ETag that was read."""

    change: dict[str, Any]
    effective_on: date
    reason: str | None
    if_match: str | None


@dataclass(frozen=True, slots=True)
class AmendOrganization:
    """The use case, with what it needs."""

    database: Database
    ledger: Ledger
    clock: Clock
    divisions: Divisions

    async def __call__(self, caller: Caller, identifier: UUID, amendment: Amendment) -> Held:
        """Apply the amendment; the organization as it is now.

        A patch that changes nothing on its date leaves no trace. Raises Refusal: `not-found`,
        `invalid-organization`, `outside-areas`, `code-taken`; Problem 412 and 428 for `If-Match`.
        """
        try:
            async with self.database.transaction() as connection:
                held = await organization_rows.lock(connection, identifier)
                if held is None or not caller.may_see(held.area):
                    raise Refusal("not-found")
                check_if_match(amendment.if_match, held.revision)
                self._check_date(held, amendment.effective_on)
                return await self._apply(connection, caller, held, amendment)
        except IntegrityError as error:
            code = amendment.change.get("credit_code") or amendment.change.get("filing_number")
            raise Refusal(
                "code-taken", Violation("/change/credit_code", "code_taken", code), taken=code
            ) from error

    def _check_date(self, held: Held, effective_on: date) -> None:
        today = self.clock.today()
        if effective_on > today:
            rule, facts = "future_date", {"today": today.isoformat()}
        elif effective_on < held.first_effective_on:
            rule, facts = "before_first", {"first": held.first_effective_on.isoformat()}
        else:
            return
        raise Refusal(
            "invalid-organization",
            Violation("/effective_on", rule, effective_on.isoformat(), facts),
        )

    async def _apply(
        self, connection: AsyncConnection, caller: Caller, held: Held, amendment: Amendment
    ) -> Held:
        known = await history.patches(connection, held.id)
        before = fold(known, complete)
        on_the_day = state_on(before, amendment.effective_on)
        assert on_the_day is not None
        changed = _validated(merge_patch(on_the_day, amendment.change))
        patch = merge_diff(on_the_day, changed)
        if not patch:
            return held
        after = fold([*known, (amendment.effective_on, _FAR_POSITION, patch)], complete)
        timeline = from_date(after, amendment.effective_on)
        self._check(caller, timeline)
        new = Held(
            held.id,
            held.revision + 1,
            after[-1].state,
            held.first_effective_on,
            max(held.last_effective_on, amendment.effective_on),
        )
        await organization_rows.update_one(connection, new)
        touched = [*from_date(before, amendment.effective_on), *timeline]
        areas = dict.fromkeys(access_area(segment.state) for segment in touched)
        event = NewEvent(
            subject=str(new.id),
            revision=new.revision,
            type=EVENT,
            effective_on=amendment.effective_on,
            actor=caller.client,
            reason=amendment.reason,
            change=patch,
            timeline=timeline,
            areas=[area for area in areas if area],
        )
        await self.ledger.append(connection, [event])
        return new

    def _check(self, caller: Caller, timeline: Sequence[Segment]) -> None:
        """Every state from the date on must be sound, and remain the caller's to change."""
        for segment in timeline:
            violations = check_state(segment.state, self.clock.today(), self.divisions)
            if violations:
                raise Refusal("invalid-organization", *(_in_change(v) for v in violations))
            area = access_area(segment.state)
            if not caller.may_see(area):
                raise Refusal("outside-areas", area=area)


def _validated(state: State) -> State:
    """The state as the model writes it. Raises Refusal with each value that does not fit."""
    try:
        return to_state(OrganizationState.model_validate(state))
    except ValidationError as error:
        violations = (_in_change(v) for v in from_pydantic(error.errors()))
        raise Refusal("invalid-organization", *violations) from error


def _in_change(violation: Violation) -> Violation:
    return Violation(
        f"/change{violation.pointer}", violation.rule, violation.value, violation.facts
    )
