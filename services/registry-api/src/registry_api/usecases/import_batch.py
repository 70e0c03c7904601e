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
from registry_api.usecases.change_organization import revised
from registry_api.usecases.import_entries import Entry, Judge
from registry_api.usecases.import_matching import Bearers, RowRefused
from servicekit.errors import Refusal, Violation
from servicekit.ids import uuid7
from servicekit.ledger import NewEvent
from servicekit.time import Segment, merge_patch

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


@dataclass(frozen=True, slots=True)
class Batch:
    """The circumstances all rows of an import share."""

    judge: Judge
    reason: str

    @property
    def effective_on(self) -> date:
        """From this day on the file's facts hold."""
        return self.judge.effective_on

    def needs_history(self, known: Mapping[UUID, Held]) -> list[UUID]:
        """Organizations that were changed with effect after this import's date."""
        return [held.id for held in known.values() if held.last_effective_on > self.effective_on]

    def resolve(
        self,
        entries: Sequence[Entry],
        known: Mapping[UUID, Held],
        histories: Mapping[UUID, Sequence[Patch]],
        spoken_of: dict[UUID, int],
    ) -> Landing:
        """Decide each row; `known` are the organizations there are, `histories` their patches.

        `spoken_of` are the lines that named one before, and is told of these.
        """
        landing = Landing()
        bearers = Bearers(self.judge.terms.caller, known.values())
        for entry in entries:
            try:
                self._check(entry)
                if entry.row.example or entry.same_as_first:
                    told = _passed_over(entry, landing)
                elif (held := bearers.match(entry)) is None:
                    told = self._create(entry, landing)
                else:
                    _only_once(held, entry, spoken_of)
                    told = self._update(entry, held, histories.get(held.id), landing)
            except RowRefused as refused:
                landing.refused.append((entry.row, refused.violations))
            else:
                if told or entry.row.notices:
                    landing.notices.append((entry.row.line, (*entry.row.notices, *told)))
        return landing

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

    def _create(self, entry: Entry, landing: Landing) -> Sequence[Violation]:
        newcomer = entry.newcomer
        if newcomer is None:
            raise RowRefused(*entry.faults)
        day = self.effective_on
        held = Held(uuid7(), 1, newcomer.state, day, day, newcomer.text)
        landing.created.append(held)
        timeline = [Segment(day, None, newcomer.state, newcomer.text)]
        areas = [newcomer.area] if newcomer.area else []
        landing.events.append(self._event(held, Fragment(newcomer.change), timeline, areas))
        return newcomer.notices

    def _update(
        self, entry: Entry, held: Held, past: Sequence[Patch] | None, landing: Landing
    ) -> Sequence[Violation]:
        if not past and entry.newcomer is not None and entry.newcomer.state == held.state:
            landing.unchanged += 1
            return ()
        known = KnownPast(past or [(held.last_effective_on, 0, held.state)])
        base = known.on(self.effective_on) or known.timeline[0].state
        wanted = complete(merge_patch(base, entry.row.patch()))
        try:
            revision = self.judge.terms.revise(known, self.effective_on, wanted)
        except Refusal as refusal:
            raise RowRefused(*_told(refusal)) from refusal
        if revision is None:
            landing.unchanged += 1
            return ()
        new, after = revised(held, self.effective_on, revision), revision.after
        landing.updated.append((new, revision.patch))
        landing.events.append(self._event(new, revision.patch, after.timeline, after.areas))
        first = held.first_effective_on
        if self.effective_on < first:
            facts = {"day": self.effective_on.isoformat()}
            return (Violation("", "beginning_moved", first.isoformat(), facts),)
        return ()

    def timelines(
        self, landing: Landing, histories: Mapping[UUID, Sequence[Patch]]
    ) -> list[tuple[Held, list[Segment]]]:
        """Who is updated, each with the whole timeline; `histories` have the patches before."""
        return [
            (held, KnownPast(histories[held.id]).patched(self.effective_on, patch).whole)
            for held, patch in landing.updated
        ]

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
            actor=self.judge.terms.caller.client,
            reason=self.reason,
            change=change,
            timeline=timeline,
            areas=areas,
        )


def _passed_over(entry: Entry, landing: Landing) -> Sequence[Violation]:
    landing.unchanged += 1
    if entry.row.example:
        return (Violation("/name", "example_row", None),)
    return (_repeated(entry, "repeated_row", entry.first_line),)


def _only_once(held: Held, entry: Entry, spoken_of: dict[UUID, int]) -> None:
    """Two rows may call one organization by different names. Raises RowRefused for the second."""
    first = spoken_of.setdefault(held.id, entry.row.line)
    if first != entry.row.line:
        raise RowRefused(_repeated(entry, "repeated_in_file", first))


def _repeated(entry: Entry, rule: str, first: int | None) -> Violation:
    who = entry.identity if isinstance(entry.identity, str) else "/".join(entry.identity or ())
    return Violation("/credit_code", rule, who, {"first": first})


def _told(refusal: Refusal) -> Sequence[Violation]:
    """The refusal of a change as what is wrong with its row."""
    if refusal.code == "outside-areas":
        area = refusal.facts["area"]
        return [Violation("/domicile/division_code", "outside_areas", area)]
    return refusal.violations
