"""Rule sets, and the edition that says whether a loaded jurisdiction is still the newest."""

from collections.abc import Sequence
from typing import Any, Literal

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.domain.rule_set import RuleSet
from jurisdiction_router.domain.rule_set_reader import read_rule_set


async def edition(
    connection: AsyncConnection, lock: Literal["shared", "alone"] | None = None
) -> int:
    """The edition of directory and rule sets, locked until the transaction ends if asked for.

    With a lock, the transaction has no statement timeout: whoever waits here waits for a
    reassessment, which may take minutes, and giving up would park a follower's events.
    """
    if lock is not None:
        await connection.execute(text("SET LOCAL statement_timeout = 0"))
    found = await connection.execute(_EDITION[lock])
    return int(found.scalar_one())


_EDITION = {
    None: text("SELECT edition FROM jurisdiction_edition"),
    "shared": text("SELECT edition FROM jurisdiction_edition FOR SHARE"),
    "alone": text("SELECT edition FROM jurisdiction_edition FOR UPDATE"),
}


async def next_edition(connection: AsyncConnection) -> None:
    """Say that directory or rule sets have changed; the caller holds the edition alone."""
    await connection.execute(text("UPDATE jurisdiction_edition SET edition = edition + 1"))


async def load_rule_sets(connection: AsyncConnection) -> list[RuleSet]:
    """Every rule set, read back from its stored content."""
    rows = await connection.execute(text("SELECT content FROM rule_set ORDER BY id"))
    return [read_rule_set(orjson.loads(row.content), stored=True) for row in rows]


async def rule_set_digest(connection: AsyncConnection, rule_set_id: str) -> str | None:
    """The digest of a stored rule set, None when there is none of that id."""
    found = await connection.execute(
        text("SELECT digest FROM rule_set WHERE id = :id"), {"id": rule_set_id}
    )
    return found.scalar_one_or_none()


async def add_rule_set(
    connection: AsyncConnection, rule_set: RuleSet, content: str, document: str
) -> None:
    """Store a rule set; it is never changed afterwards."""
    await connection.execute(
        text(
            "INSERT INTO rule_set (id, digest, scope, valid_from, valid_until, content, document) "
            "VALUES (:id, :digest, :scope, :valid_from, :valid_until, :content, :document)"
        ),
        {
            "id": rule_set.id,
            "digest": rule_set.digest,
            "scope": rule_set.scope,
            "valid_from": rule_set.valid_from,
            "valid_until": rule_set.valid_until,
            "content": content,
            "document": document,
        },
    )


async def rule_set_documents(
    connection: AsyncConnection, patterns: Sequence[str] | None
) -> list[str]:
    """The documents of all rule sets a caller may see, by id."""
    rows = await connection.execute(text("SELECT scope, document FROM rule_set ORDER BY id"))
    return [row.document for row in rows if _seen(row.scope, patterns)]


async def rule_set_content(
    connection: AsyncConnection, rule_set_id: str, patterns: Sequence[str] | None
) -> Any:
    """The row `(scope, document, content)` of a rule set, None when a caller may see none."""
    found = await connection.execute(
        text("SELECT scope, document, content FROM rule_set WHERE id = :id"), {"id": rule_set_id}
    )
    row = found.one_or_none()
    return row if row is not None and _seen(row.scope, patterns) else None


def _seen(scope: str, patterns: Sequence[str] | None) -> bool:
    """Whether a limited caller's areas and a rule set's territory meet."""
    if patterns is None:
        return True
    own = scope[:2] if scope.endswith("0000") else scope[:4] if scope.endswith("00") else scope
    prefixes = [pattern.rstrip("%") for pattern in patterns]
    return any(own.startswith(prefix) or prefix.startswith(own) for prefix in prefixes)
