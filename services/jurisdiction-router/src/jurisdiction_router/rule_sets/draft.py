"""Drafting a rule set: read, checked field by field, and kept; nothing is decided by it yet."""

from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from jurisdiction_router.attempts import Attempt, Worked, once
from jurisdiction_router.core.rules.reader import read_rule_set
from jurisdiction_router.core.rules.rule_set import RuleSet
from jurisdiction_router.core.rules.yaml_text import read_text
from jurisdiction_router.rule_sets import rows as rule_set_rows
from jurisdiction_router.rule_sets.documents import (
    check_scope,
    rule_set_document,
    rule_set_event,
    summary_of,
)
from jurisdiction_router.rule_sets.enactments import of_rule_set
from jurisdiction_router.rule_sets.rows import RuleSetRow
from servicekit.auth import Caller
from servicekit.database import Database
from servicekit.errors import Refusal, Violation
from servicekit.http import check_if_match
from servicekit.ledger import Ledger, NewEvent, StoredAnswer, canonical_json
from servicekit.time import Clock


@dataclass(frozen=True, slots=True)
class DraftRuleSet:
    """The use case, with what it needs."""

    database: Database
    ledger: Ledger
    clock: Clock

    async def add(self, caller: Caller, text: str, attempt: Attempt) -> StoredAnswer:
        """Keep the rule set written in `text` (YAML or JSON) as a draft.

        The same content again changes nothing. Raises Refusal: `rule-set-unreadable`,
        `rule-set-invalid`, `rule-set-exists` for other content under a known id, `outside-areas`,
        `idempotency-conflict`.
        """
        rule_set, content = _read(caller, text)

        async def work() -> Worked:
            held = await rule_set_rows.lock(connection, rule_set.id)
            if held is None:
                document, event = await self._write(connection, caller, rule_set, content, None)
                return _answer(document, 201), [event]
            if held.digest != rule_set.digest:
                raise Refusal("rule-set-exists", id=rule_set.id, digest=held.digest)
            return _answer(await self._unchanged(connection, caller, held), 200), ()

        async with self.database.transaction() as connection:
            return await once(connection, self.ledger, caller, attempt, work)

    async def rewrite(
        self, caller: Caller, rule_set_id: str, text: str, if_match: str | None
    ) -> dict[str, Any]:
        """Replace the content of a rule set that was never in force and is not approved.

        It is a draft again, to be proved anew. Raises Refusal as `add` does, and `not-found`,
        `rule-set-immutable`; Problem 412 and 428 for `If-Match`.
        """
        rule_set, content = _read(caller, text)
        if rule_set.id != rule_set_id:
            raise Refusal(
                "rule-set-invalid",
                Violation("/id", "rule_set_other_id", rule_set.id, {"id": rule_set_id}),
                count=1,
            )
        async with self.database.transaction() as connection:
            held = await rule_set_rows.lock(connection, rule_set_id)
            if held is None or not rule_set_rows.seen(held.scope, caller.like_patterns()):
                raise Refusal("not-found")
            check_scope(caller, held.scope)
            check_if_match(if_match, held.revision)
            if held.digest == rule_set.digest:
                return await self._unchanged(connection, caller, held)
            enacted = of_rule_set(await rule_set_rows.enactments(connection), held.id)
            if held.plan is not None or enacted:
                raise Refusal("rule-set-immutable", id=held.id)
            document, event = await self._write(connection, caller, rule_set, content, held)
            await self.ledger.append(connection, [event])
        return document

    async def _write(
        self,
        connection: AsyncConnection,
        caller: Caller,
        rule_set: RuleSet,
        content: str,
        held: RuleSetRow | None,
    ) -> tuple[dict[str, Any], NewEvent]:
        authors = {caller.client, *(held.authors if held else ())}
        row = RuleSetRow(
            id=rule_set.id,
            revision=held.revision + 1 if held else 1,
            digest=rule_set.digest,
            scope=rule_set.scope,
            content=content,
            document=summary_of(rule_set),
            authors=tuple(sorted(authors)),
        )
        await rule_set_rows.write(connection, row)
        today = self.clock.today()
        event = rule_set_event(row, [], "drafted", today, caller.client)
        if held is not None and held.scope != row.scope:
            event = replace(event, areas=sorted({held.scope, row.scope}))
        return rule_set_document(caller, row, [], today), event

    async def _unchanged(
        self, connection: AsyncConnection, caller: Caller, held: RuleSetRow
    ) -> dict[str, Any]:
        enactments = await rule_set_rows.enactments(connection)
        return rule_set_document(caller, held, enactments, self.clock.today())


def _answer(document: dict[str, Any], status: int) -> StoredAnswer:
    body = orjson.dumps(document).decode()
    return StoredAnswer(status, f"/v1/rule-sets/{document['id']}", body)


def _read(caller: Caller, text: str) -> tuple[RuleSet, str]:
    value, lines = read_text(text)
    rule_set = read_rule_set(value, lines)
    check_scope(caller, rule_set.scope)
    return rule_set, canonical_json(value).decode()
