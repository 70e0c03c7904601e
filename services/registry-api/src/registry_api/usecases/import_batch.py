"""What becomes of a batch of rows: created, updated, unchanged or refused; no I/O here."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from pydantic import ValidationError

from registry_api.domain.checks import check_state
from registry_api.domain.derivation import derive
from registry_api.domain.divisions import Divisions
from registry_api.domain.organization import (
    OrganizationState,
    State,
    access_area,
    complete,
    to_state,
)
from registry_api.files.rows import FileRow
from registry_api.storage.history import Patch
from registry_api.storage.organization_rows import Held
from servicekit.auth import Caller
from servicekit.ids import uuid7
from servicekit.ledger import NewEvent, Segment
from servicekit.refusals import Violation
from servicekit.timeline import fold, from_date, merge_diff, merge_patch, state_on
from servicekit.violations import from_pydantic

EVENT = "organization.imported"
_FAR_POSITION = 2**62

Identity = str | tuple[str, str]
"""A credit code, or (authority's division, filing number)."""


@dataclass(frozen=True, slots=True)
class SeenRow:
    """A row, whom it is about, and on which line the file already said something of them."""

    row: FileRow
    identity: Identity | None
    first_line: int | None
    same_as_first: bool


class SeenRows:
    """Remembers whom a file has spoken of: one organization, one row."""

    def __init__(self) -> None:
        self._first: dict[Identity, tuple[int, bytes]] = {}

    def take(self, rows: Iterator[FileRow], number: int) -> list[SeenRow]:
        """Up to `number` rows, each with what the file said before."""
        return [self._look(row) for _, row in zip(range(number), rows, strict=False)]

    def _look(self, row: FileRow) -> SeenRow:
        who = None if row.violations else identity_of(row.patch)
        if who is None:
            return SeenRow(row, None, None, same_as_first=False)
        content = hashlib.blake2b(
            orjson.dumps(row.patch, option=orjson.OPT_SORT_KEYS), digest_size=8
        ).digest()
        line, first_content = self._first.setdefault(who, (row.line, content))
        if line == row.line:
            return SeenRow(row, who, None, same_as_first=False)
        return SeenRow(row, who, line, same_as_first=content == first_content)


def identity_of(patch: Mapping[str, Any]) -> Identity | None:
    """Whom a row is about; None when it does not say."""
    code = patch.get("credit_code")
    if isinstance(code, str) and code:
        return code
    number = patch.get("filing_number")
    if not isinstance(number, str) or not number:
        return None
    registration = patch.get("registration")
    authority = registration.get("authority") if isinstance(registration, dict) else None
    division = authority.get("division_code") if isinstance(authority, dict) else None
    return (division if isinstance(division, str) else "", number)


def identities(rows: Sequence[SeenRow]) -> tuple[list[str], list[tuple[str, str]]]:
    """The credit codes, and the (division, filing number) pairs, that rows speak of."""
    codes: list[str] = []
    filings: list[tuple[str, str]] = []
    for row in rows:
        if isinstance(row.identity, str):
            codes.append(row.identity)
        elif row.identity is not None:
            filings.append(row.identity)
    return codes, filings


@dataclass(slots=True)
class Landing:
    """What a batch leaves behind."""

    created: list[Held] = field(default_factory=list)
    updated: list[Held] = field(default_factory=list)
    unchanged: int = 0
    refused: list[tuple[int, Sequence[Violation]]] = field(default_factory=list)
    events: list[NewEvent] = field(default_factory=list)

    @property
    def counts(self) -> Counter[str]:
        """How many rows came to what."""
        return Counter(
            created=len(self.created),
            updated=len(self.updated),
            unchanged=self.unchanged,
            refused=len(self.refused),
        )


class _Refused(Exception):
    def __init__(self, *violations: Violation) -> None:
        super().__init__()
        self.violations = violations


@dataclass(frozen=True, slots=True)
class Batch:
    """The circumstances all rows of an import share."""

    caller: Caller
    effective_on: date
    reason: str
    today: date
    divisions: Divisions

    def needs_history(self, known: Mapping[Any, Held]) -> list[UUID]:
        """Organizations that were changed with effect after this import's date."""
        return [held.id for held in known.values() if held.last_effective_on > self.effective_on]

    def resolve(
        self,
        rows: Sequence[SeenRow],
        known: Mapping[Identity, Held],
        histories: Mapping[UUID, Sequence[Patch]],
    ) -> Landing:
        """Decide each row; `known` are the organizations there are, `histories` their patches."""
        landing = Landing()
        for seen in rows:
            try:
                self._resolve(seen, known, histories, landing)
            except _Refused as refused:
                landing.refused.append((seen.row.line, refused.violations))
        return landing

    def _resolve(
        self,
        seen: SeenRow,
        known: Mapping[Identity, Held],
        histories: Mapping[UUID, Sequence[Patch]],
        landing: Landing,
    ) -> None:
        if seen.row.violations:
            raise _Refused(*seen.row.violations)
        if seen.identity is None:
            raise _Refused(Violation("/credit_code", "code_or_filing_number", None))
        if seen.same_as_first:
            landing.unchanged += 1
            return
        if seen.first_line is not None:
            raise _Refused(_repeated(seen))
        held = known.get(seen.identity)
        if held is None:
            self._create(seen.row, landing)
        else:
            self._update(seen.row, held, histories.get(held.id), landing)

    def _create(self, row: FileRow, landing: Landing) -> None:
        state = self._sound(complete(derive(row.patch)))
        held = Held(uuid7(), 1, state, self.effective_on, self.effective_on)
        landing.created.append(held)
        timeline = [Segment(self.effective_on, None, state)]
        landing.events.append(self._event(held, state, timeline, [held.area]))

    def _update(
        self, row: FileRow, held: Held, past: Sequence[Patch] | None, landing: Landing
    ) -> None:
        if not self.caller.may_see(held.area):
            raise _Refused(Violation("", "outside_areas", held.area))
        if self.effective_on < held.first_effective_on:
            first = held.first_effective_on.isoformat()
            day = self.effective_on.isoformat()
            raise _Refused(Violation("/effective_on", "before_first", day, {"first": first}))
        before = (
            fold(past, complete) if past else [Segment(held.last_effective_on, None, held.state)]
        )
        on_the_day = state_on(before, self.effective_on)
        assert on_the_day is not None
        changed = self._sound(complete(merge_patch(on_the_day, row.patch)))
        patch = merge_diff(on_the_day, changed)
        if not patch:
            landing.unchanged += 1
            return
        timeline = [Segment(self.effective_on, None, changed)]
        if past:
            whole = fold([*past, (self.effective_on, _FAR_POSITION, patch)], complete)
            timeline = from_date(whole, self.effective_on)
            for segment in timeline:
                self._sound(segment.state)
        last = max(held.last_effective_on, self.effective_on)
        new = Held(held.id, held.revision + 1, timeline[-1].state, held.first_effective_on, last)
        touched = [access_area(s.state) for s in (*from_date(before, self.effective_on), *timeline)]
        landing.updated.append(new)
        landing.events.append(self._event(new, patch, timeline, touched))

    def _sound(self, state: State) -> State:
        """The state as the model writes it, every rule kept; raises _Refused."""
        try:
            whole = to_state(OrganizationState.model_validate(state))
        except ValidationError as error:
            raise _Refused(*from_pydantic(error.errors())) from None
        violations = check_state(whole, self.today, self.divisions)
        if violations:
            raise _Refused(*violations)
        area = access_area(whole)
        if not self.caller.may_see(area):
            raise _Refused(Violation("/domicile/division_code", "outside_areas", area))
        return whole

    def _event(
        self,
        held: Held,
        change: dict[str, Any],
        timeline: Sequence[Segment],
        areas: Sequence[str],
    ) -> NewEvent:
        return NewEvent(
            subject=str(held.id),
            revision=held.revision,
            type=EVENT,
            effective_on=self.effective_on,
            actor=self.caller.client,
            reason=self.reason,
            change=change,
            timeline=timeline,
            areas=[area for area in dict.fromkeys(areas) if area],
        )


def _repeated(seen: SeenRow) -> Violation:
    who = seen.identity if isinstance(seen.identity, str) else "/".join(seen.identity or ())
    return Violation("/credit_code", "repeated_in_file", who, {"first": seen.first_line})
