"""Work lists: what is owed over the register, by due date.

Lists show the register as it is known now, on `valid_on`: today, or a day ahead, which shows what
the calendar alone will bring. For a day past they would have to be derived anew from every
organization's history: each organization's own obligations are there to be asked then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from registry_api.core.code_lists import list_codes
from registry_api.core.obligations.wording import in_words
from registry_api.supervision.find import FindSupervised, Supervised
from registry_api.work_lists import rows
from registry_api.work_lists.rows import ObligationFilter, OwedObligation
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import InvalidCursor, InvalidRequest, Violation
from servicekit.http import decode_cursor, encode_cursor
from servicekit.time import Clock


@dataclass(frozen=True, slots=True)
class ObligationQuestion:
    """Which obligations. `kinds` empty: all; `filters` are of organizations."""

    kinds: Sequence[str]
    valid_on: date | None
    overdue: bool | None
    due_from: date | None
    due_before: date | None
    filters: Mapping[str, Any]
    supervised: Supervised | None = None

    def bound(self) -> dict[str, Any]:
        """What a cursor is bound to."""
        return {
            **self.filters,
            "obligation": sorted(self.kinds),
            "valid_on": self.valid_on,
            "overdue": self.overdue,
            "due": [self.due_from, self.due_before],
            **(self.supervised.bound() if self.supervised else {}),
        }


@dataclass(frozen=True, slots=True)
class ObligationPage:
    """Obligations in the order of their terms, the day they are looked at, what follows."""

    items: Sequence[OwedObligation]
    day: date
    next_cursor: str | None
    count: int | None


@dataclass(frozen=True, slots=True)
class FindObligations:
    """The use case, with what it needs."""

    refusals: ClassVar = (
        InvalidCursor,
        FindSupervised,
    )

    database: Database
    clock: Clock
    find_supervised: FindSupervised

    async def __call__(
        self,
        caller: Caller,
        question: ObligationQuestion,
        cursor: str | None,
        limit: int,
        exact_count: bool,
    ) -> ObligationPage:
        """A page; each shows what is true when it is asked for, also of who supervises.

        Raises InvalidCursor, and as `settle` does.
        """
        key = decode_cursor(cursor, question.bound(), [date, UUID, str, date])
        settled = await self.settle(caller, question)
        after = None if key is None else (key[0], key[1], key[2], key[3])
        async with self.database.reading() as connection:
            page = await rows.page(connection, settled, after, limit)
            count = await rows.count(connection, settled) if exact_count else None
        last = page[-1].key if len(page) == limit else None
        following = encode_cursor(last, question.bound()) if last else None
        return ObligationPage(page, settled.day, following, count)

    async def settle(self, caller: Caller, question: ObligationQuestion) -> ObligationFilter:
        """The question settled: on which day, of which kinds, by whom.

        Raises InvalidRequest for a day past, and as `find_supervised` does.
        """
        today = self.clock.today()
        day = question.valid_on or today
        if day < today:
            facts = {"today": today.isoformat()}
            violation = Violation("/valid_on", "work_list_of_the_past", day.isoformat(), facts)
            raise InvalidRequest(violation)
        return ObligationFilter(
            kinds=question.kinds or list_codes("obligation_kind"),
            day=day,
            overdue=question.overdue,
            due_from=question.due_from,
            due_before=question.due_before,
            filters=question.filters,
            patterns=caller.like_patterns(),
            among=await self.find_supervised(caller, question.supervised, day),
        )


def refuse_known_at(known_at: str | None) -> None:
    """Refuse lists as they were known at a moment: InvalidRequest."""
    if known_at is not None:
        violation = Violation("/known_at", "work_list_known_then", known_at)
        raise InvalidRequest(violation)


def obligation_document(owing: OwedObligation, day: date, language: str) -> dict[str, Any]:
    """An obligation and who owes it, as lists and exports show them."""
    who = {name: getattr(owing, name) for name in _WHO}
    return {**who, **in_words(owing.owed, day, language)}


_WHO = [field.name for field in fields(OwedObligation) if field.name != "owed"]
