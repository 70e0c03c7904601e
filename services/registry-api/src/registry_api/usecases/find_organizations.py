"""Finding organizations: filtered pages with cursors that never hit a wall."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from registry_api.storage import listing
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.pagination import decode_cursor, encode_cursor
from servicekit.refusals import Refusal, Violation


@dataclass(frozen=True, slots=True)
class FindOrganizations:
    """The use case, with what it needs."""

    database: Database

    async def __call__(
        self,
        caller: Caller,
        filters: Mapping[str, Sequence[str]],
        cursor: str | None,
        limit: int,
        exact_count: bool,
    ) -> str:
        """A page as JSON text: `{"items", "next_cursor", "count"}`.

        `count` is null unless asked for. Raises Refusal `invalid-cursor`.
        """
        key = decode_cursor(cursor, filters, [str])
        after = _uuid(key[0]) if key else None
        where = listing.conditions(filters, caller.like_patterns())
        async with self.database.reading() as connection:
            found = await listing.page(connection, where, after, limit)
            count = await listing.count(connection, where) if exact_count else None
        following = "null"
        if found.size == limit and found.last is not None:
            following = f'"{encode_cursor([str(found.last)], filters)}"'
        counted = "null" if count is None else str(count)
        return f'{{"items":{found.documents},"next_cursor":{following},"count":{counted}}}'


def _uuid(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise Refusal("invalid-cursor", Violation("/cursor", "cursor", value)) from None
