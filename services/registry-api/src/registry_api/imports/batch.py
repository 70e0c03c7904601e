"""What becomes of a batch of rows: created, updated, unchanged or refused; no I/O here."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from orjson import Fragment

from registry_api.core.organization.known_past import KnownPast, Patch
from registry_api.core.organization.state import complete
from registry_api.imports.entries import Entry, RowRules
from registry_api.imports.files.row import FileRow
from registry_api.imports.matching import Bearers, RowRefused
from registry_api.register.change import revised
from registry_api.register.stored import StoredOrganization
from servicekit.errors import OutsideAreas, Refusal, Violation
from servicekit.ids import uuid7
from servicekit.ledger import NewEvent
from servicekit.time import Segment, merge_patch

EVENT = "organization.imported"


@dataclass(slots=True)
class BatchOutcome:
    """What a batch leaves behind; who is `updated` has the patch beside."""

    created: list[StoredOrganization] = field(default_factory=list)
    updated: list[tuple[StoredOrganization, dict[str, Any]]] = field(default_factory=list)
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


@dataclass(frozen=True, slots=True)
class Batch:
    """The circumstances all rows of an import share."""

    rules: RowRules
    reason: str

    @property
    def effective_on(self) -> date:
        """From this day on the file's facts hold."""
        return self.rules.effective_on

    def needs_history(self, known: Mapping[UUID, StoredOrganization]) -> list[UUID]:
        """Organizations that were changed with effect after this import's date."""
        return [
            stored.id for stored in known.values() if stored.last_effective_on > self.effective_on
        ]

    def resolve(
        self,
        entries: Sequence[Entry],
        known: Mapping[UUID, StoredOrganization],
        histories: Mapping[UUID, Sequence[Patch]],
        named_on: dict[UUID, int],
    ) -> BatchOutcome:
        """Decide each row; `known` are the organizations there are, `histories` their patches.

        `named_on` are the lines that named one before, and is notices of these.
        """
        outcome = BatchOutcome()
        bearers = Bearers(self.rules.terms.caller, known.values())
        for entry in entries:
            try:
                self._check(entry)
                if entry.row.example or entry.same_as_first:
                    notices = _passed_over(entry, outcome)
                elif (stored := bearers.match(entry)) is None:
                    notices = self._create(entry, outcome)
                else:
                    _only_once(stored, entry, named_on)
                    notices = self._update(entry, stored, histories.get(stored.id), outcome)
            except RowRefused as refused:
                outcome.refused.append((entry.row, refused.violations))
            else:
                if notices or entry.row.notices:
                    outcome.notices.append((entry.row.line, (*entry.row.notices, *notices)))
        return outcome

    def _check(self, entry: Entry) -> None:
        """Raises RowRefused for a row that can't be read, names nobody, or repeats another."""
        if entry.row.example:
            return
        if entry.row.violations:
            raise RowRefused(*entry.row.violations)
        if entry.identity is None:
            raise RowRefused(
                *(entry.faults or [Violation("/credit_code", "code_or_filing_number", None)])
            )
        if entry.first_line is not None and not entry.same_as_first:
            raise RowRefused(_repeated(entry, "repeated_in_file", entry.first_line))

    def _create(self, entry: Entry, outcome: BatchOutcome) -> Sequence[Violation]:
        new = entry.new
        if new is None:
            raise RowRefused(*entry.faults)
        day = self.effective_on
        stored = StoredOrganization(uuid7(), 1, new.state, day, day, new.text)
        outcome.created.append(stored)
        timeline = [Segment(day, None, new.state, new.text)]
        areas = [new.area] if new.area else []
        outcome.events.append(self._event(stored, Fragment(new.change), timeline, areas))
        return new.notices

    def _update(
        self,
        entry: Entry,
        stored: StoredOrganization,
        past: Sequence[Patch] | None,
        outcome: BatchOutcome,
    ) -> Sequence[Violation]:
        if not past and entry.new is not None and entry.new.state == stored.state:
            outcome.unchanged += 1
            return ()
        known = KnownPast(past or [(stored.last_effective_on, 0, stored.state)])
        base = known.on(self.effective_on) or known.timeline[0].state
        state = complete(merge_patch(base, entry.row.patch()))
        try:
            revision = self.rules.terms.revise(known, self.effective_on, state)
        except Refusal as refusal:
            raise RowRefused(*_violations_of(refusal)) from refusal
        if revision is None:
            outcome.unchanged += 1
            return ()
        new, after = revised(stored, self.effective_on, revision), revision.after
        outcome.updated.append((new, revision.patch))
        outcome.events.append(self._event(new, revision.patch, after.timeline, after.areas))
        first = stored.first_effective_on
        if self.effective_on < first:
            facts = {"day": self.effective_on.isoformat()}
            return (Violation("", "beginning_moved", first.isoformat(), facts),)
        return ()

    def timelines(
        self, outcome: BatchOutcome, histories: Mapping[UUID, Sequence[Patch]]
    ) -> list[tuple[StoredOrganization, list[Segment]]]:
        """Who is updated, each with the whole timeline; `histories` have the patches before."""
        return [
            (stored, KnownPast(histories[stored.id]).patched(self.effective_on, patch).whole)
            for stored, patch in outcome.updated
        ]

    def _event(
        self,
        stored: StoredOrganization,
        change: dict[str, Any] | Fragment,
        timeline: Sequence[Segment],
        areas: Sequence[str],
    ) -> NewEvent:
        return NewEvent(
            subject=str(stored.id),
            revision=stored.revision,
            type=EVENT,
            effective_on=self.effective_on,
            actor=self.rules.terms.caller.client,
            reason=self.reason,
            change=change,
            timeline=timeline,
            areas=areas,
        )


def _passed_over(entry: Entry, outcome: BatchOutcome) -> Sequence[Violation]:
    outcome.unchanged += 1
    if entry.row.example:
        return (Violation("/name", "example_row", None),)
    return (_repeated(entry, "repeated_row", entry.first_line),)


def _only_once(stored: StoredOrganization, entry: Entry, named_on: dict[UUID, int]) -> None:
    """Two rows may call one organization by different names. Raises RowRefused for the second."""
    first = named_on.setdefault(stored.id, entry.row.line)
    if first != entry.row.line:
        raise RowRefused(_repeated(entry, "repeated_in_file", first))


def _repeated(entry: Entry, rule: str, first: int | None) -> Violation:
    who = entry.identity if isinstance(entry.identity, str) else "/".join(entry.identity or ())
    return Violation("/credit_code", rule, who, {"first": first})


def _violations_of(refusal: Refusal) -> Sequence[Violation]:
    """The refusal of a change as what is wrong with its row."""
    if type(refusal) is OutsideAreas:  # not on a day whose area the caller may not know
        area = refusal.facts["area"]
        return [Violation("/domicile/division_code", "outside_areas", area)]
    return refusal.violations
