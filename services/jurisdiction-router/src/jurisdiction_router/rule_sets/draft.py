"""Drafting a rule set: read, checked field by field, and kept; nothing is decided by it yet."""

from dataclasses import dataclass, replace
from typing import Any

from jurisdiction_router.core.refusals import (
    RuleSetExists,
    RuleSetImmutable,
    RuleSetInvalid,
    RuleSetUnreadable,
)
from jurisdiction_router.core.rules.reader import read_rule_set
from jurisdiction_router.core.rules.rule_set import RuleSet
from jurisdiction_router.core.rules.yaml_text import read_text
from jurisdiction_router.rule_sets import rows
from jurisdiction_router.rule_sets.documents import (
    check_scope,
    is_visible,
    rule_set_document,
    rule_set_event,
    summary_of,
)
from jurisdiction_router.rule_sets.enactments import of_rule_set
from jurisdiction_router.rule_sets.rows import RuleSetRow
from servicekit.auth import Caller
from servicekit.errors import (
    IdempotencyConflict,
    NotFound,
    OutsideAreas,
    PreconditionFailed,
    PreconditionRequired,
    Violation,
    refuses,
)
from servicekit.ledger import Attempt, Change, Changes, StoredAnswer, canonical_json
from servicekit.time import Clock


@dataclass(frozen=True, slots=True)
class DraftRuleSet:
    """The use case, with what it needs."""

    changes: Changes
    clock: Clock

    @refuses(RuleSetUnreadable, RuleSetInvalid, OutsideAreas, RuleSetExists, IdempotencyConflict)
    async def add(self, caller: Caller, text: str, attempt: Attempt) -> StoredAnswer:
        """Keep the rule set written in `text` (YAML or JSON) as a draft.

        The same content again changes nothing.
        """
        rule_set, content = _read(caller, text)
        location = f"/v1/rule-sets/{rule_set.id}"
        async with self.changes.begin(caller, attempt) as change:
            if change.replayed:
                return change.replayed
            stored = await rows.lock(change.connection, rule_set.id)
            if stored is None:
                document = await self._write(change, caller, rule_set, content, None)
                return change.answer(201, document, location)
            if stored.digest != rule_set.digest:
                raise RuleSetExists(id=rule_set.id, digest=stored.digest)
            document = await self._unchanged(change, caller, stored)
            return change.answer(200, document, location)

    @refuses(
        RuleSetUnreadable,
        RuleSetInvalid,
        OutsideAreas,
        PreconditionFailed,
        PreconditionRequired,
        NotFound,
        RuleSetImmutable,
    )
    async def rewrite(
        self, caller: Caller, rule_set_id: str, text: str, if_match: str | None
    ) -> dict[str, Any]:
        """Replace the content of a rule set that was never in force and is not approved.

        It is a draft again, to be proved anew.
        """
        rule_set, content = _read(caller, text)
        if rule_set.id != rule_set_id:
            raise RuleSetInvalid(
                Violation("/id", "rule_set_other_id", rule_set.id, {"id": rule_set_id}),
                count=1,
            )
        attempt = Attempt(if_match)
        async with self.changes.begin(caller, attempt) as change:
            stored = await rows.lock(change.connection, rule_set_id)
            if stored is None or not is_visible(stored.scope, caller.like_patterns()):
                raise NotFound()
            check_scope(caller, stored.scope)
            attempt.check(stored.revision)
            if stored.digest == rule_set.digest:
                document = await self._unchanged(change, caller, stored)
            else:
                enacted = of_rule_set(await rows.enactments(change.connection), stored.id)
                if stored.plan is not None or enacted:
                    raise RuleSetImmutable(id=stored.id)
                document = await self._write(change, caller, rule_set, content, stored)
            change.answer(200, document)
        return document

    async def _write(
        self,
        change: Change,
        caller: Caller,
        rule_set: RuleSet,
        content: str,
        former: RuleSetRow | None,
    ) -> dict[str, Any]:
        authors = {caller.client, *(former.authors if former else ())}
        row = RuleSetRow(
            id=rule_set.id,
            revision=former.revision + 1 if former else 1,
            digest=rule_set.digest,
            scope=rule_set.scope,
            content=content,
            document=summary_of(rule_set),
            authors=tuple(sorted(authors)),
        )
        await rows.write(change.connection, row)
        today = self.clock.today()
        event = rule_set_event(row, [], "drafted", today, caller.client)
        if former is not None and former.scope != row.scope:
            event = replace(event, areas=sorted({former.scope, row.scope}))
        change.event(event)
        return rule_set_document(caller, row, [], today)

    async def _unchanged(
        self, change: Change, caller: Caller, stored: RuleSetRow
    ) -> dict[str, Any]:
        enactments = await rows.enactments(change.connection)
        return rule_set_document(caller, stored, enactments, self.clock.today())


def _read(caller: Caller, text: str) -> tuple[RuleSet, str]:
    value, lines = read_text(text)
    rule_set = read_rule_set(value, lines)
    check_scope(caller, rule_set.scope)
    return rule_set, canonical_json(value).decode()
