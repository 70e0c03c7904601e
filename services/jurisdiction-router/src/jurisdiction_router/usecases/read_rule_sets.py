"""Reading rule sets."""

from dataclasses import dataclass

from jurisdiction_router.storage import jurisdiction_rows
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.refusals import Refusal


@dataclass(frozen=True, slots=True)
class ReadRuleSets:
    """The use case, with what it needs."""

    database: Database

    async def all(self, caller: Caller) -> str:
        """The documents of all rule sets whose territory meets the caller's, as JSON text."""
        async with self.database.reading() as connection:
            found = await jurisdiction_rows.rule_set_documents(connection, caller.like_patterns())
        return f'{{"items":[{",".join(found)}]}}'

    async def one(self, caller: Caller, rule_set_id: str) -> str:
        """One rule set's document with its whole `content`. Raises Refusal `not-found`."""
        async with self.database.reading() as connection:
            row = await jurisdiction_rows.rule_set_content(
                connection, rule_set_id, caller.like_patterns()
            )
        if row is None:
            raise Refusal("not-found")
        return f'{row.document[:-1]},"content":{row.content}}}'
