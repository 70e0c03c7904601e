"""The information base 党建信息库: members, but no Party organization yet; who looks after them.

Source: the 2016 speech, 三同步: an organization with too few members to form a Party organization
enters the base and is assigned an organizer (党建组织员). Nobody puts an organization in: whoever
has members and no Party organization is in it. Those with enough members are in it until they have
formed one, and are marked `eligible`: they are the overdue formations (应建未建).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from registry_api.domain.organization import State, access_area
from registry_api.domain.parameters import parameter
from registry_api.storage import information_base, listing
from registry_api.usecases.find_supervised import FindSupervised, Supervised
from servicekit.auth import Caller
from servicekit.clock import Clock
from servicekit.database import Database
from servicekit.pagination import decode_cursor, encode_cursor


@dataclass(frozen=True, slots=True)
class BaseQuestion:
    """Who of the base: filters, enough members or not, without an organizer or with one."""

    filters: Mapping[str, Any]
    eligible: bool | None
    organizer_missing: bool | None
    supervised: Supervised | None = None

    def asked(self) -> dict[str, Any]:
        """What a cursor is bound to."""
        whose = self.supervised.asked() if self.supervised else {}
        return {**self.filters, **whose, "base": [self.eligible, self.organizer_missing]}


@dataclass(frozen=True, slots=True)
class InBase:
    """An organization in the base; `owed` is (kind of obligation, since) where there is one."""

    document: State
    eligible: bool
    owed: tuple[str, date] | None

    @property
    def area(self) -> str:
        """Its access area."""
        return access_area(self.document)


@dataclass(frozen=True, slots=True)
class BasePage:
    """Organizations in the order of their ids, and the cursor of what follows."""

    found: Sequence[InBase]
    next_cursor: str | None
    count: int | None


@dataclass(frozen=True, slots=True)
class ListInformationBase:
    """The use case, with what it needs."""

    database: Database
    clock: Clock
    find_supervised: FindSupervised

    async def __call__(
        self,
        caller: Caller,
        question: BaseQuestion,
        cursor: str | None,
        limit: int,
        exact_count: bool,
    ) -> BasePage:
        """A page as of today. Raises Refusal `invalid-cursor`, and as `find_supervised` does."""
        key = decode_cursor(cursor, question.asked(), [UUID])
        today = self.clock.today()
        needed = parameter("party_organization_members", today)
        assert needed is not None
        where = information_base.conditions(
            question.filters, caller.like_patterns(), needed.value, question.eligible,
            question.organizer_missing,
            await self.find_supervised(caller, question.supervised, today),
        )  # fmt: skip
        async with self.database.reading() as connection:
            page = await listing.page(connection, where, key[0] if key else None, limit)
            documents = orjson.loads(page.documents)
            identifiers = [UUID(document["id"]) for document in documents]
            owed = await information_base.owed_since(connection, identifiers, today)
            count = await listing.count(connection, where) if exact_count else None
        found = [
            InBase(
                document,
                (document["party"]["full_members"] or 0) >= needed.value,
                owed.get(identifier),
            )
            for identifier, document in zip(identifiers, documents, strict=True)
        ]
        following = encode_cursor([page.last], question.asked()) if page.size == limit else None
        return BasePage(found, following, count)
