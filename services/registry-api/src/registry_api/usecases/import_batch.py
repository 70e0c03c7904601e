"""What becomes of a batch of rows: created, updated, unchanged or refused; no I/O here."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from orjson import Fragment

from registry_api.domain.known_past import KnownPast, Patch
from registry_api.domain.organization import complete
from registry_api.files.rows import FileRow
from registry_api.storage.organization_rows import Held
from registry_api.usecases.import_entries import Entry, Identity, Judge, Newcomer
from servicekit.ids import uuid7
from servicekit.ledger import NewEvent, Segment
from servicekit.refusals import Violation
from servicekit.timeline import merge_diff, merge_patch

EVENT = "organization.imported"


@dataclass(slots=True)
class Landing:
    """What a batch leaves behind; who is `updated` has the patch beside."""

    created: list[Held] = field(default_factory=list)
    updated: list[tuple[Held, dict[str, Any]]] = field(default_factory=list)
    unchanged: int = 0
    refused: list[tuple[FileRow, Sequence[Violation]]] = field(default_factory=list)
    notices: list[tuple[int, Sequence[Violation]]] = field(default_factory=list)
    events: list[NewEvent] = field(default_factory=list)

    @property
    def counts(self) -> Counter[str]:
        """How many rows came to what, and how many notices there are."""
        return Counter(
            created=len(self.created),
            updated=len(self.updated),
            unchanged=self.unchanged,
            refused=len(self.refused),
            notices=sum(len(listed) for _, listed in self.notices),
        )


class _Refused(Exception):
    def __init__(self, *violations: Violation) -> None:
        super().__init__()
        self.violations = violations


@dataclass(frozen=True, slots=True)
class Batch:
    """The circumstances all rows of an import share."""

    judge: Judge
    reason: str

    @property
    def effective_on(self) -> date:
        """From this day on the file's facts hold."""
        return self.judge.effective_on

    def needs_history(self, known: Mapping[Any, Held]) -> list[UUID]:
        """Organizations that were changed with effect after this import's date."""
        return [held.id for held in known.values() if held.last_effective_on > self.effective_on]

    def resolve(
        self,
        entries: Sequence[Entry],
        known: Mapping[Identity, Held],
        histories: Mapping[UUID, Sequence[Patch]],
    ) -> Landing:
        """Decide each row; `known` are the organizations there are, `histories` their patches."""
        landing = Landing()
        for entry in entries:
            try:
                told = self._resolve(entry, known, histories, landing)
            except _Refused as refused:
                landing.refused.append((entry.row, refused.violations))
            else:
                if told or entry.row.notices:
                    landing.notices.append((entry.row.line, (*entry.row.notices, *told)))
        return landing

    def _resolve(
        self,
        entry: Entry,
        known: Mapping[Identity, Held],
        histories: Mapping[UUID, Sequence[Patch]],
        landing: Landing,
    ) -> Sequence[Violation]:
        """Put the row into `landing`; notices beyond the row's own. Raises _Refused."""
        if entry.row.example:
            landing.unchanged += 1
            return (Violation("/name", "example_row", None),)
        if entry.row.violations:
            raise _Refused(*entry.row.violations)
        if entry.identity is None:
            raise _Refused(
                *(entry.faults or [Violation("/credit_code", "code_or_filing_number", None)])
            )
        if entry.same_as_first:
            landing.unchanged += 1
            return (_repeated(entry, "repeated_row"),)
        if entry.first_line is not None:
            raise _Refused(_repeated(entry, "repeated_in_file"))
        held = known.get(entry.identity)
        if held is not None:
            self._update(entry, held, histories.get(held.id), landing)
            return ()
        if entry.newcomer is None:
            raise _Refused(*entry.faults)
        self._create(entry.newcomer, landing)
        return entry.newcomer.notices

    def _create(self, newcomer: Newcomer, landing: Landing) -> None:
        day = self.effective_on
        held = Held(uuid7(), 1, newcomer.state, day, day, newcomer.text)
        landing.created.append(held)
        timeline = [Segment(day, None, newcomer.state, newcomer.text)]
        areas = [newcomer.area] if newcomer.area else []
        landing.events.append(self._event(held, Fragment(newcomer.text), timeline, areas))

    def _update(
        self, entry: Entry, held: Held, past: Sequence[Patch] | None, landing: Landing
    ) -> None:
        if not self.judge.caller.may_see(held.area):
            raise _Refused(Violation("", "outside_areas", held.area))
        if self.effective_on < held.first_effective_on:
            first = held.first_effective_on.isoformat()
            day = self.effective_on.isoformat()
            raise _Refused(Violation("/effective_on", "before_first", day, {"first": first}))
        if not past and entry.newcomer is not None and entry.newcomer.state == held.state:
            landing.unchanged += 1
            return
        known = KnownPast(past or [(held.last_effective_on, 0, held.state)])
        on_the_day = known.on(self.effective_on)
        assert on_the_day is not None
        changed = self._sound(complete(merge_patch(on_the_day, entry.row.patch())))
        patch = merge_diff(on_the_day, changed)
        if not patch:
            landing.unchanged += 1
            return
        after = known.patched(self.effective_on, patch)
        for segment in after.timeline[1:]:
            self._sound(segment.state)
        last = max(held.last_effective_on, self.effective_on)
        state = after.timeline[-1].state
        new = Held(held.id, held.revision + 1, state, held.first_effective_on, last)
        landing.updated.append((new, patch))
        landing.events.append(self._event(new, patch, after.timeline, after.areas))

    def timelines(
        self, landing: Landing, histories: Mapping[UUID, Sequence[Patch]]
    ) -> list[tuple[Held, list[Segment]]]:
        """Who is updated, each with the whole timeline; `histories` have the patches before."""
        return [
            (held, KnownPast(histories[held.id]).patched(self.effective_on, patch).whole)
            for held, patch in landing.updated
        ]

    def _sound(self, state: dict[str, Any]) -> dict[str, Any]:
        found = self.judge.validated(state)
        if isinstance(found, list):
            raise _Refused(*found)
        return found

    def _event(
        self,
        held: Held,
        change: dict[str, Any] | Fragment,
        timeline: Sequence[Segment],
        areas: Sequence[str],
    ) -> NewEvent:
        return NewEvent(
            subject=str(held.id),
            revision=held.revision,
            type=EVENT,
            effective_on=self.effective_on,
            actor=self.judge.caller.client,
            reason=self.reason,
            change=change,
            timeline=timeline,
            areas=areas,
        )


def _repeated(entry: Entry, rule: str) -> Violation:
    who = entry.identity if isinstance(entry.identity, str) else "/".join(entry.identity or ())
    return Violation("/credit_code", rule, who, {"first": entry.first_line})
